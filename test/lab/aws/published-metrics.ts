import type { LoadBalancerMetrics } from '../../../lab/load-balancer/model.ts';

export const loadBalancerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188';
export const ruleArn = `${loadBalancerArn.replace('loadbalancer/', 'listener-rule/')}/f2f7dc8efc522ab2/9683b2d02a6cabee`;
export const targetGroupArns = {
  blue: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout-blue/73e2d6bc24d8a067',
  green: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout-green/943f017f100becff',
};

/** The metrics of a load balancer, written down by the test: nothing was published but what it says. */
export function publishedMetrics() {
  const counts = new Map<string, number>();
  const times = new Map<string, number[]>();
  const key = (...parts: (string | number | undefined)[]) => parts.join(' ');
  const metrics: LoadBalancerMetrics = {
    count: (name, targetGroupArn, minuteEpochMs) => counts.get(key(name, targetGroupArn, minuteEpochMs)),
    responseTimes: (targetGroupArn, minuteEpochMs) => times.get(key(targetGroupArn, minuteEpochMs)) ?? [],
  };
  return {
    metrics,
    count: (name: string, targetGroupArn: string | undefined, minuteEpochMs: number, count: number) =>
      void counts.set(key(name, targetGroupArn, minuteEpochMs), count),
    responseTimes: (targetGroupArn: string, minuteEpochMs: number, seconds: number[]) =>
      void times.set(key(targetGroupArn, minuteEpochMs), seconds),
  };
}
