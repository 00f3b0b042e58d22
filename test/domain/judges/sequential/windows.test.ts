import { describe, expect, it } from 'vitest';
import type { SequentialContext } from '../../../../domain/judges/sequential/context.ts';
import {
  type CeilingFacts,
  ceilingsOf,
  detectorMetric,
  type KnownWindow,
  knownWindows,
  noAutoSums,
  scoredWindow,
  withAutoSums,
} from '../../../../domain/judges/sequential/windows.ts';
import type { WindowRecord } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';
import { metric, of, sequential } from './sequential-records.ts';

const slow = (judge: Parameters<typeof metric>[0] = {}) => ({
  ...metric(judge, 'slow'),
  source: { kind: 'cloudwatch' as const, measure: { kind: 'slowerThan' as const, thresholdsSeconds: [0.3, 1] } },
});

describe('the windows that are judged', () => {
  const shown = (records: WindowRecord[], more: Parameters<typeof context>[0] = {}) =>
    knownWindows(records, context(more)).map(({ startEpochMs }) => (startEpochMs - NOON) / MINUTE);
  const full = of(counts(480, 5), counts(9520, 95));
  const frozenAt = (n: number, minute: number) => frozen(n, full, { frozenAtEpochMs: NOON + minute * MINUTE });

  it('are those that froze, in that order, and by their start where they froze together', () => {
    const { frozenAtEpochMs: _, ...open } = frozen(9, full);
    expect(shown([frozenAt(3, 7), frozenAt(0, 9), open, frozenAt(2, 5), frozenAt(1, 7)])).toEqual([2, 1, 3, 0]);
  });

  it('are none in which the canary gets no traffic', () => {
    const expects = ({ startEpochMs }: { startEpochMs: number }) => ({ canary: startEpochMs > NOON, stable: true });
    expect(shown([frozenAt(0, 5), frozenAt(1, 5)], { expects })).toEqual([1]);
  });

  it('have the counts, or the reason why there are none', () => {
    const expects = () => ({ canary: true, stable: false });
    const common = { metric: 'errors', straddles: false, stableExpected: false, canary: null, stable: null };
    const at = (n: number) => {
      const endEpochMs = NOON + (n + 1) * MINUTE;
      return { startEpochMs: NOON + n * MINUTE, endEpochMs, frozenAtEpochMs: endEpochMs + 100_000 };
    };
    const records = [
      frozen(0, of(counts(480, 5), null), { straddles: true }),
      frozen(1, { kind: 'noData', reason: 'no points' }),
      frozen(2, { kind: 'value', canary: 1, stable: 1 }),
    ];
    expect(knownWindows(records, context({ expects }))).toStrictEqual([
      { ...common, ...at(0), straddles: true, canary: counts(480, 5) },
      { ...common, ...at(1), noData: 'no points' },
      { ...common, ...at(2) },
    ]);
  });
});

/** Of the n-th minute. 100 requests of stable, none of them bad, and 10 of the canary. */
const known = (n: number, more: Partial<KnownWindow> = {}): KnownWindow => ({
  ...{ metric: 'errors', startEpochMs: NOON + n * MINUTE, endEpochMs: NOON + (n + 1) * MINUTE },
  ...{ frozenAtEpochMs: NOON + (n + 4) * MINUTE, straddles: false, stableExpected: true },
  ...{ canary: counts(10, 0), stable: counts(100, 0) },
  ...more,
});

it('a window that was scored has counts of both versions: nothing where the stable version got no traffic', () => {
  const both = { startEpochMs: NOON, canary: counts(10, 0), stable: counts(100, 0) };
  expect(scoredWindow(known(0))).toEqual(both);
  expect(scoredWindow(known(0, { stable: null }))).toEqual({ ...both, stable: { requests: 0, bad: [] } });
});

/** A minute each, of a release that is in this context. */
const facts = (windows: KnownWindow[], of: SequentialContext): CeilingFacts => ({
  sums: withAutoSums(noAutoSums(), windows),
  windowSeconds: 60,
  sequential: of,
});

describe('a ceiling', () => {
  const alone = (n: number) => known(n, { stableExpected: false, stable: null });
  const auto = { ceiling: 'auto' as const };
  /** The upper 99 % bound of a share of which none was seen in n: (1 - p)^n = 1 %. */
  const bound = (n: number) => 1 - 0.01 ** (1 / n);

  it('is none where the plan has none, and the same for every threshold where it is a number', () => {
    expect(ceilingsOf(metric(), facts([known(0), alone(1)], sequential()))).toBeUndefined();
    expect(ceilingsOf(slow({ ceiling: 0.02 }), facts([], sequential()))).toEqual([0.02, 0.02]);
  });

  it('that is automatic is not known before the stable version is without traffic', () => {
    const straddling = known(1, { stableExpected: false, straddles: true });
    expect(ceilingsOf(metric(auto), facts([known(0), straddling], sequential()))).toBeUndefined();
    expect(ceilingsOf(metric(auto), facts([known(0), straddling, alone(2)], sequential()))).toBeDefined();
  });

  it('that was frozen into the release stays', () => {
    const kept = sequential({ ceilings: { errors: [0.5] } });
    expect(ceilingsOf(metric(auto), facts([known(0), alone(1)], kept))).toEqual([0.5]);
  });

  it('is the margin times what the stable version had in its windows until then', () => {
    const windows = [
      known(0),
      known(1),
      known(2, { straddles: true, stable: counts(100, 90) }),
      known(3, { canary: null, stable: counts(100, 90) }),
      known(4, { stable: null }),
      known(5),
      alone(6),
      known(7, { stable: counts(100, 90) }),
    ];
    // 330 requests in 180 s are 1,100 in the 600 s alone: room for 10 failures is 0.91 %, below 1.25 x 1.52 %
    expect(ceilingsOf(metric(auto), facts(windows, sequential()))).toEqual([expect.closeTo(1.25 * bound(300), 12)]);
  });

  it('has room for 10 failures in the requests that are to come', () => {
    const windows = [known(0), known(1), known(2), alone(3)];
    // 330 in 180 s are 110 in 60 s
    expect(ceilingsOf(metric(auto), facts(windows, sequential({ secondsAlone: 60 })))).toEqual([
      expect.closeTo(10 / 110, 12),
    ]);
    // with 9,000 in 90 windows before: 9,330 in 93 minutes
    const past = { windows: 90, requests: 9000, bad: [0], phi: [1], assumed: false };
    const known90 = { baseline: { errors: past } };
    expect(ceilingsOf(metric(auto), facts(windows, sequential({ ...known90, secondsAlone: 60 })))).toEqual([
      expect.closeTo(10 / (9330 / 93), 12),
    ]);
    expect(ceilingsOf(metric(auto), facts(windows, sequential({ ...known90, secondsAlone: 6_000_000 })))).toEqual([
      expect.closeTo(1.25 * bound(9300), 12),
    ]);
  });

  it('is one for every threshold, with what was before the release', () => {
    const both = [0, 1, 2].map(n => known(n, { metric: 'slow', stable: counts(66, 0, n === 0 ? 1 : 0) }));
    const past = { windows: 1, requests: 102, bad: [0, 2], phi: [1, 1], assumed: false };
    const windows = [...both, known(3, { metric: 'slow', stableExpected: false, stable: null })];
    // 3 of 300: the binomial sum up to 3 is 1 % at 3.309274 %
    expect(
      ceilingsOf(slow(auto), facts(windows, sequential({ baseline: { slow: past }, secondsAlone: 60_000 }))),
    ).toEqual([expect.closeTo(1.25 * bound(300), 12), expect.closeTo(1.25 * 0.03309274220691, 10)]);
  });

  it('is not known where the stable version had no request', () => {
    expect(ceilingsOf(metric(auto), facts([alone(0)], sequential()))).toBeUndefined();
  });
});

describe("a metric's settings", () => {
  const of = (judged: ReturnType<typeof metric>, baseline = {}) =>
    detectorMetric(judged, context(), sequential({ baseline }), undefined);
  const past = { windows: 90, requests: 9000, bad: [1, 2], phi: [1.5, 2], assumed: false };

  it('warm up from the first weight on', () => {
    expect(of(metric()).warmUp).toBeUndefined();
    expect(of(metric({ warmUp: { margin: 8, seconds: 60 } })).warmUp).toEqual({
      margin: 8,
      untilEpochMs: NOON + 60_000,
    });
  });

  it('take the noise from before the release, and assume it where nobody read that', () => {
    expect(of(slow({ guard: true }), { slow: past }).phi).toEqual([1.5, 2]);
    expect(of(slow({ guard: true })).phi).toEqual([3, 3]);
    expect(of(slow({ guard: false }), { slow: past }).phi).toBeUndefined();
  });

  it('keep a part of alpha for a ceiling, known or not', () => {
    expect(of(metric({ ceiling: 'auto' })).hasCeiling).toBe(true);
    expect(of(metric()).hasCeiling).toBe(false);
  });
});
