import { ALPHA } from '../../comparison/line.ts';
import { profileNamed } from '../../comparison/profiles.ts';
import { drawBinomial } from '../../domain/statistics/draws.ts';
import { newRandom, type Random } from '../../domain/statistics/random.ts';
import {
  type Comparison,
  newComparison,
  resetComparison,
  stepComparison,
} from '../../domain/statistics/sequential/comparison.ts';
import { type AnalysisFigure, judged, type Section } from './figures.ts';

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
    how: `The fastest of ${repeats} repetitions, one thread, Node ${process.version}; of huge counts the slowest window, each at its fastest of 3.`,
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
  return fastestAfterWarmUp(repeats, () => {
    resetComparison(comparison);
    const from = performance.now();
    for (const window of windows) stepComparison(comparison, window);
    return performance.now() - from;
  });
}

function oneMore(make: () => Comparison, windows: readonly Counts[], repeats: number): number {
  const comparison = make();
  const last = windows.at(-1) as Counts;
  return fastestAfterWarmUp(repeats, () => {
    resetComparison(comparison);
    for (const window of windows.slice(0, -1)) stepComparison(comparison, window);
    const from = performance.now();
    stepComparison(comparison, last);
    return performance.now() - from;
  });
}

/** The slowest window of a release, each at its fastest of a few releases with the same windows. */
function eachWindow(make: () => Comparison, windows: readonly Counts[]): number {
  const comparison = make();
  const fastest = windows.map(() => Number.POSITIVE_INFINITY);
  for (let release = 0; release < 3; release += 1) {
    resetComparison(comparison);
    for (const [k, window] of windows.entries()) {
      const from = performance.now();
      stepComparison(comparison, window);
      fastest[k] = Math.min(fastest[k] ?? 0, performance.now() - from);
    }
  }
  return Math.max(...fastest);
}

/** What the work takes: whatever else the machine does only ever adds to it. */
function fastestAfterWarmUp(repeats: number, measure: () => number): number {
  for (let i = 0; i < WARM_UP; i += 1) measure();
  return Math.min(...Array.from({ length: repeats }, measure));
}
