import { listenerArn, loadBalancerArn, ruleArn, targetGroupArn } from '../../../lab/aws/elbv2-arns.ts';
import type { ControlledLoadBalancer } from '../../../lab/aws/elbv2-targets.ts';
import type { ForwardAction, Rule, TargetGroupSpec, TargetHealth } from '../../../lab/load-balancer/model.ts';

/** The control side of a load balancer without any traffic behind it: what the wire endpoint is asked about. */
export interface MemoryLoadBalancer extends ControlledLoadBalancer {
  /** Every rule that was put, with its action, oldest first. */
  changes(): { ruleArn: string; action: Rule['action'] }[];
  putTargetGroup(spec: TargetGroupSpec): void;
  setHealth(targetGroupArn: string, health: TargetHealth[]): void;
}

export const blueArn = targetGroupArn('checkout-blue');
export const greenArn = targetGroupArn('checkout-green');
export const mainRuleArn = ruleArn('lab', 'main');
export const apiRuleArn = ruleArn('lab', 'api');
export const previewRuleArn = ruleArn('lab', 'preview');

export const forward = (...groups: [arn: string, weight: number][]): ForwardAction => ({
  targetGroups: groups.map(([arn, weight]) => ({ arn, weight })),
  stickiness: { enabled: false, durationSeconds: 1 },
});

export const sticky = (action: ForwardAction, durationSeconds: number): ForwardAction => ({
  ...action,
  stickiness: { enabled: true, durationSeconds },
});

export function openMemoryLoadBalancer(): MemoryLoadBalancer {
  const groups = new Map<string, TargetGroupSpec>();
  const rules = new Map<string, Rule>();
  const health = new Map<string, TargetHealth[]>();
  const changes: ReturnType<MemoryLoadBalancer['changes']> = [];
  const loadBalancer: MemoryLoadBalancer = {
    arn: loadBalancerArn('lab'),
    listenerArn: listenerArn('lab'),
    url: 'http://127.0.0.1:65535',
    putTargetGroup: spec => groups.set(spec.arn, spec),
    putRule(rule) {
      rules.set(rule.arn, structuredClone(rule));
      changes.push({ ruleArn: rule.arn, action: rule.action });
    },
    removeRule: arn => rules.delete(arn),
    targetGroups: () => [...groups.values()],
    rules: () => [...rules.values()],
    register: (arn, target) => health.set(arn, [...(health.get(arn) ?? []), { ...target, state: 'initial' }]),
    deregister(arn, { host, port }) {
      const leaves = (target: { host: string; port: number }) => target.host === host && target.port === port;
      const all = health.get(arn) ?? [];
      health.set(
        arn,
        all.map(target => (leaves(target) ? { ...target, state: 'draining' as const } : target)),
      );
    },
    health: arn => health.get(arn) ?? [],
    setHealth: (arn, targets) => health.set(arn, targets),
    changes: () => changes,
  };
  for (const [arn, name] of [
    [blueArn, 'checkout-blue'],
    [greenArn, 'checkout-green'],
    [targetGroupArn('other'), 'other'],
  ] as const) {
    loadBalancer.putTargetGroup({
      arn,
      name,
      healthCheck: {
        protocol: 'HTTP',
        path: '/healthz',
        intervalSeconds: 10,
        timeoutSeconds: 2,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
      deregistrationDelaySeconds: 30,
      slowStartSeconds: 0,
    });
  }
  const put = (arn: string, priority: Rule['priority'], conditions: Rule['conditions'], action: Rule['action']) =>
    loadBalancer.putRule({ arn, listenerArn: loadBalancer.listenerArn, priority, conditions, action });
  put(
    previewRuleArn,
    1,
    [{ field: 'http-header', name: 'x-sluice-preview', values: ['canary'] }],
    forward([greenArn, 1]),
  );
  put(apiRuleArn, 5, [{ field: 'path-pattern', values: ['/api/*'] }], forward([blueArn, 100], [greenArn, 0]));
  put(mainRuleArn, 10, [{ field: 'path-pattern', values: ['/*'] }], forward([blueArn, 100], [greenArn, 0]));
  put(ruleArn('lab', 'default'), 'default', [], { fixedStatus: 404 });
  return loadBalancer;
}
