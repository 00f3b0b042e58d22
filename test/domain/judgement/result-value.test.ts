import { describe, expect, it } from 'vitest';
import { type ResultValue, resultOf, storedResult } from '../../../domain/judgement/result-value.ts';
import { nextRecord, sameReading } from '../../../domain/judgement/windows.ts';
import { MINUTE, NOON } from './records.ts';

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
