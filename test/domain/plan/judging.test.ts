import { describe, expect, it } from 'vitest';
import { judgingAt, planTimeline } from '../../../domain/plan/timeline.ts';
import { changed, planOf, SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { withMetric } from './issue-text.ts';

const COUNTS = '{ kind: cloudwatch, bad: failedRequests }';

describe('a metric judges', () => {
  it.each([
    [COUNTS, '{ kind: sequential }', false],
    [COUNTS, '{ kind: sequential, ceiling: 5% }', true],
    [COUNTS, '{ kind: relative, max: 2 }', false],
    [COUNTS, '{ kind: relative, max: 2, ceiling: 0 }', true],
    [COUNTS, '{ kind: mannWhitney }', false],
    [COUNTS, "{ kind: threshold, successCondition: 'result[0] < 1' }", true],
    [COUNTS, '{ kind: flagger, thresholdRange: { min: 99 } }', true],
    ['{ kind: cloudwatch, alarm: a }', '{ kind: alarm }', true],
    ['{ kind: cloudwatch, metric: { namespace: A, name: B } }', '{ kind: anomalyBand }', true],
  ])('%s with %s: at weight 100 %s, between always, at 0 never', (source, judge, alone) => {
    const plan = planOf(withMetric(source, judge));
    const judges = (weight: number) => judgingAt(plan, weight).some(({ name }) => name === 'p99');
    expect([judges(0), judges(0.1), judges(99.9), judges(100)]).toEqual([false, true, true, alone]);
  });
});

describe('the times of a plan', () => {
  const timesOf = (text: string) =>
    planTimeline(planOf(text)).entries.map(({ atSeconds, weight, judging }) => [atSeconds, weight, judging.length]);

  it('count the measurements of an analysis from the first weight above 0, not from a later one', () => {
    const text = changed(
      '- setWeight: 5',
      '- setWeight: 0\n  - bake: 1m\n  - setWeight: 5\n  - bake: 1m\n  - setWeight: 10',
    );
    // 1 min at weight 0; from there 1 min + 5 min of bakes are part of the 10 min that 10 measurements take
    expect(timesOf(text)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [60, 5, 0],
      [60, 5, 3],
      [120, 10, 0],
      [120, 10, 3],
      [420, 10, 3],
      [660, 10, 3],
      [660, 100, 0],
      [660, 100, 2],
      [1560, 100, 0],
    ]);
  });

  it('end with the last step where there is no soak', () => {
    const { entries, endsSeconds } = planTimeline(planOf(changed('soak: 15m', 'soak: 0s')));
    expect(entries.at(-1)).toEqual({
      atSeconds: 600,
      weight: 100,
      what: 'promoted: the canary is live, stable is scaled down',
      judging: [],
    });
    expect(entries.some(({ what }) => what.startsWith('soak'))).toBe(false);
    expect(endsSeconds).toBe(600);
  });

  it('are told with what cannot be promised', () => {
    expect(planTimeline(planOf(SMALL_PLAN)).caveats).toHaveLength(9);
  });
});
