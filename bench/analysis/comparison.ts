import { comparisonTasks, type JudgeRow, judgeRows, lineFor, perSetting, pooled } from '../../comparison/compare.ts';
import { ALPHA } from '../../comparison/line.ts';
import type { Results } from '../../comparison/pool.ts';
import { canaryRequestsOfWindow, FAULTS, leastExcess, SETTINGS, type Setting } from '../../comparison/settings.ts';
import { excessOf, newTally, rolledBackPercent, type Tally } from '../../comparison/tally.ts';
import { fixedText } from '../../domain/number-text.ts';
import { judged, percentInterval, type Section } from './figures.ts';
import { besideOf, type Measure, measured, type Wanted } from './measure.ts';

const HARDEST = 10;
/** Failures of the canary that its first window must be expected to have for a fault of x10 to be found in it. */
const ENOUGH_FAILURES = 15;

/** The specification's table: 180 settings of 30 minutes, all judges on the same windows. */
export const comparison = ({ size, seed, profile }: Wanted): Measure => ({
  tasks: comparisonTasks({ releases: size.compared, seed, profile }),
  report: results => report(results, profile, size.quick),
});

/** Where a canary at `ratio` is expected to fail often enough in one window. */
export const isBusy = (setting: Setting, ratio: number): boolean =>
  canaryRequestsOfWindow(setting) * setting.baseRate * ratio >= ENOUGH_FAILURES;

const ROW_COLUMNS = [
  'judge',
  'x1 %',
  'worst %',
  ...FAULTS.map(effect => `x${effect} found %`),
  ...FAULTS.map(effect => `excess x${effect}`),
];

const rowCells = (row: JudgeRow): (string | number)[] => [
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
    how: `${releases} releases an effect; K = the windows of 30 minutes; guard off. Excess: failed requests served beyond the stable version's rate until the roll back, or the end. No rule can be below ${fixedText(leastExcess(2, ALPHA), 1)} at x2 as the canary's share goes to 0.`,
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
