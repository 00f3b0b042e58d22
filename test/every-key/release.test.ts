import { describe, expect, it } from 'vitest';
import { effectsOf, PLAN_FILE, WORKLOAD_FILE } from './release-probe.ts';
import { PLAN_ROWS, type ReleaseRow, WORKLOAD_ROWS } from './release-rows.ts';

/*
 * What is accepted does something: for each of these keys two values with which the same release, by the real handlers and
 * machines, has other effects: another call, another second, another line.
 */

/** A release takes a second of one processor, which this machine may have to share. */
const PLAYS_WITHIN_MS = 120_000;

const playedWith = (row: ReleaseRow, file: object): Promise<string[]> =>
  row.of === 'plan' ? effectsOf(file, WORKLOAD_FILE, row.handlerCase) : effectsOf(PLAN_FILE, file, row.handlerCase);

describe.each([
  ['plan', PLAN_ROWS],
  ['workload', WORKLOAD_ROWS],
] as const)('in a %s', (_, rows) => {
  it.each(Object.entries(rows))(
    '%s changes what a release does',
    async (_key, row) => {
      const [a, b] = [await playedWith(row, row.a), await playedWith(row, row.b)];
      expect(a.length).toBeGreaterThan(5);
      expect(b).not.toEqual(a);
    },
    PLAYS_WITHIN_MS,
  );
});

it('the same files have the same effects: nothing but the key makes the difference', async () => {
  expect(await effectsOf(PLAN_FILE)).toEqual(await effectsOf(structuredClone(PLAN_FILE)));
});
