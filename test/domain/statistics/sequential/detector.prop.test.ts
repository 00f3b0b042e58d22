import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logRateEvidence } from '../../../../domain/statistics/sequential/ceiling.ts';
import { newComparison, stepComparison } from '../../../../domain/statistics/sequential/comparison.ts';
import type { DetectorSettings } from '../../../../domain/statistics/sequential/detector.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import { logBernoulliEvidence, logRatioEvidence } from '../../../../domain/statistics/sequential/window-evidence.ts';
import { detect } from './detect.ts';
import { choose } from './exact.ts';

const MINUTE = 60_000;
const profile = PROFILES.specification;
const pmf = (n: number, x: number, p: number) => Number(choose(n, x)) * p ** x * (1 - p) ** (n - x);
const upTo = (n: number) => Array.from({ length: n + 1 }, (_, x) => x);
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const few = fc.integer({ min: 1, max: 6 });

/** The mean of exp(l) over all counts that two versions with these rates can have. */
const mean = (nc: number, pc: number, nb: number, pb: number, log: (xc: number, xb: number) => number) =>
  upTo(nc).reduce(
    (sum, xc) =>
      sum + upTo(nb).reduce((inner, xb) => inner + pmf(nc, xc, pc) * pmf(nb, xb, pb) * Math.exp(log(xc, xb)), 0),
    0,
  );

it('the evidence of a window has a mean of at most 1 while the canary is within the margin, whatever the rate', () => {
  fc.assert(
    fc.property(
      few,
      few,
      share,
      share,
      fc.double({ min: 1, max: 10, noNaN: true }),
      fc.nat(7),
      (nc, nb, pb, part, w0, j) => {
        const pc = Math.min(1, part * w0 * pb);
        const w1 = w0 * (profile.alternatives[j] ?? 2);
        expect(mean(nc, pc, nb, pb, (xc, xb) => logRatioEvidence(xc, xc + xb, nc / (nc + nb), w0, w1))).toBeLessThan(
          1 + 1e-9,
        );
      },
    ),
  );
});

it('so has the evidence of non-inferiority while the canary is worse than that', () => {
  fc.assert(
    fc.property(few, few, share, fc.double({ min: 1, max: 3, noNaN: true }), fc.nat(4), (nc, nb, pb, worse, j) => {
      const pc = 2 * worse * pb;
      fc.pre(pc <= 1);
      const w1 = profile.nonInferiority.alternatives[j] ?? 1;
      // Bernoulli counts are less spread than Poisson ones: with rates this small they are the same
      const [c, b] = [pc / 1e4, pb / 1e4];
      expect(mean(nc, c, nb, b, (xc, xb) => logRatioEvidence(xc, xc + xb, nc / (nc + nb), 2, w1))).toBeLessThan(
        1 + 1e-6,
      );
    }),
  );
});

it('so has the Bernoulli form while the canary is not worse, and the ceiling while it is below', () => {
  fc.assert(
    fc.property(few, few, share, share, share, fc.nat(7), (nc, nb, pb, part, theta, j) => {
      const ratio = profile.alternatives[j] ?? 2;
      const counted = (xc: number, xb: number) =>
        logBernoulliEvidence({ requests: nc, bad: xc }, { requests: nb, bad: xb }, theta, ratio);
      expect(mean(nc, part * pb, nb, pb, counted)).toBeLessThan(1 + 1e-9);
      expect(mean(nc, part * pb, 1, 0.5, xc => logRateEvidence(xc, nc, pb, ratio))).toBeLessThan(1 + 1e-9);
    }),
  );
});

it('the whole mixture has a mean of at most 1 after every window, over all counts of three windows', () => {
  fc.assert(
    fc.property(fc.tuple(share, share, share), fc.double({ min: 1, max: 2, noNaN: true }), (rates, w0) => {
      const [nc, nb] = [2, 3];
      const settings = { profile, margin: w0, horizonWindows: 2, sAlpha: 0, eAlpha: 0.003, thresholds: 1 };
      const outcomes = upTo(nc).flatMap(xc => upTo(nb).map(xb => ({ xc, xb })));
      const total = outcomes.reduce((all, first) => {
        return (
          all +
          outcomes.reduce((inner, second) => {
            return (
              inner +
              outcomes.reduce((innermost, third) => {
                const path = [first, second, third];
                const weight = path.reduce((p, { xc, xb }, k) => {
                  const pb = rates[k] ?? 0;
                  return p * pmf(nc, xc, Math.min(1, w0 * pb)) * pmf(nb, xb, pb);
                }, 1);
                if (weight === 0) return innermost;
                const comparison = newComparison(settings);
                for (const { xc, xb } of path) {
                  stepComparison(comparison, {
                    canaryRequests: nc,
                    canaryBad: [xc],
                    stableRequests: nb,
                    stableBad: [xb],
                  });
                }
                return innermost + weight * Math.exp(comparison.logE);
              }, 0)
            );
          }, 0)
        );
      }, 0);
      expect(total).toBeLessThan(1 + 1e-9);
    }),
    { numRuns: 8 },
  );
});

it('never blames a canary that is in no window worse than the margin, better ones and shared outages included', () => {
  const path = fc.array(
    fc.record({
      nc: fc.integer({ min: 1, max: 2000 }),
      nb: fc.integer({ min: 1, max: 20_000 }),
      part: share,
      rate: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 15 },
  );
  fc.assert(
    fc.property(path, list => {
      const settings: DetectorSettings = {
        profile,
        alpha: 0.01,
        horizonWindows: 10,
        nonInferiority: 2,
        beta: 0.05,
        metrics: [{ name: 'errors', share: 1, margin: 1.25, thresholds: 1, hasCeiling: false }],
      };
      const { detector, evidence } = detect(
        settings,
        list.map(({ nc, nb, part, rate }, i) => {
          const xb = Math.round(nb * rate);
          const xc = Math.min(nc, Math.floor((part * 1.25 * nc * xb) / nb));
          const at = { startEpochMs: i * MINUTE, endEpochMs: (i + 1) * MINUTE };
          const canary = { requests: nc, bad: [xc] };
          return [
            {
              metric: 'errors',
              ...at,
              canary,
              stable: { requests: nb, bad: [xb] },
              straddles: false,
              stableExpected: true,
            },
          ];
        }),
      );
      expect(detector.alarm).toBeUndefined();
      for (const { logE } of evidence) expect(logE).toBeLessThan(1e-9);
    }),
  );
});

it('is finite and orderly for counts up to 10^9 and shares from 0.1 % to 99.9 %', () => {
  const large = fc.integer({ min: 0, max: 1_000_000_000 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(share, share, share, large), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (list, guard) => {
        const comparison = newComparison({
          profile,
          margin: 1.25,
          horizonWindows: 5,
          sAlpha: 0.007,
          eAlpha: 0.003,
          thresholds: 1,
          nonInferiority: 2,
          ...(guard ? { phi: [3] } : {}),
        });
        for (const [rho, pc, pb, total] of list) {
          const [nc, nb] = [Math.round(total * rho), Math.round(total * (1 - rho))];
          stepComparison(comparison, {
            canaryRequests: nc,
            canaryBad: [Math.floor(nc * pc ** 3)],
            stableRequests: nb,
            stableBad: [Math.floor(nb * pb ** 3)],
          });
          expect(Number.isNaN(comparison.logE) || Number.isNaN(comparison.logHealthy)).toBe(false);
          expect(comparison.s?.spent).toBeLessThanOrEqual(0.007);
          expect(Number.isSafeInteger(comparison.s?.boundary)).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});
