import { normalQuantile } from '../kayenta/normal.ts';
import { type CeilingSettings, newCeilingWatch, stepCeilingWatch } from './ceiling-watch.ts';
import { type ComparisonSettings, newComparison, stepComparison } from './comparison.ts';
import { fillCountLaw, newCountLaw } from './count-law.ts';
import { inflationOf } from './dispersion.ts';
import { expectedAfter, newSChannel, stepSChannel } from './s-channel.ts';
import { badShareAt } from './window-evidence.ts';

/** Requests of one scored window; of `margin` see `marginAt`. */
export interface SeenWindow {
  canaryRequests: number;
  stableRequests: number;
  margin: number;
}

/**
 * Would the windows so far have found a canary whose failure rate is `rate` (docs/statistics.md, "From evidence to a
 * verdict")? By the S-channel exactly: its boundary is drawn for the counts that such a canary would have made, and the
 * law of its failures is followed through it, two windows at or above it where the guard wants two.
 * @param rates the stable version's, per threshold  @param ratio how much worse such a canary is
 * @returns the probability, 0 to 1; as soon as it is at `enough` the rest of the windows is not looked at
 */
export function powerOf(
  settings: ComparisonSettings,
  windows: readonly SeenWindow[],
  fault: { rates: readonly number[]; ratio: number },
  enough: number,
): number {
  if (settings.thresholds > 1 || settings.sAlpha === 0 || settings.floor !== undefined) {
    return quantilePathCrosses(settings, windows, fault, enough) ? enough : 0;
  }
  return spendingPower(settings, windows, { rate: fault.rates[0] as number, ratio: fault.ratio }, enough);
}

function spendingPower(
  settings: ComparisonSettings,
  windows: readonly SeenWindow[],
  { rate, ratio }: { rate: number; ratio: number },
  enough: number,
): number {
  const { profile, sAlpha, horizonWindows } = settings;
  const noise = settings.phi?.[0];
  const needed = noise === undefined ? 1 : profile.guard.windowsThatAgree;
  const healthy = newSChannel();
  const increment = newCountLaw();
  // paths by how often they have been at the boundary: layers[i] holds those with i times
  let layers: Layer[] = Array.from({ length: needed }, () => ({ first: 0, mass: [] }));
  layers[0] = { first: 0, mass: [1] };
  let found = 0;
  let carriedBad = 0;
  let cell = healthy.cell;
  for (const [index, window] of windows.entries()) {
    // whole counts: what a window is short of one goes to the next
    const wanted = carriedBad + rate * window.stableRequests + Math.min(1, ratio * rate) * window.canaryRequests;
    const bad = Math.round(wanted);
    carriedBad = wanted - bad;
    const share = window.canaryRequests / (window.canaryRequests + window.stableRequests);
    const theta = badShareAt(share, window.margin);
    const inflation = (part: number) => (noise === undefined ? 1 : inflationOf(noise, profile.guard.tau, bad, part));
    const expected = expectedAfter(healthy, bad, theta, inflation(theta));
    const budget = sAlpha * profile.spending(index + 1, horizonWindows, expected);
    stepSChannel(healthy, 0, bad, theta, inflation(theta), budget);
    while (cell < healthy.cell) {
      layers = layers.map(halved);
      cell *= 2;
    }
    const faulty = badShareAt(share, ratio);
    fillCountLaw(increment, bad, faulty, inflation(faulty), cell);
    const stop = Math.ceil(healthy.boundary / cell);
    const moved = layers.map(layer => split(convolved(layer, increment), stop));
    layers = moved.map(({ below }, i) => joined(below, moved[i - 1]?.above));
    for (const mass of (moved.at(-1) as { above: Layer }).above.mass) found += mass;
    if (found >= enough) return found;
  }
  return found;
}

interface Layer {
  first: number;
  mass: number[];
}

function convolved(layer: Layer, increment: { mass: Float64Array; first: number; length: number }): Layer {
  if (layer.mass.length === 0) return layer;
  const mass = new Array<number>(layer.mass.length + increment.length - 1).fill(0);
  for (const [i, weight] of layer.mass.entries()) {
    if (weight < 1e-15) continue;
    for (let j = 0; j < increment.length; j += 1) {
      mass[i + j] = (mass[i + j] as number) + weight * (increment.mass[j] as number);
    }
  }
  return { first: layer.first + increment.first, mass };
}

/** What is at or above the boundary goes on in the next layer, where it still has its count. */
function split({ first, mass }: Layer, stop: number): { below: Layer; above: Layer } {
  const at = Math.max(0, stop - first);
  return { below: { first, mass: mass.slice(0, at) }, above: { first: first + at, mass: mass.slice(at) } };
}

/**
 * What stayed below the boundary, and what came to it from the layer before. The layer's own paths have been at a boundary
 * that the layer before has not: they reach at least as high, up to this boundary, where the others begin.
 */
function joined(below: Layer, above: Layer | undefined): Layer {
  if (above === undefined) return below;
  if (below.mass.length === 0) return above;
  return { first: below.first, mass: below.mass.concat(above.mass) };
}

function halved({ first, mass }: Layer): Layer {
  const newFirst = Math.ceil(first / 2);
  const out: number[] = [];
  for (const [i, weight] of mass.entries()) {
    const at = Math.ceil((first + i) / 2) - newFirst;
    out[at] = (out[at] ?? 0) + weight;
  }
  return { first: newFirst, mass: out };
}

/**
 * Without an S-channel: whether E gets there on the path on which the canary's failures stay, in sum, at the lower
 * (1 - enough) quantile of what such a canary makes. Averages of e-values have no law that could be followed.
 */
function quantilePathCrosses(
  settings: ComparisonSettings,
  windows: readonly SeenWindow[],
  { rates, ratio }: { rates: readonly number[]; ratio: number },
  enough: number,
): boolean {
  const { profile, phi, floor, eAlpha } = settings;
  const faulty = rates.map(rate => Math.min(1, ratio * Math.max(rate, floor ?? 0)));
  const quantile = faulty.map((rate, t) => {
    let [mean, variance] = [0, 0];
    for (const { canaryRequests } of windows) {
      const bad = canaryRequests * rate;
      mean += bad;
      variance += bad * (1 - rate) * (phi === undefined ? 1 : (phi[t] ?? 1) + profile.guard.tau ** 2 * bad);
    }
    return mean === 0 ? 0 : Math.max(0, 1 - (normalQuantile(enough) * Math.sqrt(variance)) / mean);
  });
  const comparison = newComparison({ ...settings, sAlpha: 0 });
  for (const window of windows) {
    const { canaryRequests, stableRequests, margin } = window;
    stepComparison(
      comparison,
      {
        canaryRequests,
        canaryBad: faulty.map((rate, t) => canaryRequests * rate * (quantile[t] ?? 0)),
        stableRequests,
        stableBad: rates.map(rate => stableRequests * rate),
      },
      margin,
    );
    if (comparison.logE >= -Math.log(eAlpha)) return true;
  }
  return false;
}

/** The same for a ceiling: whether a canary at `ratio` times the ceiling would have been found by now. */
export function ceilingFinds(
  settings: CeilingSettings,
  canaryRequests: readonly number[],
  ratio: number,
  power: number,
): boolean {
  const watch = newCeilingWatch(settings);
  const total = canaryRequests.reduce((sum, requests) => sum + requests, 0);
  const rates = settings.limits.map(limit => Math.min(1, limit * ratio));
  const quantile = rates.map((rate, t) => {
    const mean = total * rate;
    const variance = mean * (1 - rate) * (settings.phi?.[t] ?? 1);
    return mean === 0 ? 0 : Math.max(0, 1 - (normalQuantile(power) * Math.sqrt(variance)) / mean);
  });
  for (const requests of canaryRequests) {
    stepCeilingWatch(
      watch,
      requests,
      rates.map((rate, t) => requests * rate * (quantile[t] ?? 0)),
    );
    if (watch.logE >= -Math.log(settings.alpha)) return true;
  }
  return false;
}
