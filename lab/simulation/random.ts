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
 * A stream of its own for each name: a new reader of one stream does not shift the numbers of another. xoshiro128** (Blackman
 * and Vigna, "Scrambled linear pseudorandom number generators", 2018), its state filled by a multiplicative hash of the name.
 */
export function randomOf(seed: number, name: string): Random {
  const state = stateOf(`${seed} ${name}`);
  const next = () => {
    const [s0, s1, s2, s3] = state as unknown as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    const mixed2 = s2 ^ s0;
    const mixed3 = s3 ^ s1;
    state[0] = s0 ^ mixed3;
    state[1] = s1 ^ mixed2;
    state[2] = mixed2 ^ t;
    state[3] = rotateLeft(mixed3, 11);
    return result / 0x1_0000_0000;
  };
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
function stateOf(text: string): Int32Array {
  let hash = 0x9e37_79b9;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0xcc9e_2d51);
    hash = rotateLeft(hash, 15);
  }
  return Int32Array.from({ length: 4 }, () => {
    hash = (hash + 0x9e37_79b9) | 0;
    let word = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
    return word ^ (word >>> 16);
  });
}
