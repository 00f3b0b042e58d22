import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHIFT_LEAD_SECONDS, secondsUntilShift, shiftTiming } from '../../../domain/release/shift-time.ts';
import { NOON, releaseOf, requested, stateOf } from '../../support/ledger-lines.ts';

const timing = fc.record({
  nowEpochMs: fc.integer({ min: NOON, max: NOON + 86_400_000 }),
  windowSeconds: fc.constantFrom(60, 120, 300),
  propagationSeconds: fc.integer({ min: 0, max: 47 }),
});

describe('a shift', () => {
  it('and the time that clients see the old weights fit into the window that ends', () => {
    fc.assert(
      fc.property(timing, options => {
        const shiftAt = options.nowEpochMs + secondsUntilShift(options) * 1000;
        const into = (shiftAt % (options.windowSeconds * 1000)) / 1000;
        expect(into + options.propagationSeconds).toBeLessThanOrEqual(options.windowSeconds);
        // as late as that leaves room for: an early shift would spoil more of the window than it must
        expect(into).toBeGreaterThanOrEqual(options.windowSeconds - options.propagationSeconds - SHIFT_LEAD_SECONDS);
      }),
    );
  });

  it('waits whole seconds, never longer than a window, and not at all when its time has come', () => {
    fc.assert(
      fc.property(timing, options => {
        const seconds = secondsUntilShift(options);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(options.windowSeconds);
        expect(secondsUntilShift({ ...options, nowEpochMs: options.nowEpochMs + seconds * 1000 })).toBe(0);
      }),
    );
  });

  it.each([
    ['at the start of a minute, 30 s of propagation', 0, 60, 30, 18],
    ['a millisecond before its time', 17_999, 60, 30, 1],
    ['when its time begins', 18_000, 60, 30, 0],
    ['at its last instant', 30_000, 60, 30, 0],
    ['a millisecond too late', 30_001, 60, 30, 48],
    ['at the end of a window, where nobody sees the old weights any more', 0, 60, 0, 48],
    ['where it would not fit into any window', 7_000, 60, 60, 0],
    ['where it just does not fit', 7_000, 42, 30, 0],
    ['where it just does not fit, late in a window', 20_000, 42, 30, 0],
    ['at the last millisecond of a window', 59_999, 60, 30, 19],
    ['where nobody sees the old weights any more', 47_999, 60, 0, 1],
    ['where there is no window', 7_000, 0, 30, 0],
  ])('%s', (_, intoWindowMs, windowSeconds, propagationSeconds, seconds) => {
    // 0 ms since the epoch is the start of a window of any length
    const nowEpochMs = windowSeconds * 1000 * 40_000 + intoWindowMs;
    expect(secondsUntilShift({ nowEpochMs, windowSeconds, propagationSeconds })).toBe(seconds);
  });

  it('is timed alike in a forecast, whose clock begins at 0', () => {
    expect(secondsUntilShift({ nowEpochMs: 0, windowSeconds: 60, propagationSeconds: 30 })).toBe(18);
  });
});

describe('how a release times its shifts', () => {
  it('is by the window of its plan and by how long its router takes', () => {
    expect(shiftTiming(releaseOf({ windowSeconds: 120 }))).toEqual({ windowSeconds: 120, propagationSeconds: 30 });
    expect(shiftTiming(releaseOf({ windowSeconds: 120, metrics: [] }))).toMatchObject({ windowSeconds: 0 });
  });

  it('is without the time of its router before that was asked', () => {
    const { active } = stateOf([0, requested()]);
    expect(active && shiftTiming(active)).toEqual({ windowSeconds: 60, propagationSeconds: 0 });
  });
});
