import type { Sleepers } from './sleepers.ts';

export interface FakeSleepers extends Sleepers {
  /** Which there are; tests change it. None at first. */
  readonly functions: string[];
  /** Who was called, oldest first. */
  readonly woken: string[];
}

/** Functions that are called and do nothing. */
export function fakeSleepers(): FakeSleepers {
  const woken: string[] = [];
  return {
    functions: [],
    woken,
    async wake(functionArn) {
      woken.push(functionArn);
    },
  };
}
