/**
 * What one window says about the ratio of two failure rates (docs/statistics.md (a), (c), (e)). Natural logarithms.
 * exp of each of these has expectation at most 1 while the canary's rate is at most `margin` times the stable version's.
 */

/**
 * l(w1) = xc ln(w1/w0) - m [ln(1 + rho (w1 - 1)) - ln(1 + rho (w0 - 1))]. It conditions on m, the bad requests of both,
 * so a failure that both share adds nothing. Lindon, Sanden and Shirikian (2022), arXiv 2205.14762, in this form.
 * @param canaryBad xc  @param bad m = xc + xb  @param share rho, the canary's part of the requests, above 0 and below 1
 * @param margin w0  @param alternative w1
 */
export const logRatioEvidence = (
  canaryBad: number,
  bad: number,
  share: number,
  margin: number,
  alternative: number,
): number =>
  canaryBad * Math.log(alternative / margin) -
  bad * Math.log1p((share * (alternative - margin)) / (1 + share * (margin - 1)));

/** The part of the bad requests that are the canary's when its rate is `ratio` times the stable version's (theta). */
export const badShareAt = (share: number, ratio: number): number => (share * ratio) / (1 + share * (ratio - 1));

/**
 * (c) The exact form for shares that are not small, with a margin of 1: odds ratio `oddsRatio` against equal rates.
 * Turner, Ly and Grünwald (2024), Generic E-variables for exact sequential k-sample tests.
 * @param stableRate theta_b, from strictly earlier windows, above 0 and below 1
 */
export function logBernoulliEvidence(
  canary: { requests: number; bad: number },
  stable: { requests: number; bad: number },
  stableRate: number,
  oddsRatio: number,
): number {
  const canaryRate = (oddsRatio * stableRate) / (1 - stableRate + oddsRatio * stableRate);
  const requests = canary.requests + stable.requests;
  const equalRate = (stable.requests * stableRate + canary.requests * canaryRate) / requests;
  return (
    bernoulli(canary.requests, canary.bad, canaryRate, equalRate) +
    bernoulli(stable.requests, stable.bad, stableRate, equalRate)
  );
}

/** x ln(p/q) + (n - x) ln((1-p)/(1-q)), where p and q may be close to each other or to 0. */
export const bernoulli = (n: number, x: number, p: number, q: number): number =>
  x * Math.log(p / q) + (n === x ? 0 : (n - x) * Math.log1p((q - p) / (1 - q)));
