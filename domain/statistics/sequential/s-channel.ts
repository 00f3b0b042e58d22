import { type CountLaw, fillCountLaw, newCountLaw } from './count-law.ts';

/**
 * The S-channel (docs/statistics.md (a)): exact conditional alpha spending on X, the canary's bad requests so far. The law
 * of X among the paths that are not stopped yet is kept; at each window the smallest boundary is drawn for which all mass
 * that was ever stopped stays within what may be spent by then. Kulldorff, Davis et al. (2011); Silva and Kulldorff (2015).
 *
 * Memory is reused from window to window, so a step makes no garbage once the law has its width.
 */
export interface SChannel {
  /** Windows so far. */
  k: number;
  /** The canary's bad requests so far. */
  x: number;
  /** X from which on the channel is crossed. */
  boundary: number;
  /** Probability under the null that was stopped so far, what was lost to truncation included. */
  spent: number;
  /** Windows so far in which X was at or above the boundary. */
  crossings: number;
  /** Bad requests of the canary that the null's edge makes of the windows so far, each window's over its inflation. */
  expected: number;
  /** Counts to a cell of the law: 1 while it is narrow enough to be exact. */
  cell: number;
  /** Sum of the windows' variances. */
  variance: number;
  /** The live law: `mass[0 … length)` for the cells `first …`. */
  mass: Float64Array;
  first: number;
  length: number;
  /** The next law is made here, then the two change places. */
  spare: Float64Array;
  increment: CountLaw;
}

/** Widest the law may be before its cells double: 128 cells to a standard deviation are some 1,300 in all. */
const CELLS_PER_DEVIATION = 128;
/** Mass at the law's lower end that is moved up rather than carried along. */
const LOWER_END = 1e-10;

export function newSChannel(): SChannel {
  const channel: SChannel = {
    k: 0,
    x: 0,
    boundary: 1,
    spent: 0,
    crossings: 0,
    expected: 0,
    cell: 1,
    variance: 0,
    mass: new Float64Array(512),
    first: 0,
    length: 1,
    spare: new Float64Array(512),
    increment: newCountLaw(),
  };
  channel.mass[0] = 1;
  return channel;
}

export function resetSChannel(channel: SChannel): void {
  channel.k = 0;
  channel.x = 0;
  channel.boundary = 1;
  channel.spent = 0;
  channel.crossings = 0;
  channel.expected = 0;
  channel.cell = 1;
  channel.variance = 0;
  channel.first = 0;
  channel.length = 1;
  channel.mass[0] = 1;
}

/** What of it is kept: plain JSON. */
export interface KeptSChannel
  extends Pick<SChannel, 'k' | 'x' | 'boundary' | 'spent' | 'crossings' | 'expected' | 'cell' | 'variance' | 'first'> {
  mass: number[];
}

export function keptSChannel(channel: SChannel): KeptSChannel {
  const { k, x, boundary, spent, crossings, expected, cell, variance, first, mass, length } = channel;
  return { k, x, boundary, spent, crossings, expected, cell, variance, first, mass: [...mass.subarray(0, length)] };
}

export function resumeSChannel(channel: SChannel, { mass, ...kept }: KeptSChannel): void {
  Object.assign(channel, kept);
  channel.length = mass.length;
  if (channel.mass.length < mass.length) channel.mass = new Float64Array(2 * mass.length);
  channel.mass.set(mass);
}

/**
 * One window more, in place.
 * @param canaryBad xc  @param bad m = xc + xb  @param share theta, the canary's part of m at the null's edge
 * @param inflation of the variance, 1 without a guard  @param budget alpha that may be spent by this window
 */
export function stepSChannel(
  channel: SChannel,
  canaryBad: number,
  bad: number,
  share: number,
  inflation: number,
  budget: number,
): void {
  channel.k += 1;
  channel.x += canaryBad;
  channel.expected = expectedAfter(channel, bad, share, inflation);
  channel.variance += bad * share * (1 - share) * Math.min(inflation, bad);
  coarsen(channel);
  fillCountLaw(channel.increment, bad, share, inflation, channel.cell);
  convolve(channel);
  stop(channel, budget);
  if (channel.x >= channel.boundary) channel.crossings += 1;
}

/** `expected` with one window more: what a spending function is told before the boundary is drawn. */
export const expectedAfter = (channel: SChannel, bad: number, share: number, inflation: number): number =>
  channel.expected + (bad * share) / inflation;

/** Doubles the cells until the law is narrow again: mass moves up, so that a boundary is only ever drawn higher. */
function coarsen(channel: SChannel): void {
  const deviation = Math.sqrt(channel.variance);
  while (deviation > CELLS_PER_DEVIATION * channel.cell) {
    const { mass, first, length } = channel;
    const newFirst = Math.ceil(first / 2);
    let last = 0;
    for (let i = 0; i < length; i += 1) {
      const at = Math.ceil((first + i) / 2) - newFirst;
      const moved = mass[i] as number;
      // `at` is never above i: what is overwritten was moved before
      if (i === 0 || at !== last) mass[at] = moved;
      else mass[at] = (mass[at] as number) + moved;
      last = at;
    }
    channel.first = newFirst;
    channel.length = last + 1;
    channel.cell *= 2;
  }
}

function convolve(channel: SChannel): void {
  const { mass, length, increment } = channel;
  const size = length + increment.length - 1;
  // Twice the room, so that a law which grows window by window does not need a new array in each.
  if (channel.spare.length < size) channel.spare = new Float64Array(2 * size);
  const out = channel.spare;
  out.fill(0, 0, size);
  // the shorter one outside: the inner loop runs long
  const outer = increment.length < length ? increment.mass : mass;
  const inner = increment.length < length ? mass : increment.mass;
  const outerLength = Math.min(increment.length, length);
  const innerLength = Math.max(increment.length, length);
  // Four at a time are a quarter of the passes over the law; the loop after it does what is left, by the same sums.
  let i = 0;
  for (; i + 3 < outerLength; i += 4) {
    const [w0, w1, w2, w3] = [
      outer[i] as number,
      outer[i + 1] as number,
      outer[i + 2] as number,
      outer[i + 3] as number,
    ];
    let [b1, b2, b3] = [0, 0, 0];
    for (let j = 0; j < innerLength; j += 1) {
      const b0 = inner[j] as number;
      out[i + j] = (out[i + j] as number) + w0 * b0 + w1 * b1 + w2 * b2 + w3 * b3;
      b3 = b2;
      b2 = b1;
      b1 = b0;
    }
    const end = i + innerLength;
    out[end] = (out[end] as number) + w1 * b1 + w2 * b2 + w3 * b3;
    out[end + 1] = (out[end + 1] as number) + w2 * b1 + w3 * b2;
    out[end + 2] = (out[end + 2] as number) + w3 * b1;
  }
  for (; i < outerLength; i += 1) {
    const weight = outer[i] as number;
    for (let j = 0; j < innerLength; j += 1) {
      out[i + j] = (out[i + j] as number) + weight * (inner[j] as number);
    }
  }
  channel.spent += increment.lost;
  channel.spare = mass;
  channel.mass = out;
  channel.first += increment.first;
  channel.length = size;
}

/** Draws the boundary, drops what is at or above it, and moves the negligible lower end up. */
function stop(channel: SChannel, budget: number): void {
  const { mass } = channel;
  let { length, spent } = channel;
  while (length > 0 && spent + (mass[length - 1] as number) <= budget) {
    length -= 1;
    spent += mass[length] as number;
  }
  channel.spent = spent;
  channel.boundary = boundaryValue(channel.first + length, channel.cell);
  let low = 0;
  let below = 0;
  while (below + (mass[low] as number) < LOWER_END) {
    below += mass[low] as number;
    low += 1;
  }
  mass.copyWithin(0, low, length);
  mass[0] = (mass[0] as number) + below;
  channel.first += low;
  channel.length = length - low;
}

/** A cell stands for the counts above those of the cell before: the lowest of the first cell that is stopped. */
const boundaryValue = (firstStopped: number, cell: number): number => (firstStopped - 1) * cell + 1;
