/**
 * The E-channel (docs/statistics.md (a)): a mixture over alternatives and over the moment the trouble starts, in
 * logarithms. Its e-value has expectation at most 1 under the null whenever it is looked at, so that by Ville's
 * inequality it ever reaches 1/alpha with probability alpha at most.
 */
export interface EChannel {
  /** Windows so far. */
  k: number;
  /** ln S_j of every alternative: -Infinity before the first window. */
  readonly logS: Float64Array;
  /** ln E; 0 before the first window. */
  logE: number;
}

/** What is given to the windows, 1 in sum: to window k, from 1 on, and what is left after it. */
export interface StartWeights {
  startWeight(k: number, horizonWindows: number): number;
  startWeightLeft(k: number, horizonWindows: number): number;
}

/** All the weight on the first window: evidence about the whole time, as for `healthy`. */
export const FROM_THE_FIRST: StartWeights = {
  startWeight: k => (k === 1 ? 1 : 0),
  startWeightLeft: () => 0,
};

export function newEChannel(alternatives: number): EChannel {
  return { k: 0, logS: new Float64Array(alternatives).fill(Number.NEGATIVE_INFINITY), logE: 0 };
}

export function resetEChannel(channel: EChannel): void {
  channel.k = 0;
  channel.logS.fill(Number.NEGATIVE_INFINITY);
  channel.logE = 0;
}

/**
 * One window more, in place: S_j = (S_j + s_k) exp(l_j), E = sum of pi_j S_j + the start weights still to come.
 * @param logEvidence l_j of the window per alternative  @param logPrior ln pi_j
 * @param windows that were summed up to this one: the trouble may have begun in any of them
 */
export function stepEChannel(
  channel: EChannel,
  logEvidence: Float64Array,
  logPrior: Float64Array,
  weights: StartWeights,
  horizonWindows: number,
  windows = 1,
): void {
  const { logS } = channel;
  const leftBefore = channel.k === 0 ? 1 : weights.startWeightLeft(channel.k, horizonWindows);
  channel.k += windows;
  const logStart = Math.log(
    windows === 1
      ? weights.startWeight(channel.k, horizonWindows)
      : leftBefore - weights.startWeightLeft(channel.k, horizonWindows),
  );
  let most = Math.log(weights.startWeightLeft(channel.k, horizonWindows));
  const left = most;
  for (let j = 0; j < logS.length; j += 1) {
    const before = logS[j] as number;
    const high = Math.max(before, logStart);
    const low = Math.min(before, logStart);
    const next = high + Math.log1p(Math.exp(low - high)) + (logEvidence[j] as number);
    logS[j] = next;
    most = Math.max(most, next);
  }
  let total = Math.exp(left - most);
  for (let j = 0; j < logS.length; j += 1) {
    total += Math.exp((logS[j] as number) + (logPrior[j] as number) - most);
  }
  channel.logE = most + Math.log(total);
}

/** What of it is kept: plain JSON. */
export interface KeptEChannel {
  k: number;
  logS: number[];
  logE: number;
}

export const keptEChannel = ({ k, logS, logE }: EChannel): KeptEChannel => ({ k, logS: [...logS], logE });

export function resumeEChannel(channel: EChannel, kept: KeptEChannel): void {
  channel.k = kept.k;
  channel.logS.set(kept.logS);
  channel.logE = kept.logE;
}

export const logsOf = (values: readonly number[]): Float64Array => Float64Array.from(values, value => Math.log(value));
