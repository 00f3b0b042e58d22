import { comparisonTasks, type JudgeRow, judgeRows, lineFor, perSetting, pooled } from '../../comparison/compare.ts';
import { ALPHA } from '../../comparison/line.ts';
import type { Results } from '../../comparison/pool.ts';
import { FAULTS, leastExcess } from '../../comparison/settings.ts';
import { excessOf } from '../../comparison/tally.ts';
import { fixedText } from '../../domain/number-text.ts';
import { judged, type Section } from './figures.ts';
import { ENOUGH_FAILURES, HARDEST, hardestFault } from './hardest-fault.ts';
import { besideOf, type Measure, measured, type Wanted } from './measure.ts';

/** The specification's table: 180 settings of 30 minutes, all judges on the same windows. */
export const comparison = ({ size, seed, profile }: Wanted): Measure => ({
  tasks: comparisonTasks({ releases: size.compared, seed, profile }),
  report: results => report(results, profile, size.quick),
});

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
      hardestFault({
        line,
        quick,
        perSetting: name => perSetting(results, line, HARDEST, name),
        windows: 1,
        nameOf: settings =>
          `x10 found in the first window where ${ENOUGH_FAILURES} canary failures are expected in it, worst of ${settings} settings`,
      }),
    ],
    tables: [{ title: 'by judge', columns: ROW_COLUMNS, rows: judgeRows(results, profile).map(rowCells) }],
  };
}
