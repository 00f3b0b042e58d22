import FakeTimers from '@sinonjs/fake-timers';

/** Between two timers everything that can happen now has happened: promises are settled before an immediate runs. */
const settled = (immediate: typeof setImmediate): Promise<void> => new Promise(resolve => immediate(() => resolve()));

const FAKED = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'performance',
] as const;

/**
 * Runs `act` with timers, clocks and Math.random (the engine's jitter) of its own: time goes from one timer to the next as
 * soon as nothing else can happen, so that hours take milliseconds and the same `random` gives the same order of everything.
 * They are the process's own: one at a time, and no real I/O in `act`.
 * @throws Error nothing is left that could happen, and `act` has not ended
 */
export async function inVirtualTime<T>(
  options: { startEpochMs: number; random: () => number },
  act: () => Promise<T>,
): Promise<T> {
  const immediate = globalThis.setImmediate;
  const mathRandom = Math.random;
  const clock = FakeTimers.install({ now: options.startEpochMs, toFake: [...FAKED] });
  Math.random = options.random;
  try {
    let over = false;
    const running = act().finally(() => {
      over = true;
    });
    running.catch(() => {}); // it is awaited below; until then its failure is nobody's
    for (;;) {
      await settled(immediate);
      if (over) return await running;
      if (clock.countTimers() === 0) throw new Error('nothing is left that could happen, and it has not ended');
      clock.next();
    }
  } finally {
    clock.uninstall();
    Math.random = mathRandom;
  }
}

/** Resolves when so much virtual time has passed. */
export const virtualSleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
