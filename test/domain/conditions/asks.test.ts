import { describe, expect, it } from 'vitest';
import { asksWhetherThere, evaluateCondition, parseCondition } from '../../../domain/conditions/condition.ts';

const asks = (text: string): boolean => {
  const condition = parseCondition(text, 'any');
  if (condition.kind === 'mistake') throw new Error(`${text}: ${condition.message}`);
  return asksWhetherThere(condition.expression);
};

describe('a condition asks whether there is anything', () => {
  it.each([
    'len(result) == 0',
    'isNil(result)',
    'default(result, 1) == 1',
    'get(result, 0) == 1',
    'len(keys(result)) == 0',
    '"a" in keys(result)',
    'result == nil',
    'nil != result',
    'result?.a == 1',
    '(result ?? 1) == 1',
  ])('by %s', text => {
    expect(asks(text)).toBe(true);
  });

  it.each([
    'result[len(result) - 1] < 1',
    'keys(result)[0] == "a"',
    '(result ?? [1])[1:] == []',
    'result[len(result):] == []',
    'result[:len(result)] == []',
    'not isNil(result)',
    '-len(result) < 1',
    'true and len(result) > 1',
    'len(result) > 1 or true',
    'isNil(result) ? true : false',
    'true ? isNil(result) : false',
    'true ? false : isNil(result)',
    'max(1, len(result)) > 1',
    'abs(len(result)) > 1',
    '1 in [2, len(result)]',
    'all(result.a ?? [], {# > 1})',
    'any(result, {isNil(#)})',
    'result | len() > 1',
  ])('in any part of it: %s', text => {
    expect(asks(text)).toBe(true);
  });

  it.each([
    'result[0] < 1',
    'result < 1 and result.a > 2 or not (result[1:] == [])',
    'all(result, {# < 1})',
    'true ? false : 1 < 2',
    'sum(result) == 0 and max(result) < 1 and first(result) == 1 and isNaN(result[0])',
    'any(values(result), {.len > 1})',
    '-result < "len"',
  ])('and not by %s', text => {
    expect(asks(text)).toBe(false);
  });
});

describe('a fault of ours', () => {
  it('is thrown, and not told as an error of the condition', () => {
    const unknown = { kind: 'unheardOf', at: 1 } as never;
    expect(() => evaluateCondition(unknown, 1)).toThrow('unexpected {"kind":"unheardOf","at":1}');
  });
});
