import { describe, expect, it } from 'vitest';
import {
  isTooDeep,
  MAX_RESULT_DEPTH,
  type ResultValue,
  resultOf,
  storedResult,
} from '../../../domain/conditions/result-value.ts';
import { nextRecord, sameReading } from '../../../domain/windows/windows.ts';
import { MINUTE, NOON } from '../judges/records.ts';

describe('the result of a check', () => {
  it.each<ResultValue>([
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [Number.NEGATIVE_INFINITY, 1],
    [],
    null,
    'NaN',
    { data: { ok: true, rate: Number.NaN, tags: ['a', null] } },
    { $number: 5 },
    { $number: 'five' },
    { $number: 'NaN', other: 1 },
    JSON.parse('{"__proto__": {"polluted": true}}'),
  ])('comes back from the ledger as it was: %j', value => {
    const kept = JSON.parse(JSON.stringify(storedResult(value)));
    expect(resultOf(kept)).toEqual(value);
  });

  it('is kept where it is nested 100 deep, in lists and in maps, and is too deep beyond', () => {
    const nested = (levels: number, wrap: (inner: unknown) => unknown) => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level += 1) value = wrap(value);
      return value;
    };
    for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ a: null, b: inner, c: 'text' })]) {
      expect(isTooDeep(nested(MAX_RESULT_DEPTH, wrap))).toBe(false);
      expect(isTooDeep(nested(MAX_RESULT_DEPTH + 1, wrap))).toBe(true);
    }
    expect(['text', null, 1, true, [], {}].map(isTooDeep)).toEqual(Array(6).fill(false));
  });

  it('is a map like any other where its number is none of ours', () => {
    expect(resultOf({ $number: ['NaN'] })).toEqual({ $number: ['NaN'] });
  });

  it('does not let a key called __proto__ become anything else', () => {
    const value = resultOf(storedResult(JSON.parse('{"__proto__": {"polluted": true}}')));
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('freezes when it was seen twice, whatever the order of its keys', () => {
    const read = (result: object) => ({
      metric: 'queue',
      startEpochMs: NOON,
      endEpochMs: NOON + MINUTE,
      reading: { kind: 'result' as const, result: result as never },
    });
    const at = (seconds: number) => ({
      nowEpochMs: NOON + MINUTE + seconds * 1000,
      expects: { canary: true, stable: true },
      straddles: false,
    });
    const first = nextRecord(undefined, read({ a: 1, b: [2] }), at(5));
    expect(nextRecord(first, read({ b: [2], a: 1 }), at(15)).frozenAtEpochMs).toBe(NOON + MINUTE + 15_000);
    expect(nextRecord(first, read({ b: [3], a: 1 }), at(15)).frozenAtEpochMs).toBeUndefined();
    expect(sameReading(first.reading, { kind: 'value', canary: 1, stable: 1 })).toBe(false);
    expect(sameReading({ kind: 'value', canary: 1, stable: 1 }, first.reading)).toBe(false);
  });
});
