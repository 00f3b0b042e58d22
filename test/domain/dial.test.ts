import { describe, expect, it } from 'vitest';
import { dialFor, dialText, otherSlot, SLOTS, sameDial } from '../../domain/dial.ts';

const dial = (blue: number, green: number) => ({ blue, green });

describe('a dial', () => {
  it('has two slots, each the other of the other', () => {
    expect(SLOTS).toEqual(['blue', 'green']);
    expect(SLOTS.map(otherSlot)).toEqual(['green', 'blue']);
  });

  it.each([
    ['green', 0, dial(100, 0)],
    ['green', 25, dial(75, 25)],
    ['blue', 25, dial(25, 75)],
    ['blue', 100, dial(100, 0)],
    // 100 - 33.3 is 66.7 and not 66.69999999999999
    ['green', 33.3, dial(66.7, 33.3)],
    ['blue', 0.1, dial(0.1, 99.9)],
  ] as const)('for %s at %d %% gives the other slot the rest, to one decimal', (canary, weight, expected) => {
    expect(dialFor(canary, weight)).toEqual(expected);
  });

  it('is the same as another that a router cannot tell from it: less than 0.1 apart in both slots, to either side', () => {
    const at = dial(50, 50);
    for (const near of [dial(50.09, 49.91), dial(49.91, 50.09), at]) expect(sameDial(at, near)).toBe(true);
    for (const far of [dial(50.2, 50), dial(49.8, 50), dial(50, 50.2), dial(50, 49.8)]) {
      expect(sameDial(at, far)).toBe(false);
      expect(sameDial(far, at)).toBe(false);
    }
    // a step of the dial is another dial
    expect(sameDial(dial(0, 100), dial(0.1, 99.9))).toBe(false);
    expect(sameDial(dial(100, 0), dial(99.9, 0.1))).toBe(false);
  });

  it('is told by slot', () => {
    expect(dialText(dial(66.7, 33.3))).toBe('blue 66.7 %, green 33.3 %');
  });
});
