/** A stream of random numbers that its seed alone decides: the same on every machine and in every worker. */
export interface Random {
  /** Above 0 and below 1, 53 bits. */
  next(): number;
}

/**
 * xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018): the one generator that there is.
 * @param state four words, not all of them 0
 * @returns the next whole number of 32 bits, 0 to 2^32 - 1
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

/**
 * Two draws of 32 bits to a number, the state filled by a 32-bit mixer.
 * @param parts whole numbers: a seed, then whatever tells this stream from the others of the seed
 */
export function newRandom(...parts: readonly number[]): Random {
  let mixed = 0x9e3779b9;
  for (const part of parts) {
    mixed = mix32(mixed ^ mix32(part | 0));
    mixed = mix32(mixed ^ mix32(Math.floor(part / 2 ** 32) | 0));
  }
  const a = mix32(mixed + 0x9e3779b9);
  const b = mix32(a + 0x9e3779b9);
  const c = mix32(b + 0x9e3779b9);
  const next32 = xoshiro128([a, b, c, mix32(c + 0x9e3779b9) | 1]);
  // half a unit is added: 0 has no logarithm
  return { next: () => ((next32() >>> 5) * 67_108_864 + (next32() >>> 6) + 0.5) / 9_007_199_254_740_992 };
}

/** The finaliser of MurmurHash3 by other constants (Wellons, lowbias32): every bit of the input moves every bit. */
function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}
