import { describe, expect, it } from 'vitest';
import { evaluateCondition, MAX_CONDITION_LENGTH, parseCondition } from '../../../domain/conditions/condition.ts';

const evaluate = (text: string, result: number | number[]) => {
  const parsed = parseCondition(text, Array.isArray(result) ? 'list' : 'number');
  if (parsed.kind === 'mistake') throw new Error(`${parsed.column}: ${parsed.message}`);
  return evaluateCondition(parsed.expression, result);
};

describe('a condition', () => {
  it.each<[string, number | number[], boolean]>([
    ['result[0] < 0.01', [0.005], true],
    ['result[0] < 0.01', [0.01], false],
    ['result[0] <= 1e-2', [0.01], true],
    ['result >= .95', 0.95, true],
    ['result[0] > 0.5 or result[1] > 0.1', [0.1, 0.2], true],
    ['result[0] > 0.5 || result[1] > 0.3', [0.1, 0.2], false],
    ['result[0] < 0.5 && result[1] < 0.1', [0.1, 0.2], false],
    ['result[0] < 0.5 and not (result[1] < 0.1)', [0.1, 0.2], true],
    ['!(result[0] == 1)', [1], false],
    ['true', [1], true],
    ['result[0] != 1 == false', [1], true],
    ['len(result) == 2', [1, 2], true],
    ['all(result, {# < 5})', [1, 4], true],
    ['all(result, {# < 5})', [1, 5], false],
    ['any(result, # >= 5)', [1, 5], true],
    ['any(result, {# * 2 > result[0] + 9})', [1, 5], false],
    ['default(result[3], 0) == 0', [1], true],
    ['default(result[0], 0) == 1', [1], true],
    ['result[-1] == 2', [1, 2], true],
    ['asInt(result[0]) == -2', [-2.9], true],
    ['asFloat(result[0]) == 2.5', [2.5], true],
    ['isInf(result[0] / 0)', [-1], true],
    ['isInf(result[0])', [1], false],
  ])('%s of %j is %s', (text, result, value) => {
    expect(evaluate(text, result)).toEqual({ kind: 'value', value });
  });

  it.each<[string, boolean]>([
    // 1 + (2 * 3) = 7, 10 - 4 - 3 = 3, 12 / 3 / 2 = 2, and binds tighter than or
    ['1 + 2 * 3 == 7', true],
    ['10 - 4 - 3 == 3', true],
    ['12 / 3 / 2 == 2', true],
    ['-2 * 3 == -6', true],
    ['1 - -1 == 2', true],
    ['true || false && false', true],
    ['(true || false) && false', false],
    ['(1 + 2) * 3 == 9', true],
    ['7 / 2 == 3.5', true],
  ])('%s is %s', (text, value) => {
    expect(evaluate(text, [])).toEqual({ kind: 'value', value });
  });

  it.each<[string, boolean]>([
    ['result[0] < 1', false],
    ['result[0] >= 1', false],
    ['result[0] == result[0]', false],
    ['result[0] != result[0]', true],
    ['isNaN(result[0])', true],
    ['isNaN(result[0]) || result[0] < 1', true],
  ])('compares NaN as Go does: %s is %s', (text, value) => {
    expect(evaluate(text, [Number.NaN])).toEqual({ kind: 'value', value });
  });

  it('says which entry is not there', () => {
    expect(evaluate('result[2] < 1', [0.1])).toEqual({
      kind: 'error',
      message: 'result[2] is not there: result has 1 entries',
    });
    expect(evaluate('asInt(result[0]) < 1', [Number.NaN])).toMatchObject({ kind: 'error' });
  });

  it('does not look at what the left side has decided', () => {
    expect(evaluate('len(result) > 3 && result[3] < 1', [1])).toEqual({ kind: 'value', value: false });
    expect(evaluate('len(result) < 3 || result[3] < 1', [1])).toEqual({ kind: 'value', value: true });
  });

  it.each<[string, number, string]>([
    ['result[0] < ', 13, "found the end, expected a number, result, a function or '('"],
    ['resutl[0] < 1', 1, "unknown name 'resutl': did you mean 'result'?"],
    ['isnan(result[0])', 1, "unknown name 'isnan': did you mean 'isNaN'?"],
    ['banana < 1', 1, "unknown name 'banana'; known are result"],
    ['result[0] = 1', 11, "found '=', which means nothing here: a comparison is written '=='"],
    ['result[0] < 1%', 14, '1 % is 0.01'],
    ['result[0] & true', 11, "'and' is written '&&'"],
    ['(result[0] < 1', 15, "found the end, expected ')' to close the parenthesis of column 1"],
    ['result[0 < 1', 13, "expected ']' after the index"],
    ['result[0] < 1 2', 15, "found '2', expected an operator or the end"],
    ['result < 0.01', 1, 'result is a list here, its first entry is result[0]'],
    ['result[0]', 1, 'a condition is true or false, and this is a number'],
    ['not result[0] < 1', 5, 'put the comparison in parentheses'],
    ['1 < result[0] == 2', 18, "'==' needs true or false, found a number"],
    ['result[0.5] < 1', 8, "'[ ]' needs a whole number, found a number that may have decimals"],
    ['result[0] % 2 == 0', 1, "'%' needs a whole number"],
    ['result[0] | true', 11, "'or' is written '||'"],
    ["result[0] == 'a'", 14, "'==' needs a number, found a text"],
    ['result.value < 1', 1, 'a list has no field value'],
    ['"a < 1', 1, 'a text ends with the quote that it begins with'],
    ["'\\d' in result", 1, 'found \\d in a text'],
    ['true ? 1', 9, "found the end, expected ':'"],
    ['filter(result, {# < 1})', 1, 'a condition is true or false, and this is a list'],
    ['result[0] matches "a"', 11, "found 'matches', expected an operator or the end"],
    ['sum(result, 1) < 1', 1, 'sum takes 1 argument, found 2'],
    ['max() < 1', 1, 'max takes 1 to 20 arguments, found 0'],
    ["'a' in result", 5, "'in' looks for a text among numbers"],
    ['true == 1', 9, "'==' needs true or false, found a number"],
    ['len(result[0]) == 1', 5, "'len' needs a list, found a number"],
    ['len(result, 1) == 1', 1, 'len takes 1 argument, found 2'],
    ['default(result[0]) < 1', 1, 'default takes 2 arguments, found 1'],
    ['all(result) ', 11, "found ')', expected ',' and a closure"],
    ['all(result, {# < 5)', 19, "expected '}'"],
    ['# < 5', 1, 'inside all(…) and any(…) only'],
    ['all(result, {# < 1}) && # < 1', 25, 'inside all(…) and any(…) only'],
    ['and', 1, "found 'and', expected a number"],
    ['', 1, 'found the end'],
    ['constructor(1) < 2', 1, "unknown name 'constructor'"],
    ['1e999 < 2', 1, 'too large'],
    ['result[0] < 1; process', 14, "found ';'"],
  ])('%s is a mistake at column %i', (text, column, message) => {
    const parsed = parseCondition(text);
    expect(parsed).toEqual({ kind: 'mistake', line: 1, column, at: column, message: expect.stringContaining(message) });
  });

  it('is refused when it is longer or deeper than anyone can read', () => {
    expect(parseCondition(`true${' '.repeat(MAX_CONDITION_LENGTH)}`)).toMatchObject({ kind: 'mistake', column: 1001 });
    expect(parseCondition(`${'('.repeat(51)}true${')'.repeat(51)}`)).toMatchObject({ kind: 'mistake', column: 52 });
    expect(parseCondition(`${'!'.repeat(999)}1`)).toMatchObject({ kind: 'mistake' });
    expect(parseCondition(`${'('.repeat(50)}true${')'.repeat(50)}`).kind).toBe('ok');
  });

  it('may be long as long as it is flat', () => {
    const sum = Array.from({ length: 60 }, () => '(1)').join('+');
    expect(evaluate(`${sum} == 60`, [])).toEqual({ kind: 'value', value: true });
  });

  it('takes no longer for a long chain of comparisons', () => {
    expect(evaluate(Array.from({ length: 160 }, () => 'true').join('=='), [])).toEqual({ kind: 'value', value: true });
  });
});
