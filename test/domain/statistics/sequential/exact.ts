/** Exact rationals of BigInt: an oracle that rounds once, at the end. */
export interface Rational {
  top: bigint;
  bottom: bigint;
}

export const rational = (top: number | bigint, bottom: number | bigint = 1): Rational => ({
  top: BigInt(top),
  bottom: BigInt(bottom),
});

export const times = (...factors: Rational[]): Rational =>
  factors.reduce((a, b) => ({ top: a.top * b.top, bottom: a.bottom * b.bottom }), rational(1));
export const plus = (a: Rational, b: Rational): Rational => ({
  top: a.top * b.bottom + b.top * a.bottom,
  bottom: a.bottom * b.bottom,
});
export const minus = (a: Rational, b: Rational): Rational => plus(a, { top: -b.top, bottom: b.bottom });
export const over = (a: Rational, b: Rational): Rational => ({ top: a.top * b.bottom, bottom: a.bottom * b.top });
const power = (a: Rational, n: number): Rational => ({ top: a.top ** BigInt(n), bottom: a.bottom ** BigInt(n) });

/** The double that was meant, exactly. */
export function exactly(value: number): Rational {
  let bottom = 1n;
  let top = value;
  while (!Number.isInteger(top)) {
    top *= 2;
    bottom *= 2n;
  }
  return { top: BigInt(top), bottom };
}

/** To 17 digits: the quotient of the leading bits. */
export function toNumber({ top, bottom }: Rational): number {
  if (top === 0n) return 0;
  const shift = BigInt(Math.max(0, bottom.toString(2).length - top.toString(2).length + 64));
  const quotient = (top << shift) / bottom;
  return Number(quotient) / 2 ** Number(shift / 2n) / 2 ** Number(shift - shift / 2n);
}

export function choose(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 1; i <= k; i += 1) result = (result * BigInt(n - k + i)) / BigInt(i);
  return result;
}

/** P(X = x) of Binomial(m, p). */
export const binomial = (m: number, x: number, p: Rational): Rational =>
  times({ top: choose(m, x), bottom: 1n }, power(p, x), power(minus(rational(1), p), m - x));

/** P(X = x) of the beta-binomial with parameters a and b, by rising factorials. */
export function betaBinomial(m: number, x: number, a: Rational, b: Rational): Rational {
  const rising = (start: Rational, n: number) =>
    Array.from({ length: n }, (_, i) => plus(start, rational(i))).reduce((all, one) => times(all, one), rational(1));
  return over(times({ top: choose(m, x), bottom: 1n }, rising(a, x), rising(b, m - x)), rising(plus(a, b), m));
}
