import { describe, expect, it } from 'vitest';
import { expectedFrozenEpochMs, learntLatenessSeconds, nextLookSeconds } from '../../../domain/windows/looks.ts';
import type { Reading, WindowRecord } from '../../../domain/windows/reading.ts';
import { counts, frozen, MINUTE, NOON } from '../judges/records.ts';

const full: Reading = { kind: 'counts', canary: counts(50, 1), stable: counts(950, 3) };
const readAfter = (n: number, seconds: number): Partial<WindowRecord> => ({
  readAtEpochMs: NOON + (n + 1) * MINUTE + seconds * 1000,
});
const seconds = (nowSeconds: number, records: WindowRecord[] = [], metrics = ['errors']) =>
  nextLookSeconds({
    firstStartEpochMs: NOON,
    windowSeconds: 60,
    nowEpochMs: NOON + nowSeconds * 1000,
    metrics,
    records,
    defaultLatenessSeconds: 90,
  });

describe('the next look', () => {
  it('is when the first window is expected to be there, 90 s after its end with CloudWatch', () => {
    expect(expectedFrozenEpochMs({ endEpochMs: NOON + MINUTE }, 90)).toBe(NOON + MINUTE + 100_000);
    expect(seconds(0)).toBe(150);
    expect(seconds(149.5)).toBe(1);
  });

  it('is every 10 s while a window that should be there is not frozen', () => {
    expect(seconds(150)).toBe(10);
    expect(seconds(400, [frozen(1, full)])).toBe(10);
  });

  it('is that of the next window once the last is frozen', () => {
    // seen 90 s after its end, so the next is looked for 80 s after its own, which is at 120 + 80
    expect(seconds(160, [frozen(0, full, readAfter(0, 90))])).toBe(40);
  });

  it('is for a window until it is frozen for every metric', () => {
    // the first is frozen for one of two: it was to be seen at 60 + 80
    const one = [frozen(0, full, readAfter(0, 90))];
    expect(seconds(150, one, ['errors', 'slow'])).toBe(10);
    expect(seconds(160, [...one, frozen(0, full, { ...readAfter(0, 90), metric: 'slow' })], ['errors', 'slow'])).toBe(
      40,
    );
  });

  it('waits for a window that was read and did not freeze', () => {
    const { frozenAtEpochMs: _, ...open } = frozen(0, full, readAfter(0, 90));
    expect(seconds(150, [open])).toBe(10);
  });

  it('is for the window that has just ended, not for the one before it', () => {
    // the second ends at 120, and is looked for 80 s after that: at its very end it is one that freezes next
    expect(seconds(120, [frozen(0, full, readAfter(0, 90))])).toBe(80);
    const both = [frozen(0, full, readAfter(0, 90)), frozen(1, full, readAfter(1, 90))];
    expect(seconds(119, both)).toBe(81);
    expect(seconds(120, both)).toBe(140);
  });

  it('comes sooner where the source is sooner, never before the window has ended', () => {
    expect(learntLatenessSeconds([], 90)).toBe(90);
    expect(learntLatenessSeconds([frozen(0, full, readAfter(0, 45)), frozen(1, full, readAfter(1, 70))], 90)).toBe(35);
    expect(seconds(100, [frozen(0, full, readAfter(0, 4))])).toBe(20);
  });

  it('learns nothing from a window without data or not frozen', () => {
    const { frozenAtEpochMs: _, ...open } = frozen(0, full, readAfter(0, 20));
    expect(learntLatenessSeconds([open, frozen(1, { kind: 'noData', reason: 'none' })], 90)).toBe(90);
  });
});
