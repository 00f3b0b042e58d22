import { describe, expect, it } from 'vitest';
import { sequentialReplay } from '../../../domain/replay/sequential.ts';
import { wouldFind } from '../../../domain/statistics/sequential/power.ts';
import { detect } from '../statistics/sequential/detect.ts';
import { BY_THE_BOOK, drawn, metricOf, type Quadruple, quiet, releaseOf, times } from './releases.ts';

describe('the sequential judge over recorded windows', () => {
  it('rolls back with the window that the detector fires in, and counts what was served until then', () => {
    // Prepare: 20 of 100 against 9 of 900
    const release = releaseOf({ errors: [...times(2, [100, 1, 900, 9]), ...times(5, [100, 20, 900, 9])] });
    // Act
    const replay = sequentialReplay(BY_THE_BOOK).replay(release, quiet);
    // Assess
    expect(replay).toMatchObject({
      verdict: 'degraded',
      decision: { metric: 'errors', window: 3, endEpochMs: 200_000 },
    });
    expect(replay.excessBad).toBeCloseTo(19, 12);
  });

  it('says how sure it was when it rolled back, whatever came later', () => {
    const judge = sequentialReplay({ ...BY_THE_BOOK, horizonWindows: 7 });
    const bad = times(5, [100, 20, 900, 9] as const);
    const whole = judge.replay(releaseOf({ errors: [...times(2, [100, 1, 900, 9]), ...bad] }), quiet);
    const until = judge.replay(releaseOf({ errors: [...times(2, [100, 1, 900, 9]), ...bad.slice(0, 1)] }), quiet);
    expect(whole.logE).toBe(until.logE);
  });

  it('rolls back later where two metrics share alpha, and its E is the mean of theirs', () => {
    // Prepare: at alpha 1 % 24 of 1,000 are enough for the S-channel, at 0.5 % they are not
    const judge = sequentialReplay(BY_THE_BOOK);
    const [a, b] = [[[1000, 24, 9000, 90]], [[1000, 10, 9000, 90]]] as const;
    const alone = [judge.replay(releaseOf({ a }), quiet), judge.replay(releaseOf({ b }), quiet)];
    // Act
    const both = judge.replay(releaseOf({ a, b }), quiet);
    // Assess
    expect([alone[0]?.verdict, both.verdict]).toEqual(['degraded', 'inconclusive']);
    const mean = alone.reduce((sum, { logE = Number.NaN }) => sum + Math.exp(logE) / 2, 0);
    expect(both.logE).toBeCloseTo(Math.log(mean), 12);
  });

  it('is inconclusive without a window to compare, and where a fault could not have shown yet', () => {
    const judge = sequentialReplay(BY_THE_BOOK);
    const of = (counts: Parameters<typeof releaseOf>[0]) => judge.replay(releaseOf(counts), quiet).verdict;
    expect(of({ errors: times(5, [0, 0, 900, 9]) })).toBe('inconclusive');
    expect(judge.replay(releaseOf({ errors: times(5, [9, 0, 0, 0]) }), quiet).because).toMatch(/no window could be/);
    expect(of({ errors: times(5, [10, 0, 90, 1]) })).toBe('inconclusive');
    // a metric that has nothing to compare holds up one that is good
    expect(of({ errors: times(30, [1000, 10, 9000, 90]), slow: times(30, [0, 0, 9000, 90]) })).toBe('inconclusive');
  });

  it('is healthy once it is sure, and its metrics share alpha whatever their order', () => {
    const healthy = times(30, [1000, 10, 9000, 90] as const);
    const worse = times(30, [1000, 14, 9000, 90] as const);
    const judge = sequentialReplay(BY_THE_BOOK);
    expect(judge.replay(releaseOf({ errors: healthy }), quiet).verdict).toBe('healthy');
    const one = judge.replay(releaseOf({ a: healthy, b: worse }), quiet);
    const other = judge.replay(releaseOf({ b: worse, a: healthy }), quiet);
    expect(one.verdict).toBe(other.verdict);
    expect(one.decision).toEqual(other.decision);
    expect(one.logE).toBeCloseTo(other.logE ?? Number.NaN, 12);
  });
});

/** docs/statistics.md, "Reference values": w0 = 1.25, K = 5. */
const REFERENCE: Quadruple[] = [
  [500, 3, 4500, 22],
  [510, 6, 4480, 20],
  [490, 9, 4510, 25],
  [505, 2, 4490, 30],
  [700, 11, 2100, 12],
];

describe('what the sequential judge draws', () => {
  it('is ln E and the bad requests so far, window by window, with their limits: the reference values', () => {
    const { evidence, verdict, logE } = sequentialReplay(BY_THE_BOOK).replay(releaseOf({ errors: REFERENCE }), drawn);
    // 1/(0.3 x 1 %) is 333; the canary's bad ones are 3, 3 + 6, ...
    const [lnE, bad, ...none] = evidence;
    const ends = [80_000, 140_000, 200_000, 260_000, 320_000];
    expect(none).toEqual([]);
    expect(lnE?.title).toBe('ln E (limit: odds against chance 333 to 1)');
    expect(lnE?.points.map(({ endEpochMs }) => endEpochMs)).toEqual(ends);
    for (const [i, log] of [-0.3899407431, -0.026480097, 1.6215125522, 0.0684375977, 1.2864433951].entries()) {
      expect(lnE?.points[i]?.value).toBeCloseTo(log, 9);
      expect(lnE?.points[i]?.limit).toBeCloseTo(Math.log(1 / 0.003), 12);
    }
    expect(bad).toEqual({
      title: 'bad canary requests so far (S-channel)',
      points: [
        { endEpochMs: 80_000, value: 3, limit: 9 },
        { endEpochMs: 140_000, value: 9, limit: 15 },
        { endEpochMs: 200_000, value: 18, limit: 21 },
        { endEpochMs: 260_000, value: 20, limit: 26 },
        { endEpochMs: 320_000, value: 31, limit: 34 },
      ],
    });
    expect(verdict).not.toBe('degraded');
    expect(logE).toBeCloseTo(1.2864433951, 9);
  });

  it('leaves out windows that were not scored, and the count where metrics have a boundary each', () => {
    const judge = sequentialReplay(BY_THE_BOOK);
    const one = judge.replay(releaseOf({ errors: [...times(2, [0, 0, 900, 9]), [100, 1, 900, 9]] }), drawn);
    expect(one.evidence.map(({ points }) => points.map(({ endEpochMs }) => endEpochMs))).toEqual([
      [200_000],
      [200_000],
    ]);
    const two = judge.replay(releaseOf({ errors: REFERENCE, slow: REFERENCE }), drawn);
    expect(two.evidence.map(({ title }) => title)).toEqual(['ln E (limit: odds against chance 333 to 1)']);
    // two metrics of the same counts have the E of one
    expect(two.evidence[0]?.points.at(-1)?.value).toBeCloseTo(1.2864433951, 9);
  });

  it('is also one line in per cent of what rolls back: with the guard two windows have to be over the limit', () => {
    const near = (guard: boolean, windows: Quadruple[]) =>
      sequentialReplay({ ...BY_THE_BOOK, guard })
        .replay(releaseOf({ errors: windows }), drawn)
        .nearness?.points.map(({ value }) => Math.round(value));
    // the nearest is the S-channel: 3 of 9, 9 of 15, 18 of 21, 20 of 26, 31 of 34
    expect(near(false, REFERENCE)).toEqual([33, 60, 86, 77, 91]);
    const clear = near(true, times(3, [500, 40, 4500, 22])) ?? [];
    expect(clear[0]).toBeLessThan(100);
    expect(clear.at(-1)).toBeGreaterThanOrEqual(100);
  });

  it('is nothing where nobody asked for it', () => {
    expect(sequentialReplay(BY_THE_BOOK).replay(releaseOf({ errors: REFERENCE }), quiet).evidence).toEqual([]);
  });
});

describe('what the sequential judge says', () => {
  const because = (metrics: Parameters<typeof releaseOf>[0], more: Partial<typeof BY_THE_BOOK> = {}) => {
    const { verdict, because } = sequentialReplay({ ...BY_THE_BOOK, ...more }).replay(releaseOf(metrics), quiet);
    return `${verdict}: ${because}`;
  };

  it('of a roll back is what the S-channel counted, the boundary, and what both are worth', () => {
    // the reference's first window at its boundary of 9: 1.935498e-3 was spent, which is 1 of 516; 0.7 % is 1 of 142
    expect(because({ errors: [[500, 9, 4500, 16], ...REFERENCE.slice(1)] })).toBe(
      'degraded: errors: 9 bad ones since the start; a canary at the margin of 1.25 times has 9 or more in 1 of 516 releases (limit 1 of 142)',
    );
    expect(because({ errors: [[500, 8, 4500, 17]] }, { horizonWindows: 5 })).not.toMatch(/^degraded/);
    // two metrics have 0.35 % each
    const half = because({ errors: [[500, 11, 4500, 14]], slow: [[500, 0, 4500, 25]] }, { horizonWindows: 5 });
    expect(half).toMatch(/^degraded: errors: 11 bad ones .* \(limit 1 of 285\)$/);
  });

  it('of metrics that had nothing to compare is which', () => {
    const none = times(5, [0, 0, 900, 9] as const);
    expect(because({ a: none, b: times(5, [100, 1, 900, 9]), c: none })).toBe(
      'inconclusive: a, c: no window could be compared',
    );
  });

  it('of what is sure is what it is surely not', () => {
    expect(because({ errors: times(30, [1000, 10, 9000, 90]) })).toBe('healthy: surely not 2 times as bad as stable');
    expect(because({ errors: times(30, [1000, 10, 9000, 90]) }, { nonInferiority: 3 })).toBe(
      'healthy: surely not 3 times as bad as stable',
    );
  });

  it('of too little is which metrics had it, and what they should have seen', () => {
    const [few, many] = [times(5, [10, 0, 90, 1] as const), times(30, [1000, 10, 9000, 90] as const)];
    expect(because({ a: few, b: many, c: few })).toBe(
      'inconclusive: a, c: too little traffic to have seen 2 times the failures of stable with 80 %',
    );
  });

  it.each([2, 3])('of nothing wrong is said as soon as %d times the failures would have been seen', ratio => {
    // Prepare: 1.2 times as bad, which is neither degraded nor sure to be good; the first count of windows that sees the ratio
    const window = [1000, 12, 9000, 90] as const;
    const detector = detect({ ...BY_THE_BOOK, horizonWindows: 20, metrics: [metricOf('errors', 1)] }, []).detector;
    const settings = detector.metrics.get('errors')?.comparison.settings;
    if (settings === undefined) throw new Error('errors is not watched');
    const sees = (count: number) =>
      wouldFind(
        settings,
        times(count, window).map(([canaryRequests, , stableRequests]) => ({
          canaryRequests,
          stableRequests,
          margin: 1.25,
        })),
        { rates: [0.01], faulty: [0.01 * ratio] },
        0.8,
      );
    const first = Array.from({ length: 20 }, (_, i) => i + 1).find(sees) ?? 0;
    // Act
    const of = (count: number) =>
      because({ errors: times(count, window) }, { horizonWindows: 20, detect: { ratio, power: 0.8 }, beta: 1e-9 });
    // Assess
    expect(first).toBeGreaterThan(1);
    expect(of(first - 1)).toBe(
      `inconclusive: errors: too little traffic to have seen ${ratio} times the failures of stable with 80 %`,
    );
    // windows without a request of the stable version change nothing of that
    const without = { errors: [...times(4, [1000, 12, 0, 0] as const), ...times(first, window)] };
    expect(because(without, { horizonWindows: 20, detect: { ratio, power: 0.8 }, beta: 1e-9 })).toMatch(/^watching/);
    expect(of(first)).toBe(
      `watching: no fault in ${first} windows; ${ratio} times the failures of stable would have been seen`,
    );
  });

  it('is not that more would have been seen by windows without a request of the canary', () => {
    // Prepare: as if those were windows too, in which nothing was to be seen, more of alpha would have been spent by now
    const [window, none] = [
      [1000, 12, 9000, 90],
      [0, 0, 9000, 90],
    ] as const;
    const comparison = detect({ ...BY_THE_BOOK, horizonWindows: 100, metrics: [metricOf('errors', 1)] }, []).detector;
    const settings = comparison.metrics.get('errors')?.comparison.settings;
    if (settings === undefined) throw new Error('errors is not watched');
    const finds = (power: number, ...windows: Quadruple[]) =>
      wouldFind(
        settings,
        windows.map(([canaryRequests, , stableRequests]) => ({ canaryRequests, stableRequests, margin: 1.25 })),
        { rates: [0.01], faulty: [0.02] },
        power,
      );
    const powers = Array.from({ length: 199 }, (_, i) => (i + 1) / 200);
    const between = powers.find(
      power => !finds(power, window, window) && finds(power, ...times(40, none), window, window),
    );
    if (between === undefined) throw new Error('windows without a request would change nothing');
    // Act
    const detected = because(
      { errors: [...times(40, none), window, window] },
      { horizonWindows: 100, detect: { ratio: 2, power: between }, beta: 1e-9 },
    );
    // Assess
    expect(detected).toMatch(/^inconclusive/);
  });

  it('of nothing wrong counts the windows of the metric that had fewest', () => {
    const window = [1000, 12, 9000, 90] as const;
    const metrics = { a: times(20, window), b: [...times(12, window), ...times(8, [0, 0, 9000, 90] as const)] };
    expect(because(metrics, { beta: 1e-9 })).toBe(
      'watching: no fault in 12 windows; 2 times the failures of stable would have been seen',
    );
  });

  it('of counts that cannot be is what is wrong, whatever they show', () => {
    const bad = times(5, [100, 90, 900, 9] as const);
    expect(because({ errors: [[10, 11, 90, 1], ...bad] })).toBe(
      'inconclusive: counts that cannot be judged: errors, window 1970-01-01T00:00:20Z to 1970-01-01T00:01:20Z: canary bad requests are 11, more than its 10 requests',
    );
  });
});
