import { describe, expect, it } from 'vitest';
import { newComparison, stepComparison } from '../../../../domain/statistics/sequential/comparison.ts';
import { dispersionOf } from '../../../../domain/statistics/sequential/dispersion.ts';
import { DEFAULT_PROFILE, PROFILES } from '../../../../domain/statistics/sequential/profile.ts';

const { specification, information } = PROFILES;

describe.each(Object.values(PROFILES))('the profile $name', profile => {
  it('shares all of alpha between its channels, and all of its prior between its alternatives', () => {
    expect(profile.eShare + profile.sShare).toBeCloseTo(1, 12);
    expect(profile.prior.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 12);
  });

  it.each([1, 2, 30, 120])('gives start weights of 1 in sum, with a horizon of %i windows', horizonWindows => {
    for (const weights of [profile, profile.alone]) {
      let sum = 0;
      let farthest = 0;
      for (let k = 1; k <= 200; k += 1) {
        sum += weights.startWeight(k, horizonWindows);
        farthest = Math.max(farthest, Math.abs(sum + weights.startWeightLeft(k, horizonWindows) - 1));
      }
      expect(farthest).toBeLessThan(1e-12);
      expect(weights.startWeightLeft(1e9, horizonWindows)).toBeLessThan(1e-6);
    }
  });

  it.each([1, 2, 30, 120])(
    'never takes back what may be spent, and never more than all, with a horizon of %i',
    horizonWindows => {
      for (const badPerWindow of [0, 0.01, 1, 1000]) {
        const parts = Array.from({ length: 300 }, (_, i) =>
          profile.spending(i + 1, horizonWindows, (i + 1) * badPerWindow),
        );
        expect(parts).toEqual(parts.toSorted((a, b) => a - b));
        expect(parts[0]).toBeGreaterThan(0);
        expect(parts.at(-1)).toBeLessThanOrEqual(1);
        expect(profile.spending(1e9, horizonWindows, 0)).toBeGreaterThan(0.999);
      }
    },
  );
});

it('each profile goes by the name that it is asked for by', () => {
  expect(Object.entries(PROFILES).map(([name, profile]) => [name, profile.name])).toEqual([
    ['specification', 'specification'],
    ['information', 'information'],
  ]);
});

describe('the profile information', () => {
  it('gives a fault that begins after the first window at least the weight that the specification gives it', () => {
    for (const horizonWindows of [2, 5, 30, 120]) {
      for (let k = 2; k <= 200; k += 1) {
        const ours = information.eShare * information.startWeight(k, horizonWindows);
        const theirs = specification.eShare * specification.startWeight(k, horizonWindows);
        if (ours < theirs) throw new Error(`window ${k} of ${horizonWindows}: ${ours} is less than ${theirs}`);
      }
    }
  });

  it('spends in one busy window what it would spend in many quiet ones: 1,000 expected failures are all but the reserve', () => {
    // 0.85 ln(1 + 1000) / ln(1001), and half of the logarithm for sqrt(1001) - 1 of them
    expect(information.spending(1, 120, 1000)).toBeCloseTo(0.85, 12);
    expect(information.spending(1, 120, Math.sqrt(1001) - 1)).toBeCloseTo(0.425, 12);
  });

  it('counts what it expects by theta and the inflation: 8 failures at a share of a fifth are 1.6, twice as noisy 0.8', () => {
    // Prepare: m = 8, w0 = 1, rho = 0.2; the guard's phi_k = phi + 0.01 x 8 x 0.16
    const window = { canaryRequests: 200, canaryBad: [2], stableRequests: 800, stableBad: [6] };
    const settings = {
      profile: information,
      margin: 1,
      horizonWindows: 30,
      sAlpha: 0.0084,
      eAlpha: 0.0016,
      thresholds: 1,
    };
    const bare = newComparison(settings);
    const guarded = newComparison({ ...settings, phi: [2 - 0.0128] });
    // Act
    stepComparison(bare, window);
    stepComparison(guarded, window);
    // Assess
    expect(bare.s?.expected).toBeCloseTo(1.6, 12);
    expect(guarded.s?.expected).toBeCloseTo(0.8, 12);
  });

  it('starts as the specification does where there is no S-channel for a fault from the start', () => {
    const settings = { margin: 1, horizonWindows: 30, sAlpha: 0, eAlpha: 0.01, thresholds: 1 };
    const [ours, theirs] = [information, specification].map(profile => newComparison({ ...settings, profile }));
    const window = { canaryRequests: 500, canaryBad: [9], stableRequests: 4500, stableBad: [20] };
    if (ours === undefined || theirs === undefined) throw new Error('two comparisons were made');
    stepComparison(ours, window);
    stepComparison(theirs, window);
    expect(ours.logE).toBe(theirs.logE);
    expect(ours.logE).toBeGreaterThan(0);
  });

  it('takes half as much again of the noise that was measured beyond chance, and is what plans are judged by', () => {
    // Prepare: 0, 4, 0, 4 … of equal requests: each difference is 2 squared of 4 x 1/4 of variance, 4 times chance
    const windows = Array.from({ length: 60 }, (_, i) => ({ requests: 1000, bad: i % 2 === 0 ? 0 : 4 }));
    const even = Array.from({ length: 60 }, () => ({ requests: 1000, bad: 2 }));
    // Assess
    expect(dispersionOf(windows, specification).phi).toBeCloseTo(4, 12);
    expect(dispersionOf(windows, information).phi).toBeCloseTo(5.5, 12);
    expect(dispersionOf(even, information).phi).toBe(1);
    expect(DEFAULT_PROFILE).toBe(information);
  });
});
