import { describe, expect, it } from 'vitest';
import { type RecordedRelease, releaseOfWindows } from '../../../domain/replay/recorded-release.ts';
import { sequentialReplay } from '../../../domain/replay/sequential.ts';
import type { DetectorMetric } from '../../../domain/statistics/sequential/detector.ts';
import { PROFILES } from '../../../domain/statistics/sequential/profile.ts';
import type { Reading, WindowRecord } from '../../../domain/windows/reading.ts';
import { counts } from '../judges/records.ts';
import { detect } from '../statistics/sequential/detect.ts';
import { BY_THE_BOOK, drawn, metricOf, type Quadruple, quiet, recordOf, releaseOf, times } from './releases.ts';

describe('which windows the sequential judge takes', () => {
  const release = (...windows: WindowRecord[]): RecordedRelease =>
    releaseOfWindows('r1', [{ name: 'errors', windows }]);
  const judged = (of: RecordedRelease) => sequentialReplay({ ...BY_THE_BOOK, horizonWindows: 5 }).replay(of, drawn);
  const scoredEnds = (of: RecordedRelease) => judged(of).evidence[0]?.points.map(({ endEpochMs }) => endEpochMs);
  const [good, bad] = [
    [100, 1, 900, 9],
    [100, 20, 900, 9],
  ] as const;
  const at = (minute: number, quadruple: Quadruple, more: Partial<WindowRecord> = {}) => ({
    ...recordOf('errors', minute * 60_000, quadruple),
    ...more,
  });

  it('are the frozen ones in which no shift was, and in which both versions had requests', () => {
    const { frozenAtEpochMs: _, ...open } = at(2, bad);
    const value: Reading = { kind: 'value', canary: 1, stable: 1 };
    const none: Reading = { kind: 'counts', canary: null, stable: counts(900, 9) };
    const ends = scoredEnds(
      release(
        at(0, good),
        at(1, bad, { straddles: true }),
        open,
        at(3, bad, { reading: value }),
        at(4, bad, { reading: { kind: 'noData', reason: 'away' } }),
        at(5, bad, { reading: none }),
        at(6, good),
      ),
    );
    expect(ends).toEqual([60_000, 420_000]);
  });

  it('are not those in which the dial gave the canary nothing, whatever was counted then', () => {
    const windows = [at(0, good), at(1, bad), at(2, good)];
    const expects = ({ startEpochMs }: { startEpochMs: number }) => ({ canary: startEpochMs !== 60_000, stable: true });
    expect(scoredEnds({ ...release(...windows), expects })).toEqual([60_000, 180_000]);
  });

  it('are compared with nothing where the dial gave stable nothing: without a plan there is no ceiling', () => {
    const expects = () => ({ canary: true, stable: false });
    const found = judged({ ...release(at(0, bad)), expects });
    expect([found.verdict, found.because]).toEqual(['inconclusive', 'errors: no window could be compared']);
  });

  it('come in the order in which they froze: one that froze late is judged late', () => {
    // Prepare: the first window froze when the third had
    const late = at(0, good, { frozenAtEpochMs: 240_000 });
    // Act, Assess
    expect(scoredEnds(release(late, at(1, good), at(2, good)))).toEqual([120_000, 180_000, 60_000]);
    const { decision } = judged(
      release({ ...late, reading: at(0, [100, 40, 900, 9]).reading }, at(1, good), at(2, good)),
    );
    expect(decision).toEqual({ metric: 'errors', window: 1, endEpochMs: 60_000 });
  });

  it('are judged to the last of those that froze with the one that decides, and no further', () => {
    // Prepare: three windows of which the first decides; two of them froze at one moment
    const windows = [at(0, bad, { frozenAtEpochMs: 120_000 }), at(1, good), at(2, good)];
    // Act
    const found = judged(release(...windows));
    // Assess
    expect(found.decision).toEqual({ metric: 'errors', window: 1, endEpochMs: 60_000 });
    expect(found.evidence[0]?.points.map(({ endEpochMs }) => endEpochMs)).toEqual([60_000, 120_000]);
  });

  it('of metrics that froze together are judged together: the more convincing one is named, whatever the order', () => {
    const [a, b] = [[[500, 30, 4500, 16]], [[500, 90, 4500, 16]]] as const;
    const judge = sequentialReplay(BY_THE_BOOK);
    expect(judge.replay(releaseOf({ a, b }), quiet).decision?.metric).toBe('b');
    expect(judge.replay(releaseOf({ b, a }), quiet).decision?.metric).toBe('b');
  });

  it('are those of the first threshold where a metric has several; without a count there is nothing to judge', () => {
    const reading = (...failed: number[]): Reading => ({
      kind: 'counts',
      canary: counts(100, ...failed),
      stable: counts(900, ...failed),
    });
    const of = (one: Reading) => judged(release(at(0, good, { reading: one })));
    expect(of(reading(3, 90)).logE).toBe(of(reading(3)).logE);
    expect(of(reading()).because).toMatch(/canary has 0 counts of bad requests, expected 1$/);
  });
});

describe('how the sequential judge is set', () => {
  const window = [500, 12, 4500, 22] as const;
  const windows = times(4, window);
  const detected = (metrics: DetectorMetric[], horizonWindows: number) => {
    const [canaryRequests, canaryBad, stableRequests, stableBad] = window;
    const steps = windows.map((_, i) =>
      metrics.map(({ name }) => ({
        metric: name,
        startEpochMs: i * 60_000,
        endEpochMs: (i + 1) * 60_000,
        straddles: false,
        stableExpected: true,
        canary: counts(canaryRequests, canaryBad),
        stable: counts(stableRequests, stableBad),
      })),
    );
    return detect({ ...BY_THE_BOOK, profile: PROFILES.information, horizonWindows, metrics }, steps).evidence;
  };
  const replayed = (release: RecordedRelease, more: Partial<typeof BY_THE_BOOK> = {}) =>
    sequentialReplay({ ...BY_THE_BOOK, profile: PROFILES.information, ...more }).replay(release, drawn);
  const release = releaseOf({ errors: windows });
  const baseline = { errors: { windows: 90, requests: 9_000, bad: [90], phi: [1.7], assumed: false } };

  it.each<[string, RecordedRelease, Partial<typeof BY_THE_BOOK>, Partial<DetectorMetric>, number]>([
    ['without the guard', release, {}, {}, 4],
    ['with the guard, by the dispersion that is assumed', release, { guard: true }, { phi: [3] }, 4],
    [
      'with the guard, by the dispersion that is assumed where the ledger has that of other metrics',
      { ...release, baseline: { slow: baseline.errors } },
      { guard: true },
      { phi: [3] },
      4,
    ],
    ["with the guard, by the ledger's dispersion", { ...release, baseline }, { guard: true }, { phi: [1.7] }, 4],
    ['without the guard, whatever the ledger knows', { ...release, baseline }, {}, {}, 4],
    ['by a plan of 40 windows', release, { horizonWindows: 40 }, {}, 40],
    ['with another margin', release, { margin: 1 }, { margin: 1 }, 4],
  ])('is what was asked for: %s', (_, of, more, metric, horizon) => {
    const points = detected([metricOf('errors', 1, metric)], horizon);
    const [lnE, bad] = replayed(of, more).evidence;
    const seen = lnE?.points.length ?? 0;
    expect(seen).toBeGreaterThan(0);
    expect(lnE?.points.map(({ value }) => value)).toEqual(points.slice(0, seen).map(({ logE }) => logE));
    expect(bad?.points.map(({ limit }) => limit)).toEqual(points.slice(0, seen).map(({ boundary }) => boundary));
  });

  it('has for a horizon the windows of its longest metric', () => {
    const short = releaseOf({ a: windows, b: windows.slice(0, 1) });
    const long = releaseOf({ a: windows, b: [...windows.slice(0, 1), ...times(3, [0, 0, 9, 0] as const)] });
    expect(replayed(short).logE).toBe(replayed(long).logE);
    expect(replayed(short).logE).toBe(replayed(short, { horizonWindows: 4 }).logE);
  });

  it('is inconclusive of a release in which nothing was recorded', () => {
    expect(sequentialReplay(BY_THE_BOOK).name).toBe('sequential');
    const empty = { ...releaseOf({ errors: [window] }), metrics: [{ name: 'errors', windows: [] }] };
    expect(replayed(empty)).toMatchObject({ judge: 'sequential', verdict: 'inconclusive', logE: 0, excessBad: 0 });
  });
});
