import { describe, expect, it } from 'vitest';
import { mistakesOf, shortly } from './plan-text.ts';

const PLAN = `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: canary
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: threshold, successCondition: 'result[0] < 0.05' }
  - name: queue
    source:
      kind: prometheus
      query: 'max(depth{slot="\${slot}"})'
    judge:
      kind: threshold
      successCondition: result[0] < 100
steps:
  - approval: { name: go-live, groups: [leads] }
  - setWeight: 10
  - bake: 10m
  - setWeight: 100
notify:
  - kind: sns
    on: [held]
`;

function only(was: string, written: string) {
  expect(PLAN).toContain(was);
  const text = PLAN.replace(was, () => written);
  const [mistake, ...others] = mistakesOf(text);
  expect(others).toEqual([]);
  if (mistake === undefined) throw new Error('no mistake');
  return { mistake, text };
}

it('is silent about the plan as it should be', () => {
  expect(mistakesOf(PLAN)).toEqual([]);
});

const QUERY = `'max(depth{slot="\${slot}"})'`;

describe('a condition or a query without quotes is told, with the sign that YAML takes for its own', () => {
  it.each([
    ["'result[0] < 0.05'", 'result[0] < 0.05', "'['", "'result[0] < 0.05'"],
    ["'result[0] < 0.05'", '"result[0]" < 0.05', "'\"'", "'result[0] < 0.05'"],
    ["'result[0] < 0.05'", 'all(result, {# < 0.1})', "','", "'all(result, {# < 0.1})'"],
    ["'result[0] < 0.05'", 'result[0] < max(1, 2)', "'['", "'result[0] < max(1, 2)'"],
    ["'result[0] < 0.05'", 'result[0] < 0.05 && {x: 1}', "'['", undefined],
    ["'result[0] < 0.05'", '[0] > 1', "'['", undefined],
    ['result[0] < 100', 'result[0] < 1 ? true : false', "':'", "'result[0] < 1 ? true : false'"],
    ['result[0] < 100', '!isNaN(result[0])', "'!'", "'!isNaN(result[0])'"],
    ['result[0] < 100', '%5 < 3', "'%'", undefined],
    ['result[0] < 100', '* > 0.5', "'*'", undefined],
    ['result[0] < 100', 'all(result, { # < 100 })', "' #'", "'all(result, { # < 100 })'"],
    [QUERY, '{job="a", slot="${slot}"}', "'{'", `'{job="a", slot="\${slot}"}'`],
    [QUERY, '"max(depth{slot="${slot}"})"', "'\"'", QUERY],
  ])('%s written %s', (was, written, sign, guess) => {
    // Act
    const { mistake, text } = only(was, written);
    // Assess
    expect(mistake.found).toContain(`without quotes: YAML reads its ${sign.slice(0, -1)}`);
    expect(shortly(mistake).split(' <- ')[0]).toBe(written);
    expect(mistake.guess).toBe(guess);
    if (guess !== undefined) expect(mistakesOf(text.replace(written, () => guess))).toEqual([]);
  });
});

describe('what is not closed is told where it begins', () => {
  it.each([
    ['groups: [leads]', 'groups: [leads', "[ <- '[', which is not closed"],
    ['on: [held]', 'on: [held', "[ <- '[', which is not closed"],
    ['bad: failedRequests }', 'bad: failedRequests', "{ <- '{', which is not closed"],
    ['workload: checkout', 'workload: "checkout', '"checkout <- a text that begins with " and does not end'],
    ['workload: checkout', "workload: 'checkout", "'checkout <- a text that begins with ' and does not end"],
    ['on: [held]', 'on: [held]]', "] <- ']', which closes nothing"],
    ['on: [held]', 'on: [held}', "} <- '}', where '[' is open"],
    ['bad: failedRequests }', 'bad: failedRequests }}', "} <- '}', which closes nothing"],
    ['name: go-live, groups', 'name: go-live groups', "groups <- 'groups:' without a comma before it"],
  ])('%s written %s', (was, written, expected) => {
    expect(shortly(only(was, written).mistake)).toBe(expected);
  });
});

describe('a line that is indented wrongly is told itself, and not one behind it', () => {
  it.each([
    ['strategy: canary', ' strategy: canary', 4, '1 space,', '0 spaces'],
    ['    source: { kind', '     source: { kind', 7, '5 spaces', '4 spaces'],
    ['    source: { kind', '   source: { kind', 7, '3 spaces', '4 spaces'],
    ['    judge: { kind', 'judge: { kind', 8, '0 spaces', '4 spaces'],
    ['    judge:\n', '   judge:\n', 13, '3 spaces', '4 spaces'],
    ['      kind: threshold\n', '       kind: threshold\n', 14, '7 spaces', '6 spaces'],
    ['  - bake: 10m', '   - bake: 10m', 19, '3 spaces', '2 spaces'],
    ['  - bake: 10m', ' - bake: 10m', 19, '1 space,', '2 spaces'],
  ])('%j written %j', (was, written, line, found, expected) => {
    const { mistake } = only(was, written);
    expect(mistake.at?.line).toBe(line);
    expect(mistake.found).toContain(`indented by ${found}`);
    expect(mistake.expected).toContain(expected);
  });

  it.each([
    ['  - bake: 10m', '\t- bake: 10m', 19, 'a tab'],
    ['  - bake: 10m', '  bake: 10m', 19, 'a key beside lines that begin with a dash'],
    ['  - bake: 10m', '  -bake: 10m', 19, "'-bake', a dash without a blank"],
    ['strategy: canary', 'strategy:canary', 4, 'a colon without a blank'],
    ['strategy: canary', 'strategy canary', 4, 'without a key and a colon'],
    ['strategy: canary', 'strategy = canary', 4, 'without a key and a colon'],
    ['name: errors', 'name: errors: all', 6, "a second ': '"],
  ])('%j written %j', (was, written, line, found) => {
    const { mistake } = only(was, written);
    expect(mistake.at?.line).toBe(line);
    expect(mistake.found).toContain(found);
  });
});
