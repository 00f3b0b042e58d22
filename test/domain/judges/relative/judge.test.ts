import { describe, expect, it } from 'vitest';
import type { JudgementContext } from '../../../../domain/judges/context.ts';
import { judgeRelative, type RelativeMetric } from '../../../../domain/judges/relative/judge.ts';
import type { Counts, Reading } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';

const metric = (
  judge: Partial<RelativeMetric['judge']>,
  source: RelativeMetric['source'] = failed,
): RelativeMetric => ({
  name: 'errors',
  source,
  judge: { kind: 'relative', failureLimit: 0, minRequests: 1, ...judge },
});
const failed: RelativeMetric['source'] = { kind: 'cloudwatch', measure: { kind: 'failedRequests' } };
const percentile: RelativeMetric['source'] = { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } };
const of = (canary: Counts | null, stable: Counts | null): Reading => ({ kind: 'counts', canary, stable });

const judged = (asked: RelativeMetric, readings: Reading[], more: Partial<JudgementContext> = {}) =>
  judgeRelative(
    asked,
    readings.map((reading, n) => frozen(n, reading)),
    context({ nowEpochMs: NOON + readings.length * MINUTE, ...more }),
  );
const phases = (...asked: Parameters<typeof judged>) => judged(...asked).measurements.map(({ phase }) => phase);
/** What one window says. */
const said = (asked: RelativeMetric, reading: Reading, more: Partial<JudgementContext> = {}) => {
  const { phase, because } = judged(asked, [reading], more).measurements[0] ?? {};
  return { phase, because };
};
const stableHasNone = { expects: () => ({ canary: true, stable: false }) };

describe('the relative judge', () => {
  // the three that the issue names: 1.1 x errors, 1.2 x p99, 0.99 x success
  it('fails a window whose error share is more than 1.1 times the stable one', () => {
    // stable 1 %, so 1.1 % of 1000 is 11
    expect(phases(metric({ max: 1.1 }), [of(counts(1000, 11), counts(9000, 90))])).toEqual(['successful']);
    expect(judged(metric({ max: 1.1 }), [of(counts(1000, 12), counts(9000, 90))]).verdict).toEqual({
      kind: 'degraded',
      metric: 'errors',
      because:
        '12 of 1000 canary requests failed (1.2 %), 90 of 9000 stable requests failed (1 %): more than 1.1 times the share, 0 bad windows allowed',
    });
  });

  it('fails a window whose p99 is more than 1.2 times the stable one', () => {
    const p99 = (canary: number | null, stable: number | null): Reading => ({ kind: 'value', canary, stable });
    const asked = metric({ max: 1.2 }, percentile);
    expect(phases(asked, [p99(0.6, 0.5), p99(0.61, 0.5), p99(null, 0.5), p99(0.6, null)])).toEqual([
      'successful',
      'failed',
      'inconclusive',
      'inconclusive',
    ]);
  });

  it('says by how much a value is worse', () => {
    expect(said(metric({ max: 1.2 }, percentile), { kind: 'value', canary: 0.61, stable: 0.5 })).toEqual({
      phase: 'failed',
      because: "the canary's p99 was 610 ms, the stable version's p99 was 500 ms: more than 1.2 times",
    });
  });

  it('takes a window that nobody read for no evidence, a minute after it should have been frozen', () => {
    const late = { nowEpochMs: NOON + 5 * MINUTE + 1 };
    expect(judged(metric({ max: 1.2 }), [], late).verdict).toMatchObject({
      ...{ kind: 'inconclusive', because: 'no window was good yet; the last: the window was not read' },
    });
  });

  it('fails a window whose share of good requests is less than 0.99 times the stable one', () => {
    // stable 99 % good: 0.99 of it is 98.01 %, so 19 of 1000 bad are good enough and 20 are not
    const readings = [of(counts(1000, 19), counts(1000, 10)), of(counts(1000, 20), counts(1000, 10))];
    expect(phases(metric({ min: 0.99 }), readings)).toEqual(['successful', 'failed']);
  });

  it('breaks the limit of failures when it is exceeded', () => {
    const bad = of(counts(100, 50), counts(900, 9));
    const good = of(counts(100, 1), counts(900, 9));
    expect(judged(metric({ max: 1.1, failureLimit: 2 }), [good, bad, bad]).verdict.kind).toBe('watching');
    expect(judged(metric({ max: 1.1, failureLimit: 2 }), [good, bad, bad, good, bad]).verdict.kind).toBe('degraded');
  });

  it('takes any bad request for too many where the stable version had none, and says so', () => {
    const { verdict } = judged(metric({ max: 1.1 }), [of(counts(1000, 1), counts(9000, 0))]);
    expect(verdict).toMatchObject({
      kind: 'degraded',
      because: expect.stringContaining("the limit is 1.1 times the stable version's share, which is 0 %"),
    });
    expect(phases(metric({ max: 1.1 }), [of(counts(1000, 0), counts(9000, 0))])).toEqual(['successful']);
  });

  it('fails a value that is less than 0.9 times the stable one, where more is better', () => {
    const orders = metric({ min: 0.9 }, { kind: 'prometheus', measure: { kind: 'queryValue', query: 'orders' } });
    const value = (canary: number): Reading => ({ kind: 'value', canary, stable: 100 });
    expect(said(orders, value(90))).toEqual({
      phase: 'successful',
      because: "the canary's value was 90, the stable version's value was 100",
    });
    expect(said(orders, value(89))).toEqual({
      phase: 'failed',
      because: "the canary's value was 89, the stable version's value was 100: less than 0.9 times",
    });
  });

  it.each<[string, Reading, RelativeMetric['source']]>([
    ['no data: no points', { kind: 'noData', reason: 'no points' }, failed],
    ['the canary has no value', { kind: 'value', canary: null, stable: 1 }, percentile],
    ['the canary has no value', { kind: 'value', canary: Number.NaN, stable: 1 }, percentile],
    ['the stable version has no value', { kind: 'value', canary: 1, stable: null }, percentile],
    ['the stable version has no value', { kind: 'value', canary: 1, stable: Number.POSITIVE_INFINITY }, percentile],
    ['the canary had no request', of(null, counts(900, 9)), failed],
    ['the canary had no request', of(counts(0, 0), counts(900, 9)), failed],
    ['the canary had 1 request, fewer than the 10 wanted', of(counts(1, 0), counts(900, 9)), failed],
    ['the canary had 9 requests, fewer than the 10 wanted', of(counts(9, 9), counts(900, 9)), failed],
    ['the stable version had no request to compare with', of(counts(10, 0), null), failed],
    ['the stable version had no request to compare with', of(counts(10, 0), counts(0, 0)), failed],
    ['a result of the canary alone, and nothing to compare it with', { kind: 'result', result: 1 }, failed],
    ['a result of the canary alone, and nothing to compare it with', { kind: 'alarm', state: 'OK' }, failed],
    [
      'a result of the canary alone, and nothing to compare it with',
      { kind: 'band', value: 1, low: 0, high: 2 },
      failed,
    ],
  ])('"%s" is no evidence', (because, reading, source) => {
    expect(said(metric({ max: 1.1, minRequests: 10 }, source), reading)).toEqual({ phase: 'inconclusive', because });
  });

  it('says how many windows were good, and which one was too much', () => {
    const good = of(counts(100, 1), counts(900, 9));
    const bad = (count: number) => of(counts(100, count), counts(900, 9));
    const asked = metric({ max: 1.1, failureLimit: 1 });
    expect(judged(asked, [good, good]).verdict).toEqual({
      kind: 'watching',
      because:
        'healthy so far: 2 of 2 windows good; the last: 1 of 100 canary requests failed (1 %), 9 of 900 stable requests failed (1 %)',
    });
    expect(judged(asked, [bad(50), good, good]).verdict.because).toBe(
      'within the limit so far: 2 of 3 windows good, 1 bad (1 allowed); the last: 1 of 100 canary requests failed (1 %), 9 of 900 stable requests failed (1 %)',
    );
    expect(judged(asked, [bad(50), good, bad(60), bad(70), ...Array(5).fill(of(null, null))])).toMatchObject({
      verdict: {
        kind: 'degraded',
        because:
          '60 of 100 canary requests failed (60 %), 9 of 900 stable requests failed (1 %): more than 1.1 times the share, bad window 2, 1 bad window allowed',
      },
      brokeLimit: false,
    });
    expect(judged(asked, []).verdict).toEqual({
      ...{ kind: 'inconclusive', because: 'no window was measured yet', fault: false },
    });
    expect(judged(metric({ max: 1.1, failureLimit: 3 }), [bad(50), bad(60), of(null, null)])).toMatchObject({
      verdict: {
        ...{
          kind: 'inconclusive',
          because: 'no window was good yet; the last: the canary had no request',
          fault: false,
        },
      },
      brokeLimit: false,
    });
  });

  it('says by how much a share of good ones falls short, and allows just as much', () => {
    const asked = metric({ min: 0.5 });
    expect(said(asked, of(counts(100, 50), counts(100, 0))).phase).toBe('successful');
    expect(said(asked, of(counts(100, 51), counts(100, 0)))).toEqual({
      phase: 'failed',
      because:
        "51 of 100 canary requests failed (51 %), 0 of 100 stable requests failed (0 %): the share of good ones is less than 0.5 times the stable version's",
    });
  });

  it('says nothing of too few requests, or without the stable version that should be there', () => {
    const readings = [
      of(counts(99, 99), counts(900, 0)),
      of(null, counts(900, 0)),
      of(counts(100, 100), null),
      of(counts(100, 100), counts(0, 0)),
      { kind: 'noData', reason: 'NaN' } as const,
    ];
    const enough = of(counts(100, 1), counts(900, 9));
    expect(phases(metric({ max: 1.1, minRequests: 100 }), [enough])).toEqual(['successful']);
    const { verdict, measurements, brokeLimit } = judged(metric({ max: 1.1, minRequests: 100 }), readings);
    expect(measurements.map(({ phase }) => phase)).toEqual(Array(5).fill('inconclusive'));
    expect(verdict).toMatchObject({ kind: 'inconclusive', fault: false });
    expect(brokeLimit).toBe(true);
  });

  it('is inconclusive again when more than four windows in a row are no evidence', () => {
    const good = of(counts(100, 1), counts(900, 9));
    const quiet = of(counts(0, 0), counts(900, 9));
    const asked = metric({ max: 1.1 });
    expect(judged(asked, [good, quiet, quiet, quiet, quiet])).toMatchObject({
      ...{ verdict: { kind: 'watching' }, brokeLimit: false },
    });
    expect(judged(asked, [good, quiet, quiet, quiet, quiet, quiet])).toMatchObject({
      verdict: {
        kind: 'inconclusive',
        because: '5 windows in a row without evidence; the last: the canary had no request',
        fault: false,
      },
      brokeLimit: true,
    });
    expect(judged(asked, [quiet, quiet, quiet, quiet]).brokeLimit).toBe(false);
    expect(judged(asked, [good, quiet, quiet, quiet, quiet, quiet, good]).verdict.kind).toBe('watching');
  });

  it('compares every threshold of slow answers', () => {
    const slow = metric(
      { max: 2 },
      { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } },
    );
    expect(
      phases(slow, [of(counts(100, 10, 2), counts(100, 10, 1)), of(counts(100, 10, 3), counts(100, 10, 1))]),
    ).toEqual(['successful', 'failed']);
  });

  describe('at weight 100', () => {
    const alone = of(counts(1000, 21), null);
    it('judges by the ceiling', () => {
      expect(judged(metric({ max: 1.1, ceiling: 0.02 }), [alone], stableHasNone).verdict).toMatchObject({
        kind: 'degraded',
        because: '21 of 1000 canary requests failed (2.1 %), above the ceiling of 2 %, 0 bad windows allowed',
      });
      expect(phases(metric({ max: 1.1, ceiling: 0.021 }), [alone], stableHasNone)).toEqual(['successful']);
    });
    it('of several thresholds takes the one that is above it', () => {
      const slow = metric(
        { max: 2, ceiling: 0.02 },
        { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } },
      );
      expect(said(slow, of(counts(1000, 21, 1), null), stableHasNone).phase).toBe('failed');
      expect(said(slow, of(counts(1000, 20, 1), null), stableHasNone)).toEqual({
        phase: 'successful',
        because:
          '20 of 1000 canary requests took longer than 300 ms (2 %) and 1 took longer than 1 s (0.1 %), not above the ceiling of 2 %',
      });
    });
    it('says nothing without a ceiling, and holds nothing up', () => {
      expect(judged(metric({ max: 1.1 }), [alone, alone], stableHasNone)).toEqual({
        done: 0,
        verdict: {
          kind: 'watching',
          because: 'no window was good before; at weight 100 there is no stable traffic to compare with',
        },
        measurements: [],
        brokeLimit: false,
      });
    });
    it('keeps what was seen before', () => {
      const from = (n: number): Partial<JudgementContext> => ({
        expects: ({ startEpochMs }) => ({ canary: true, stable: startEpochMs < NOON + n * MINUTE }),
      });
      const quiet = of(counts(0, 0), counts(900, 9));
      const bad = of(counts(100, 50), counts(900, 9));
      expect(judged(metric({ max: 1.1 }), [quiet], from(1)).verdict.kind).toBe('inconclusive');
      expect(judged(metric({ max: 1.1 }), [quiet, alone], from(1)).verdict.kind).toBe('watching');
      expect(judged(metric({ max: 1.1 }), [bad, alone], from(1)).verdict.kind).toBe('degraded');
    });
    it('does not compare values', () => {
      const p99 = metric({ max: 1.2, ceiling: 0.1 }, percentile);
      expect(phases(p99, [{ kind: 'value', canary: 9, stable: null }], stableHasNone)).toEqual([]);
    });
  });
});
