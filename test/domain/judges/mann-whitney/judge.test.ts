import { describe, expect, it } from 'vitest';
import type { JudgementContext, MetricVerdict } from '../../../../domain/judges/context.ts';
import { judgeMannWhitney, type MannWhitneyMetric } from '../../../../domain/judges/mann-whitney/judge.ts';
import type { Counts, Reading, WindowRecord } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';

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
  it('says what the last window lacked while there is no run yet, and waits for the metric with the fewest', () => {
    expect(judged('xxo')).toEqual({
      done: 2,
      verdict: {
        kind: 'inconclusive',
        // 900 + 3 (10 mod 17) = 930 of 90,000
        because: '3 of the 10 windows of the first run; the last: the canary had nothing, the stable version 1.03 %',
        fault: false,
      },
      measurements: expect.anything(),
      brokeLimit: false,
    });
    expect(judged('').verdict.because).toBe('0 of the 10 windows of the first run');
    const two = judgedAll([metric('a'), metric('b', { intervalSeconds: 300 })], { a: 'xxxxxxxxxx', b: 'xxxxxxxx' });
    expect(two.a?.verdict.because).toBe('8 of the 10 windows of the first run');
    expect(judgeMannWhitney([metric()], {}, context({ nowEpochMs: NOON })).errors?.verdict.kind).toBe('inconclusive');
  });

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
      judgeMannWhitney([metric('errors', { direction })], { errors: better }, context()).errors?.verdict;
    expect(by('increase')?.kind).toBe('watching');
    expect(by('increase')?.because).toMatch(/, which is within the limit; run 1: score 100, /);
    expect(by('either')?.kind).toBe('degraded');
    expect(by('either')?.because).toMatch(/, which is low; run 1: score 0, /);
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
      because: expect.stringContaining('at weight 100 there is no stable traffic'),
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

describe('the values of a window', () => {
  type Source = MannWhitneyMetric['source'];
  const of = (reading: Reading, source: Source = metric().source) =>
    judgeMannWhitney(
      [{ ...metric(), source }],
      { errors: [frozen(0, reading)] },
      context({ nowEpochMs: NOON + MINUTE }),
    ).errors?.measurements[0];
  const p99: Source = { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } };
  const query: Source = { kind: 'prometheus', measure: { kind: 'queryValue', query: 'q' } };
  const slow: Source = { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } };
  const compared = (canary: Counts | null, stable: Counts | null): Reading => ({ kind: 'counts', canary, stable });

  it.each<[string, Reading, Source]>([
    ['1 %, the stable version 2.5 %', compared(counts(1000, 10), counts(400, 10)), metric().source],
    ['0 %, the stable version 100 %', compared(counts(1000, 0), counts(4, 4)), metric().source],
    ['1 % and 0.1 %, the stable version 2 % and 0 %', compared(counts(1000, 10, 1), counts(100, 2, 0)), slow],
    ['412 ms, the stable version 1.2 s', { kind: 'value', canary: 0.412, stable: 1.2 }, p99],
    ['0.5, the stable version 1234', { kind: 'value', canary: 0.5, stable: 1234.4 }, query],
  ])('are told: "the canary had %s"', (text, reading, source) => {
    expect(of(reading, source)).toMatchObject({ phase: 'successful', because: `the canary had ${text}` });
  });

  it.each<[string, Reading, Source]>([
    ['nothing, the stable version 2.5 %', compared(null, counts(400, 10)), metric().source],
    ['nothing, the stable version 2.5 %', compared(counts(0, 0), counts(400, 10)), metric().source],
    ['1 %, the stable version nothing', compared(counts(1000, 10), null), metric().source],
    ['nothing, the stable version 200 ms', { kind: 'value', canary: null, stable: 0.2 }, p99],
    ['200 ms, the stable version nothing', { kind: 'value', canary: 0.2, stable: Number.NaN }, p99],
    ['nothing, the stable version nothing', { kind: 'result', result: 1 }, metric().source],
    ['nothing, the stable version nothing', { kind: 'noData', reason: 'none' }, metric().source],
  ])('that are missing say neither: "the canary had %s"', (text, reading, source) => {
    expect(of(reading, source)).toMatchObject({ phase: 'inconclusive', because: `the canary had ${text}` });
  });

  it('are missing where nobody read the window, a minute after it should have been frozen', () => {
    const at = context({ nowEpochMs: NOON + 5 * MINUTE + 1 });
    expect(judgeMannWhitney([metric()], {}, at).errors?.measurements).toEqual([
      {
        ...{ startEpochMs: NOON, endEpochMs: NOON + MINUTE, phase: 'inconclusive' },
        because: 'the canary had nothing, the stable version nothing',
      },
    ]);
  });

  it('that are all the same are no difference', () => {
    const same = Array.from({ length: 10 }, (_, n) => frozen(n, compared(counts(100, 1), counts(900, 9))));
    expect(judgeMannWhitney([metric()], { errors: same }, context()).errors?.verdict).toEqual({
      kind: 'watching',
      because:
        'healthy so far: 10 values of the canary against 10 of the stable version: the same; run 1: score 100, 75 is marginal and 95 passes',
    });
  });

  it.each([
    ['first', 0],
    ['second', 1],
  ])('of several thresholds: the critical one decides, be it the %s', (_, at) => {
    // five times as many is critical from 3 on, twice as many is only high
    const bad = (n: number) => (at === 0 ? [500 + n, 200 + n] : [200 + n, 500 + n]);
    const windows = Array.from({ length: 10 }, (_, n) =>
      frozen(n, compared(counts(10_000, ...bad(n)), counts(90_000, 905 + n, 905 + n))),
    );
    const judge = {
      ...metric().judge,
      critical: true,
      effectSize: { ...metric().judge.effectSize, criticalIncrease: 3 },
    };
    const found = judgeMannWhitney([{ ...metric(), source: slow, judge }], { errors: windows }, context());
    expect(found.errors?.verdict.because).toContain('score 0 (errors is critical)');
  });
});
