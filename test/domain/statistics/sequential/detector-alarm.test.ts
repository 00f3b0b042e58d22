import { describe, expect, it } from 'vitest';
import {
  type DetectorMetric,
  type DetectorSettings,
  type DetectorWindow,
  marginAt,
  newDetector,
  stepDetector,
} from '../../../../domain/statistics/sequential/detector.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import { healthy, mixture, rateEvidence, ratioEvidence, starts, window4 } from './by-the-book.ts';
import { detect } from './detect.ts';

const MINUTE = 60_000;
const metric = (name: string, share: number, more: Partial<DetectorMetric> = {}): DetectorMetric => ({
  name,
  share,
  margin: 1.25,
  thresholds: 1,
  hasCeiling: false,
  ...more,
});
const settings = (metrics: DetectorMetric[]): DetectorSettings => ({
  profile: PROFILES.specification,
  alpha: 0.01,
  horizonWindows: 30,
  nonInferiority: 2,
  beta: 0.05,
  metrics,
});
type Four = readonly [number, number, number, number];
const EQUAL: Four = [500, 5, 9500, 95];
const windowOf = (
  name: string,
  index: number,
  [nc, xc, nb, xb]: Four,
  more: Partial<DetectorWindow> = {},
): DetectorWindow => ({
  metric: name,
  startEpochMs: index * MINUTE,
  endEpochMs: (index + 1) * MINUTE,
  canary: { requests: nc, bad: [xc] },
  stable: { requests: nb, bad: [xb] },
  straddles: false,
  stableExpected: true,
  ...more,
});
const logBook = (list: readonly Four[]) =>
  Math.log(mixture(list.map(window4), starts(0.5, 0.15, 30), (one, j) => ratioEvidence(one, 1.25, 1.25 * j)));

describe('what is written down of a window', () => {
  it('is the evidence of all channels and what each of them takes', () => {
    const { evidence } = detect(settings([metric('errors', 0.7), metric('slow', 0.3)]), [
      [windowOf('errors', 3, EQUAL)],
    ]);
    // X is Binomial(100, 5/81): P(X >= 16) = 4.1418e-4 and P(X >= 15) = 1.2250e-3, by exact rationals; of 0.7 x 0.7 x 1 %
    // 0.85 ln 2/ln 31 may be spent, 8.407e-4
    expect(evidence).toEqual([
      {
        metric: 'errors',
        startEpochMs: 3 * MINUTE,
        endEpochMs: 4 * MINUTE,
        scored: 'comparison',
        k: 1,
        logE: expect.closeTo(logBook([EQUAL]), 9),
        logELimit: expect.closeTo(-Math.log(0.3 * 0.7 * 0.01), 12),
        // the other metric's E is 1 so far
        logRelease: expect.closeTo(Math.log(0.003 * (0.7 * Math.exp(logBook([EQUAL])) + 0.3)), 9),
        x: 5,
        boundary: 16,
        spent: expect.closeTo(4.1418e-4, 8),
        logHealthy: expect.closeTo(Math.log(healthy([window4(EQUAL)], 2)), 9),
        logHealthyLimit: expect.closeTo(Math.log(20), 12),
      },
    ]);
  });

  it("is without an S-channel for several thresholds, whose alpha is all E's", () => {
    const two = { canary: { requests: 500, bad: [5, 1] }, stable: { requests: 9500, bad: [95, 10] } };
    const { evidence } = detect(settings([metric('slow', 1, { thresholds: 2, hasCeiling: true })]), [
      [windowOf('slow', 0, EQUAL, two)],
    ]);
    expect(evidence[0]?.logELimit).toBeCloseTo(-Math.log(0.8 * 0.01), 12);
    expect(evidence[0]).not.toHaveProperty('x');
    expect(evidence[0]).not.toHaveProperty('boundary');
    expect(evidence[0]).not.toHaveProperty('logCeiling');
    expect(evidence[0]).not.toHaveProperty('because');
  });

  it('says why it was not scored, and a window that straddles is that first of all', () => {
    const { evidence } = detect(settings([metric('errors', 1)]), [
      [windowOf('errors', 0, EQUAL, { noData: 'Prometheus did not answer', canary: null, stable: null })],
      [windowOf('errors', 1, EQUAL, { noData: 'late', straddles: true })],
    ]);
    expect(evidence.map(({ because }) => because)).toEqual([
      'no data: Prometheus did not answer',
      'it overlaps a shift',
    ]);
    expect(evidence.map(({ scored }) => scored)).toEqual(['not', 'not']);
  });

  it('against a ceiling is that of the canary alone, and the comparison stands', () => {
    const withCeiling = settings([metric('errors', 0.5, { hasCeiling: true, ceilings: [0.01] }), metric('slow', 0.5)]);
    const alone = { canary: { requests: 1000, bad: [14] }, stable: null, stableExpected: false };
    const { evidence } = detect(withCeiling, [[windowOf('errors', 0, EQUAL)], [windowOf('errors', 1, EQUAL, alone)]]);
    const book = mixture([window4([1000, 14, 0, 0])], starts(0.5, 0.15, 30), (one, j) => rateEvidence(one, 0.01, j));
    expect(evidence[1]).toMatchObject({
      scored: 'ceiling',
      k: 1,
      logE: evidence[0]?.logE,
      logCeiling: expect.closeTo(Math.log(book), 9),
      logCeilingLimit: expect.closeTo(-Math.log(0.2 * 0.5 * 0.01), 12),
    });
  });
});

describe('windows that arrive together', () => {
  it('are taken in the order of their start, and those of one moment are one decision', () => {
    const both = settings([metric('errors', 0.5), metric('slow', 0.5)]);
    const list = [windowOf('slow', 1, EQUAL), windowOf('errors', 1, EQUAL), windowOf('errors', 0, [500, 9, 9500, 95])];
    const { evidence } = detect(both, [list]);
    expect(evidence.map(one => [one.metric, one.startEpochMs / MINUTE])).toEqual([
      ['errors', 0],
      ['slow', 1],
      ['errors', 1],
    ]);
    // what came later is not known to what came before
    expect(evidence.map(({ k }) => k)).toEqual([1, 1, 2]);
    expect(evidence[0]?.logE).toBeCloseTo(logBook([[500, 9, 9500, 95]]), 9);
    expect(evidence[1]?.logRelease).toBe(evidence[2]?.logRelease);
    expect(evidence[2]?.logE).toBeCloseTo(logBook([[500, 9, 9500, 95], EQUAL]), 9);
  });

  it('of none are no evidence', () => {
    expect(stepDetector(newDetector(settings([metric('errors', 1)])), [])).toEqual([]);
  });

  it('are an error where one begins at no time at all', () => {
    const detector = newDetector(settings([metric('errors', 1)]));
    expect(() => stepDetector(detector, [windowOf('errors', 0, EQUAL, { startEpochMs: Number.NaN })])).toThrow(
      'errors, window NaN to 1970-01-01T00:01:00Z: its end is not after its start',
    );
  });

  it('of a metric that nobody set are an error', () => {
    const detector = newDetector(settings([metric('errors', 1)]));
    expect(() => stepDetector(detector, [windowOf('slow', 0, EQUAL)])).toThrow(
      new RangeError('slow is no metric of this detector'),
    );
  });

  it.each([
    ['begins before and ends within', { startEpochMs: 9.5 * MINUTE, endEpochMs: 10.5 * MINUTE }],
    ['begins within and ends later', { startEpochMs: 10.5 * MINUTE, endEpochMs: 11.5 * MINUTE }],
    ['lies within', { startEpochMs: 10.2 * MINUTE, endEpochMs: 10.8 * MINUTE }],
    ['holds it', { startEpochMs: 9 * MINUTE, endEpochMs: 12 * MINUTE }],
  ])('are an error where one overlaps another: it %s', (_, span) => {
    const detector = newDetector(settings([metric('errors', 1)]));
    stepDetector(detector, [windowOf('errors', 10, EQUAL)]);
    expect(() => stepDetector(detector, [windowOf('errors', 0, EQUAL, span)])).toThrow(
      /^errors, window .*Z: it overlaps the window 1970-01-01T00:10:00Z to 1970-01-01T00:11:00Z$/,
    );
    // its neighbours do not
    stepDetector(detector, [windowOf('errors', 11, EQUAL), windowOf('errors', 9, EQUAL)]);
    expect(detector.metrics.get('errors')?.comparison.k).toBe(3);
  });

  it('are an error where one comes a second time, with whatever end', () => {
    const detector = newDetector(settings([metric('errors', 1)]));
    stepDetector(detector, [windowOf('errors', 0, EQUAL)]);
    expect(() => stepDetector(detector, [windowOf('errors', 0, EQUAL, { endEpochMs: 30_000 })])).toThrow(
      'errors, window 1970-01-01T00:00:00Z to 1970-01-01T00:00:30Z: it was added before, and a frozen window is judged once',
    );
  });
});

describe('the margin of a window', () => {
  const warmUp = { margin: 8, untilEpochMs: 1000 };
  it("is the larger one while it warms up, and the plan's from then on", () => {
    expect([999, 1000].map(start => marginAt({ margin: 1.25, warmUp }, start))).toEqual([8, 1.25]);
    expect(marginAt({ margin: 9, warmUp }, 0)).toBe(9);
    expect(marginAt({ margin: 1.25, warmUp: undefined }, 0)).toBe(1.25);
  });
});

describe('the alarm', () => {
  // theta = 0.0617: 15 are below the boundary of 16 in the first window, and too little for E
  const [fifteen, sixteen, sixty]: [Four, Four, Four] = [
    [500, 15, 9500, 85],
    [500, 16, 9500, 84],
    [500, 60, 9500, 40],
  ];
  const alarmOf = (metrics: DetectorMetric[], ...windows: DetectorWindow[]) =>
    detect(settings(metrics), [windows]).detector.alarm;

  it('is raised by the S-channel at its boundary, before E has any', () => {
    const one = metric('errors', 0.7);
    expect(logBook([sixteen])).toBeLessThan(-Math.log(0.3 * 0.7 * 0.01));
    expect(alarmOf([one, metric('slow', 0.3)], windowOf('errors', 0, fifteen))).toBeUndefined();
    expect(alarmOf([one, metric('slow', 0.3)], windowOf('errors', 0, sixteen))).toMatchObject({
      metric: 'errors',
      channel: 's',
      evidence: { x: 16, boundary: 16 },
    });
  });

  it('is told by the odds of E where both channels have fired', () => {
    expect(alarmOf([metric('errors', 1)], windowOf('errors', 0, sixty))).toMatchObject({ channel: 'e' });
  });

  it('blames the metric that says most, and of two alike the first by name', () => {
    const both = [metric('slow', 0.5), metric('errors', 0.5)];
    expect(alarmOf(both, windowOf('slow', 0, sixty), windowOf('errors', 0, sixty))?.metric).toBe('errors');
    expect(alarmOf(both, windowOf('errors', 0, sixty), windowOf('slow', 0, sixty))?.metric).toBe('errors');
    const worse: Four = [500, 80, 9500, 40];
    expect(alarmOf(both, windowOf('errors', 0, sixty), windowOf('slow', 0, worse))?.metric).toBe('slow');
    expect(alarmOf(both, windowOf('slow', 0, worse), windowOf('errors', 0, sixty))?.metric).toBe('slow');
    // both by the S-channel alone
    expect(alarmOf(both, windowOf('slow', 0, sixteen), windowOf('errors', 0, sixteen))?.metric).toBe('errors');
  });

  it('is raised by a ceiling at its own limit, and outdone by a comparison that says more', () => {
    const withCeiling = metric('errors', 0.5, { hasCeiling: true, ceilings: [0.01] });
    const alone = (bad: number) => ({ canary: { requests: 1000, bad: [bad] }, stable: null, stableExpected: false });
    const bookE = (bad: number) =>
      mixture([window4([1000, bad, 0, 0])], starts(0.5, 0.15, 30), (one, j) => rateEvidence(one, 0.01, j));
    let enough = 10;
    while (bookE(enough) < 1 / (0.2 * 0.5 * 0.01)) enough += 1;
    const alarmAt = (bad: number) =>
      alarmOf([withCeiling, metric('slow', 0.5)], windowOf('errors', 0, EQUAL, alone(bad)));
    expect(alarmAt(enough - 1)).toBeUndefined();
    expect(alarmAt(enough)).toMatchObject({ metric: 'errors', channel: 'ceiling' });
    const outdone = alarmOf(
      [withCeiling, metric('slow', 0.5)],
      windowOf('errors', 0, EQUAL, alone(enough)),
      windowOf('slow', 0, sixty),
    );
    expect(outdone).toMatchObject({ metric: 'slow', channel: 'e' });
  });

  it('of the S-channel counts for at least the odds that were promised', () => {
    // slow has two thresholds: no S-channel, and all of its alpha is E's. It says more, and both together are too much
    const metrics = [metric('errors', 0.5), metric('slow', 0.5, { thresholds: 2 })];
    const all = Array.from({ length: 400 }, (_, i) => [500, 15 + (i % 20), 9500, 60 + 3 * Math.floor(i / 20)] as const);
    const between = (least: number, most: number, part: number) =>
      all.find(four => {
        const by = logBook([four]) + Math.log(part * 0.5 * 0.01);
        return by > least && by < most;
      }) ?? EQUAL;
    // e^-0.3 + e^-1.2 = 1.04
    const errors = between(-1.2, -0.4, 0.3);
    const slow = between(-0.3, -0.01, 1);
    const twice = {
      canary: { requests: 500, bad: [slow[1], slow[1]] },
      stable: { requests: 9500, bad: [slow[3], slow[3]] },
    };
    const alarm = alarmOf(metrics, windowOf('errors', 0, errors), windowOf('slow', 0, EQUAL, twice));
    expect(alarm).toMatchObject({ metric: 'errors', channel: 's' });
    expect(alarm?.evidence.logRelease).toBeGreaterThan(0);
  });

  it('is the first one, and stays', () => {
    const detector = newDetector(settings([metric('errors', 1)]));
    stepDetector(detector, [windowOf('errors', 0, sixty)]);
    const first = detector.alarm;
    stepDetector(detector, [windowOf('errors', 1, [500, 200, 9500, 40])]);
    expect(detector.alarm).toBe(first);
  });
});

it('a metric that was found healthy stays so, whatever comes later', () => {
  const detector = newDetector(settings([metric('errors', 1)]));
  const book = (count: number) =>
    healthy(
      Array.from({ length: count }, () => window4(EQUAL)),
      2,
    );
  let count = 0;
  do {
    expect(detector.metrics.get('errors')?.healthy).toBe(false);
    stepDetector(detector, [windowOf('errors', count, EQUAL)]);
    count += 1;
  } while (book(count) < 20);
  expect(detector.metrics.get('errors')?.healthy).toBe(true);
  stepDetector(detector, [windowOf('errors', count, [500, 14, 9500, 95])]);
  expect(detector.metrics.get('errors')?.comparison.logHealthy).toBeLessThan(Math.log(20));
  expect(detector.metrics.get('errors')?.healthy).toBe(true);
});
