import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startTimer } from '../../../lab/asl/timers.ts';

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

const dayMs = 86_400_000;

it('runs for 30 days, though a timer of Node fires at once beyond 24.8', async () => {
  let firedAtMs: number | undefined;
  startTimer(30 * dayMs, () => {
    firedAtMs = Date.now();
  });
  await vi.advanceTimersByTimeAsync(31 * dayMs);
  expect(firedAtMs).toBe(30 * dayMs);
});

it('can be cancelled in its second leg', async () => {
  let fired = false;
  const cancel = startTimer(30 * dayMs, () => {
    fired = true;
  });
  await vi.advanceTimersByTimeAsync(29 * dayMs);
  cancel();
  await vi.advanceTimersByTimeAsync(10 * dayMs);
  expect([fired, vi.getTimerCount()]).toEqual([false, 0]);
});
