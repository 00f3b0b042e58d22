import { describe, expect, it } from 'vitest';
import type { Classification } from '../../../../domain/statistics/kayenta/classify.ts';
import { scoreOf } from '../../../../domain/statistics/kayenta/score.ts';

/** '+' passes, 'x' is high, '!' is critically high, 'o' has no data. */
const classified = (sign: string): Classification => ({
  kind: ({ '+': 'pass', o: 'noData' } as const)[sign] ?? 'high',
  critical: sign === '!',
  canaryValues: 10,
  stableValues: 10,
});

/** { errors: '+x', latency: '+' }: the metrics of each group. */
const score = (groups: Record<string, string>, weights: Record<string, number> = {}, pass = 95, marginal = 75) =>
  scoreOf(
    Object.entries(groups).flatMap(([group, signs]) =>
      [...signs].map((sign, index) => ({
        name: `${group}-${index}`,
        groups: [group],
        classification: classified(sign),
      })),
    ),
    weights,
    { pass, marginal },
  );

describe("Kayenta's score", () => {
  it('is the per cent of metrics that pass, where there is one group', () => {
    expect(score({ all: '+' })).toEqual({ kind: 'pass', score: 100 });
    expect(score({ all: '+x' })).toEqual({ kind: 'fail', score: 50 });
    expect(score({ all: 'x' })).toEqual({ kind: 'fail', score: 0 });
    expect(score({ all: '+xx' })).toEqual({ kind: 'fail', score: 33.33 });
  });

  it('weighs groups', () => {
    expect(score({ errors: '++', latency: 'x' }, { errors: 75, latency: 25 })).toEqual({ kind: 'marginal', score: 75 });
    expect(score({ errors: '+x', latency: 'x' }, { errors: 50, latency: 50 }).score).toBe(25);
    expect(score({ errors: 'xx+', latency: 'x' }, { errors: 15, latency: 85 }).score).toBe(5);
  });

  it('shares what is left of 100 among groups without a weight', () => {
    // 60 for errors, 20 for each of the others
    expect(score({ errors: '+', latency: 'x', other: '+' }, { errors: 60 }).score).toBe(80);
    expect(score({ errors: '+', latency: 'x' }).score).toBe(50);
  });

  it('counts a metric in every one of its groups', () => {
    const both = { name: 'a', groups: ['errors', 'latency'], classification: classified('x') };
    const other = { name: 'b', groups: ['latency'], classification: classified('+') };
    expect(scoreOf([both, other], { errors: 50, latency: 50 }, { pass: 95, marginal: 75 }).score).toBe(25);
  });

  it('passes from pass on and fails below marginal', () => {
    const at = (pass: number, marginal: number) => score({ all: '+x' }, {}, pass, marginal).kind;
    expect(at(50, 50)).toBe('pass');
    expect(at(51, 50)).toBe('marginal');
    expect(at(51, 51)).toBe('fail');
  });

  it('is 0 when a critical metric fails, whatever the others say', () => {
    expect(score({ errors: '!', latency: '+++' })).toEqual({ kind: 'fail', score: 0, critical: 'errors-0' });
  });

  it('leaves out metrics and groups without data, and has none where half of them have none', () => {
    expect(score({ errors: '++o' })).toEqual({ kind: 'pass', score: 100 });
    expect(score({ errors: '+x', cpu: 'o' }, { errors: 60, cpu: 40 })).toEqual({ kind: 'fail', score: 50 });
    expect(score({ errors: '+o' })).toEqual({ kind: 'noData', score: 0 });
    expect(score({ errors: 'oo' })).toEqual({ kind: 'noData', score: 0 });
    expect(score({})).toEqual({ kind: 'noData', score: 0 });
    // the only group with a weight has no data
    expect(score({ errors: '++', cpu: 'o' }, { cpu: 100 })).toEqual({ kind: 'noData', score: 0 });
  });
});

describe("the shares of Kayenta's score", () => {
  it('are those of the groups with data, where another has none', () => {
    // 30 of 60 and 0 of 20; the 20 of cpu are left out: 30 / 80
    const weights = { errors: 60, latency: 20, cpu: 20 };
    expect(score({ errors: '+x', latency: 'x', cpu: 'o' }, weights).score).toBe(37.5);
    // 60 for errors, of the other two 20 each, one of which has no data: 60 / 80
    expect(score({ errors: '+', latency: 'x', cpu: 'o' }, { errors: 60 }).score).toBe(75);
  });

  it('have no part in a group of which one metric has no data, where the others have', () => {
    // half of errors that has data, of 50; all of latency, of 50
    expect(score({ errors: '+xo', latency: '+' }, { errors: 50, latency: 50 }).score).toBe(75);
  });

  it('count as no data from half of the metrics on, and not below', () => {
    expect(score({ all: '+oo', rest: '+' }).kind).toBe('noData');
    expect(score({ all: '+oo', rest: '++' })).toEqual({ kind: 'pass', score: 100 });
  });

  it('are rounded to two decimals', () => {
    // 2 of 3, and 1 of 3 of 33.3 with 66.7 for the other
    expect(score({ all: '++x' })).toEqual({ kind: 'fail', score: 66.67 });
    expect(score({ a: '+xx', b: '+' }, { a: 33.3, b: 66.7 }).score).toBe(77.8);
  });

  it('do not take a group for one that has a weight because of what it is called', () => {
    expect(score({ constructor: '+', errors: 'x' }, { errors: 40 }).score).toBe(60);
  });
});
