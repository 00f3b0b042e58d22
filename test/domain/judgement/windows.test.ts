import { describe, expect, it } from 'vitest';
import type { Reading, WindowRecord } from '../../../domain/judgement/reading.ts';
import { nextRecord, windowsDue } from '../../../domain/judgement/windows.ts';
import { counts, frozen, MINUTE, NOON } from './records.ts';

const END = NOON + MINUTE;
const BOTH = { canary: true, stable: true };
const full: Reading = { kind: 'counts', canary: counts(50, 1), stable: counts(950, 3) };
const grown: Reading = { kind: 'counts', canary: counts(51, 1), stable: counts(950, 3) };
const half: Reading = { kind: 'counts', canary: counts(50, 1), stable: null };
const noCanary: Reading = { kind: 'counts', canary: null, stable: counts(950, 3) };
const silent: Reading = { kind: 'noData', reason: 'no point yet' };

const p99 = (canary: number | null): Reading => ({ kind: 'value', canary, stable: 0.2 });
const READINGS: Record<string, Reading> = {
  full,
  grown,
  half,
  silent,
  noCanary,
  p99: p99(0.3),
  worse: p99(0.31),
  noP99: p99(null),
  stableGrown: { kind: 'value', canary: 0.3, stable: 0.25 },
};

/** Reads one window: '70 full, 80 grown' is one that finds `full` 70 s after its end and one that finds `grown` at 80 s. */
const readTimes = (reads: string, expects = BOTH, straddles = false): WindowRecord | undefined =>
  reads.split(', ').reduce<WindowRecord | undefined>((previous, read) => {
    const [seconds, name = ''] = read.split(' ');
    const reading = READINGS[name] ?? silent;
    return nextRecord(
      previous,
      { metric: 'errors', startEpochMs: NOON, endEpochMs: END, reading },
      { nowEpochMs: END + Number(seconds) * 1000, expects, straddles },
    );
  }, undefined);

describe('a window', () => {
  it('freezes when two reads 10 s apart agree', () => {
    expect(readTimes('70 full')).toEqual({
      metric: 'errors',
      startEpochMs: NOON,
      endEpochMs: END,
      reading: full,
      readAtEpochMs: END + 70_000,
      straddles: false,
    });
    expect(readTimes('70 full, 79 full')?.frozenAtEpochMs).toBeUndefined();
    expect(readTimes('70 full, 80 full')).toMatchObject({
      reading: full,
      readAtEpochMs: END + 70_000,
      frozenAtEpochMs: END + 80_000,
    });
  });

  it('waits 10 s again when a read disagrees', () => {
    expect(readTimes('70 full, 80 grown')?.frozenAtEpochMs).toBeUndefined();
    expect(readTimes('70 full, 80 grown, 89 grown')?.frozenAtEpochMs).toBeUndefined();
    expect(readTimes('70 full, 80 grown, 90 grown')).toMatchObject({ reading: grown, frozenAtEpochMs: END + 90_000 });
  });

  it('does not freeze while a version that gets traffic has no counts', () => {
    expect(readTimes('70 half, 80 half, 179 half')?.frozenAtEpochMs).toBeUndefined();
  });

  it('at weight 100 freezes without the stable version, at weight 0 without the canary', () => {
    expect(readTimes('70 half, 80 half', { canary: true, stable: false })?.frozenAtEpochMs).toBe(END + 80_000);
    expect(readTimes('70 noCanary, 80 noCanary', { canary: false, stable: true })?.frozenAtEpochMs).toBe(END + 80_000);
  });

  it('freezes 180 s after its end with what is there', () => {
    expect(readTimes('170 full, 180 half')).toMatchObject({ reading: half, frozenAtEpochMs: END + 180_000 });
    expect(readTimes('200 full')).toMatchObject({ reading: full, frozenAtEpochMs: END + 200_000 });
  });

  it('without data freezes at 180 s and not before, as noData', () => {
    expect(readTimes('70 silent, 80 silent, 179 silent')?.frozenAtEpochMs).toBeUndefined();
    expect(readTimes('70 silent, 180 silent')).toMatchObject({ reading: silent, frozenAtEpochMs: END + 180_000 });
  });

  it('keeps the counts it had when the source says nothing, and sees them again before it freezes', () => {
    expect(readTimes('70 full, 80 silent')).toMatchObject({ reading: full, readAtEpochMs: END + 80_000 });
    expect(readTimes('70 full, 80 silent, 89 full')?.frozenAtEpochMs).toBeUndefined();
    expect(readTimes('70 full, 80 silent, 90 full')?.frozenAtEpochMs).toBe(END + 90_000);
    expect(readTimes('70 full, 180 silent')).toMatchObject({ reading: full, frozenAtEpochMs: END + 180_000 });
  });

  it('never changes once frozen; what the source says later is kept beside it', () => {
    const before = readTimes('70 full, 80 full');
    expect(readTimes('70 full, 80 full, 90 grown')).toEqual({ ...before, laterReading: grown });
    expect(readTimes('70 full, 80 full, 90 silent, 95 full')).toEqual(before);
  });

  it('is not confirmed by a read from before its end, nor by a look that was overtaken', () => {
    expect(readTimes('-5 full, 6 full')?.frozenAtEpochMs).toBeUndefined();
    expect(readTimes('-5 full, 6 full, 16 full')?.frozenAtEpochMs).toBe(END + 16_000);
    expect(readTimes('80 grown, 70 full')).toMatchObject({ reading: grown, readAtEpochMs: END + 80_000 });
  });

  it('straddles when the shift says so at the last read before it froze', () => {
    expect(readTimes('70 full, 80 full', BOTH, true)).toMatchObject({ straddles: true, frozenAtEpochMs: END + 80_000 });
  });

  it('compares values as it compares counts', () => {
    expect(readTimes('70 p99, 80 p99')?.frozenAtEpochMs).toBe(END + 80_000);
    expect(readTimes('70 p99, 80 worse')?.frozenAtEpochMs).toBeUndefined();
    expect(readTimes('70 p99, 80 stableGrown')?.frozenAtEpochMs).toBeUndefined();
    expect(readTimes('70 noP99, 80 noP99')?.frozenAtEpochMs).toBeUndefined();
  });
});

describe('the windows that are due', () => {
  const options = { firstStartEpochMs: NOON + 45_000, windowSeconds: 60, metrics: ['errors', 'slow'], records: [] };
  const starts = (more: { nowEpochMs: number; records?: WindowRecord[]; metrics?: string[] }) =>
    windowsDue({ ...options, ...more }).map(window => (window.startEpochMs - NOON) / MINUTE);
  const ofBoth = (n: number) => [frozen(n, full), frozen(n, full, { metric: 'slow' })];

  it('are those that have ended, aligned to the minute', () => {
    expect(starts({ nowEpochMs: NOON + 59_999 })).toEqual([]);
    expect(starts({ nowEpochMs: NOON + MINUTE })).toEqual([0]);
    expect(windowsDue({ ...options, nowEpochMs: NOON + 3 * MINUTE })).toEqual([
      { startEpochMs: NOON, endEpochMs: NOON + MINUTE },
      { startEpochMs: NOON + MINUTE, endEpochMs: NOON + 2 * MINUTE },
      { startEpochMs: NOON + 2 * MINUTE, endEpochMs: NOON + 3 * MINUTE },
    ]);
  });

  it('leave out what is frozen for every metric, once 180 s have passed', () => {
    const records = [...ofBoth(0), frozen(1, full)];
    expect(starts({ nowEpochMs: NOON + MINUTE + 180_000, records })).toEqual([0, 1, 2, 3]);
    expect(starts({ nowEpochMs: NOON + MINUTE + 180_001, records })).toEqual([1, 2, 3]);
    expect(starts({ nowEpochMs: NOON + 10 * MINUTE, records: [...records, ...ofBoth(2)] })).toEqual([
      1, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it('are none where nothing is measured', () => {
    expect(starts({ nowEpochMs: NOON + 5 * MINUTE, metrics: [] })).toEqual([]);
  });
});

describe('a window of a source that knows when it cannot change', () => {
  const read = (previous: WindowRecord | undefined, seconds: number, settled: typeof BOTH, expects = BOTH) =>
    nextRecord(
      previous,
      { metric: 'errors', startEpochMs: NOON, endEpochMs: END, reading: full, settled },
      { nowEpochMs: END + seconds * 1000, expects, straddles: false },
    );

  it('freezes at the read that says so for both versions, and at no other, however often reads agree', () => {
    const canaryOnly = { canary: true, stable: false };
    const first = read(undefined, 5, canaryOnly);
    const second = read(first, 15, canaryOnly);
    expect(second.frozenAtEpochMs).toBeUndefined();
    expect(read(second, 20, BOTH).frozenAtEpochMs).toBe(END + 20_000);
  });

  it('waits for no version that gets no traffic, and for none longer than 180 s', () => {
    const canaryOnly = { canary: true, stable: false };
    expect(read(undefined, 5, canaryOnly, canaryOnly).frozenAtEpochMs).toBe(END + 5_000);
    expect(read(undefined, 180, { canary: false, stable: false }).frozenAtEpochMs).toBe(END + 180_000);
  });

  it('of a check keeps what was said of it: what the endpoint says later is about later', () => {
    const result = (value: number): Reading => ({ kind: 'result', result: value });
    const window = { metric: 'errors', startEpochMs: NOON, endEpochMs: END };
    const frozenRecord = nextRecord(
      undefined,
      { ...window, reading: result(1), settled: BOTH },
      { nowEpochMs: END + 5_000, expects: BOTH, straddles: false },
    );
    const later = nextRecord(
      frozenRecord,
      { ...window, reading: result(2), settled: BOTH },
      { nowEpochMs: END + 15_000, expects: BOTH, straddles: false },
    );
    expect(later).toBe(frozenRecord);
  });
});
