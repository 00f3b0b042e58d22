/** The two slots of a workload. At rest one is live, the other scaled to zero. */
export const SLOTS = ['blue', 'green'] as const;
export type Slot = (typeof SLOTS)[number];

/** Per cent of requests that each slot gets, 0 to 100 with at most one decimal; by slot, never by role. */
export interface Dial {
  blue: number;
  green: number;
}

export const otherSlot = (slot: Slot): Slot => (slot === 'blue' ? 'green' : 'blue');

/** The dial on which `canary` gets `weight` per cent and the other slot the rest. */
export function dialFor(canary: Slot, weight: number): Dial {
  // 100 - 33.3 is 66.7, not 66.69999999999999: the dial has one decimal
  const rest = Math.round((100 - weight) * 10) / 10;
  return canary === 'blue' ? { blue: weight, green: rest } : { blue: rest, green: weight };
}

/** Equal as far as a router can tell them apart: weights are set to one decimal, an ALB answers in 1/999. */
export const sameDial = (a: Dial, b: Dial): boolean =>
  Math.abs(a.blue - b.blue) < 0.1 && Math.abs(a.green - b.green) < 0.1;

/** `blue 75 %, green 25 %` */
export const dialText = (dial: Dial): string => `blue ${dial.blue} %, green ${dial.green} %`;
