import { describe, expect, it } from 'vitest';
import {
  type DetectorMetric,
  type DetectorSettings,
  type DetectorWindow,
  newDetector,
  stepDetector,
} from '../../../../domain/statistics/sequential/detector.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
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
const settings = (metrics: DetectorMetric[], more: Partial<DetectorSettings> = {}): DetectorSettings => ({
  profile: PROFILES.specification,
  alpha: 0.01,
  horizonWindows: 30,
  nonInferiority: 2,
  beta: 0.05,
  metrics,
  ...more,
});
const windowOf = (
  name: string,
  index: number,
  [nc, xc, nb, xb]: readonly [number, number, number, number],
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
const EQUAL = [500, 5, 9500, 95] as const;
const TENFOLD = [500, 50, 9500, 95] as const;
const quiet = settings([metric('errors', 1)]);

describe('several metrics under one alpha', () => {
  it('finds what one of them sees, and blames that one', () => {
    const both = settings([metric('errors', 0.7), metric('slow', 0.3)]);
    const windows = [0, 1].map(i => [windowOf('errors', i, EQUAL), windowOf('slow', i, TENFOLD)]);
    const { detector } = detect(both, windows);
    expect(detector.alarm?.metric).toBe('slow');
  });

  it('says the same in whatever order the metrics stand', () => {
    const metrics = [metric('errors', 0.7), metric('slow', 0.3), metric('late', 0)];
    const of = (names: string[], i: number) =>
      names.map(name => windowOf(name, i, name === 'slow' && i > 1 ? [500, 15, 9500, 95] : EQUAL));
    const one = detect(
      settings(metrics),
      [0, 1, 2, 3].map(i => of(['errors', 'slow', 'late'], i)),
    );
    const other = detect(
      settings(metrics.toReversed()),
      [0, 1, 2, 3].map(i => of(['late', 'errors', 'slow'], i)),
    );
    const bare = ({ detector, evidence }: typeof one) => ({
      alarm: detector.alarm,
      evidence: evidence.toSorted((a, b) => a.startEpochMs - b.startEpochMs || a.metric.localeCompare(b.metric)),
    });
    expect(bare(one)).toEqual(bare(other));
  });

  it('adds their evidence: two metrics that each fall short of the limit are too much together', () => {
    // no S-channel with two thresholds: E alone decides
    const two = { thresholds: 2, margin: 1 };
    const counts = (name: string, i: number) => {
      const window = windowOf(name, i, EQUAL);
      return { ...window, canary: { requests: 500, bad: [20, 20] }, stable: { requests: 9500, bad: [95, 95] } };
    };
    const alone = detect(settings([metric('a', 0.5, two), metric('b', 0.5, two)]), [[counts('a', 0)]]);
    const [evidence] = alone.evidence;
    expect(evidence?.logE).toBeGreaterThan((evidence?.logELimit ?? 0) - Math.LN2 * 8);
    const together = detect(settings([metric('a', 0.5, two), metric('b', 0.5, two)]), [
      [counts('a', 0), counts('b', 0)],
    ]);
    const last = together.evidence.at(-1);
    expect(Math.exp(last?.logRelease ?? 0)).toBeCloseTo(2 * Math.exp((last?.logE ?? 0) - (last?.logELimit ?? 0)), 6);
  });

  it('gives a metric whose share is 0 no say', () => {
    const { detector } = detect(settings([metric('errors', 1), metric('slow', 0)]), [
      [windowOf('slow', 0, TENFOLD)],
      [windowOf('slow', 1, TENFOLD)],
    ]);
    expect(detector.alarm).toBeUndefined();
  });
});

describe('what is not scored', () => {
  it.each([
    ['it overlaps a shift', { straddles: true }],
    ['the canary had no request', { canary: { requests: 0, bad: [0] } }],
    ['the canary had no request', { canary: null }],
    ['the stable version had no request', { stable: { requests: 0, bad: [0] } }],
    ['the stable version had no request', { stable: null }],
    ['the stable version gets no traffic, and there is no ceiling', { stableExpected: false }],
  ])('does not advance: %s', (because, more: Partial<DetectorWindow>) => {
    const { evidence } = detect(quiet, [[windowOf('errors', 0, EQUAL)], [windowOf('errors', 1, TENFOLD, more)]]);
    expect(evidence[1]).toMatchObject({ scored: 'not', because, k: 1, logE: evidence[0]?.logE });
  });
});

describe('windows that cannot be', () => {
  const added =
    (...windows: DetectorWindow[]) =>
    () =>
      detect(quiet, [[windowOf('errors', 0, EQUAL)], windows]);
  const with_ = (canary: { requests: number; bad: number[] }) => windowOf('errors', 1, EQUAL, { canary });
  it.each([
    ['canary requests are -1', with_({ requests: -1, bad: [0] })],
    ['canary requests are 1.5', with_({ requests: 1.5, bad: [0] })],
    ['canary requests are NaN', with_({ requests: Number.NaN, bad: [0] })],
    ['canary requests are Infinity', with_({ requests: Number.POSITIVE_INFINITY, bad: [0] })],
    ['canary bad requests are -2', with_({ requests: 10, bad: [-2] })],
    ['canary bad requests are 0.5', with_({ requests: 10, bad: [0.5] })],
    ['canary bad requests are 11, more than its 10 requests', with_({ requests: 10, bad: [11] })],
    ['canary has 2 counts of bad requests, expected 1', with_({ requests: 10, bad: [1, 1] })],
    ['stable bad requests are NaN', windowOf('errors', 1, EQUAL, { stable: { requests: 10, bad: [Number.NaN] } })],
    ['its end is not after its start', windowOf('errors', 1, EQUAL, { endEpochMs: MINUTE })],
    ['it was added before', windowOf('errors', 0, EQUAL)],
    ['it overlaps the window 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z', windowOf('errors', 0.5, EQUAL)],
  ])('are an error that names metric, window and value: %s', (problem, window) => {
    expect(added(window)).toThrow(expect.objectContaining({ name: 'BadCountsError' }));
    expect(added(window)).toThrow(/^errors, window 1970-01-01T00:0/);
    expect(added(window)).toThrow(problem);
  });
});

describe('the ceiling', () => {
  const soaking = (name: string, i: number, requests: number, bad: number) =>
    windowOf(name, i, EQUAL, { canary: { requests, bad: [bad] }, stable: null, stableExpected: false });
  const withCeiling = settings([metric('errors', 1, { hasCeiling: true, ceilings: [0.01] })]);

  it('judges where the stable version gets no traffic', () => {
    const { detector } = detect(withCeiling, [[soaking('errors', 0, 10_000, 400)]]);
    expect(detector.alarm).toMatchObject({ metric: 'errors', channel: 'ceiling' });
  });

  it('is content with a rate at the ceiling', () => {
    const { detector } = detect(
      withCeiling,
      Array.from({ length: 30 }, (_, i) => [soaking('errors', i, 10_000, 100)]),
    );
    expect(detector.alarm).toBeUndefined();
  });

  it('takes its part of alpha from the comparison', () => {
    const { evidence } = detect(withCeiling, [[windowOf('errors', 0, EQUAL)]]);
    expect(evidence[0]?.logELimit).toBeCloseTo(-Math.log(0.3 * 0.8 * 0.01), 12);
    expect(evidence[0]?.logCeilingLimit).toBeCloseTo(-Math.log(0.2 * 0.01), 12);
  });
});

it('rolls back a canary ten times as bad in its first window, and keeps saying so when it gets better', () => {
  const windows = [TENFOLD, ...Array.from({ length: 20 }, () => EQUAL)].map((counts, i) => [
    windowOf('errors', i, counts),
  ]);
  const { detector } = detect(quiet, windows);
  expect(detector.alarm?.evidence.startEpochMs).toBe(0);
});

it('needs two windows to agree with the guard on', () => {
  const guarded = settings([metric('errors', 1, { phi: [1] })]);
  const windows = [TENFOLD, TENFOLD].map((counts, i) => [windowOf('errors', i, counts)]);
  const { detector } = detect(guarded, windows);
  expect(detector.alarm?.evidence.startEpochMs).toBe(MINUTE);
});

it('tolerates more during the warm-up', () => {
  const warming = settings([metric('errors', 1, { warmUp: { margin: 8, untilEpochMs: MINUTE } })]);
  const windows = [[windowOf('errors', 0, [500, 35, 9500, 95])], [windowOf('errors', 1, EQUAL)]];
  expect(detect(warming, windows).detector.alarm).toBeUndefined();
  expect(detect(quiet, windows).detector.alarm).toBeDefined();
});

it('is healthy once it is surely not twice as bad', () => {
  const detector = newDetector(quiet);
  let i = 0;
  while (detector.metrics.get('errors')?.healthy !== true && i < 100) {
    stepDetector(detector, [windowOf('errors', i, EQUAL)]);
    i += 1;
  }
  // p = 1 %, 500 canary requests a window: 5 expected failures a window against 10 at twice the rate
  expect(i).toBeGreaterThan(1);
  expect(i).toBeLessThan(10);
  expect(detector.alarm).toBeUndefined();
});

it('needs worse than stable AND above the floor where there is a floor', () => {
  const floored = settings([metric('errors', 1, { floor: 0.2 })]);
  const windows = Array.from({ length: 5 }, (_, i) => [windowOf('errors', i, TENFOLD)]);
  expect(detect(floored, windows).detector.alarm).toBeUndefined();
  const worse = Array.from({ length: 5 }, (_, i) => [windowOf('errors', i, [500, 300, 9500, 95])]);
  expect(detect(floored, worse).detector.alarm).toBeDefined();
});
