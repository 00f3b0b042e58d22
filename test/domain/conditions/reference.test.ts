import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateCondition, parseCondition } from '../../../domain/conditions/condition.ts';
import { type ResultValue, resultOf, type StoredResult } from '../../../domain/conditions/result-value.ts';

/** Conditions on one result, by what expr-lang 1.17.6 with Argo's functions says of them (expr-reference.go). */
interface Group {
  result: StoredResult;
  true: string[];
  false: string[];
  error: string[];
}

const { groups } = JSON.parse(readFileSync('test/domain/conditions/expr-reference.json', 'utf8')) as {
  groups: Group[];
};

/** What cannot be anything but an error is a mistake in the plan already. */
function saidOf(text: string, result: ResultValue): boolean | 'error' {
  const condition = parseCondition(text, 'any');
  if (condition.kind === 'mistake') return 'error';
  const said = evaluateCondition(condition.expression, result);
  return said.kind === 'value' ? said.value : 'error';
}

describe('a condition says what it says in Argo Rollouts', () => {
  const conditionsOf = (group: Group) => [...group.true, ...group.false, ...group.error];

  it.each(groups.map(group => [JSON.stringify(group.result).slice(0, 40), conditionsOf(group).length, group] as const))(
    'of %s, in %i conditions',
    (_, __, group) => {
      const result = resultOf(group.result);
      const said = (texts: string[]) => texts.map(text => [text, saidOf(text, result)]);
      const wanted = (texts: string[], value: boolean | 'error') => texts.map(text => [text, value]);
      expect(said(group.true)).toEqual(wanted(group.true, true));
      expect(said(group.false)).toEqual(wanted(group.false, false));
      expect(said(group.error)).toEqual(wanted(group.error, 'error'));
    },
  );

  it('of more than a handful', () => {
    expect(groups.flatMap(conditionsOf).length).toBeGreaterThan(700);
  });
});

describe('a condition that expr-lang does not understand', () => {
  const answer = { n: 3, status: 'green' };

  it.each<[string, ResultValue, boolean]>([
    ['"abc"[0] == "a" and "abc"[-1] == "c"', null, true],
    ['result.status[1] == "r"', answer, true],
    ['result.n % 2 == 1', answer, true],
    ['null == nil', null, true],
    ['nil ?? 1 == 1', null, true],
    ['nil ?? nil ?? 2 == 2', null, true],
    ['(result.missing.deeper ?? 7) == 7', answer, true],
    ['(result[9] ?? 7) == 7', [1], true],
    ['result | filter({# > 1})[0] == 2', [1, 2, 3], true],
    ['get(nil, 0) == nil and get(nil, "a") == nil', null, true],
    ['result?.a == nil', null, true],
    ['result.missing?.a[1:][0].b == nil', answer, true],
    ['"\\r\\n" == "\r\n"', null, true],
    ['1 in result or "a" in result', null, false],
    ['\'a\nb\' == "a\\nb"', null, true],
    ['"\\/" == "/"', null, true],
  ])('%s of %j is what it seems to say: %s', (text, result, value) => {
    expect(saidOf(text, result)).toBe(value);
  });

  it.each<[string, ResultValue]>([
    // a place between two entries; expr-lang cuts the decimals off
    ['result.n[0.5] == 1', { n: [1, 2] }],
    ['result.n..2 == [1]', { n: 0.5 }],
    // no number is the greatest of texts, and none is in NaN
    ['max(result.status) == 1', answer],
    ['asInt(result[0]) == 0', [Number.NaN]],
    // a text beside a number, where expr-lang no longer knows that keys are texts
    ['keys(result)[0] == 1', answer],
    // data that are not there are no reason to go on: of them expr-lang says that they contain nothing
    ['result.missing contains "a"', answer],
    ['"a" startsWith result.missing', answer],
    ['result.missing in result', answer],
  ])('%s of %j is an error, where expr-lang makes a value up', (text, result) => {
    expect(saidOf(text, result)).toBe('error');
  });
});
