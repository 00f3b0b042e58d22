import { xoshiro128 } from '../../domain/statistics/random.ts';

/** All that is random in a simulation comes from its seed, through streams with names. */
export interface Random {
  /** 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  /** @throws RangeError of nothing there is nothing to pick */
  pick<T>(items: readonly T[]): T;
}

/**
 * A stream of its own for each name: a new reader of one stream does not shift the numbers of another. The generator is the
 * domain's, its state a multiplicative hash of the name, and a number has 32 bits: every seed that found a fault keeps its trace.
 */
export function randomOf(seed: number, name: string): Random {
  const next32 = xoshiro128(stateOf(`${seed} ${name}`));
  const next = () => next32() / 0x1_0000_0000;
  return {
    next,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: probability => next() < probability,
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('there is nothing to pick from');
      return item;
    },
  };
}

const rotateLeft = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** Four words of a text, by MurmurHash3's mixing of each character and its finaliser between the words. */
function stateOf(text: string): [number, number, number, number] {
  let hash = 0x9e37_79b9;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0xcc9e_2d51);
    hash = rotateLeft(hash, 15);
  }
  const word = (): number => {
    hash = (hash + 0x9e37_79b9) | 0;
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return mixed ^ (mixed >>> 16);
  };
  return [word(), word(), word(), word()];
}
