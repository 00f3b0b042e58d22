import { ALPHA, type Line, OTHERS, ours, sequential, tallyOf } from './line.ts';
import type { Results } from './pool.ts';
import type { Task } from './run-task.ts';
import { FAULTS, SETTINGS, windowsOfRelease } from './settings.ts';
import { addTallies, excessOf, newTally, rolledBackPercent, type Tally } from './tally.ts';

const EFFECTS = [1, ...FAULTS] as const;
const KAYENTA_RELEASES = 100;
const ORACLE = 'SPRT (told both)';

export interface Comparison {
  /** Simulated releases of each setting and effect. */
  releases: number;
  /** A whole number; the same seed gives the same windows. */
  seed: number;
  /** Name of the profile that is measured. */
  profile: string;
}

/** The judges of the table. @param kayentaReleases how many releases of a setting Kayenta's judges */
export function lineFor(profile: string, effect: number, kayentaReleases: number): Line {
  const each = (margin: number) =>
    ours(
      profile,
      name => (margin === 1 ? name : `${name}, margin ${margin}`),
      name => sequential(name, margin),
    );
  return {
    ...each(1),
    ...each(1.25),
    ...OTHERS,
    kayenta: { kind: 'kayenta', first: kayentaReleases },
    // a healthy release has no ratio that could be told: x2 stands for it
    [ORACLE]: { kind: 'sprt', ratio: effect === 1 ? 2 : effect },
  };
}

/** 180 settings of 30 minutes, all judges on the same windows: what is to be simulated for `judgeRows`. */
export function comparisonTasks({ releases, seed, profile }: Comparison): Task[] {
  const kayentaReleases = Math.min(KAYENTA_RELEASES, Math.ceil(releases / 4));
  return EFFECTS.flatMap(effect =>
    SETTINGS.map((setting, i) => ({
      key: keyOf(effect, i),
      traffic: { setting, ratio: effect, noise: 'binomial' as const },
      from: 0,
      releases,
      windows: windowsOfRelease(setting),
      horizonWindows: windowsOfRelease(setting),
      alpha: ALPHA,
      judges: Object.values(lineFor(profile, effect, kayentaReleases)),
      seed: [seed, 3, Math.round(effect * 10), i],
    })),
  );
}

const keyOf = (effect: number, i: number): string => `comparison x${effect} ${i}`;

/** What one judge did in the 180 settings, pooled: per cent of the releases, and excess failed requests a release. */
export interface JudgeRow {
  judge: string;
  /** Healthy releases, and the worst of the 36 settings. */
  falseRollBacksPercent: number;
  falseRollBacksWorstPercent: number;
  /** By fault: "x1.5", "x2", "x5", "x10". */
  foundPercent: Record<string, number>;
  excessFailedRequests: Record<string, number>;
  releases: number;
}

/** @param results of `comparisonTasks` with the same profile */
export function judgeRows(results: Results, profile: string): JudgeRow[] {
  const line = lineFor(profile, 2, 1);
  const byFault = (numberOf: (tally: Tally) => number, name: string) =>
    Object.fromEntries(FAULTS.map(effect => [`x${effect}`, numberOf(pooled(results, line, effect, name))]));
  return Object.keys(line).map(name => ({
    judge: name,
    falseRollBacksPercent: rolledBackPercent(pooled(results, line, 1, name)),
    falseRollBacksWorstPercent: Math.max(...perSetting(results, line, 1, name).map(rolledBackPercent)),
    foundPercent: byFault(rolledBackPercent, name),
    excessFailedRequests: byFault(excessOf, name),
    releases: EFFECTS.reduce((sum, effect) => sum + pooled(results, line, effect, name).releases, 0),
  }));
}

/** A tally for each of the settings, in their order. */
export const perSetting = (results: Results, line: Line, effect: number, name: string): Tally[] =>
  SETTINGS.map((_, i) => tallyOf(results, keyOf(effect, i), line, name));

export const pooled = (results: Results, line: Line, effect: number, name: string): Tally =>
  perSetting(results, line, effect, name).reduce(addTallies, newTally());
