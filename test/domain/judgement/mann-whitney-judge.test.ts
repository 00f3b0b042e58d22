import { describe, expect, it } from 'vitest';
import type { JudgementContext, MetricVerdict } from '../../../domain/judgement/context.ts';
import { judgeMannWhitney, type MannWhitneyMetric } from '../../../domain/judgement/mann-whitney-judge.ts';
import type { WindowRecord } from '../../../domain/judgement/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from './records.ts';

const metric = (name = 'errors', judge: Partial<MannWhitneyMetric['judge']> = {}): MannWhitneyMetric => ({
  name,
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: {
    kind: 'mannWhitney',
    direction: 'increase',
    tolerance: 0.25,
    confidence: 0.98,
    nanStrategy: 'remove',
    effectSize: {
      measure: 'meanRatio',
      allowedIncrease: 1,
      allowedDecrease: 1,
      criticalIncrease: 1,
      criticalDecrease: 1,
    },
    critical: false,
    intervalSeconds: 600,
    groups: ['all'],
    scores: { pass: 95, marginal: 75, weights: {} },
    ...judge,
  },
});

/** '+' as stable (about 1 %), 'x' about 5 %, 'o' no canary request, '~' straddles, ' ' not frozen. No two shares are equal. */
const windows = (text: string, name = 'errors'): WindowRecord[] =>
  [...text].flatMap((sign, n): WindowRecord[] => {
    if (sign === ' ') return [];
    const bad = { '+': 100 + ((n * 7) % 13), x: 500 + n }[sign] ?? 0;
    const canary = counts(sign === 'o' ? 0 : 10_000, bad);
    const stable = counts(90_000, 900 + 3 * ((n * 5) % 17));
    return [frozen(n, { kind: 'counts', canary, stable }, { metric: name, straddles: sign === '~' })];
  });

const judgedAll = (metrics: MannWhitneyMetric[], texts: Record<string, string>, more: Partial<JudgementContext> = {}) =>
  judgeMannWhitney(
    metrics,
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, windows(text, name)])),
    context({ nowEpochMs: NOON + Math.max(...Object.values(texts).map(text => text.length)) * MINUTE, ...more }),
  );
const only = (verdicts: Record<string, MetricVerdict>): MetricVerdict => {
  const [verdict] = Object.values(verdicts);
  if (verdict === undefined) throw new Error('no metric was judged');
  return verdict;
};
const judged = (text: string, judge: Partial<MannWhitneyMetric['judge']> = {}, more: Partial<JudgementContext> = {}) =>
  only(judgedAll([metric('errors', judge)], { errors: text }, more));
const kindOf = (...asked: Parameters<typeof judged>) => judged(...asked).verdict.kind;

describe("Kayenta's judge", () => {
  it('says nothing before the first run', () => {
    expect(judged('xxxxxxxxx').verdict).toEqual({
      kind: 'inconclusive',
      because: '9 of the 10 windows of the first run',
      fault: false,
    });
  });

  it('rolls back a run whose score is below marginal, and says by how much it is shifted', () => {
    const { verdict } = judged('xxxxxxxxxx');
    expect(verdict).toMatchObject({ kind: 'degraded', metric: 'errors' });
    // 500 to 509 of 10,000 against 900 to 948 of 90,000: about 5 % against 1.03 %
    expect(verdict.because).toMatch(
      /^10 values of the canary against 10 of the stable version: shifted by 0\.04\d*, 0\.0\d+ to 0\.0\d+, which is high; run 1: score 0, 75 is marginal and 95 passes$/,
    );
  });

  it('watches where it is not told apart, and is never healthy', () => {
    expect(judged('++++++++++').verdict).toMatchObject({
      kind: 'watching',
      because: expect.stringContaining('run 1: score 100'),
    });
  });

  it('is judged again after every interval only', () => {
    expect(kindOf('++++++++++xxxxxxxxx')).toBe('watching');
    expect(judged('++++++++++xxxxxxxxxx').verdict).toMatchObject({ because: expect.stringContaining('run 2') });
  });

  it('keeps degraded, whatever later runs say', () => {
    expect(judged(`xxxxxxxxxx${'+'.repeat(40)}`).verdict).toMatchObject({
      kind: 'degraded',
      because: expect.stringContaining('run 1'),
    });
  });

  it('never rolls an improvement back, unless asked for', () => {
    const better = windows('++++++++++').map(record => {
      if (record.reading.kind !== 'counts' || record.reading.canary === null) throw new Error('counts');
      return {
        ...record,
        reading: { ...record.reading, canary: counts(10_000, Math.floor((record.readAtEpochMs / MINUTE) % 7)) },
      };
    });
    const by = (direction: 'increase' | 'either') =>
      judgeMannWhitney([metric('errors', { direction })], { errors: better }, context()).errors?.verdict.kind;
    expect(by('increase')).toBe('watching');
    expect(by('either')).toBe('degraded');
  });

  it('leaves windows without data out, and holds where there are none', () => {
    expect(kindOf('xoxoxoxoxo')).toBe('degraded');
    expect(judged('oooooooooo').verdict).toMatchObject({
      kind: 'inconclusive',
      because: expect.stringContaining('no data in the windows of the run'),
    });
    expect(
      judged('xoxoxoxoxo')
        .measurements.map(({ phase }) => phase)
        .slice(0, 2),
    ).toEqual(['successful', 'inconclusive']);
  });

  it('does not use windows that straddle, nor any behind one that is not frozen yet', () => {
    expect(kindOf('x~x~x~x~x~xxxxx')).toBe('degraded');
    expect(judged('x~x~x~x~x~xxxx').verdict.because).toContain('9 of the 10 windows');
    expect(judged('xxxxxxxx x').verdict.because).toContain('8 of the 10 windows');
    // five minutes on it is one without data
    expect(judged('xxxx xxxxx').verdict.because).toContain('9 values of the canary');
  });

  describe('scores the metrics of a plan together', () => {
    const three = (judges: Record<string, Partial<MannWhitneyMetric['judge']>> = {}) =>
      ['a', 'b', 'c'].map(name => metric(name, judges[name] ?? {}));
    const GOOD = '++++++++++';
    const BAD = 'xxxxxxxxxx';

    it('by group', () => {
      const scores = { pass: 95, marginal: 75, weights: { main: 80, side: 20 } };
      const judges = {
        a: { groups: ['main'], scores },
        b: { groups: ['main'], scores },
        c: { groups: ['side'], scores },
      };
      // side fails: 80 is marginal; half of main fails: 60 is too little
      const side = judgedAll(three(judges), { a: GOOD, b: GOOD, c: BAD });
      expect(side.c?.verdict).toMatchObject({ kind: 'inconclusive', because: expect.stringContaining('score 80') });
      expect(side.a?.verdict.kind).toBe('watching');
      const main = judgedAll(three(judges), { a: GOOD, b: BAD, c: GOOD });
      expect(main.b?.verdict).toMatchObject({ kind: 'degraded', because: expect.stringContaining('score 60') });
      expect(main.a?.verdict.kind).toBe('watching');
    });

    it('and a critical one decides alone', () => {
      const scores = { pass: 50, marginal: 10, weights: {} };
      const judges = { a: { scores }, b: { scores }, c: { scores, critical: true } };
      expect(judgedAll(three(judges), { a: BAD, b: GOOD, c: GOOD }).a?.verdict.kind).toBe('watching');
      expect(judgedAll(three(judges), { a: GOOD, b: GOOD, c: BAD }).c?.verdict).toMatchObject({
        kind: 'degraded',
        because: expect.stringContaining('score 0 (c is critical)'),
      });
    });

    it('and one without data holds by itself', () => {
      const all = judgedAll(three(), { a: GOOD, b: GOOD, c: 'oooooooooo' });
      expect(all.a?.verdict.kind).toBe('watching');
      expect(all.c?.verdict.kind).toBe('inconclusive');
    });

    it('in no other order than any', () => {
      const texts = { a: GOOD, b: BAD, c: 'ooooo+++++' };
      expect(judgedAll(three().toReversed(), texts)).toEqual(judgedAll(three(), texts));
    });
  });

  it('has nothing to compare with at weight 100: what it said before stands, and it holds nothing up', () => {
    const alone = (from: number): Partial<JudgementContext> => ({
      expects: ({ startEpochMs }) => ({ canary: true, stable: startEpochMs < NOON + from * MINUTE }),
    });
    expect(judged('+++++xxxxx', {}, alone(5)).verdict).toMatchObject({
      kind: 'watching',
      because: expect.stringContaining('stable gets no traffic'),
    });
    expect(kindOf('xxxxxxxxxx+++', {}, alone(10))).toBe('degraded');
    expect(kindOf('++++++++++xxxxxxxxxx', {}, alone(10))).toBe('watching');
  });

  it('takes the worst of several thresholds', () => {
    const slow: MannWhitneyMetric = {
      ...metric(),
      source: { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } },
    };
    const two = (n: number, second: number) =>
      frozen(n, {
        kind: 'counts',
        canary: counts(10_000, 100 + n, second + n),
        stable: counts(90_000, 905 + 9 * n, 95 + 9 * n),
      });
    const of = (second: number) =>
      judgeMannWhitney([slow], { errors: Array.from({ length: 10 }, (_, n) => two(n, second)) }, context()).errors
        ?.verdict.kind;
    expect(of(10)).toBe('watching');
    expect(of(500)).toBe('degraded');
  });

  it('compares values as well', () => {
    const p99: MannWhitneyMetric = {
      ...metric(),
      source: { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } },
    };
    const of = (factor: number, gap?: number) =>
      judgeMannWhitney(
        [p99],
        {
          errors: Array.from({ length: 10 }, (_, n) =>
            frozen(n, {
              kind: 'value',
              canary: n === gap ? null : factor * (0.2 + n / 1000),
              stable: 0.2005 + n / 1000,
            }),
          ),
        },
        context(),
      ).errors;
    expect(of(1)?.verdict.kind).toBe('watching');
    expect(of(2)?.verdict.kind).toBe('degraded');
    expect(of(2, 3)?.measurements[3]?.phase).toBe('inconclusive');
  });
});

it('judges nothing where no metric of the plan is its own', () => {
  expect(judgeMannWhitney([], {}, context())).toEqual({});
});
