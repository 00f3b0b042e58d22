import { describe, expect, it } from 'vitest';
import { newRandom } from '../../../domain/statistics/random.ts';

const WORD = 2n ** 32n;
const rotated = (x: bigint, by: bigint) => ((x << by) | (x >> (32n - by))) % WORD;

/** xoshiro128** on whole numbers: Blackman and Vigna (2018), https://prng.di.unimi.it/xoshiro128starstar.c */
function* xoshiro(s0: bigint, s1: bigint, s2: bigint, s3: bigint): Generator<bigint, never> {
  let s = [s0, s1, s2, s3] as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield (rotated((s[1] * 5n) % WORD, 7n) * 9n) % WORD;
    const t = (s[1] << 9n) % WORD;
    const c = s[2] ^ s[0];
    const d = s[3] ^ s[1];
    s = [s[0] ^ d, s[1] ^ c, c ^ t, rotated(d, 11n)];
  }
}

/** lowbias32: Wellons, Prospecting for Hash Functions (2018). */
function mixed(value: bigint): bigint {
  let x = value % WORD;
  x = ((x ^ (x >> 16n)) * 0x7feb352dn) % WORD;
  x = ((x ^ (x >> 15n)) * 0x846ca68bn) % WORD;
  return x ^ (x >> 16n);
}

const take = (words: Generator<bigint, never>, count: number) =>
  Array.from({ length: count }, () => words.next().value);

/** The stream of a seed, as random.ts tells it in words. @param parts as whole numbers, taken modulo 2^64 */
function streamOf(parts: readonly bigint[]): Generator<bigint, never> {
  const step = 0x9e3779b9n;
  let seed = step;
  for (const part of parts) {
    const bits = BigInt.asUintN(64, part);
    seed = mixed(seed ^ mixed(bits % WORD));
    seed = mixed(seed ^ mixed(bits / WORD));
  }
  const a = mixed(seed + step);
  const b = mixed(a + step);
  const c = mixed(b + step);
  return xoshiro(a, b, c, mixed(c + step) | 1n);
}

it('the reference gives what is published for the state 1, 2, 3, 4', () => {
  // the test vector of the crate rand_xoshiro, made with the authors' C code
  expect(take(xoshiro(1n, 2n, 3n, 4n), 6)).toEqual([11520n, 0n, 5927040n, 70819200n, 2031721883n, 1637235492n]);
});

describe('a stream of random numbers', () => {
  it.each([[[0]], [[1]], [[-1]], [[11, 2]], [[2, 11]], [[2 ** 32 + 7, 3]], [[-(2 ** 40), 0]], [[]]])(
    'is that of xoshiro128** for the seed %j, 53 bits to a number and never 0',
    parts => {
      const words = streamOf(parts.map(BigInt));
      const random = newRandom(...parts);
      for (let i = 0; i < 20; i += 1) {
        const [high, low] = take(words, 2) as [bigint, bigint];
        // 27 bits and 26: a number of 53, and half a unit more
        const units = (high >> 5n) * 2n ** 26n + (low >> 6n);
        expect(random.next()).toBe((Number(units) + 0.5) / 2 ** 53);
      }
    },
  );
});
