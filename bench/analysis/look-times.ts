import {
  type Comparison,
  newComparison,
  resetComparison,
  stepComparison,
} from '../../domain/judgement/sequential/comparison.ts';
import { drawBinomial } from '../../domain/random/draws.ts';
import { newRandom, type Random } from '../../domain/random/random.ts';
import { medianOf } from '../figure.ts';
import { type AnalysisFigure, judged, type Section } from './figures.ts';
import { ALPHA } from './measure.ts';
import { profileNamed } from './profiles.ts';

const HORIZON = 120;
/** Before anything is measured: the engine compiles what runs often. */
const WARM_UP = 5;

type Counts = Parameters<typeof stepComparison>[1];

/** How long a look takes, in this thread: run it while the machine does nothing else. */
export function lookTimes(profile: string, { quick, seed }: { quick: boolean; seed: number }): Section {
  const random = newRandom(seed, 8);
  const repeats = quick ? 20 : 100;
  const figures = [false, true].flatMap(guard => {
    const make = () => newLook(profile, guard);
    const label = guard ? 'guard on' : 'guard off';
    const hundred = windowsOf(random, HORIZON, { requests: 10_000, share: 0.1, bad: 100 });
    const busy = windowsOf(random, HORIZON, { requests: 1e9, share: 0.1, bad: 1e7 });
    const all = windowsOf(random, HORIZON, { requests: 1e10, share: 0.25, bad: 1e9 });
    return [
      figure(`one window more, m = 100, after 119 others, ${label}`, oneMore(make, hundred, repeats), 5),
      figure(`from scratch over 120 windows, m = 100, ${label}`, fromScratch(make, hundred, repeats), 5),
      figure(`one window more, 10^7 bad of 10^9 requests, ${label}`, eachWindow(make, busy), 50),
      figure(`one window more, 10^9 bad of 10^10 requests, ${label}`, eachWindow(make, all), 50),
    ];
  });
  return {
    title: 'The time of a look',
    how: `Medians, one thread, Node ${process.version}; of huge counts the slowest window.`,
    figures,
  };
}

const figure = (name: string, value: number, atMost: number): AnalysisFigure =>
  judged({ name, value, unit: 'ms', limit: { atMost } }, false);

function newLook(profileName: string, guard: boolean): Comparison {
  const profile = profileNamed(profileName);
  return newComparison({
    profile,
    margin: 1.25,
    horizonWindows: HORIZON,
    sAlpha: profile.sShare * ALPHA,
    eAlpha: profile.eShare * ALPHA,
    thresholds: 1,
    phi: guard ? [3] : undefined,
    nonInferiority: 2,
  });
}

/** Healthy windows with about, and never more than, `bad` failures of both versions. */
function windowsOf(random: Random, count: number, of: { requests: number; share: number; bad: number }): Counts[] {
  return Array.from({ length: count }, () => {
    const canaryBad = drawBinomial(random, of.bad, of.share);
    const canaryRequests = Math.round(of.requests * of.share);
    return {
      canaryRequests,
      canaryBad: [canaryBad],
      stableRequests: of.requests - canaryRequests,
      stableBad: [of.bad - canaryBad],
    };
  });
}

function fromScratch(make: () => Comparison, windows: readonly Counts[], repeats: number): number {
  const comparison = make();
  return medianAfterWarmUp(repeats, () => {
    resetComparison(comparison);
    const from = performance.now();
    for (const window of windows) stepComparison(comparison, window);
    return performance.now() - from;
  });
}

function oneMore(make: () => Comparison, windows: readonly Counts[], repeats: number): number {
  const comparison = make();
  const last = windows.at(-1) as Counts;
  return medianAfterWarmUp(repeats, () => {
    resetComparison(comparison);
    for (const window of windows.slice(0, -1)) stepComparison(comparison, window);
    const from = performance.now();
    stepComparison(comparison, last);
    return performance.now() - from;
  });
}

/** The slowest window of a release. */
function eachWindow(make: () => Comparison, windows: readonly Counts[]): number {
  const comparison = make();
  for (const window of windows.slice(0, WARM_UP)) stepComparison(comparison, window);
  resetComparison(comparison);
  let slowest = 0;
  for (const window of windows) {
    const from = performance.now();
    stepComparison(comparison, window);
    slowest = Math.max(slowest, performance.now() - from);
  }
  return slowest;
}

function medianAfterWarmUp(repeats: number, measure: () => number): number {
  for (let i = 0; i < WARM_UP; i += 1) measure();
  return medianOf(Array.from({ length: repeats }, measure));
}
