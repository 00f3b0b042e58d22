import type { Dial, Slot } from '../../../domain/dial.ts';

export const BOTH: readonly Slot[] = ['blue', 'green'];

export const theOther = (slot: Slot): Slot => (slot === 'blue' ? 'green' : 'blue');

/** Everything to this slot. */
export const wholeOn = (slot: Slot): Dial => ({ blue: slot === 'blue' ? 100 : 0, green: slot === 'green' ? 100 : 0 });

/** A router answers in steps of a tenth of a per cent. */
export const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 0.15;

export const isSame = (a: Dial, b: Dial): boolean => isNear(a.blue, b.blue) && isNear(a.green, b.green);

export const inWords = ({ blue, green }: Dial): string => `blue ${blue} %, green ${green} %`;
