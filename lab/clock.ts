import type { Clock } from '../adapters/clock.ts';

/**
 * The lab's clock runs `compress` times faster than the wall: plan times, waits and metric delays shrink by that factor
 * wherever they are measured on it, and no handler knows. HTTP and SDK time-outs, and what real processes take, stay
 * on the wall clock.
 */
export interface LabClockSpec {
  /** Wall clock, epoch milliseconds, at which both clocks showed the same. */
  startEpochMs: number;
  compress: number;
}

export interface LabClock extends Clock {
  readonly spec: LabClockSpec;
  /** How long `labMs` of the lab's clock take on the wall. */
  wallMs(labMs: number): number;
  /** Resolves after `labMs` on the lab's clock; at once when `signal` is aborted. */
  sleep(labMs: number, signal?: AbortSignal): Promise<void>;
}

/** What the lab's clock shows at an instant of the wall. */
export const labEpochMs = ({ startEpochMs, compress }: LabClockSpec, wallEpochMs: number): number =>
  Math.round(startEpochMs + (wallEpochMs - startEpochMs) * compress);

/** The same spec gives the same clock in every thread. */
export function openLabClock(spec: LabClockSpec): LabClock {
  const wallMs = (labMs: number) => labMs / spec.compress;
  return {
    spec,
    now: () => labEpochMs(spec, Date.now()),
    wallMs,
    sleep: (labMs, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve();
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, wallMs(labMs));
        signal?.addEventListener('abort', done, { once: true });
      }),
  };
}
