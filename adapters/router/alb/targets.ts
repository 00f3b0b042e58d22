import {
  DeregisterTargetsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SLOTS } from '../../../domain/dial.ts';
import type { WorkloadOf } from '../../../domain/workload.ts';
import { awsClientConfig, CALL_DEADLINE_MS, type Env } from '../../aws-client-config.ts';
import { type TargetCounts, type Targets, TargetsUnreachableError } from '../targets.ts';
import { describeRules } from './describe-rules.ts';
import { asElbErrors } from './errors.ts';
import { countTargets, drainingOf, reasonsOf } from './target-shapes.ts';

/** Targets as the Application Load Balancer sees them. */
function albTargets(client: ElasticLoadBalancingV2Client): Targets<WorkloadOf<'alb'>> {
  const describeTargets = async (arn: string, abortSignal: AbortSignal) => {
    const { TargetHealthDescriptions: descriptions = [] } = await asElbErrors(
      `DescribeTargetHealth of ${arn}`,
      TargetsUnreachableError,
      () => client.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }), { abortSignal }),
    );
    return descriptions;
  };
  const describeHealth = async (arn: string, abortSignal: AbortSignal): Promise<TargetCounts> => {
    const said = (await describeTargets(arn, abortSignal)).map(({ TargetHealth = {} }) => TargetHealth);
    const because = reasonsOf(said);
    return { ...countTargets(said.map(({ State }) => State)), ...(because !== undefined && { because }) };
  };
  const describeAttributes = async (arn: string, abortSignal: AbortSignal) => {
    const { Attributes: attributes = [] } = await asElbErrors(
      `DescribeTargetGroupAttributes of ${arn}`,
      TargetsUnreachableError,
      () => client.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }), { abortSignal }),
    );
    return drainingOf(arn, Object.fromEntries(attributes.map(({ Key = '', Value }) => [Key, Value])));
  };
  return {
    async read({ router: { targetGroups } }) {
      const abortSignal = AbortSignal.timeout(CALL_DEADLINE_MS);
      const [blue, green] = await Promise.all([
        describeHealth(targetGroups.blue, abortSignal),
        describeHealth(targetGroups.green, abortSignal),
      ]);
      return { blue, green };
    },

    async readDraining({ router }) {
      const abortSignal = AbortSignal.timeout(CALL_DEADLINE_MS);
      const [rules, ...groups] = await Promise.all([
        describeRules(client, router, { arns: router.rules, abortSignal, Unreachable: TargetsUnreachableError }),
        ...SLOTS.map(slot => describeAttributes(router.targetGroups[slot], abortSignal)),
      ]);
      return {
        connectionsSeconds: Math.max(...groups.map(group => group.connectionsSeconds)),
        // a rule's cookie and a target group's are different ones; either keeps a client where it is
        clientsSeconds: Math.max(
          ...groups.map(group => group.clientsSeconds),
          ...rules.map(rule => rule.stickinessSeconds),
        ),
      };
    },

    async cutConnections({ router }, slot) {
      const abortSignal = AbortSignal.timeout(CALL_DEADLINE_MS);
      const TargetGroupArn = router.targetGroups[slot];
      const staying = (await describeTargets(TargetGroupArn, abortSignal)).filter(
        ({ TargetHealth }) => TargetHealth?.State !== 'draining',
      );
      const Targets = staying.flatMap(({ Target }) => Target ?? []);
      if (Targets.length === 0) return; // ELB refuses a call without targets
      await asElbErrors(`DeregisterTargets of ${TargetGroupArn}`, TargetsUnreachableError, () =>
        client.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }), { abortSignal }),
      );
    },
  };
}

/** @param env AWS_REGION, credentials, AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2 where it is not AWS itself */
export const openAlbTargets = (env: Env) =>
  albTargets(new ElasticLoadBalancingV2Client(awsClientConfig(env, 'ELASTIC_LOAD_BALANCING_V2')));
