import { describe, expect, it } from 'vitest';
import { parseCondition, type ResultType } from '../../../domain/conditions/condition.ts';
import { tokenise } from '../../../domain/conditions/tokens.ts';

/** `column: message`, or nothing where the condition can be read. */
const mistakeIn = (text: string, type: ResultType = 'list'): string | undefined => {
  const parsed = parseCondition(text, type);
  return parsed.kind === 'mistake' ? `${parsed.column}: ${parsed.message}` : undefined;
};

const VALUE = "expected a number, result, a function or '('";
const OPERATOR = 'expected an operator or the end';
const ENDS = 'which means nothing here: a text ends with the quote that it begins with';
const PERCENT = "found '%' with nothing after it: a share is written as a number, 1 % is 0.01";
const CLOSURE = "expected ',' and a closure like {# < 5} after the list of all";
const KNOWN =
  'result, true, false, nil, and, or, not, in, asInt, asFloat, isNaN, isInf, isNil, default, len, abs, ceil, floor, ' +
  'round, int, float, max, min, sum, mean, median, first, last, get, keys, values, lower, upper, trim, all, any, one, ' +
  'none, filter, map, count, find';

describe('a condition that cannot be read', () => {
  it.each([
    ['result[0] & true', "11: found '&', which means nothing here: 'and' is written '&&'"],
    ['result[0] = 1', "11: found '=', which means nothing here: a comparison is written '=='"],
    ["1 < 'a", `5: found ''', ${ENDS}`],
    ['1 < "a', `5: found '"', ${ENDS}`],
    ['1 < `a', `5: found '\`', ${ENDS}`],
    ["'a\\'", `1: found ''', ${ENDS}`],
    ['1 < 2;', "6: found ';', which means nothing here"],
    ['é < 1', "1: found 'é', which means nothing here"],
    ['1 < 😀', "5: found '😀', which means nothing here"],
    ['true /* or', `7: found '*', ${VALUE}`],
    ["1 < '\\d'", '5: found \\d in a text; a backslash is written \\\\'],
    ['"\\u00g0" == "a"', '1: found \\u in a text; a backslash is written \\\\'],
    ['"\\x4" == "a"', '1: found \\x in a text; a backslash is written \\\\'],
    ['1e999 < 2', '1: the number 1e999 is too large'],
    ['0xg < 1', `2: found 'xg', ${OPERATOR}`],
    ['1e < 1', `2: found 'e', ${OPERATOR}`],
    ['1.5.5 < 1', `4: found '.5', ${OPERATOR}`],
    ['banana < 1', `1: unknown name 'banana'; known are ${KNOWN}`],
    ['$env_1 < 1', `1: unknown name '$env_1'; known are ${KNOWN}`],
    ['_x < 1', `1: unknown name '_x'; known are ${KNOWN}`],
    ['resutl[0] < 1', "1: unknown name 'resutl': did you mean 'result'?"],
    ['isnan(result[0])', "1: unknown name 'isnan': did you mean 'isNaN'?"],
    ['coutn(result, {# > 1}) > 1', "1: unknown name 'coutn': did you mean 'count'?"],
    ['toString < 1', `1: unknown name 'toString'; known are ${KNOWN}`],
  ])('because of a character or a word: %s', (text, mistake) => {
    expect(mistakeIn(text)).toBe(mistake);
  });

  it.each([
    ['', `1: found the end, ${VALUE}`],
    ['result[0] < ', `13: found the end, ${VALUE}`],
    ['1 < )', `5: found ')', ${VALUE}`],
    ['* 2', `1: found '*', ${VALUE}`],
    ['!', `2: found the end, ${VALUE}`],
    ['in', `1: found 'in', ${VALUE}`],
    ['or true', `1: found 'or', ${VALUE}`],
    ['{', `1: found '{', ${VALUE}`],
    ['1 2', `3: found '2', ${OPERATOR}`],
    ['true)', `5: found ')', ${OPERATOR}`],
    ['1 not 2', `3: found 'not', ${OPERATOR}`],
    ['1 not + 2', `3: found 'not', ${OPERATOR}`],
    ['1 "+" 2', `3: found '"+"', ${OPERATOR}`],
    ['result[0] matches "a"', `11: found 'matches', ${OPERATOR}`],
    ['result[0] toString 1', `11: found 'toString', ${OPERATOR}`],
    ['(1 < 2', "7: found the end, expected ')' to close the parenthesis of column 1"],
    ['1 < (2 ]', "8: found ']', expected ')' to close the parenthesis of column 5"],
    ['1 in [1, 2', "11: found the end, expected ']' to close the list"],
    ['1 in [1 2]', "9: found '2', expected ']' to close the list"],
    ['1 in [1, ]', `10: found ']', ${VALUE}`],
    ['result[0', "9: found the end, expected ']' after the index"],
    ['result[0 1]', "10: found '1', expected ']' after the index"],
    ['result[]', `8: found ']', ${VALUE}`],
    ['result[1:2', "11: found the end, expected ']' after the slice"],
    ['result[1:2:3]', "11: found ':', expected ']' after the slice"],
    ['result.', "8: found the end, expected the name of a field after '.'"],
    ['result?."a"', "9: found '\"a\"', expected the name of a field after '.'"],
    ['true ? 1', "9: found the end, expected ':' between the two values of '?'"],
    ['true ? 1 2', "10: found '2', expected ':' between the two values of '?'"],
    ['true ? 1 :', `11: found the end, ${VALUE}`],
  ])('because of how it goes on: %s', (text, mistake) => {
    expect(mistakeIn(text)).toBe(mistake);
  });

  it.each([
    ['len < 1', "5: found '<', expected '(' after len"],
    ['all < 1', "5: found '<', expected '(' after all"],
    ['len(result', "11: found the end, expected ')' to close len("],
    ['len(result 1)', "12: found '1', expected ')' to close len("],
    ['len() == 1', '1: len takes 1 argument, found 0'],
    ['1 == len(result, 1)', '6: len takes 1 argument, found 2'],
    ['get(result) == 1', '1: get takes 2 arguments, found 1'],
    ['get(result, 0, 1) == 1', '1: get takes 2 arguments, found 3'],
    ['max() < 1', '1: max takes 1 to 20 arguments, found 0'],
    [`min(${'1,'.repeat(20)}1) < 1`, '1: min takes 1 to 20 arguments, found 21'],
    ['all(result)', `11: found ')', ${CLOSURE}`],
    ['all(result', `11: found the end, ${CLOSURE}`],
    ['all(result, {# < 5)', "19: found ')', expected '}' to close the closure"],
    ['all(result, {# < 5}', "20: found the end, expected ')' to close all("],
    ['all(result, # < 5})', "18: found '}', expected ')' to close all("],
    ['# < 5', "1: '#' stands for an entry of a list, inside all(…) and any(…) only"],
    ['.a < 5', "1: '.' stands for an entry of a list, inside all(…) and any(…) only"],
    ['all(result, {# < 1}) && # < 1', "25: '#' stands for an entry of a list, inside all(…) and any(…) only"],
    ['result | true', "8: found '|', which passes a value to a function; 'or' is written '||'"],
    ['result | len', "13: found the end, expected '(' after len"],
    ['result | len(1) < 1', '10: len takes 1 argument, found 2'],
    ['result | filter({# > 1}', "24: found the end, expected ')' to close filter("],
  ])('because of a function: %s', (text, mistake) => {
    expect(mistakeIn(text)).toBe(mistake);
  });

  it.each([
    ['result[0] < 1%', 14],
    ['(result[0] < 1%)', 15],
    ['max(1%, 2) < 1', 6],
    ['all(result, {# < 1%})', 19],
    ['result[0] < 1% && true', 14],
    ['result[0] < 1% || true', 14],
    ['result[0] < 1% and true', 14],
    ['result[0] < 1% or true', 14],
  ])('because a share is written as %s', (text, column) => {
    expect(mistakeIn(text)).toBe(`${column}: ${PERCENT}`);
  });

  it.each([
    // what opens, what is inside, what closes, and where the 51st level begins
    ['(', '1', ')', 52],
    ['[', '1', ']', 52],
    ['!', 'true', '', 52],
    ['-', '1', '', 52],
    ['result[', '0', ']', 51 * 7 + 1],
    ['result[:', '0', ']', 51 * 8 + 1],
    ['true?', '1', ':1', 51 * 5 + 1],
    ['true?1:', '1', '', 50 * 7 + 6],
    ['abs(', '1', ')', 51 * 4 + 1],
    ['filter(', 'result', ',#)', 51 * 7 + 1],
    ['map(result,', '1', ')', 50 * 11 + 5],
  ])(
    'because %s%s%s is nested deeper than 50 levels, though it may stand 52 times in a row',
    (open, inner, close, at) => {
      const nested = (levels: number) => mistakeIn(`${open.repeat(levels)}${inner}${close.repeat(levels)}`, 'any');
      expect(nested(51)).toBe(`${at}: nested deeper than 50 levels`);
      expect(nested(50) ?? '').not.toContain('nested');
      const inARow = Array.from({ length: 52 }, () => `${open}${inner}${close}`).join(',');
      expect(mistakeIn(`[${inARow}]==1`, 'any') ?? '').not.toContain('nested');
    },
  );

  it('names the line and the column in it, and the place in the whole text', () => {
    expect(parseCondition('true and\n\n  1 < )')).toEqual({
      kind: 'mistake',
      line: 3,
      column: 7,
      at: 17,
      message: `found ')', ${VALUE}`,
    });
  });

  it('because it is longer than 1000 characters, at the first that is too much', () => {
    expect(mistakeIn(`true${' '.repeat(996)}`)).toBeUndefined();
    expect(mistakeIn(`true${' '.repeat(997)}`)).toBe('1001: the condition has 1001 characters, at most 1000 are read');
  });

  it('because of a mistake that is told from a fault of ours', () => {
    expect(() => tokenise('1 < @')).toThrow(
      expect.objectContaining({ name: 'ConditionMistakeError', at: 5, message: "found '@', which means nothing here" }),
    );
  });
});
