import { logGamma } from './count-law.ts';

/**
 * One-sided upper bound of a rate: the p at which `bad` or fewer of `requests` have probability 1 - confidence.
 * Clopper and Pearson (1934), Biometrika 26, 404-413.
 * @param bad 0 … requests  @param requests above 0  @param confidence such as 0.99
 * @throws RangeError requests is 0: nothing is known of the rate
 */
export function upperBound(bad: number, requests: number, confidence: number): number {
  if (requests <= 0) throw new RangeError('no request: there is no bound of a rate');
  const logTail = Math.log1p(-confidence);
  if (bad === 0) return -Math.expm1(logTail / requests);
  // ln P(X <= bad) falls as p rises: bisection on ln p, until there is no number between the ends
  let low = Math.log(bad / requests);
  let high = 0;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return Math.exp(middle);
    if (Math.log(atMost(bad, requests, Math.exp(middle))) > logTail) low = middle;
    else high = middle;
  }
}

/** P(X <= x) of Binomial(n, p), as the regularised incomplete beta I_{1-p}(n - x, x + 1). @param x below n  @param p above 0 */
export function atMost(x: number, n: number, p: number): number {
  const [a, b, y] = [n - x, x + 1, 1 - p];
  const logFront = a * Math.log1p(-p) + b * Math.log(p) + logGamma(a + b) - logGamma(a) - logGamma(b);
  // the continued fraction converges fast on this side of the mean
  if (y < (a + 1) / (a + b + 2)) return (Math.exp(logFront) * fraction(a, b, y)) / a;
  return 1 - (Math.exp(logFront) * fraction(b, a, p)) / b;
}

/**
 * Continued fraction of the incomplete beta by Lentz's method (DLMF 8.17.22), for whole a and b above 0 and x on this side
 * of the mean. There every even coefficient is 0 or more until the fraction ends at m = b, and every odd one above -1: no
 * denominator comes near 0.
 */
function fraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let result = d;
  // some square root of the larger parameter of steps: 10^9 needs tens of thousands
  for (let m = 1; ; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    const change = d * c;
    result *= change;
    if (Math.abs(change - 1) < 1e-15) return result;
  }
}
