import { describe, expect, it } from 'vitest';
import { promqlMistake } from '../../../../adapters/metrics/prometheus/promql.ts';
import { withMetric } from '../../../domain/plan/issue-text.ts';
import { mistakesOf, shortly } from '../../plan-file/plan-text.ts';

describe('a query that Prometheus would refuse', () => {
  it.each<[query: string, column: number, found: string, expected: string, guess?: string]>([
    ['rate(x[5m)', 10, "')', which does not fit here", 'closed by ]'],
    ['sum(x', 6, "'sum(x', which ends too early", "')', which closes '('"],
    ['(((x))', 7, 'which ends too early', "')', which closes '('"],
    ['x{a="b"', 8, 'which ends too early', "'}', which closes '{'"],
    ['x{a=b}', 5, "'b'", 'quotes around a label\'s value: "b"'],
    ['x{a="b" c="d"}', 9, "'c'", 'commas'],
    ['x)', 2, "')'", 'nothing is open'],
    ['sum(x,)', 7, "')'", 'a value before'],
    ['1 +', 4, 'which ends too early', 'goes on'],
    ['avg(x) by', 10, 'which ends too early', 'goes on'],
    ['# a comment', 12, 'which ends too early', 'goes on'],
    ['foo bar', 5, "'bar'", 'an operator'],
    ['sum by le (x)', 8, "'le'", 'an operator'],
    ['x[5min]', 5, "'in'", 'a time such as [5m]'],
    ['rate(x[5m]), y', 12, "','", 'one query'],
    ['increse(x[5m])', 1, "the unknown function 'increse'", 'a function', 'increase'],
    ['histogramQuantile(0.9, x)', 1, "function 'histogramQuantile'", 'a function', 'histogram_quantile'],
    ['abs(quux(x))', 5, "function 'quux'", 'a function'],
    ['rate(x)', 6, 'rate(x), which has no time to look back', 'rate(requests_total[${window}])'],
    ['rate()', 1, 'rate(), which', 'a range'],
    ['quantile_over_time(0.9, x)', 25, 'no time to look back', 'a range'],
    ['x[5m]', 1, 'the range x[5m]', 'a function around it'],
    ['sum(x[5m])', 5, 'the range x[5m]', 'a function around it'],
    ['x[5m] > 1', 1, 'the range x[5m]', 'a function around it'],
    ['{}', 1, 'every series', 'a metric or a label'],
    ['"up"', 1, 'a text', 'numbers'],
  ])('%s', (query, column, found, expected, guess) => {
    const mistake = promqlMistake(query);
    expect(mistake).toMatchObject({ column, found: expect.stringContaining(found) });
    expect(mistake?.expected).toContain(expected);
    expect(mistake?.guess).toBe(guess);
  });

  it.each([
    'up',
    '1e3',
    'rate(x[5m])',
    'rate((x[5m]))',
    'rate(x[5m] offset 1m)',
    'rate(x[60s     ] @ end())',
    'max_over_time(rate(x[5m])[1h:])',
    'predict_linear(x[1h], 3600)',
    'histogram_quantile(0.99, sum by (le) (rate(x_bucket{a=~"b.*"}[1m])))',
    'sum(rate(x[5m])) by (le) / on() group_left sum(y)',
    'x == bool 1 and on (a) y unless z',
    "topk(5, x{a='b',})",
    'label_replace(x, "a", "$1", "c", "d")',
    'absent(x) or vector(0)',
    'SUM(x) / count(x)',
    '{__name__="a"}',
    'x{}',
  ])('is not %s', query => {
    expect(promqlMistake(query)).toBeUndefined();
  });
});

describe('in a plan a query is refused with its place', () => {
  const query = (text: string) => withMetric(`{ kind: prometheus, query: ${text} }`);

  it.each([
    [
      'variables are filled in first',
      `'sum(rate(x{slot="\${slot}"}[\${window}))'`,
      ") <- ')', which does not fit here",
    ],
    ['a time is not guessed from letters', `'rate(x[\${slot}])'`, ''],
    ['quotes are doubled', `'x{a=~''b'', c=d}'`, "d <- 'd', which does not fit here"],
    ['a backslash is doubled', `"x{a=~'\\\\d', c=d}"`, "d <- 'd', which does not fit here"],
  ])('%s', (_, text, expected) => {
    const mistakes = mistakesOf(query(text));
    expect(mistakes).toHaveLength(1);
    expect(mistakes.map(shortly).join()).toContain(expected);
    expect(mistakes[0]?.path).toBe('metrics[2].source.query');
  });

  it('on its own line, where it has several', () => {
    for (const sign of ['|', '>', '>-']) {
      const text = withMetric('SOURCE').replace(
        'source: SOURCE',
        () =>
          `source:\n      kind: prometheus\n      query: ${sign}\n        sum(rate(x[5m]))\n          / sum(rate(y[5m])`,
      );
      expect(mistakesOf(text).map(({ at }) => [at?.line, at?.lineText.trim()])).toEqual([[19, '/ sum(rate(y[5m])']]);
    }
  });

  it('selectors too, and what is wrong with one already is told once', () => {
    const selectors = (requests: string) =>
      withMetric(`{ kind: prometheus, requests: '${requests}', bad: 'b{s="\${slot}"}' }`, '{ kind: relative, max: 2 }');
    expect(mistakesOf(selectors('a{s="${slot}" c="d"}')).map(shortly)).toEqual(["c <- 'c', which does not fit here"]);
    expect(mistakesOf(selectors('rate(a{s="${slot}"}[5m)'))).toHaveLength(1);
    expect(mistakesOf(selectors('a{s="${slott}"}')).map(({ guess }) => guess)).toEqual(['${slot}']);
  });

  it('a guess at a function is accepted in its place', () => {
    const [mistake] = mistakesOf(query("'sum(increse(x[5m]))'"));
    expect(mistake).toMatchObject({ guess: 'increase', at: { length: 7 } });
  });
});
