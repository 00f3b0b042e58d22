import { describe, expect, it } from 'vitest';
import { hasHadTurn, isItsTurn, placeInMinute } from '../../../domain/release/turn.ts';
import { NOON } from '../../support/ledger-lines.ts';

const names = Array.from({ length: 200 }, (_, index) => `workload-${index}`);
const MINUTE = 60_000;
const minutes = (count: number) => Array.from({ length: count }, (_, index) => NOON + index * MINUTE);

describe('a turn every fifth minute', () => {
  it('comes once in five minutes to each, whatever the second', () => {
    for (const name of names) {
      const turns = minutes(10).filter(now => isItsTurn(name, 5, now));
      expect(turns).toHaveLength(2);
      expect((turns[1] ?? 0) - (turns[0] ?? 0)).toBe(5 * MINUTE);
      expect(isItsTurn(name, 5, (turns[0] ?? 0) + 59_999)).toBe(true);
    }
  });

  it('is spread over the minutes: of 200 no minute has more than 60', () => {
    const counts = minutes(5).map(now => names.filter(name => isItsTurn(name, 5, now)).length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(Math.max(...counts)).toBeLessThanOrEqual(60);
  });
});

describe('a turn that was missed', () => {
  const first = (name: string) => minutes(5).find(now => isItsTurn(name, 5, now)) ?? Number.NaN;

  it('is had later: in whichever minute somebody asks, and once', () => {
    for (const name of names) {
      const turn = first(name);
      const had = (lastEpochMs: number | undefined, nowEpochMs: number) =>
        hasHadTurn(name, 5, { lastEpochMs, nowEpochMs });
      expect(had(turn - MINUTE, turn - 1)).toBe(false);
      expect(had(turn - MINUTE, turn)).toBe(true);
      expect(had(turn - MINUTE, turn + 3 * MINUTE)).toBe(true);
      // done in its minute, or after it: the next one is five minutes later
      expect(had(turn, turn + 5 * MINUTE - 1)).toBe(false);
      expect(had(turn + 3 * MINUTE, turn + 4 * MINUTE)).toBe(false);
      expect(had(turn + 3 * MINUTE, turn + 5 * MINUTE)).toBe(true);
      expect(had(turn, turn + 60 * MINUTE)).toBe(true);
    }
  });

  it('is due where nobody remembers the last one', () => {
    for (const name of names) {
      expect(hasHadTurn(name, 60, { lastEpochMs: undefined, nowEpochMs: NOON })).toBe(true);
    }
  });
});

it('the order of workloads is another one in each minute, and each of them is among the first now and then', () => {
  const orders = minutes(60).map(now => names.toSorted((a, b) => placeInMinute(a, now) - placeInMinute(b, now)));
  expect(new Set(orders.map(order => order[0])).size).toBeGreaterThan(30);
  expect(new Set(orders.flatMap(order => order.slice(0, 20))).size).toBe(200);
});
