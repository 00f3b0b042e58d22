import { expect, it } from 'vitest';
import { startTimer } from '../../../lab/asl/timers.ts';

const dayMs = 86_400_000;
/** Node's own limit: a longer timer fires after 1 ms. */
const NODE_LIMIT_MS = 2_147_483_647;

/** Timers that a test moves by hand, with Node's limit. */
function handTimers() {
  let nowMs = 0;
  const open = new Map<number, { atMs: number; run: () => void }>();
  let lastId = 0;
  const setTimeout = (run: () => void, ms: number) => {
    lastId += 1;
    open.set(lastId, { atMs: nowMs + (ms > NODE_LIMIT_MS ? 1 : ms), run });
    return lastId;
  };
  return {
    timers: { setTimeout, clearTimeout: (id: number) => open.delete(id) } as never,
    nowMs: () => nowMs,
    isQuiet: () => open.size === 0,
    advance(ms: number) {
      const untilMs = nowMs + ms;
      for (;;) {
        const due = [...open].filter(([, { atMs }]) => atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
        if (due === undefined) break;
        open.delete(due[0]);
        nowMs = due[1].atMs;
        due[1].run();
      }
      nowMs = untilMs;
    },
  };
}

it('runs for 30 days, though a timer of Node fires at once beyond 24.8', () => {
  const { timers, nowMs, advance } = handTimers();
  let firedAtMs: number | undefined;
  startTimer(
    30 * dayMs,
    () => {
      firedAtMs = nowMs();
    },
    timers,
  );
  advance(31 * dayMs);
  expect(firedAtMs).toBe(30 * dayMs);
});

it('can be cancelled in its second leg', () => {
  const { timers, isQuiet, advance } = handTimers();
  let fired = false;
  const cancel = startTimer(
    30 * dayMs,
    () => {
      fired = true;
    },
    timers,
  );
  advance(29 * dayMs);
  cancel();
  advance(10 * dayMs);
  expect([fired, isQuiet()]).toEqual([false, true]);
});
