import { describe, expect, it } from 'vitest';
import type { Reading, WindowRecord } from '../../../domain/windows/reading.ts';
import { firstWindow, nextRecord, openSince, sameReading, windowsDue } from '../../../domain/windows/windows.ts';
import { counts, frozen, MINUTE, NOON } from '../judges/records.ts';

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

  it('is confirmed by a read at its very end', () => {
    expect(readTimes('0 full, 10 full')?.frozenAtEpochMs).toBe(END + 10_000);
  });

  it('need not be written again where nothing changed, and is where it straddles by now', () => {
    const read = { metric: 'errors', startEpochMs: NOON, endEpochMs: END, reading: full };
    const at = (seconds: number, straddles = false) => ({
      nowEpochMs: END + seconds * 1000,
      expects: BOTH,
      straddles,
    });
    const first = nextRecord(undefined, read, at(70));
    expect(nextRecord(first, read, at(75))).toBe(first);
    expect(nextRecord(first, read, at(75, true))).toEqual({ ...first, straddles: true });
    const later = nextRecord(nextRecord(first, read, at(80)), { ...read, reading: grown }, at(90));
    expect(nextRecord(later, { ...read, reading: { ...grown } }, at(95))).toBe(later);
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

describe('the windows that are waited for', () => {
  it.each([
    [10, 3600],
    [60, 21_600],
    [300, 108_000],
  ])('are the last 360 of %d s, and those of an hour at least: %d s', (windowSeconds, seconds) => {
    expect(openSince(NOON, windowSeconds)).toBe(NOON - seconds * 1000);
  });

  it('begin with the one in which the first instant lies', () => {
    expect(firstWindow(NOON + 59_999, 60)).toBe(NOON);
    expect(firstWindow(NOON, 60)).toBe(NOON);
    expect(firstWindow(1_700_000_399_999, 300)).toBe(1_700_000_100_000);
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

  it('are all that are not frozen, however old', () => {
    const { frozenAtEpochMs: _, ...open } = frozen(0, full);
    const records = [open, frozen(0, full, { metric: 'slow' }), ...ofBoth(1)];
    expect(starts({ nowEpochMs: NOON + 10 * MINUTE, records })).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9]);
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
    expect(read(first, 15, { canary: false, stable: true }).frozenAtEpochMs).toBeUndefined();
    expect(read(second, 20, BOTH).frozenAtEpochMs).toBe(END + 20_000);
  });

  it('waits for no version that gets no traffic, and for none longer than 180 s', () => {
    const canaryOnly = { canary: true, stable: false };
    expect(read(undefined, 5, canaryOnly, canaryOnly).frozenAtEpochMs).toBe(END + 5_000);
    expect(read(undefined, 180, { canary: false, stable: false }).frozenAtEpochMs).toBe(END + 180_000);
  });

  it('at weight 0 waits for the stable version only', () => {
    const stableOnly = { canary: false, stable: true };
    expect(read(undefined, 5, stableOnly, stableOnly).frozenAtEpochMs).toBe(END + 5_000);
    expect(read(undefined, 5, { canary: true, stable: false }, stableOnly).frozenAtEpochMs).toBeUndefined();
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

describe('two reads', () => {
  const of = (...bad: number[]): Reading => ({ kind: 'counts', canary: counts(50, ...bad), stable: counts(950, 3, 1) });
  const value = (canary: number | null, stable: number | null): Reading => ({ kind: 'value', canary, stable });
  const band = (low: number | null): Reading => ({ kind: 'band', value: 5, low, high: 9 });
  const noted: Reading = {
    kind: 'counts',
    canary: { ...counts(50, 1, 2), note: 'by 250 ms' },
    stable: counts(950, 3, 1),
  };

  it.each<[string, Reading, Reading, boolean]>([
    ['equal counts', of(1, 2), of(1, 2), true],
    ['equal counts, of which one has a note', of(1, 2), noted, true],
    ['counts with one threshold that differs', of(1, 2), of(1, 3), false],
    ['counts with another number of thresholds', of(1), of(1, 2), false],
    ['counts and none', of(1, 2), { ...of(1, 2), canary: null } as Reading, false],
    ['no canary twice', { ...of(1), canary: null } as Reading, { ...of(1), canary: null } as Reading, true],
    ['no data for two reasons', { kind: 'noData', reason: 'late' }, { kind: 'noData', reason: 'none' }, true],
    ['no data and counts', { kind: 'noData', reason: 'late' }, of(1), false],
    ['counts and no data', of(1), { kind: 'noData', reason: 'late' }, false],
    ['equal values, NaN among them', value(0.3, Number.NaN), value(0.3, Number.NaN), true],
    ['NaN and nothing', value(0.3, Number.NaN), value(0.3, null), false],
    ['values of two kinds', value(0.3, 0.2), { kind: 'result', result: 0.3 }, false],
    ['a value and counts', value(0.3, 0.2), of(1), false],
    ['counts and an alarm', of(1), { kind: 'alarm', state: 'OK' }, false],
    ['a value and an alarm', value(0.3, 0.2), { kind: 'alarm', state: 'OK' }, false],
    ['an alarm in one state', { kind: 'alarm', state: 'OK' }, { kind: 'alarm', state: 'OK' }, true],
    ['an alarm in two states', { kind: 'alarm', state: 'OK' }, { kind: 'alarm', state: 'ALARM' }, false],
    ['one band', band(1), band(1), true],
    ['a band that moved', band(1), band(2), false],
    ['equal results', { kind: 'result', result: [1] }, { kind: 'result', result: [1] }, true],
    ['two results', { kind: 'result', result: [1] }, { kind: 'result', result: [2] }, false],
  ])('%s', (_, a, b, same) => {
    expect(sameReading(a, b)).toBe(same);
    expect(sameReading(b, a)).toBe(same);
  });

  const froze = (reading: Reading) => {
    const read = { metric: 'errors', startEpochMs: NOON, endEpochMs: END, reading };
    const at = (seconds: number) => ({ nowEpochMs: END + seconds * 1000, expects: BOTH, straddles: false });
    return nextRecord(nextRecord(undefined, read, at(70)), read, at(80)).frozenAtEpochMs !== undefined;
  };
  it.each<[Reading, boolean]>([
    [{ kind: 'alarm', state: 'INSUFFICIENT_DATA' }, true],
    [{ kind: 'result', result: null }, true],
    [{ kind: 'band', value: 5, low: 1, high: 9 }, true],
    [{ kind: 'band', value: null, low: 1, high: 9 }, false],
    [{ kind: 'band', value: 5, low: null, high: 9 }, false],
    [{ kind: 'band', value: 5, low: 1, high: null }, false],
    [{ kind: 'noData', reason: 'none' }, false],
  ])('of %j freeze a window: %s', (reading, freezes) => expect(froze(reading)).toBe(freezes));

  it('after it froze are kept once', () => {
    const frozenRecord = frozen(0, of(1, 2));
    const read = { metric: 'errors', startEpochMs: NOON, endEpochMs: END };
    const at = { nowEpochMs: END + 200_000, expects: BOTH, straddles: false };
    const later = nextRecord(frozenRecord, { ...read, reading: of(1, 3) }, at);
    expect(later).toEqual({ ...frozenRecord, laterReading: of(1, 3) });
    expect(nextRecord(later, { ...read, reading: of(1, 3) }, at)).toBe(later);
    expect(nextRecord(later, { ...read, reading: of(1, 4) }, at).laterReading).toEqual(of(1, 4));
  });
});
