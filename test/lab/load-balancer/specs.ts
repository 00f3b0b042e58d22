import { targetGroupArn } from '../../../lab/aws/elbv2-arns.ts';
import { openLabClock } from '../../../lab/clock.ts';
import type { ForwardAction, Rule, TargetGroupSpec } from '../../../lab/load-balancer/model.ts';

export const wallClock = () => openLabClock({ startEpochMs: Date.now(), compress: 1 });

export const groupArn = targetGroupArn;

export const groupSpec = (name: string, more: Partial<TargetGroupSpec> = {}): TargetGroupSpec => ({
  arn: groupArn(name),
  name,
  healthCheck: {
    protocol: 'HTTP',
    path: '/ready',
    intervalSeconds: 0.1,
    timeoutSeconds: 2,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
  },
  deregistrationDelaySeconds: 1,
  slowStartSeconds: 0,
  ...more,
});

export const weights = (blue: number, green: number): ForwardAction => ({
  targetGroups: [
    { arn: groupArn('blue'), weight: blue },
    { arn: groupArn('green'), weight: green },
  ],
  stickiness: { enabled: false, durationSeconds: 1 },
});

export const rule = (action: Rule['action'], more: Partial<Rule> = {}): Rule => ({
  arn: 'arn:rule/1',
  listenerArn: 'arn:listener/1',
  priority: 10,
  conditions: [],
  action,
  ...more,
});
