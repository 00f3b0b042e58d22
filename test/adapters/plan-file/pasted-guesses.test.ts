import { describe, expect, it } from 'vitest';
import type { Mistake } from '../../../adapters/plan-file/mistake.ts';
import { mistakesOf } from './plan-text.ts';

/** A plan with nearly every key; each test writes one of them as people do who have not read the reference. */
const PLAN = `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: canary
onNewImage: queue
deadline: 6h
progressDeadline: 10m
hold: { atMost: 30m, then: rollBack }
window: 60s
alpha: 1%
detect: { ratio: 2, power: 80% }
promoteEarly: { beta: 5%, nonInferiority: 2, after: 5m }
kayenta: { pass: 95, marginal: 75, groups: { all: 100 } }
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: sequential, margin: 1.25, share: 1, floor: 1%, guard: on, warmUp: { margin: 8, for: 60s } }
  - name: slow
    source: { kind: cloudwatch, bad: { slowerThan: [300ms] } }
    judge: { kind: threshold, successCondition: 'result[0] < 0.1', interval: 60s, initialDelay: 0s, count: 10 }
  - name: p99
    source: { kind: cloudwatch, value: { percentile: 99 } }
    judge: { kind: relative, max: 1.2, minRequests: 11 }
  - name: orders
    source: { kind: cloudwatch, metric: { namespace: Shop, name: Orders, stat: Sum } }
    judge: { kind: anomalyBand, width: 2, bad: outside }
  - name: hits
    source: { kind: prometheus, requests: 'hits{s="\${slot}"}', bad: 'bad{s="\${slot}"}' }
    judge: { kind: flagger, thresholdRange: { min: 98 }, threshold: 1 }
  - name: lasting
    source: { kind: prometheus, histogram: 'd_bucket{s="\${slot}"}', slowerThan: [1s] }
    judge: { kind: relative, min: 0.97 }
  - name: cpu
    source: { kind: prometheus, value: 'cpu{s="\${slot}"}' }
    judge: { kind: mannWhitney, tolerance: 0.25, confidence: 97%, effectSize: { allowedIncrease: 1.1 } }
steps:
  - hook: { name: smoke, url: 'https://hooks.example.com/smoke', timeout: 4m }
  - setWeight: 5
  - bake: 7m
  - analysis: { metrics: [slow], count: 10 }
  - approval: { name: go-live, groups: [leads], notTheStarter: false, within: 4h }
  - setWeight: 100
soak: 15m
notify: [{ kind: sns, on: [started] }]
`;

/** What is written, what is there instead, and the guess. */
const ROWS: [was: string, written: string, guess: string][] = [
  ...(['130%', '1.3x', '"1.3"', '+30%', '130'] as const).map((to): [string, string, string] => [
    'max: 1.2',
    `max: ${to}`,
    '1.3',
  ]),
  ['margin: 1.25', 'margin: 125%', '1.25'],
  ['margin: 1.25', 'margin: "1.25"', '1.25'],
  ['margin: 8', 'margin: 800%', '8'],
  ['ratio: 2', 'ratio: 200%', '2'],
  ['ratio: 2', 'ratio: 2x', '2'],
  ['nonInferiority: 2', 'nonInferiority: 150%', '1.5'],
  ['min: 0.97', 'min: 97%', '0.97'],
  ['tolerance: 0.25', 'tolerance: 25%', '0.25'],
  ['allowedIncrease: 1.1', 'allowedIncrease: 110%', '1.1'],
  ['min: 98', 'min: 98%', '98'],
  ['width: 2', 'width: 2 sigma', '2'],
  ['confidence: 97%', 'confidence: 97', '97%'],
  ['alpha: 1%', 'alpha: 1', '1%'],
  ['power: 80%', 'power: 80', '80%'],
  ['beta: 5%', 'beta: "5"', '5%'],
  ['floor: 1%', 'floor: 1 %', '1%'],
  ['percentile: 99', 'percentile: p99', '99'],
  ['percentile: 99', 'percentile: 0.99', '99'],
  ['pass: 95', 'pass: 95%', '95'],
  ['setWeight: 5\n', 'setWeight: 5%\n', '5'],
  ['setWeight: 5\n', "setWeight: '5'\n", '5'],
  ['setWeight: 5\n', 'setWeight: 0.05\n', '5'],
  ['setWeight: 100', 'setWeight: 100 %', '100'],
  ['bake: 7m', 'bake: 10', '10m'],
  ['bake: 7m', 'bake: 1.5h', '1h30m'],
  ['bake: 7m', 'bake: 10 minutes', '10m'],
  ['bake: 7m', 'bake: 600', '600s'],
  ['soak: 15m', 'soak: 15', '15m'],
  ['atMost: 30m', 'atMost: 30', '30m'],
  ['after: 5m', 'after: 5', '5m'],
  ['progressDeadline: 10m', 'progressDeadline: 10', '10m'],
  ['progressDeadline: 10m', 'progressDeadline: 600', '600s'],
  ['deadline: 6h', 'deadline: 3', '3h'],
  ['within: 4h', 'within: 4', '4h'],
  ['window: 60s', 'window: 60', '60s'],
  ['window: 60s', 'window: 1 min', '1m'],
  ['interval: 60s', 'interval: 60', '60s'],
  ['interval: 60s', 'interval: 5', '5m'],
  ['interval: 60s', 'interval: 90s', '120s'],
  ['initialDelay: 0s', 'initialDelay: 30', '30s'],
  ['for: 60s', 'for: 60', '60s'],
  ['timeout: 4m', 'timeout: 30', '30s'],
  ['[300ms]', '[300]', '300ms'],
  ['[300ms]', '300ms', '[300ms]'],
  ['[300ms]', '300', '[300ms]'],
  ['[1s]', '[0.5]', '500ms'],
  ['count: 10 }\n  - name: p99', "count: '10' }\n  - name: p99", '10'],
  ['minRequests: 11', 'minRequests: 11 requests', '11'],
  ['notTheStarter: false', 'notTheStarter: yes', 'true'],
  ['groups: [leads]', 'groups: leads', '[leads]'],
  ['on: [started]', 'on: started', '[started]'],
  ['metrics: [slow]', 'metrics: [slo]', 'slow'],
  ['then: rollBack', 'then: rollback', 'rollBack'],
  ['bad: failedRequests', 'bad: errors', 'failedRequests'],
  ['slot}"}\', slowerThan', 'solt}"}\', slowerThan', '${slot}'],
  ["'d_bucket{", "'d_sum{", '\'d_bucket{s="${slot}"}\''],
  ['soak: 15m', 'saok: 15m', 'soak'],
  ['- bake: 7m', '- pause: 7m', 'bake'],
];

function pasted(text: string, { at, guess }: Mistake): string {
  if (at === undefined) throw new Error('a guess without a place');
  const lines = text.split('\n');
  lines[at.line - 1] = `${at.lineText.slice(0, at.column - 1)}${guess}${at.lineText.slice(at.column - 1 + at.length)}`;
  return lines.join('\n');
}

describe('a guess is accepted where it is written in place of what the caret shows', () => {
  it('of a plan that is one without it', () => {
    expect(mistakesOf(PLAN)).toEqual([]);
  });

  it.each(ROWS)('%j written %j', (was, written, guess) => {
    // Prepare
    expect(PLAN).toContain(was);
    const text = PLAN.replace(was, () => written);
    // Act
    const mistakes = mistakesOf(text);
    // Assess
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.guess).toBe(guess);
    expect(mistakes.map(mistake => mistakesOf(pasted(text, mistake)))).toEqual([[]]);
  });
});

describe('what would not be accepted is not suggested', () => {
  it.each([
    ['a bake shorter than a window', 'bake: 7m', 'bake: 0.5'],
    ['a deadline that is shorter than the bakes', 'deadline: 6h', 'deadline: 15'],
    ['a share of which all is left', 'alpha: 1%', 'alpha: 100'],
    ['an interval that is no window', 'interval: 60s', 'interval: 45'],
    ['a ratio that may mean two things', 'max: 1.2', 'max: 30%'],
    ['a word that is in use', 'min: 0.97', 'min: 0.97, mox: 2'],
  ])('%s', (_, was, written) => {
    const mistakes = mistakesOf(PLAN.replace(was, written));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).not.toHaveProperty('guess');
  });
});

describe('what is over before its first window is', () => {
  it.each([
    ['bake: 7m', 'bake: 30s'],
    ['bake: 7m', 'bake: 59s'],
    ['soak: 15m', 'soak: 10s'],
    ['window: 60s', 'window: 8m'],
  ])('is refused, with both times: %j written %j', (was, written) => {
    const mistakes = mistakesOf(PLAN.replace(was, written).replace('interval: 60s, ', ''));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.found).toMatch(/^'\d+[sm]', which is shorter than the window, (1m|8m)$/);
  });

  it.each([
    ['a bake of a window', 'bake: 7m', 'bake: 60s'],
    ['no soak', 'soak: 15m', 'soak: 0s'],
  ])('but not %s', (_, was, written) => {
    expect(mistakesOf(PLAN.replace(was, written))).toEqual([]);
  });
});
