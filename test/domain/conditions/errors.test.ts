import { describe, expect, it } from 'vitest';
import { evaluateCondition, parseCondition } from '../../../domain/conditions/condition.ts';
import type { ResultValue } from '../../../domain/conditions/result-value.ts';
import { MAX_STEPS, runCondition } from '../../../domain/conditions/run.ts';

const ANSWER = {
  ok: true,
  status: 'green',
  rate: 0.02,
  none: null,
  n: 3,
  v: [1, 2, 3],
  odd: ['x', 1],
  far: Number.POSITIVE_INFINITY,
  m: { a: 1 },
  long: 'x'.repeat(50),
};

const parsed = (text: string) => {
  const condition = parseCondition(text, 'any');
  if (condition.kind === 'mistake') throw new Error(`${condition.column}: ${condition.message}`);
  return condition.expression;
};
const errorOf = (text: string, result: ResultValue = ANSWER): unknown => {
  const said = evaluateCondition(parsed(text), result);
  return said.kind === 'error' ? said.message : said.value;
};

describe('a condition that cannot be evaluated says why', () => {
  it.each([
    ['result.none', 'a condition needs true or false, found nil'],
    ['result.rate', 'a condition needs true or false, found 0.02'],
    ['result.far', 'a condition needs true or false, found Infinity'],
    ['result.v', 'a condition needs true or false, found a list of 3'],
    ['result.m', 'a condition needs true or false, found a map'],
    ['result.status', "a condition needs true or false, found the text 'green'"],
    ['result.long', `a condition needs true or false, found the text '${'x'.repeat(40)}'`],
    ['not result.rate', "'not' needs true or false, found 0.02"],
    ['result.rate and true', "'and' needs true or false, found 0.02"],
    ['true and result.none', "'and' needs true or false, found nil"],
    ['result.status or false', "'or' needs true or false, found the text 'green'"],
    ['false or result.v', "'or' needs true or false, found a list of 3"],
    ['result.n ? true : false', "'?' needs true or false, found 3"],
    ['-result.status == 1', "'-' needs a number, found the text 'green'"],
    ['+result.ok == 1', "'+' needs a number, found true"],
    ['result.status..2 == []', "'..' needs a number, found the text 'green'"],
    ['1..result.none == []', "'..' needs a number, found nil"],
    ['result.rate..2 == []', "'..' needs whole numbers"],
    ['1..result.rate == []', "'..' needs whole numbers"],
    ['result.ok < 1', "'<' needs a number, found true"],
    ['result.none <= 1', "'<=' needs a number, found nil"],
    ['result.status > result.rate', "'>' needs a text, found 0.02"],
    ['result.rate >= result.status', "'>=' needs a number, found the text 'green'"],
    ['result.status + 1 == 1', "'+' needs a text, found 1"],
    ['result.rate + result.status == 1', "'+' needs a number, found the text 'green'"],
    ['result.none + 1 == 1', "'+' needs a number, found nil"],
    ['result.ok - 1 == 1', "'-' needs a number, found true"],
    ['1 - result.status == 1', "'-' needs a number, found the text 'green'"],
    ['result.ok * 1 == 1', "'*' needs a number, found true"],
    ['1 * result.none == 1', "'*' needs a number, found nil"],
    ['result.v / 1 == 1', "'/' needs a number, found a list of 3"],
    ['1 / result.m == 1', "'/' needs a number, found a map"],
    ['result.status ** 1 == 1', "'**' needs a number, found the text 'green'"],
    ['2 ** result.none == 1', "'**' needs a number, found nil"],
    ['result.status % 1 == 1', "'%' needs a number, found the text 'green'"],
    ['1 % result.none == 0', "'%' needs a number, found nil"],
    ['result.rate % 2 == 0', "'%' needs whole numbers, found 0.02 and 2"],
    ['2 % result.rate == 0', "'%' needs whole numbers, found 2 and 0.02"],
    ['result.n % 0 == 1', "'%' by 0"],
    ['result.rate contains "a"', "'contains' needs a text, found 0.02"],
    ['"a" contains result.none', "'contains' needs a text, found nil"],
    ['result.v startsWith "a"', "'startsWith' needs a text, found a list of 3"],
    ['"a" startsWith result.m', "'startsWith' needs a text, found a map"],
    ['result.ok endsWith "a"', "'endsWith' needs a text, found true"],
    ['"a" endsWith result.rate', "'endsWith' needs a text, found 0.02"],
    ['1 in result.rate', "'in' needs a list, found 0.02"],
    ['1 in result.m', "'in' needs a text, found 1"],
  ])('of an operator: %s', (text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  it.each([
    ['result.v[3] == 1', 'result.v[3] is not there: result.v has 3 entries'],
    ['result.v[-4] == 1', 'result.v[-4] is not there: result.v has 3 entries'],
    ['result.v[0.5 + result.n] == 1', 'result.v[3.5] is not there: result.v has 3 entries'],
    ['result.v.a == 1', 'result.v is a list of 3: it has no field a'],
    ['result.v[result.ok] == 1', 'an index of result.v needs a number, found true'],
    ['result.m[1] == 1', 'a key of result.m needs a text, found 1'],
    ['result.none[0] == 1', 'result.none is nil: it has no entries'],
    ['result.missing.a == 1', 'result.missing is nil: it has no field a'],
    ['result.rate[0] == 1', 'result.rate is 0.02: it has no entries'],
    ['result.ok.a == 1', 'result.ok is true: it has no field a'],
    ['result.status.a == 1', "result.status is the text 'green': it has no field a"],
    ['result.status[9] == "a"', 'result.status[9] is not there: result.status has 5 entries'],
    ['result.v[0][1] == 1', 'result.v[0] is 1: it has no entries'],
    ['result["v"][7] == 1', 'result.v[7] is not there: result.v has 3 entries'],
    ['result.v[result.n - 1].a == 1', 'it is 3: it has no field a'],
    ['[1, 2][2] == 1', 'it[2] is not there: it has 2 entries'],
    ['map(result.odd, {#[4]}) == []', '#[4] is not there: # has 1 entries'],
    ['map(result.v, {#.a}) == []', '# is 1: it has no field a'],
    ['result.v[:result.none] == []', "'[:]' needs a number, found nil"],
    ['result.v[result.status:] == []', "'[:]' needs a number, found the text 'green'"],
    ['result.rate[1:] == []', "'[:]' needs a list, found 0.02"],
    ['result.m?.a.b == 1', 'result.m.a is 1: it has no field b'],
    ['result.missing[1:]?.a == 1', "'[:]' needs a list, found nil"],
  ])('of what is not there: %s', (text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  it.each([
    ['asInt(result.status) == 1', "asInt needs a text that is a whole number, found the text 'green'"],
    ['asInt("1.5") == 1', "asInt needs a text that is a whole number, found the text '1.5'"],
    [
      'int("9223372036854775808") == 1',
      "int needs a text that is a whole number, found the text '9223372036854775808'",
    ],
    [
      'int("-9223372036854775809") < 1',
      "int needs a text that is a whole number, found the text '-9223372036854775809'",
    ],
    ['asInt(result.none) == 1', 'asInt needs a number, found nil'],
    ['int(result.far) == 1', 'int needs a finite number, found Infinity'],
    ['asFloat(result.status) == 1', "asFloat needs a text that is a number, found the text 'green'"],
    ['float("1e999") == 1', "float needs a text that is a number, found the text '1e999'"],
    ['float(result.ok) == 1', 'float needs a number, found true'],
    ['isNaN(result.status)', "isNaN needs a number, found the text 'green'"],
    ['isInf(result.none)', 'isInf needs a number, found nil'],
    ['len(result.rate) == 1', 'len needs a list, found 0.02'],
    ['abs(result.status) == 1', "abs needs a number, found the text 'green'"],
    ['ceil(result.ok) == 1', 'ceil needs a number, found true'],
    ['floor(result.none) == 1', 'floor needs a number, found nil'],
    ['round(result.v) == 1', 'round needs a number, found a list of 3'],
    ['max(result.odd) == 1', "max needs a number, found the text 'x'"],
    ['max([]) == 1', 'max needs at least one number, found none'],
    ['min(result.none) == 1', 'min needs a number, found nil'],
    ['min([]) == 1', 'min needs at least one number, found none'],
    ['sum(result.odd) == 1', "sum needs a number, found the text 'x'"],
    ['sum(result.rate) == 1', 'sum needs a list, found 0.02'],
    ['mean(result.odd) == 1', "mean needs a number, found the text 'x'"],
    ['mean(result.none) == 1', 'mean needs a list, found nil'],
    ['median([]) == 1', 'median needs at least one number, found none'],
    ['median(result.m) == 1', 'median needs a list, found a map'],
    ['first(result.rate) == 1', 'first needs a list, found 0.02'],
    ['last(result.m) == 1', 'last needs a list, found a map'],
    ['keys(result.v) == []', 'keys needs a map, found a list of 3'],
    ['values(result.none) == []', 'values needs a map, found nil'],
    ['lower(result.rate) == ""', 'lower needs a text, found 0.02'],
    ['upper(result.none) == ""', 'upper needs a text, found nil'],
    ['trim(result.v) == ""', 'trim needs a text, found a list of 3'],
    ['get(result.rate, 0) == nil', 'the first argument of get is 0.02: it has no entries'],
    ['get(result.v, "a") == nil', 'the first argument of get is a list of 3: it has no field a'],
    ['all(result.rate, {# > 0})', 'all needs a list, found 0.02'],
    ['all(result.v, {#})', 'all needs true or false, found 1'],
    ['filter(result.v, {#}) == []', 'filter needs true or false, found 1'],
    ['map(result.none, {#}) == []', 'map needs a list, found nil'],
    ['count(result.v, {#.a}) == 1', '# is 1: it has no field a'],
    // what `??` and `default` answer is what is not there, not what is of another kind
    ['(result.rate[0] ?? 1) == 1', 'result.rate is 0.02: it has no entries'],
    ['default(result.rate[0], 1) == 1', 'result.rate is 0.02: it has no entries'],
  ])('of a function: %s', (text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  it('where the result is of a kind that the condition is not written for', () => {
    expect(errorOf('result[0] == "a"', [1])).toBe(
      "column 14: '==' needs a number, found a text: asFloat(…) reads a number from a text",
    );
    expect(errorOf('result', 1)).toBe(
      'column 1: a condition is true or false, and this is a number: compare it, as in result[0] < 0.01',
    );
    expect(errorOf('result')).toBe(
      'column 1: a condition is true or false, and this is a map: compare it, as in result[0] < 0.01',
    );
    expect(errorOf('-result == 1', 'text')).toBe(
      "column 2: '-' needs a number, found a text: asFloat(…) reads a number from a text",
    );
    expect(errorOf('result == 1')).toBe("column 8: '==' cannot compare a map with a number");
    expect(errorOf('result[1] == 1')).toBe("column 8: '[ ]' needs a text, found a number");
    expect(errorOf('1 in result')).toBe("column 3: 'in' looks for a number among a map's keys");
    expect(errorOf('get(result, 1) == 1')).toBe("column 13: 'get' needs a text, found a number");
  });

  it('in a way that a fault of ours cannot be taken for', () => {
    const evaluation = { name: 'EvaluationError', message: 'a condition needs true or false, found nil' };
    expect(() => runCondition(parsed('result'), null)).toThrow(expect.objectContaining(evaluation));
    const missing = { name: 'MissingEntryError', message: 'result is nil: it has no entries' };
    expect(() => runCondition(parsed('result[0] == 1'), null)).toThrow(expect.objectContaining(missing));
  });
});

describe('a condition is stopped', () => {
  const TOO_LONG = `the condition takes more than ${MAX_STEPS} steps`;
  const many = Array.from({ length: 1000 }, (_, index) => index);

  it('after 100,000 steps, and not before', () => {
    // result, the range and its two ends are four steps, its entries as many as it has; all(…) and the entry's true
    // are one more each
    expect(errorOf('len(1..99990) > 0', null)).toBe(TOO_LONG); // len looks at each of them again
    expect(errorOf('len(1..49990) > 0', null)).toBe(true);
    expect(errorOf('all(1..49990, {true})', null)).toBe(true);
    expect(errorOf('all(1..50010, {true})', null)).toBe(TOO_LONG);
  });

  it.each([
    ['all(result, {any(result, {all(result, {# >= 0})})})'],
    ['len(1..1000000000) > 0'],
    ['all(result, {result == result})'],
    ['all(result, {sum(result) >= 0})'],
    ['all(result, {# in result})'],
    ['all(result, {len(result[1:]) > 0})'],
    ['all(result, {[result] != nil})'],
  ])('%s, over a thousand entries', text => {
    expect(errorOf(text, many)).toBe(TOO_LONG);
  });

  it('where it compares long texts over and over, and not where they are short', () => {
    const compare = 'all(1..1000, {result.a == result.b})';
    expect(errorOf(compare, { a: 'x'.repeat(20_000), b: 'x'.repeat(20_000) })).toBe(TOO_LONG);
    expect(errorOf(compare, { a: 'x'.repeat(100), b: 'x'.repeat(100) })).toBe(true);
  });

  it('where it makes a list of lists that nobody could count to the end', () => {
    const entries = Array.from({ length: 40_000 }, (_, index) => index);
    expect(errorOf('len(map(result, {result})) > 0', entries)).toBe(TOO_LONG);
  });

  it('where a map is as large as a list would be', () => {
    const map = Object.fromEntries(many.map(key => [`k${key}`, [key]]));
    expect(errorOf('all(1..1000, {len(result) > 1})', map)).toBe(TOO_LONG);
    expect(errorOf('len(result) == 1000', map)).toBe(true);
  });
});
