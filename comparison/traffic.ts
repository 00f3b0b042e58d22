import { drawBinomial, drawClumped, drawNormal } from '../domain/statistics/draws.ts';
import type { Random } from '../domain/statistics/random.ts';
import { requestsOfWindow, type Setting } from './settings.ts';

/**
 * How the counts come about.
 * - binomial: every request fails by itself.
 * - clumped: failures come in clumps, such as retries: negative binomial with 5 times the variance, each version by itself.
 * - persistent: the versions are equal code, but differ by 10 % (standard deviation) for the whole release: zone, node type.
 */
export type Noise = 'binomial' | 'clumped' | 'persistent';

const CLUMPED_DISPERSION = 5;
const PERSISTENT_DEVIATION = 0.1;

/** Counts of one window, filled anew for every window: a simulation makes no garbage. */
export interface Window {
  canaryRequests: number;
  canaryBad: number;
  stableRequests: number;
  stableBad: number;
}

export const newWindow = (): Window => ({ canaryRequests: 0, canaryBad: 0, stableRequests: 0, stableBad: 0 });

export interface Traffic {
  setting: Setting;
  /** How many times the stable version's rate the canary's is. */
  ratio: number;
  noise: Noise;
  /** Windows before the fault begins; absent: it is there from the start. */
  healthyWindows?: number;
}

/** The canary's failures per request in one release, before its fault begins and from then on. */
export function canaryRateOf(random: Random, { setting, ratio, noise }: Traffic): { healthy: number; faulty: number } {
  // a lognormal ratio of equal versions: as often better as worse
  const difference = noise === 'persistent' ? Math.exp(PERSISTENT_DEVIATION * drawNormal(random)) : 1;
  const healthy = setting.baseRate * difference;
  return { healthy, faulty: healthy * ratio };
}

/** The next window of a release, into `window`: the router gives each request to the canary with the chance of its share. */
export function drawWindow(random: Random, { setting, noise }: Traffic, canaryRate: number, window: Window): void {
  const requests = requestsOfWindow(setting);
  window.canaryRequests = drawBinomial(random, requests, setting.share);
  window.stableRequests = requests - window.canaryRequests;
  window.canaryBad = drawBad(random, noise, window.canaryRequests, canaryRate);
  window.stableBad = drawBad(random, noise, window.stableRequests, setting.baseRate);
}

/** The stable version alone, before the release: what the guard's dispersion is measured from. */
export const drawStableBad = (random: Random, { setting, noise }: Traffic): number =>
  drawBad(random, noise, requestsOfWindow(setting), setting.baseRate);

function drawBad(random: Random, noise: Noise, requests: number, rate: number): number {
  if (noise !== 'clumped') return drawBinomial(random, requests, rate);
  return Math.min(requests, drawClumped(random, requests * rate, CLUMPED_DISPERSION));
}
