import { normalQuantile } from '../kayenta/normal.ts';
import { type CeilingSettings, newCeilingWatch, stepCeilingWatch } from './ceiling-watch.ts';
import { type ComparisonSettings, newComparison, stepComparison } from './comparison.ts';
import { fillCountLaw, newCountLaw } from './count-law.ts';
import { inflationOf } from './dispersion.ts';
import { expectedAfter, newSChannel, stepSChannel } from './s-channel.ts';
import { badShareAt } from './window-evidence.ts';

/** Requests of one scored window, or of some in a row; of `margin` see `marginAt`. */
export interface SeenWindow {
  canaryRequests: number;
  stableRequests: number;
  margin: number;
  /** Windows that these are the sums of; absent: 1. */
  windows?: number;
}

/** A fault that is looked for: bad shares per threshold, 0 to 1. */
export interface Fault {
  /** The stable version's. */
  rates: readonly number[];
  /** A canary's that has the fault. */
  faulty: readonly number[];
}

/**
 * Would the windows so far have found a canary with this fault (docs/statistics.md, "From evidence to a verdict")? By the
 * S-channel: its boundary is drawn for the counts that such a canary would have made, and the law of its failures is
 * followed through it, two windows at or above it where the guard wants two. How many failures there are is chance as well:
 * where they are few, the mean over paths at even quantiles of their number.
 * @param wanted the probability that it must have been found with, above 0 and below 1
 */
export function wouldFind(
  settings: ComparisonSettings,
  windows: readonly SeenWindow[],
  fault: Fault,
  wanted: number,
): boolean {
  if (windows.length === 0) return false;
  if (!hasLaw(settings)) return quantilePathCrosses(settings, windows, fault, wanted);
  const rate = fault.rates[0] as number;
  const faulty = fault.faulty[0] as number;
  const all = expectedBad(windows, rate, faulty);
  if (all === 0) return false;
  const power = (part: number, enough: number) =>
    spendingPower(settings, windows, { rate, faulty, part }, enough).found;
  if (all >= MANY_FAILURES) return power(1, wanted) >= wanted;
  return meanIsAtLeast(wanted, path => {
    const count = countQuantile(all, settings.phi?.[0] ?? 1, (path + 0.5) / PATHS);
    return power(count / all, SURE);
  });
}

/**
 * After about how many windows that repeat these a canary with this fault would have been found, by its expected number of
 * failures alone: for a sentence that says "about". A whole number of times all of them, 2, 4, 8 and so on; undefined where
 * `longest` of them are not enough.
 */
export function windowsUntilFound(
  settings: ComparisonSettings,
  windows: readonly SeenWindow[],
  fault: Fault,
  { wanted, longest }: { wanted: number; longest: number },
): number | undefined {
  const count = windows.reduce((sum, one) => sum + (one.windows ?? 1), 0);
  if (2 * count > longest) return undefined;
  const repeated = (times: number): SeenWindow[] => Array.from({ length: times }, () => windows).flat();
  const doubled: number[] = [];
  for (let times = 2; times * count <= longest; times *= 2) doubled.push(times);
  if (!hasLaw(settings)) {
    const times = doubled.find(more => quantilePathCrosses(settings, repeated(more), fault, wanted));
    return times === undefined ? undefined : times * count;
  }
  const [rate, faulty] = [fault.rates[0] as number, fault.faulty[0] as number];
  if (expectedBad(windows, rate, faulty) === 0) return undefined;
  // what the first windows find does not depend on those after them: one walk says it of each length
  const walk = spendingPower(settings, repeated(doubled.at(-1) as number), { rate, faulty, part: 1 }, wanted);
  if (walk.found < wanted) return undefined;
  return (doubled.find(times => times * count >= walk.windows) as number) * count;
}

/** Failures of both versions. */
const expectedBad = (windows: readonly SeenWindow[], rate: number, faulty: number): number =>
  windows.reduce((sum, one) => sum + (rate * one.stableRequests + faulty * one.canaryRequests), 0);

/** Whether the comparison is by the S-channel alone: only its boundary has a law that can be followed. */
const hasLaw = (settings: ComparisonSettings): boolean =>
  settings.thresholds === 1 && settings.sAlpha > 0 && settings.floor === undefined;

/** Whether the mean of the paths' powers is at least that. Paths with few failures come first: they settle a no soonest. */
function meanIsAtLeast(wanted: number, powerAt: (path: number) => number): boolean {
  let found = 0;
  for (let path = 0; path < PATHS; path += 1) {
    found += powerAt(path);
    if (found + (PATHS - 1 - path) < wanted * PATHS) return false;
    if (found >= wanted * PATHS) return true;
  }
  return false;
}

/** A path that is as good as sure is not followed further. */
const SURE = 0.9999;
/** From so many failures on the power at their expected number is as good as the mean over what chance makes of it. */
const MANY_FAILURES = 60;
/** So many quantiles of the number of failures stand for all of them. */
const PATHS = 10;

/** Quantile of a count with this mean, its variance `noise` times that of a Poisson count (Cornish and Fisher, 1938). */
function countQuantile(mean: number, noise: number, probability: number): number {
  const z = normalQuantile(probability);
  return Math.max(0, mean + z * Math.sqrt(mean * noise) + (noise * (z * z - 1)) / 6);
}

/**
 * The probability that it is found, and after how many of the windows: the first at which it is `enough`, else all.
 * @param part of the expected failures that this path has
 */
function spendingPower(
  settings: ComparisonSettings,
  windows: readonly SeenWindow[],
  { rate, faulty, part }: { rate: number; faulty: number; part: number },
  enough: number,
): { found: number; windows: number } {
  const { profile, sAlpha, horizonWindows } = settings;
  const noise = settings.phi?.[0];
  const needed = noise === undefined ? 1 : profile.guard.windowsThatAgree;
  const healthy = newSChannel();
  const increment = newCountLaw();
  // paths by how often they have been at the boundary: layers[i] holds those with i times
  let layers: Layer[] = Array.from({ length: needed }, () => ({ first: 0, mass: new Float64Array(0) }));
  layers[0] = { first: 0, mass: Float64Array.of(1) };
  let found = 0;
  let carriedBad = 0;
  let cell = healthy.cell;
  let k = 0;
  for (const [index, window] of windows.entries()) {
    const { windows: summed = 1 } = window;
    k += summed;
    const canaryBad = faulty * window.canaryRequests;
    const expectedBad = rate * window.stableRequests + canaryBad;
    // whole counts: what a window is short of one goes to the next
    const wanted = carriedBad + part * expectedBad;
    const bad = Math.round(wanted);
    carriedBad = wanted - bad;
    const share = window.canaryRequests / (window.canaryRequests + window.stableRequests);
    const theta = badShareAt(share, window.margin);
    const inflation = (of: number) =>
      noise === undefined ? 1 : inflationOf(noise, profile.guard.tau, bad / summed, of);
    const expected = expectedAfter(healthy, bad, theta, inflation(theta));
    const budget = sAlpha * profile.spending(k, horizonWindows, expected);
    stepSChannel(healthy, 0, bad, theta, inflation(theta), budget);
    // Both laws have to be in cells of one size; on coarser ones the same chance is worked out in less time.
    while (cell < healthy.cell) {
      layers = layers.map(halved);
      cell *= 2;
    }
    const faultyShare = canaryBad / expectedBad;
    fillCountLaw(increment, bad, faultyShare, inflation(faultyShare), cell);
    const stop = Math.ceil(healthy.boundary / cell);
    const moved = layers.map(layer => split(convolved(layer, increment), stop));
    layers = moved.map(({ below }, i) => joined(below, moved[i - 1]?.above));
    for (const mass of (moved.at(-1) as { above: Layer }).above.mass) found += mass;
    if (found >= enough) return { found, windows: index + 1 };
  }
  return { found, windows: windows.length };
}

interface Layer {
  first: number;
  mass: Float64Array;
}

/** Weights below it carry nothing to the sum that anybody could see: at the ends of a layer they are left out. */
const NO_WEIGHT = 1e-15;

function convolved(layer: Layer, increment: { mass: Float64Array; first: number; length: number }): Layer {
  let [from, to] = [0, layer.mass.length];
  while (from < to && (layer.mass[from] as number) < NO_WEIGHT) from += 1;
  while (to > from && (layer.mass[to - 1] as number) < NO_WEIGHT) to -= 1;
  if (from === to) return { first: layer.first, mass: new Float64Array(0) };
  const mass = new Float64Array(to - from + increment.length - 1);
  for (let i = from; i < to; i += 1) {
    const weight = layer.mass[i] as number;
    if (weight < NO_WEIGHT) continue;
    const at = i - from;
    for (let j = 0; j < increment.length; j += 1) {
      mass[at + j] = (mass[at + j] as number) + weight * (increment.mass[j] as number);
    }
  }
  return { first: layer.first + from + increment.first, mass };
}

/** What is at or above the boundary goes on in the next layer, where it still has its count. */
function split({ first, mass }: Layer, stop: number): { below: Layer; above: Layer } {
  const at = Math.max(0, stop - first);
  return { below: { first, mass: mass.slice(0, at) }, above: { first: first + at, mass: mass.slice(at) } };
}

/** What stayed below the boundary, and above it what came to it from the layer before: no count is in both. */
function joined(below: Layer, above: Layer | undefined): Layer {
  if (above === undefined || above.mass.length === 0) return below;
  if (below.mass.length === 0) return above;
  const mass = new Float64Array(above.first + above.mass.length - below.first);
  mass.set(below.mass);
  mass.set(above.mass, above.first - below.first);
  return { first: below.first, mass };
}

function halved({ first, mass }: Layer): Layer {
  const newFirst = Math.ceil(first / 2);
  if (mass.length === 0) return { first: newFirst, mass };
  const out = new Float64Array(Math.ceil((first + mass.length - 1) / 2) - newFirst + 1);
  for (const [i, weight] of mass.entries()) {
    const at = Math.ceil((first + i) / 2) - newFirst;
    out[at] = (out[at] as number) + weight;
  }
  return { first: newFirst, mass: out };
}

/**
 * With averages or a floor: whether the comparison gets there on the path on which the canary's failures stay, in sum, at the
 * lower (1 - enough) quantile of what such a canary makes. Averages of e-values have no law that could be followed.
 */
function quantilePathCrosses(
  settings: ComparisonSettings,
  windows: readonly SeenWindow[],
  { rates, faulty }: Fault,
  enough: number,
): boolean {
  const { profile, phi, eAlpha, sAlpha } = settings;
  const quantile = faulty.map((rate, t) => {
    const noise = (bad: number) => (phi === undefined ? 1 : (phi[t] ?? 1) + profile.guard.tau ** 2 * bad);
    return lowerPart(windows, rate, noise, enough);
  });
  const comparison = newComparison(settings);
  // whole counts for the S-channel's law: what a window is short of one goes to the next
  const whole = sAlpha > 0 && settings.thresholds === 1;
  const canaryCarry = new Carry();
  const stableCarry = new Carry();
  for (const { canaryRequests, stableRequests, margin, windows: summed = 1 } of windows) {
    const canaryBad = faulty.map((rate, t) => canaryRequests * rate * (quantile[t] ?? 0));
    const stableBad = rates.map(rate => stableRequests * rate);
    stepComparison(
      comparison,
      {
        canaryRequests,
        canaryBad: whole ? canaryBad.map(bad => canaryCarry.whole(bad)) : canaryBad,
        stableRequests,
        stableBad: whole ? stableBad.map(bad => stableCarry.whole(bad)) : stableBad,
        windows: summed,
      },
      margin,
    );
    if (comparison.logE >= -Math.log(eAlpha) || comparison.sCrossed) return true;
  }
  return false;
}

/** Whole numbers that follow a sum of fractions. */
class Carry {
  private left = 0;

  whole(value: number): number {
    const wanted = this.left + value;
    const rounded = Math.round(wanted);
    this.left = wanted - rounded;
    return rounded;
  }
}

/** The part of the expected failures that a canary has at least with this probability. @param noise variance per failure of a window */
function lowerPart(
  windows: readonly AloneWindow[],
  rate: number,
  noise: (bad: number) => number,
  probability: number,
): number {
  let [mean, variance] = [0, 0];
  for (const { canaryRequests, windows: summed = 1 } of windows) {
    const bad = canaryRequests * rate;
    mean += bad;
    variance += bad * (1 - rate) * noise(bad / summed);
  }
  return mean === 0 ? 0 : Math.max(0, 1 - (normalQuantile(probability) * Math.sqrt(variance)) / mean);
}

type AloneWindow = Pick<SeenWindow, 'canaryRequests' | 'windows'>;

/** The same for a ceiling: whether a canary with these bad shares would have been found by now. */
export function ceilingFinds(
  settings: CeilingSettings,
  windows: readonly AloneWindow[],
  faulty: readonly number[],
  power: number,
): boolean {
  const watch = newCeilingWatch(settings);
  const quantile = faulty.map((rate, t) => lowerPart(windows, rate, () => settings.phi?.[t] ?? 1, power));
  for (const { canaryRequests: requests, windows: summed = 1 } of windows) {
    const bad = faulty.map((rate, t) => requests * rate * (quantile[t] ?? 0));
    stepCeilingWatch(watch, requests, bad, summed);
    if (watch.logE >= -Math.log(settings.alpha)) return true;
  }
  return false;
}
