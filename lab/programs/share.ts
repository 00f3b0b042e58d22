/** True for exactly `share` (0 to 1) of the numbers 1, 2, 3, ..., evenly spread: the same for every run. */
export const isOneOf = (share: number, number: number): boolean =>
  Math.floor(number * share) > Math.floor((number - 1) * share);
