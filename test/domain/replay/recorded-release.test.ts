import { describe, expect, it } from 'vitest';
import { countsOf, onGrid, type RecordedRelease, releaseOfWindows } from '../../../domain/replay/recorded-release.ts';
import type { Counts, Reading, WindowRecord } from '../../../domain/windows/reading.ts';
import { counts } from '../judges/records.ts';
import { recordOf } from './releases.ts';

const windowOf = (metric: string, startSeconds: number, endSeconds: number, reading?: Reading): WindowRecord => ({
  ...recordOf(metric, startSeconds * 1000, [10, 1, 90, 2]),
  endEpochMs: endSeconds * 1000,
  frozenAtEpochMs: endSeconds * 1000,
  ...(reading !== undefined && { reading }),
});
const releaseOf = (...metrics: WindowRecord[][]): RecordedRelease =>
  releaseOfWindows(
    'r1',
    metrics.map(windows => ({ name: windows[0]?.metric ?? '', windows })),
  );
const minute = (startSeconds: number) => ({
  startEpochMs: startSeconds * 1000,
  endEpochMs: (startSeconds + 60) * 1000,
});
const spansOf = (release: RecordedRelease) =>
  release.metrics.map(({ windows }) =>
    windows.map(({ startEpochMs, endEpochMs, frozenAtEpochMs = 0 }) => [
      startEpochMs / 1000,
      endEpochMs / 1000,
      frozenAtEpochMs / 1000,
    ]),
  );

describe('a release of which only windows are known', () => {
  it('began with its first window, whichever metric has it, and is judged in its shortest windows', () => {
    const release = releaseOf(
      [windowOf('errors', 120, 180), windowOf('errors', 180, 240)],
      [windowOf('slow', 90, 120), windowOf('slow', 240, 360)],
    );
    expect(release).toMatchObject({ name: 'r1', startedAtEpochMs: 90_000, windowSeconds: 30 });
  });

  it('expects the canary where a window was recorded: the others are no missing data', () => {
    const release = releaseOf([windowOf('errors', 0, 60), windowOf('errors', 120, 180)]);
    expect([0, 60, 120].map(start => release.expects(minute(start)))).toEqual([
      { canary: true, stable: true },
      { canary: false, stable: false },
      { canary: true, stable: true },
    ]);
  });

  const requests = (canary: number, stable: number): Reading => ({
    kind: 'counts',
    canary: counts(canary, 0),
    stable: counts(stable, 0),
  });
  const value = (stable: number | null): Reading => ({ kind: 'value', canary: 1, stable });
  const silent: Reading = { kind: 'noData', reason: 'the source was away' };
  it.each<[string, Reading[], boolean]>([
    ['it had a request', [requests(10, 1)], true],
    ['it had none', [requests(10, 0)], false],
    ['it had none in one metric and one in the other', [requests(10, 0), requests(10, 1)], true],
    ['it had one in one metric and none in the other', [requests(10, 1), requests(10, 0)], true],
    ['it had none in both', [requests(10, 0), requests(10, 0)], false],
    ['the source has no series of it', [{ kind: 'counts', canary: counts(10, 0), stable: null }], true],
    ['only a value was read', [value(null)], true],
    ['it had no request, and a value of the canary alone was read too', [requests(10, 0), value(null)], false],
    ['a value of the canary alone was read, and it had no request', [value(null), requests(10, 0)], false],
    ['it had no request, and a value of it was read too', [requests(10, 0), value(3)], true],
    ['it had no request, and the other metric has no data', [requests(10, 0), silent], false],
    ['the other metric has no data, and it had no request', [silent, requests(10, 0)], false],
    ['nothing is known', [silent], true],
  ])('takes it that the stable version had traffic or not, where %s', (_, readings, stable) => {
    const release = releaseOf(...readings.map((reading, i) => [windowOf(`m${i}`, 0, 60, reading)]));
    expect(release.expects(minute(0))).toEqual({ canary: true, stable });
  });
});

describe('recorded windows on the grid of a running release', () => {
  it('are left as they are where they lie on it', () => {
    const release = releaseOf([windowOf('errors', 120, 180), windowOf('errors', 240, 300)]);
    expect(onGrid(release)).toBe(release);
  });

  it('begin at the next multiple of the shortest, and keep their order and their gaps', () => {
    // Prepare: from 20 s past a minute, one minute is missing; those of another metric begin 10 s later
    const release = releaseOf(
      [windowOf('errors', 80, 140), windowOf('errors', 200, 260)],
      [windowOf('slow', 90, 150), windowOf('slow', 150, 210)],
    );
    // Act
    const aligned = onGrid(release);
    // Assess
    expect(spansOf(aligned)).toEqual([
      [
        [120, 180, 180],
        [240, 300, 300],
      ],
      [
        [120, 180, 180],
        [180, 240, 240],
      ],
    ]);
    expect(aligned).toMatchObject({ name: 'r1', startedAtEpochMs: 120_000, windowSeconds: 60 });
    expect(aligned.metrics.map(({ name }) => name)).toEqual(['errors', 'slow']);
    expect(aligned.expects(minute(240)).canary).toBe(true);
    expect(aligned.expects(minute(80)).canary).toBe(false);
  });

  it('all have the length of the shortest, even where each begins on the grid', () => {
    const release = releaseOf([windowOf('errors', 60, 120)], [windowOf('slow', 60, 180)]);
    expect(spansOf(onGrid(release))).toEqual([[[60, 120, 120]], [[60, 120, 120]]]);
    // one of them is enough: a window and a half later is two
    const half = releaseOf([windowOf('errors', 60, 120), windowOf('errors', 150, 210)]);
    expect(spansOf(onGrid(half))).toEqual([
      [
        [60, 120, 120],
        [180, 240, 240],
      ],
    ]);
  });

  it('keep what the ledger knows of the release', () => {
    const release = { ...releaseOf([windowOf('errors', 20, 80)]), ceilings: { errors: [0.01] } };
    expect(onGrid(release).ceilings).toEqual({ errors: [0.01] });
  });
});

describe('the counts of a recorded window', () => {
  const of = (reading: Reading, more: Partial<WindowRecord> = {}) => {
    const record = { ...windowOf('errors', 60, 120, reading), ...more };
    return countsOf(releaseOf([record]), record);
  };
  const [canary, stable] = [counts(10, 3, 1), counts(90, 2, 0)];

  it('are of both versions, and of the first threshold', () => {
    expect(of({ kind: 'counts', canary, stable })).toEqual({
      startEpochMs: 60_000,
      endEpochMs: 120_000,
      canaryRequests: 10,
      canaryBad: 3,
      stableRequests: 90,
      stableBad: 2,
    });
  });

  it.each<[string, Counts | null, Counts | null, number[]]>([
    ['the canary', null, stable, [0, 0, 90, 2]],
    ['the stable version', canary, null, [10, 3, 0, 0]],
  ])('are 0 of a version without a series: %s', (_, canary, stable, expected) => {
    const found = of({ kind: 'counts', canary, stable });
    expect([found?.canaryRequests, found?.canaryBad, found?.stableRequests, found?.stableBad]).toEqual(expected);
  });

  it('are none where it overlaps a shift, is not frozen, has no counts, or the canary had no traffic', () => {
    const whole: Reading = { kind: 'counts', canary, stable };
    const { frozenAtEpochMs: _, ...open } = windowOf('errors', 60, 120, whole);
    expect(of(whole, { straddles: true })).toBeUndefined();
    expect(countsOf(releaseOf([open]), open)).toBeUndefined();
    expect(of({ kind: 'value', canary: 1, stable: 1 })).toBeUndefined();
    expect(countsOf(releaseOf([windowOf('errors', 0, 60)]), windowOf('errors', 60, 120, whole))).toBeUndefined();
  });
});
