import type { Dial, Slot } from '../../../domain/dial.ts';

/** What an ALB takes for a target group: an integer, 0 to 999. Only the share of the sum counts. */
export type AlbWeights = Record<Slot, number>;

/**
 * The ALB weights whose shares are exactly the dial's: whole per cents as they are (75 and 25, as a person would write
 * them), one decimal as tenths (667 and 333). Tenths of a per cent other than 0 and 1000 are 1 to 999, so both always fit.
 * @throws RangeError for anything that is not a dial: outside 0 to 100, more than one decimal, not 100 in sum
 */
export function albWeightsOf(dial: Dial): AlbWeights {
  const tenths = { blue: Math.round(dial.blue * 10), green: Math.round(dial.green * 10) };
  const isDial =
    [dial.blue, dial.green].every(
      percent => percent >= 0 && Math.abs(percent * 10 - Math.round(percent * 10)) < 1e-6,
    ) && tenths.blue + tenths.green === 1000;
  if (!isDial) throw new RangeError(`{blue: ${dial.blue}, green: ${dial.green}} is not a dial`);
  return tenths.blue % 10 === 0 ? { blue: tenths.blue / 10, green: tenths.green / 10 } : tenths;
}

/**
 * The dial that ALB weights make, rounded to one decimal. What is not 0 never reads as 0: the smallest share that
 * two weights can make is 1 of 1000.
 * @returns undefined where both are 0: nobody gets a request then, which no dial says
 */
export function dialOf(weights: AlbWeights): Dial | undefined {
  const sum = weights.blue + weights.green;
  if (sum === 0) return undefined;
  const blue = Math.round((1000 * weights.blue) / sum);
  return { blue: blue / 10, green: (1000 - blue) / 10 };
}
