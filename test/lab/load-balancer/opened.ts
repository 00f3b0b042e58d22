import { afterEach } from 'vitest';
import { type LoadBalancerOptions, openLoadBalancer } from '../../../lab/load-balancer/load-balancer.ts';
import type { LoadBalancer, TargetGroupSpec } from '../../../lab/load-balancer/model.ts';
import { openRawTarget } from './raw-target.ts';
import { type ServerProcess, startServer } from './servers.ts';
import { groupArn, groupSpec, wallClock } from './specs.ts';

/** What a test opens is closed after it, last first. */
export function closedAfterEach() {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });
  const later = <T>(thing: T, close: () => Promise<unknown>): T => {
    closers.push(close);
    return thing;
  };
  return {
    later,
    /** With the target groups blue and green. */
    async balancer(
      options: Partial<LoadBalancerOptions> = {},
      spec: Partial<TargetGroupSpec> = {},
    ): Promise<LoadBalancer> {
      const balancer = await openLoadBalancer({ clock: wallClock(), random: Math.random, ...options });
      for (const name of ['blue', 'green']) balancer.putTargetGroup(groupSpec(name, spec));
      return later(balancer, () => balancer.close());
    },
    async server(settings: Record<string, string> = {}): Promise<ServerProcess> {
      const server = await startServer(settings);
      return later(server, () => server.end('SIGKILL'));
    },
    async rawTarget(...args: Parameters<typeof openRawTarget>) {
      const target = await openRawTarget(...args);
      return later(target, () => target.close());
    },
  };
}

export const statesOf = (balancer: LoadBalancer, name: string) =>
  balancer.health(groupArn(name)).map(({ state, reason }) => (reason === undefined ? state : `${state} ${reason}`));

/** A counter of all minutes so far. */
export function total(balancer: LoadBalancer, name: string, group?: string): number {
  const thisMinute = Math.floor(Date.now() / 60_000) * 60_000;
  return [thisMinute - 60_000, thisMinute].reduce(
    (sum, minute) =>
      sum + (balancer.metrics.count(name, group === undefined ? undefined : groupArn(group), minute) ?? 0),
    0,
  );
}
