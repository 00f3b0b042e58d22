import type { Slot } from '../../domain/dial.ts';
import type { Draining } from '../../domain/routers/draining.ts';
import { type TargetCounts, type Targets, TargetsUnreachableError } from './targets.ts';

export interface FakeTargets extends Targets {
  /** Tests set what there is. */
  readonly counts: Record<Slot, TargetCounts>;
  readonly draining: Draining;
  /** The next calls fail. */
  failNext(times: number, error?: Error): void;
}

/** Targets in memory: none at first. */
export function fakeTargets(): FakeTargets {
  const none = (): TargetCounts => ({ healthy: 0, initial: 0, unhealthy: 0, draining: 0, unused: 0 });
  const counts = { blue: none(), green: none() };
  const draining = { connectionsSeconds: 0, clientsSeconds: 0 };
  const failures: Error[] = [];
  const failIfAsked = () => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
  };
  return {
    counts,
    draining,
    failNext(times, error = new TargetsUnreachableError('the fake was asked to fail')) {
      for (let i = 0; i < times; i += 1) failures.push(error);
    },
    async read() {
      failIfAsked();
      return structuredClone(counts);
    },
    async readDraining() {
      failIfAsked();
      return { ...draining };
    },
    async cutConnections(_, slot) {
      failIfAsked();
      const { healthy, initial, unhealthy, unused, draining: leaving } = counts[slot];
      Object.assign(counts[slot], { ...none(), draining: healthy + initial + unhealthy + unused + leaving });
    },
  };
}
