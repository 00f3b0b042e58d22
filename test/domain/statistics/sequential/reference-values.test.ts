import { expect, it } from 'vitest';
import { logRateEvidence } from '../../../../domain/statistics/sequential/ceiling.ts';
import { newComparison, stepComparison } from '../../../../domain/statistics/sequential/comparison.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import { logBernoulliEvidence, logRatioEvidence } from '../../../../domain/statistics/sequential/window-evidence.ts';

// docs/statistics.md, (a): nc, xc, nb, xb of five windows; w0 = 1.25, K = 5, alpha 1 %
const WINDOWS = [
  [500, 3, 4500, 22],
  [510, 6, 4480, 20],
  [490, 9, 4510, 25],
  [505, 2, 4490, 30],
  [700, 11, 2100, 12],
] as const;

const profile = PROFILES.specification;
const after = () => {
  const comparison = newComparison({
    profile,
    margin: 1.25,
    horizonWindows: 5,
    sAlpha: 0.007,
    eAlpha: 0.003,
    thresholds: 1,
  });
  return WINDOWS.map(([canaryRequests, xc, stableRequests, xb]) => {
    stepComparison(comparison, { canaryRequests, canaryBad: [xc], stableRequests, stableBad: [xb] });
    const { logE, s } = comparison;
    return { logE, boundary: s?.boundary, spent: s?.spent };
  });
};

it('finds the logarithm of E that the specification gives after each window', () => {
  const expected = [-0.3899407431, -0.026480097, 1.6215125522, 0.0684375977, 1.2864433951];
  for (const [k, { logE }] of after().entries()) expect(logE).toBeCloseTo(expected[k] ?? Number.NaN, 9);
});

it('draws the boundaries of the specification exactly', () => {
  expect(after().map(({ boundary }) => boundary)).toEqual([9, 15, 21, 26, 34]);
});

it('has spent as much alpha as the specification says, to its last digit', () => {
  const spent = after().map(step => step.spent?.toExponential(6));
  expect(spent).toEqual(['1.935498e-3', '2.612202e-3', '3.387884e-3', '4.494085e-3', '5.898210e-3']);
});

it('gives one window against one alternative the evidence of the specification', () => {
  expect(logRatioEvidence(3, 25, 0.1, 1.25, 2.5)).toBeCloseTo(-0.7972917029, 10);
});

it('gives one window against a ceiling the evidence of the specification', () => {
  // p_j = 0.01 as a multiple of p_max = 0.005 in the sense of 1 - (1 - p)^w
  const ratio = Math.log1p(-0.01) / Math.log1p(-0.005);
  expect(logRateEvidence(9, 490, 0.005, ratio)).toBeCloseTo(3.8151456966, 9);
});

it('gives slow answers in the Bernoulli form the evidence of the specification', () => {
  const evidence = logBernoulliEvidence({ requests: 400, bad: 60 }, { requests: 3600, bad: 430 }, 0.12, 2);
  expect(evidence).toBeCloseTo(-2.9949158435, 9);
});
