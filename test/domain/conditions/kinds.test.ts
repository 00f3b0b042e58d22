import { describe, expect, it } from 'vitest';
import { parseCondition, type ResultType } from '../../../domain/conditions/condition.ts';

/** `column: message`, or nothing where the kinds of values go together. */
const mistakeIn = (text: string, type: ResultType = 'list'): string | undefined => {
  const parsed = parseCondition(text, type);
  return parsed.kind === 'mistake' ? `${parsed.column}: ${parsed.message}` : undefined;
};

const FIRST = ': result is a list here, its first entry is result[0]';
const WHOLE = 'needs a whole number, found a number that may have decimals: asInt(…) makes it whole';
const READ = 'needs a number, found a text: asFloat(…) reads a number from a text';

describe('a condition whose kinds of values do not go together is a mistake in the plan', () => {
  it.each([
    ['1 + 1', 'a number'],
    ['result', 'a list'],
    ['"a"', 'a text'],
    ['nil', 'nil'],
  ])('where it is no condition but %s', (text, what) => {
    expect(mistakeIn(text)).toBe(
      `1: a condition is true or false, and this is ${what}: compare it, as in result[0] < 0.01`,
    );
  });

  it.each([
    ['not result[0] < 1', "5: 'not' needs true or false, found a number: put the comparison in parentheses"],
    ['!1 == true', "2: 'not' needs true or false, found a number: put the comparison in parentheses"],
    ['not "a"', "5: 'not' needs true or false, found a text"],
    ['not result', "5: 'not' needs true or false, found a list"],
    ['-true == 1', "2: '-' needs a number, found true or false"],
    ['+"a" == 1', `2: '+' ${READ}`],
    ['-[1] == 1', "2: '-' needs a number, found a list"],
    ['-result == 1', `2: '-' needs a number, found a list${FIRST}`],
    ['1 and true', "1: 'and' needs true or false, found a number"],
    ['true && result', "9: 'and' needs true or false, found a list"],
    ['"a" or true', "1: 'or' needs true or false, found a text"],
    ['true || nil', "9: 'or' needs true or false, found nil"],
    ['1 ? true : false', "1: '?' needs true or false, found a number"],
    ['1 == "a"', `6: '==' ${READ}`],
    ['"a" == 1', "8: '==' needs a text, found a number"],
    ['true == 1', "9: '==' needs true or false, found a number"],
    ['result == 1', "11: '==' needs a list, found a number"],
    ['1 == [1]', "6: '==' needs a number, found a list"],
    ['"a" != true', "8: '!=' needs a text, found true or false"],
    ['1 contains "a"', "1: 'contains' needs a text, found a number"],
    ['"a" contains 1', "14: 'contains' needs a text, found a number"],
    ['result startsWith "a"', "1: 'startsWith' needs a text, found a list"],
    ['"a" endsWith true', "14: 'endsWith' needs a text, found true or false"],
    ['"a" < 1', "7: '<' needs a text, found a number"],
    ['1 <= true', "6: '<=' needs a number, found true or false"],
    ['nil > 1', "1: '>' needs a number, found nil"],
    ['result >= 1', `1: '>=' needs a number, found a list${FIRST}`],
    ['"a" + 1 == "a"', "7: '+' needs a text, found a number"],
    ['true + 1 == 2', "1: '+' needs a number, found true or false"],
    ['1 - "a" == 1', `5: '-' ${READ}`],
    ['"a" * 1 == 1', `1: '*' ${READ}`],
    ['1 / nil == 1', "5: '/' needs a number, found nil"],
    ['true ** 1 == 2', "1: '**' needs a number, found true or false"],
    ['"a" % 2 == 0', "1: '%' needs a whole number, found a text"],
    ['"a"..1 == []', "1: '..' needs a whole number, found a text"],
    ['1..2.5 == [1]', `4: '..' ${WHOLE}`],
    ['1 in 2', "3: 'in' needs a list or a map, found a number"],
    ['1 in "a"', "3: 'in' needs a list or a map, found a text"],
    ['"a" in result', "5: 'in' looks for a text among numbers"],
    ['true in [1, 1.5]', "6: 'in' looks for true or false among numbers"],
    ['1 in ["a"]', "3: 'in' looks for a number among other values"],
    ['1[0] == 1', "1: '[ ]' needs a list, found a number"],
    ['nil[0] == 1', "1: '[ ]' needs a list, found nil"],
    ['result[0].a == 1', "1: '[ ]' needs a list, found a number"],
    ['result.value < 1', '1: a list has no field value'],
    ['result?.value < 1', '1: a list has no field value'],
    ['1 + "a" == 1', `5: '+' ${READ}`],
    ['1 < "a"', `5: '<' ${READ}`],
    ['"a".b == 1', '1: a text has no field b'],
    ['result[0.5] < 1', `8: '[ ]' ${WHOLE}`],
    ['result[true] < 1', "8: '[ ]' needs a whole number, found true or false"],
    ['"abc"["a"] == 1', '1: a text has no field a'],
    ['result["a":] == []', "8: '[:]' needs a whole number, found a text"],
    ['result[:0.5] == []', `9: '[:]' ${WHOLE}`],
    ['1[0:1] == 1', "1: '[:]' needs a list, found a number"],
  ])('of an operator: %s', (text, mistake) => {
    expect(mistakeIn(text)).toBe(mistake);
  });

  it.each([
    ['asInt(true) == 1', "7: 'asInt' needs a number, found true or false"],
    ['asFloat([1]) == 1', "9: 'asFloat' needs a number, found a list"],
    ['int(nil) == 1', "5: 'int' needs a number, found nil"],
    ['float(result) == 1', `7: 'float' needs a number, found a list${FIRST}`],
    ['isNaN("a")', `7: 'isNaN' ${READ}`],
    ['isInf(result)', `7: 'isInf' needs a number, found a list${FIRST}`],
    ['len(result[0]) == 1', "5: 'len' needs a list, found a number"],
    ['abs("a") == 1', `5: 'abs' ${READ}`],
    ['ceil(nil) == 1', "6: 'ceil' needs a number, found nil"],
    ['floor(true) == 1', "7: 'floor' needs a number, found true or false"],
    ['round(result) == 1', `7: 'round' needs a number, found a list${FIRST}`],
    ['max(1, true) == 1', "8: 'max' needs a number, found true or false"],
    ['max(["a"]) == 1', "5: 'max' needs numbers, found a list"],
    ['min(1, [true]) == 1', "8: 'min' needs numbers, found a list"],
    ['sum(1) == 1', "5: 'sum' needs numbers, found a number"],
    ['mean(["a"]) == 1', "6: 'mean' needs numbers, found a list"],
    ['median([true]) == 1', "8: 'median' needs numbers, found a list"],
    ['first(1) == 1', "7: 'first' needs a list, found a number"],
    ['last("a") == 1', "6: 'last' needs a list, found a text"],
    ['get(result, "a") == 1', "13: 'get' needs a whole number, found a text"],
    ['get(true, "a") == 1', "5: 'get' needs a list, found true or false"],
    ['keys(result) == []', "6: 'keys' needs a map, found a list"],
    ['values("a") == []', "8: 'values' needs a map, found a text"],
    ['lower(1) == "a"', "7: 'lower' needs a text, found a number"],
    ['upper(result) == "a"', "7: 'upper' needs a text, found a list"],
    ['trim(true) == "a"', "6: 'trim' needs a text, found true or false"],
    ['all(1, {# > 0})', "5: 'all' needs a list, found a number"],
    ['any("a", {# > 0})', "5: 'any' needs a list, found a text"],
    ['all(result, {#})', "14: 'all' needs true or false, found a number"],
    ['none(result, {"a"})', "15: 'none' needs true or false, found a text"],
    ['one(result, {nil})', "14: 'one' needs true or false, found nil"],
    ['count(result, {#}) == 1', "16: 'count' needs true or false, found a number"],
    ['filter(result, {1}) == []', "17: 'filter' needs true or false, found a number"],
    ['find(result, {#}) == 1', "15: 'find' needs true or false, found a number"],
    ['map(1, {#}) == []', "5: 'map' needs a list, found a number"],
  ])('of a function: %s', (text, mistake) => {
    expect(mistakeIn(text)).toBe(mistake);
  });

  it('unless it is nil, a field of an answer, or one of two kinds, of which nobody knows', () => {
    const fine = [
      '1 == nil',
      'nil != "a"',
      'result == nil',
      'nil?.[0] == 1',
      'get(nil, 0) == 1',
      'nil in [1]',
      '1 in nil',
    ];
    fine.push('all(result, {any([true], {#}) and # > 0})');
    for (const text of [...fine, '(true ? 1 : "b") == true', '[1, "a"][0] == true', '(result ?? 1) == "a"']) {
      expect([text, mistakeIn(text)]).toEqual([text, undefined]);
    }
    for (const text of [
      'result',
      'result.a and result.b',
      'result.a + result.b < 1',
      'result[1:] == "a"',
      'abs(result)',
    ])
      expect([text, mistakeIn(text, 'any')]).toEqual([text, undefined]);
  });

  it('where the result is a number', () => {
    expect(mistakeIn('result[0] < 1', 'number')).toBe("1: '[ ]' needs a list, found a number");
    expect(mistakeIn('len(result) == 1', 'number')).toBe("5: 'len' needs a list, found a number");
    expect(mistakeIn('result < 1', 'number')).toBeUndefined();
  });
});

/** Each is compared with true, 'a' and so on: which of them does not go together tells what it is known to be. */
function kindOf(text: string, type: ResultType = 'list'): string {
  const goes = (rest: string) => mistakeIn(`(${text}) ${rest}`, type) === undefined;
  const found = [
    ...(goes('% 2 == 1') ? ['whole'] : []),
    ...(goes('== 1') && goes('< 2') ? ['number'] : []),
    ...(goes('== "a"') ? ['text'] : []),
    ...(goes('== true') ? ['truth'] : []),
    ...(goes('== [true]') ? ['list'] : []),
  ];
  return found.length === 5 ? 'anything' : found.join(' ');
}

describe('what a part of a condition is known to be', () => {
  const WHOLE_NUMBER = 'whole number';
  it.each([
    ['a whole number', WHOLE_NUMBER, ['1', '-1', '+1', '0x1', '1_0', '1 + 2', '2 - 1', '2 * 3', '7 % 2', '1 - 2 % 3']],
    ['a whole number', WHOLE_NUMBER, ['int(1.5)', 'asInt("1")', 'len(result)', 'len("a")', 'abs(-1)', 'sum([1])']],
    ['a whole number', WHOLE_NUMBER, ['count(result, {true})', '(1..2)[0]', 'first([1])', 'last([1, 2])', '[1, 2][0]']],
    ['a whole number', WHOLE_NUMBER, ['true ? 1 : 2', 'nil ?? 1', '1 ?? 2', 'default(1, 2)', 'default(nil, 1)']],
    [
      'a whole number',
      WHOLE_NUMBER,
      ['find([1], {# > 0})', 'filter([1], {# > 0})[0]', 'map(result, {1})[0]', '[1][0:][0]'],
    ],
    ['a number', 'number', ['1.5', '1.', '.5', '1e3', '1E3', '1_0.5', '-1.5', '1 / 1', '2 ** 2', '1 + 1.5', '1.0 * 2']],
    [
      'a number',
      'number',
      ['result[0]', 'result[1:][0]', 'float(1)', 'asFloat("1")', 'abs(1.5)', 'ceil(1)', 'floor(1)'],
    ],
    ['a number', 'number', ['round(1)', 'mean([1])', 'median([1])', 'sum(result)', 'first(result)', 'last(result)']],
    ['a number', 'number', ['true ? 1 : 1.5', '1 ?? 1.5', 'default(1, 1.5)', '[1, 1.5][0]', 'find(result, {# > 1})']],
    [
      'a text',
      'text',
      ['"a"', '"a" + "b"', '"abc"[0]', '"abc"[1:]', 'lower("A")', 'upper("a")', 'trim("a")', '["a"][0]'],
    ],
    ['a text', 'text', ['map(result, {"a"})[0]', 'true ? "a" : "b"', 'nil ?? "a"']],
    [
      'true or false',
      'truth',
      ['true', '!true', 'true and false', 'true or false', '1 < 2', '1 == 2', '1 != 2', '1 in [1]'],
    ],
    [
      'true or false',
      'truth',
      ['"a" contains "b"', '"a" startsWith "b"', '"a" endsWith "b"', '1 < 2 < 3', '1 not in [1]'],
    ],
    [
      'true or false',
      'truth',
      ['isNaN(result[0])', 'isInf(1.5)', 'isNil(result)', 'all(result, {# > 1})', '"a" <= "b"'],
    ],
    [
      'true or false',
      'truth',
      ['any(result, {# > 1})', 'one(result, {# > 1})', 'none(result, {# > 1})', 'map([1], {true})[0]'],
    ],
    ['a list', 'list', ['[]', '[1]', 'result', '1..2', 'result[1:]', 'filter(result, {# > 1})', 'map(result, {#})']],
    ['anything', 'anything', ['[][0]', 'get(result, 0)', 'max(1, 2)', 'min([1])', '[1, "a"][0]', 'first([1, "a"])']],
    [
      'anything',
      'anything',
      ['true ? 1 : "a"', '1 ?? "a"', 'default(result, 1)', '[[1], 2][0]', 'sum([])', 'find([], {true})'],
    ],
  ])('is %s (%s): %j', (_, kind, texts) => {
    for (const text of texts) expect([text, kindOf(text)]).toEqual([text, kind]);
  });

  it.each([
    ['a list', 'list', ['keys(result)', 'values(result)', 'filter(result, {true})', 'map(result, {1})']],
    ['a text', 'text', ['keys(result)[0]', 'lower(result)', 'upper(result.a)', 'trim(result)']],
    ['a number', 'number', ['result / 2', 'result.a ** 2', 'asFloat(result)', 'mean(result)', 'ceil(result.a)']],
    ['a whole number', WHOLE_NUMBER, ['result.a % 2', 'len(result)', 'int(result)', 'count(result, {true})']],
    ['true or false', 'truth', ['result == 1', 'result.a in result.b', 'result < "a"', '"a" < result', 'not result']],
    [
      'anything',
      'anything',
      ['result', 'result.a', 'result[0]', 'result[1:]', 'result?.a', 'values(result)[0]', '-result'],
    ],
    ['anything', 'anything', ['result + 1', '1 - result', 'abs(result)', 'first(result)', 'sum(result)']],
    ['anything', 'anything', ['map(result, {#})[0]', 'filter(result, {#})[0]', 'result ?? 1', 'true ? result : 1']],
  ])('is %s in an answer of which nothing is known (%s): %j', (_, kind, texts) => {
    for (const text of texts) expect([text, kindOf(text, 'any')]).toEqual([text, kind]);
  });
});
