import { describe, expect, it } from 'vitest';
import { excessBadOf } from '../../../domain/replay/replay.ts';
import { releaseOf } from './releases.ts';

describe('what a roll back came too late for', () => {
  it("is what the canary failed beyond the stable version's rate of the same windows", () => {
    // 10 - 100 x 9/900 = 9, then 4 - 100 x 18/900 = 2
    const release = releaseOf({
      errors: [
        [100, 10, 900, 9],
        [100, 4, 900, 18],
      ],
    });
    expect(excessBadOf(release)).toBeCloseTo(11, 12);
    expect(excessBadOf(release, 80_000)).toBeCloseTo(9, 12);
  });

  it('takes the rate of the windows before where stable has no request, and nothing where there is none', () => {
    // a window without stable requests first: nothing; then 2 - 100 x 9/900 = 1; then 3 - 100 x 9/900 = 2
    const release = releaseOf({
      errors: [
        [100, 50, 0, 0],
        [100, 2, 900, 9],
        [100, 3, 0, 0],
      ],
    });
    expect(excessBadOf(release)).toBeCloseTo(3, 12);
  });

  it('is the sum over metrics, each by its own stable version; a window that cannot be judged adds nothing', () => {
    // errors: 10 - 100 x 9/900 = 9; slow: 5 - 100 x 18/900 = 3, and what it would add in the window with a shift is left out
    const release = releaseOf({
      errors: [[100, 10, 900, 9]],
      slow: [
        [100, 5, 900, 18],
        [100, 90, 900, 18],
      ],
      // no stable request in any of its windows: the rate of another metric is not its own
      other: [[100, 7, 0, 0]],
    });
    const shifting = release.metrics[1]?.windows[1];
    if (shifting !== undefined) shifting.straddles = true;
    expect(excessBadOf(release)).toBeCloseTo(12, 12);
  });

  it('may be below 0, so that chance cancels out over releases', () => {
    expect(excessBadOf(releaseOf({ errors: [[100, 0, 900, 9]] }))).toBeCloseTo(-1, 12);
  });
});
