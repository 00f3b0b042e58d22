import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLAN_ELSEWHERE, WORKLOAD_ELSEWHERE } from './elsewhere.ts';
import { JUDGE_ROWS } from './judge-rows.ts';
import { REFUSAL_ROWS } from './refusal-rows.ts';
import { PLAN_ROWS, WORKLOAD_ROWS } from './release-rows.ts';
import { planKeys, workloadKeys } from './schema-keys.ts';
import { SLOT_ROWS } from './slot-rows.ts';

/*
 * Every key that a file may have changes something, or is refused: a key that is added to a schema fails here until it has a
 * row with two values that differ in what a release does (release-rows.ts) or in a verdict (judge-rows.ts), or in what a slot is written as (slot-rows.ts), or of
 * which one is refused (refusal-rows.ts), or, where neither
 * can show it, names the test that does (elsewhere.ts).
 */

const WALKS = [
  ['plan', planKeys(), { ...PLAN_ROWS, ...JUDGE_ROWS, ...REFUSAL_ROWS }, PLAN_ELSEWHERE],
  ['workload', workloadKeys(), { ...WORKLOAD_ROWS, ...SLOT_ROWS }, WORKLOAD_ELSEWHERE],
] as const;

describe.each(WALKS)('every key of a %s', (_, keys, rows, elsewhere) => {
  it('is shown to do something', () => {
    expect(keys.length).toBeGreaterThan(20);
    expect(keys.filter(key => !(key in rows) && !(key in elsewhere))).toEqual([]);
  });

  it('is shown once, and nothing is shown that is no key', () => {
    const isKey = (row: string) => keys.some(key => row === key || row.startsWith(`${key} of `));
    expect([...Object.keys(rows), ...Object.keys(elsewhere)].filter(row => !isKey(row))).toEqual([]);
    expect(Object.keys(elsewhere).filter(key => key in rows)).toEqual([]);
  });

  it.each(Object.entries(elsewhere))('%s by a test that is there', (_key, { file, test }) => {
    expect(readFileSync(file, 'utf8')).toContain(test);
  });
});
