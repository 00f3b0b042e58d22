import type { Slot } from '../../dial.ts';
import type { RequestMetrics } from '../request-metrics.ts';

/** What of an `alb` routing says what is counted. */
export interface Counted {
  rules: readonly string[];
  targetGroups: Record<Slot, string>;
}

/** As an Application Load Balancer publishes them for each of its target groups. */
export const requestMetrics = {
  namespace: 'AWS/ApplicationELB',
  names: {
    requests: 'RequestCount',
    answers2xx: 'HTTPCode_Target_2XX_Count',
    answers3xx: 'HTTPCode_Target_3XX_Count',
    answers4xx: 'HTTPCode_Target_4XX_Count',
    answers5xx: 'HTTPCode_Target_5XX_Count',
    connectionErrors: 'TargetConnectionErrorCount',
    responseTime: 'TargetResponseTime',
  },
  dimensions(routing, slot) {
    const { loadBalancer, targetGroup } = partsOf(routing, slot);
    return { LoadBalancer: loadBalancer, TargetGroup: targetGroup };
  },
  variables: { loadBalancer: { tellsSlots: false }, targetGroup: { tellsSlots: true } },
  values: partsOf,
} as const satisfies RequestMetrics<Counted>;

/** The last parts of the ARNs. @throws TypeError they are none */
function partsOf({ rules: [rule], targetGroups }: Counted, slot: Slot) {
  // arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener-rule/app/NAME/LBID/LISTENERID/RULEID
  const loadBalancer = /:listener-rule\/(app\/[^/]+\/[^/]+)\//.exec(rule ?? '')?.[1];
  const targetGroup = targetGroups[slot].split(':').at(-1);
  if (loadBalancer === undefined || targetGroup === undefined || !targetGroup.startsWith('targetgroup/'))
    throw new TypeError(`no metrics for the rule ${rule} and the ${slot} target group`);
  return { loadBalancer, targetGroup };
}
