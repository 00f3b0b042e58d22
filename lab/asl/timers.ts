import type { LabClock } from '../clock.ts';

/** setTimeout fires at once beyond 2^31-1 ms (24.8 days): longer timers go in legs. */
const LONGEST_LEG_MS = 2_147_483_000;

type Timers = Pick<typeof globalThis, 'setTimeout' | 'clearTimeout'>;

/** Runs `then` once after `wallMs`, unless the returned function is called before. */
export function startTimer(wallMs: number, then: () => void, timers: Timers = globalThis): () => void {
  let timer: NodeJS.Timeout;
  const leg = (leftMs: number) => {
    const legMs = Math.min(leftMs, LONGEST_LEG_MS);
    timer = timers.setTimeout(() => (leftMs > legMs ? leg(leftMs - legMs) : then()), legMs);
  };
  leg(Math.max(0, wallMs));
  return () => timers.clearTimeout(timer);
}

/** Resolves after `labMs` on the lab's clock; at once when `signal` is aborted. */
export function sleepOnLabClock(clock: LabClock, labMs: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted || labMs <= 0) return resolve();
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = startTimer(clock.wallMs(labMs), done);
    signal.addEventListener('abort', done, { once: true });
  });
}
