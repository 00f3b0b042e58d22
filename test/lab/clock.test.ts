import { expect, it } from 'vitest';
import { labEpochMs, openLabClock } from '../../lab/clock.ts';

/** Both clocks show 1,000,000 at that instant of the wall. */
const FASTER = { startEpochMs: 1_000_000, compress: 10 };

it.each([
  ['runs ten times as fast from when both showed the same', 1_000_500, 1_005_000],
  ['shows the same as the wall there', 1_000_000, 1_000_000],
  ['was behind the wall before', 999_000, 990_000],
])('the clock of a lab %s', (_, wallEpochMs, shown) => {
  expect(labEpochMs(FASTER, wallEpochMs)).toBe(shown);
});

it('a lab that is as fast as the wall shows its time, whenever it was opened', () => {
  const before = Date.now();
  const shown = openLabClock({ startEpochMs: before - 5_000, compress: 1 }).now();
  expect(shown).toBeGreaterThanOrEqual(before);
  expect(shown).toBeLessThanOrEqual(Date.now());
});
