import type { Random } from './random.ts';

/** Exact draws: no law is replaced by another that is like it. Means and variances are checked by a test. */

/** Below this mean a draw is looked up term by term; above, accepted or rejected in a step or two. */
const SMALL_MEAN = 10;

/** @param trials n, a whole number  @param chance p, 0 to 1 */
export function drawBinomial(random: Random, trials: number, chance: number): number {
  if (trials === 0 || chance <= 0) return 0;
  if (chance > 0.5) return trials - drawBinomial(random, trials, 1 - chance);
  return trials * chance < SMALL_MEAN
    ? binomialByTerms(random, trials, chance)
    : binomialByRejection(random, trials, chance);
}

function binomialByTerms(random: Random, trials: number, chance: number): number {
  const odds = chance / (1 - chance);
  let term = Math.exp(trials * Math.log1p(-chance));
  let left = random.next() - term;
  let x = 0;
  while (left > 0) {
    term *= (odds * (trials - x)) / (x + 1);
    // what rounding left over lies beyond the last term that counts
    if (term === 0) return x;
    x += 1;
    left -= term;
  }
  return x;
}

/** BTRS: Hörmann (1993), The generation of binomial random variates, J. Stat. Comput. Simul. 46, 101-110. */
function binomialByRejection(random: Random, trials: number, chance: number): number {
  const deviation = Math.sqrt(trials * chance * (1 - chance));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * chance;
  const centre = trials * chance + 0.5;
  // Hörmann's squeeze only saves logarithms: what it takes, the exact test below would take as well.
  const quick = 0.92 - 4.2 / b;
  const odds = chance / (1 - chance);
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((trials + 1) * chance);
  for (;;) {
    const u = random.next() - 0.5;
    const v = random.next();
    const us = 0.5 - Math.abs(u);
    const x = Math.floor(((2 * a) / us + b) * u + centre);
    if (us >= 0.07 && v <= quick) return x;
    if (x < 0 || x > trials) continue;
    const most =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (trials - mode + 1))) +
      (trials + 1) * Math.log((trials - mode + 1) / (trials - x + 1)) +
      (x + 0.5) * Math.log((odds * (trials - x + 1)) / (x + 1)) +
      stirlingTail(mode) +
      stirlingTail(trials - mode) -
      stirlingTail(x) -
      stirlingTail(trials - x);
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= most) return x;
  }
}

/** @param mean 0 or more */
export function drawPoisson(random: Random, mean: number): number {
  if (mean <= 0) return 0;
  return mean < SMALL_MEAN ? poissonByTerms(random, mean) : poissonByRejection(random, mean);
}

function poissonByTerms(random: Random, mean: number): number {
  let term = Math.exp(-mean);
  let left = random.next() - term;
  let x = 0;
  while (left > 0) {
    term *= mean / (x + 1);
    if (term === 0) return x;
    x += 1;
    left -= term;
  }
  return x;
}

/** PTRS: Hörmann (1993), The transformed rejection method for generating Poisson random variables, IME 12, 39-45. */
function poissonByRejection(random: Random, mean: number): number {
  const deviation = Math.sqrt(mean);
  const logMean = Math.log(mean);
  const b = 0.931 + 2.53 * deviation;
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const quick = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random.next() - 0.5;
    const v = random.next();
    const us = 0.5 - Math.abs(u);
    const x = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= quick) return x;
    if (x < 0) continue;
    const logFactorial = (x + 0.5) * Math.log(x + 1) - (x + 1) + HALF_LOG_TWO_PI + stirlingTail(x);
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= x * logMean - mean - logFactorial) return x;
  }
}

/**
 * Clumped counts: negative binomial with this mean and `dispersion` times its variance, as a Poisson count whose mean is
 * itself drawn from a gamma law.
 * @param dispersion 1 or more
 */
export function drawClumped(random: Random, mean: number, dispersion: number): number {
  if (mean <= 0) return 0;
  if (dispersion <= 1) return drawPoisson(random, mean);
  return drawPoisson(random, drawGamma(random, mean / (dispersion - 1)) * (dispersion - 1));
}

/** Gamma with scale 1: Marsaglia and Tsang (2000), ACM TOMS 26, 363-372. @param shape above 0 */
export function drawGamma(random: Random, shape: number): number {
  if (shape < 1) return drawGamma(random, shape + 1) * random.next() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random.next()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Standard normal, by Box and Muller. */
export const drawNormal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(random.next())) * Math.cos(2 * Math.PI * random.next());

const HALF_LOG_TWO_PI = 0.9189385332046727;
/** ln x! - [(x + 1/2) ln(x + 1) - (x + 1) + ln(2 pi)/2] for x = 0 to 9, beyond that Stirling's series at x + 1. */
const STIRLING_TAILS = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.020790672103765, 0.0166446911898211, 0.0138761288230707,
  0.0118967099458917, 0.010411265261972, 0.0092554621827127, 0.0083305634333631,
];

function stirlingTail(x: number): number {
  const known = STIRLING_TAILS[x];
  if (known !== undefined) return known;
  const y = x + 1;
  return (1 / 12 - (1 / 360 - 1 / 1260 / (y * y)) / (y * y)) / y;
}
