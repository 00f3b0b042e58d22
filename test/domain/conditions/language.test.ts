import { describe, expect, it } from 'vitest';
import { asksWhetherThere, evaluateCondition, parseCondition } from '../../../domain/conditions/condition.ts';
import type { ResultValue } from '../../../domain/conditions/result-value.ts';
import { MAX_STEPS } from '../../../domain/conditions/run.ts';

const parsed = (text: string) => {
  const condition = parseCondition(text, 'any');
  if (condition.kind === 'mistake') throw new Error(`${condition.column}: ${condition.message}`);
  return condition.expression;
};
const evaluate = (text: string, result: ResultValue) => evaluateCondition(parsed(text), result);

const ANSWER = {
  ok: true,
  status: 'green',
  rate: 0.02,
  none: null,
  data: {
    values: [1, 2, 3],
    servers: [
      { name: 'a', busy: 0.5 },
      { name: 'b', busy: 0.9 },
    ],
  },
};

describe('the language of conditions', () => {
  // Taken from Argo Rollouts' own tests, utils/evaluate/evaluate_test.go.
  it.each<[string, ResultValue, boolean]>([
    ['result == true', true, true],
    ['result == false', true, false],
    [
      'all(result.service_apdex.values.values, {# > 1})',
      { service_apdex: { label: null, values: { values: [2, 2] } } },
      true,
    ],
    ['2 in result', [2, 2], true],
    ['result > 1', 5, true],
    ['asInt(result) == 1', '1', true],
    ['asInt(result) == 1', 1, true],
    ['asInt(result) == 1', 1.123, true],
    ['asFloat(result) == 1.1', '1.1', true],
    ['asFloat(result) >= 1.1', '1.1', true],
    ['asFloat(result) <= 1.1', '1.1', true],
    ['asFloat(result) == 1', 1, true],
  ])('%s of %j is %s, as in Argo Rollouts', (text, result, value) => {
    expect(evaluate(text, result)).toEqual({ kind: 'value', value });
  });

  it.each<[string, ResultValue]>([
    ['1', true],
    ['asInt(result) == 1.1', '1.1'],
    ['asFloat(result) == 1.1', 'NotANum'],
    ['asFloat(result) == "1.1"', '1.1'],
    ['result.name == "hi"', true],
    ['result < 1', 'text'],
    ['result < 1', null],
    ['result[0] < 1', []],
    ['result[0] < 1', null],
    ['result.a.b < 1', {}],
    ['result.status < 1', ANSWER],
    ['isNaN(result)', 'text'],
    ['isNaN(result)', [1]],
    ['asInt(result) < 1', true],
    ['asInt(result) < 1', '9223372036854775808'],
    ['asFloat(result) < 1', '1e999'],
    ['result and true', 1],
    ['result ? true : false', 'yes'],
    ['len(result) == 1', 1],
    ['all(result, {#})', [1]],
    ['result % 2 == 0', 4],
    ['asInt(result) % 0 == 0', 4],
  ])('%s of %j is an error, never a failure', (text, result) => {
    const condition = parseCondition(text, 'any');
    // What cannot be anything but an error is refused in the plan already.
    if (condition.kind === 'mistake') return;
    expect(evaluateCondition(condition.expression, result)).toMatchObject({ kind: 'error' });
  });

  it.each<[string, boolean]>([
    ['result.rate < 0.05', true],
    ['result["rate"] < 0.05', true],
    ['result.ok and result.status == "green"', true],
    ["result.status == 'green'", true],
    ['result.status == `green`', true],
    ['result.status == 5', false],
    ['result.status != 5', true],
    ['result.missing == nil', true],
    ['result.none == nil', true],
    ['result.missing?.deeper == nil', true],
    ['result.missing?.["deeper"] == nil', true],
    ['(result.missing ?? 7) == 7', true],
    ['result.rate ?? 7 == 0.02', true],
    ['default(result.missing, 7) == 7', true],
    ['default(result.data.values[9], 7) == 7', true],
    ['isNil(result.missing) && !isNil(result.rate)', true],
    ['"rate" in result', true],
    ['"missing" not in result', true],
    ['result.status in ["green", "yellow"]', true],
    ['result.status startsWith "gr" and result.status endsWith "en" and result.status contains "ree"', true],
    ['result.status + "!" == "green!"', true],
    ['"a" < "b"', true],
    ['len(result.status) == 5', true],
    ['len(result) == 5', true],
    ['upper(result.status) == "GREEN" and lower("A") == "a" and trim(" x ") == "x"', true],
    ['"rate" in keys(result) and 0.02 in values(result)', true],
    ['any(result.data.servers, {.busy > 0.8})', true],
    ['all(result.data.servers, {#.busy > 0.8})', false],
    ['one(result.data.servers, {.busy > 0.8})', true],
    ['none(result.data.servers, {.busy > 0.95})', true],
    ['count(result.data.servers, {.busy > 0.1}) == 2', true],
    ['map(result.data.servers, {.busy}) == [0.5, 0.9]', true],
    ['filter(result.data.servers, {.busy > 0.8})[0].name == "b"', true],
    ['find(result.data.servers, {.busy > 0.8}).name == "b"', true],
    ['find(result.data.servers, {.busy > 2}) == nil', true],
    ['result.data.servers | filter({.busy > 0.8}) | len() == 1', true],
    ['sum(result.data.values) == 6 and mean(result.data.values) == 2 and median([4, 1, 2, 9]) == 3', true],
    ['max(result.data.values) == 3 and min(5, result.rate, 1) == 0.02', true],
    ['first(result.data.values) == 1 and last(result.data.values) == 3 and get(result.data.values, 9) == nil', true],
    ['result.data.values[1:] == [2, 3] and result.data.values[:-1] == [1, 2] and result.status[:2] == "gr"', true],
    ['all(result.data.values, {any(result.data.values, {# >= 3})})', true],
    ['result == result', true],
    ['result.data.servers[0] == result.data.servers[1]', false],
  ])('%s of a JSON answer is %s', (text, value) => {
    expect(evaluate(text, ANSWER)).toEqual({ kind: 'value', value });
  });

  it.each<[string, boolean]>([
    // 7 % 4 = 3; 2 ** 3 ** 2 = 2 ** 9 = 512; - binds looser than **; ^ is ** too
    ['7 % 4 == 3', true],
    ['-7 % 4 == -3', true],
    ['2 ** 3 ** 2 == 512', true],
    ['-2 ** 2 == -4', true],
    ['2 ^ -1 == 0.5', true],
    ['3 in 1..5 and 6 not in 1..5', true],
    ['0 < 1 < 2 and not (0 < 3 < 2)', true],
    ['1_000 == 1e3 and 0x10 == 16', true],
    ['abs(-1.5) == 1.5 and ceil(1.2) == 2 and floor(-1.2) == -2 and round(-2.5) == -3', true],
    ['int("7") + int(1.9) == 8 and float("1e2") == 100', true],
    ['isInf(asFloat("+Inf")) and asFloat("-inf") < 0 and isNaN(asFloat("NaN"))', true],
    ['true ? 1 < 2 : false', true],
    ['1 > 2 ? false : 3 > 2 ? true : false', true],
    ['/* nobody */ true // reads this', true],
    ['"\\u0041\\n\\"" == "A\\n\\""', true],
    ['not false and true', true],
    ['nil == nil', true],
    ['1 in nil', false],
  ])('%s is %s', (text, value) => {
    expect(evaluate(text, null)).toEqual({ kind: 'value', value });
  });

  it('takes NaN and infinite results of Prometheus for what they are', () => {
    const result = [Number.NaN, Number.POSITIVE_INFINITY];
    expect(evaluate('isNaN(result[0]) and isInf(result[1])', result)).toEqual({ kind: 'value', value: true });
    expect(evaluate('result[0] < 1 or result[0] >= 1', result)).toEqual({ kind: 'value', value: false });
    expect(evaluate('result[0] in result', result)).toEqual({ kind: 'value', value: false });
  });

  it('compares texts and numbers of a known type as an error, of a map as false', () => {
    expect(evaluate('result == 1', 'text')).toMatchObject({ kind: 'error' });
    expect(evaluate('result[0] == "a"', [1])).toMatchObject({ kind: 'error' });
    expect(evaluate('result.a == 1', { a: 'text' })).toEqual({ kind: 'value', value: false });
  });

  it('never calls the mean of nothing 0', () => {
    expect(evaluate('mean(result) < 1', [])).toEqual({
      kind: 'error',
      message: 'mean needs at least one number, found none',
    });
    expect(evaluate('max(result) < 1', [])).toMatchObject({ kind: 'error' });
  });

  it('does not find what a map inherits', () => {
    expect(evaluate('result.constructor == nil and "toString" not in result', {})).toEqual({
      kind: 'value',
      value: true,
    });
  });

  it('says line and column where it is written on several lines', () => {
    expect(parseCondition('result[0] < 1 &&\n  resutl[0] > 0')).toEqual({
      kind: 'mistake',
      line: 2,
      column: 3,
      at: 20,
      message: "unknown name 'resutl': did you mean 'result'?",
    });
  });

  it('is stopped when it runs too long', () => {
    const tooLong = { kind: 'error', message: `the condition takes more than ${MAX_STEPS} steps` };
    const many = Array.from({ length: 1000 }, (_, index) => index);
    expect(evaluate('all(result, {any(result, {all(result, {# >= 0})})})', many)).toEqual(tooLong);
    expect(evaluate('len(1..1000000000) > 0', null)).toEqual(tooLong);
    expect(evaluate('all(result, {result == result})', many)).toEqual(tooLong);
    expect(evaluate('all(result, {sum(result) > 0})', many)).toEqual(tooLong);
    expect(evaluate('all(result, {# >= 0})', many)).toEqual({ kind: 'value', value: true });
  });

  it.each<[string, boolean]>([
    ['result[0] < 1', false],
    ['all(result, {# < 1})', false],
    ['len(result) == 0 || result[0] < 1', true],
    ['result == nil || result < 1', true],
    ['default(result, 0) < 1', true],
    ['(result.a ?? 1) < 2', true],
    ['any([result?.a], {# == 1})', true],
    ['none(result, {isNil(#)})', true],
  ])('%s asks whether there is anything: %s', (text, asks) => {
    expect(asksWhetherThere(parsed(text))).toBe(asks);
  });
});
