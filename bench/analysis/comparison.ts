import { excessOf, judged, percentInterval, rolledBackPercent, type Section } from './figures.ts';
import {
  ALPHA,
  besideOf,
  type Line,
  type Measure,
  measured,
  OTHERS,
  ours,
  sequential,
  tallyOf,
  type Wanted,
} from './measure.ts';
import type { Results } from './pool.ts';
import { addTallies, newTally, type Tally } from './run-task.ts';
import { canaryRequestsOfWindow, FAULTS, leastExcess, SETTINGS, type Setting, windowsOfRelease } from './settings.ts';

const EFFECTS = [1, ...FAULTS] as const;
const HARDEST = 10;
/** Failures of the canary that its first window must be expected to have for a fault of x10 to be found in it. */
const ENOUGH_FAILURES = 15;
const KAYENTA_RELEASES = 100;
const ORACLE = 'SPRT (told both)';

/** The judges of the table. @param kayentaReleases how many releases of a setting Kayenta's judges */
function lineFor(profile: string, effect: number, kayentaReleases: number): Line {
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

/** The specification's table: 180 settings of 30 minutes, all judges on the same windows. */
export function comparison({ size, seed, profile }: Wanted): Measure {
  const kayentaReleases = Math.min(KAYENTA_RELEASES, Math.ceil(size.compared / 4));
  return {
    tasks: EFFECTS.flatMap(effect =>
      SETTINGS.map((setting, i) => ({
        key: keyOf(effect, i),
        traffic: { setting, ratio: effect, noise: 'binomial' as const },
        from: 0,
        releases: size.compared,
        windows: windowsOfRelease(setting),
        horizonWindows: windowsOfRelease(setting),
        alpha: ALPHA,
        judges: Object.values(lineFor(profile, effect, kayentaReleases)),
        seed: [seed, 3, Math.round(effect * 10), i],
      })),
    ),
    report: results => report(results, profile, size.quick),
  };
}

const keyOf = (effect: number, i: number): string => `comparison x${effect} ${i}`;

/** Where a canary at `ratio` is expected to fail often enough in one window. */
export const isBusy = (setting: Setting, ratio: number): boolean =>
  canaryRequestsOfWindow(setting) * setting.baseRate * ratio >= ENOUGH_FAILURES;

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

const perSetting = (results: Results, line: Line, effect: number, name: string): Tally[] =>
  SETTINGS.map((_, i) => tallyOf(results, keyOf(effect, i), line, name));

const pooled = (results: Results, line: Line, effect: number, name: string): Tally =>
  perSetting(results, line, effect, name).reduce(addTallies, newTally());

export const ROW_COLUMNS = [
  'judge',
  'x1 %',
  'worst %',
  ...FAULTS.map(effect => `x${effect} found %`),
  ...FAULTS.map(effect => `excess x${effect}`),
];

export const rowCells = (row: JudgeRow): (string | number)[] => [
  row.judge,
  row.falseRollBacksPercent,
  row.falseRollBacksWorstPercent,
  ...Object.values(row.foundPercent),
  ...Object.values(row.excessFailedRequests),
];

function report(results: Results, profile: string, quick: boolean): Section {
  const line = lineFor(profile, 2, 1);
  const us = measured(line);
  const excess = (name: string) => excessOf(pooled(results, line, 2, name));
  const inFirst = (name: string) =>
    perSetting(results, line, HARDEST, name)
      .filter((_, i) => isBusy(SETTINGS[i] as Setting, HARDEST))
      .map(tally => ({ ...tally, rolledBack: tally.early[0] ?? 0 }));
  const least = (name: string): Tally =>
    inFirst(name).toSorted((a, b) => rolledBackPercent(a) - rolledBackPercent(b))[0] ?? newTally();
  const { releases } = pooled(results, line, 2, us);
  return {
    title: '180 settings of 30 minutes',
    how: `${releases} releases an effect; K = the windows of 30 minutes; guard off. Excess: failed requests served beyond the stable version's rate until the roll back, or the end. No rule can be below ${leastExcess(2, ALPHA).toFixed(1)} at x2 as the canary's share goes to 0.`,
    figures: [
      judged(
        {
          name: 'excess failed requests at x2, pooled',
          value: excess(us),
          unit: 'failed requests',
          limit: { atMost: 21 },
          beside: besideOf(line, excess),
        },
        quick,
      ),
      judged(
        {
          name: `x10 found in the first window where ${ENOUGH_FAILURES} canary failures are expected in it, worst of ${inFirst(us).length} settings`,
          value: rolledBackPercent(least(us)),
          unit: '%',
          interval: percentInterval(least(us)),
          limit: { atLeast: 95 },
          beside: besideOf(line, name => rolledBackPercent(least(name))),
        },
        quick,
      ),
    ],
    tables: [{ title: 'by judge', columns: ROW_COLUMNS, rows: judgeRows(results, profile).map(rowCells) }],
  };
}
