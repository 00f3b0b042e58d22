import { describe, expect, it } from 'vitest';
import { anomalyBandJudge } from '../../../../domain/judges/anomaly-band/judge.ts';
import type { AnomalyBandJudgeSpec } from '../../../../domain/judges/anomaly-band/plan.ts';
import type { MetricOf } from '../../../../domain/judges/metric-of.ts';
import { context, frozen, MINUTE, NOON, verdictOf } from '../records.ts';

const metric = (bad: AnomalyBandJudgeSpec['bad'], failureLimit: number): MetricOf<AnomalyBandJudgeSpec> => ({
  name: 'orders',
  source: {
    kind: 'cloudwatch',
    measure: { kind: 'band', metric: { namespace: 'Shop', name: 'Orders', dimensions: {}, stat: 'Sum' }, width: 2 },
  },
  judge: { kind: 'anomalyBand', bad, failureLimit },
});
type Band = [value: number | null, low: number | null, high: number | null];
const judged = (bands: Band[], bad: AnomalyBandJudgeSpec['bad'] = 'outside', failureLimit = 0) =>
  verdictOf(
    anomalyBandJudge,
    metric(bad, failureLimit),
    bands.map(([value, low, high], n) => frozen(n, { kind: 'band', value, low, high })),
    context({ nowEpochMs: NOON + bands.length * MINUTE }),
  ).verdict;

describe('the judge of an anomaly band', () => {
  it('finds good what is in the band, its bounds among it', () => {
    expect(
      judged([
        [15, 10, 20],
        [10, 10, 20],
        [20, 10, 20],
      ]),
    ).toEqual({
      kind: 'watching',
      because: 'healthy so far: 3 of 3 windows good; the last: 20 where 10 to 20 is expected',
    });
  });

  it.each<[AnomalyBandJudgeSpec['bad'], string, string]>([
    ['outside', 'degraded', 'degraded'],
    ['above', 'degraded', 'watching'],
    ['below', 'watching', 'degraded'],
  ])('with bad: %s is %s above the band and %s below it', (bad, above, below) => {
    expect(judged([[21, 10, 20]], bad).kind).toBe(above);
    expect(judged([[9.99, 10, 20]], bad).kind).toBe(below);
  });

  it('counts up to its limit, and says which window was too much', () => {
    expect(
      judged(
        [
          [21, 10, 20],
          [15, 10, 20],
        ],
        'outside',
        1,
      ).kind,
    ).toBe('watching');
    expect(
      judged(
        [
          [21, 10, 20],
          [15, 10, 20],
          [22.5, 10, 20],
        ],
        'outside',
        1,
      ),
    ).toEqual({
      kind: 'degraded',
      because: '22.5 where 10 to 20 is expected, bad window 2, 1 bad window allowed',
      metric: 'orders',
    });
  });

  it('says neither without a value, or while the model has no band', () => {
    expect(judged([[null, 10, 20]])).toEqual({
      kind: 'inconclusive',
      because: 'no window was good yet; the last: the metric has no value',
      fault: false,
    });
    const learning =
      'no window was good yet; the last: CloudWatch has no band for it: its model has not seen enough yet';
    expect(judged([[500, null, null]]).because).toBe(learning);
    expect(judged([[15, null, 20]]).because).toBe(learning);
    expect(judged([[15, 10, null]]).because).toBe(learning);
    expect(judged([])).toMatchObject({ kind: 'inconclusive' });
    const other = frozen(0, { kind: 'alarm', state: 'OK' });
    expect(verdictOf(anomalyBandJudge, metric('outside', 0), [other], context()).measurements[0]).toMatchObject({
      ...{ phase: 'inconclusive', because: 'the reading has no band' },
    });
  });
});
