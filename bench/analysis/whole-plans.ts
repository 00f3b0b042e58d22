import { runPieces } from '../../comparison/pool.ts';
import { intervalOf, judged, type Section } from './figures.ts';
import type { Wanted } from './measure.ts';
import { type PlanTally, type PlanTask, runPlanTask } from './plan-releases.ts';

/** The README's first plan, and every plan of examples/. */
export const PLANS = [
  'README.md',
  'examples/canary.yaml',
  'examples/blue-green.yaml',
  'examples/argo-rollouts.yaml',
  'examples/flagger.yaml',
  'examples/kayenta.yaml',
] as const;

/** Total traffic, in requests a second, and shares of the stable version's requests that fail. */
export const TRAFFIC = [
  { requestsPerSecond: 300, failureRates: [0, 0.0001, 0.002, 0.01] },
  { requestsPerSecond: 50, failureRates: [0, 0.0001, 0.002, 0.01] },
  { requestsPerSecond: 3, failureRates: [0, 0.01] },
] as const;

const BUSY = 300;
const QUIET = 3;

export const FAULTS = [
  { name: 'as good', rate: (stable: number) => stable },
  { name: 'max(x2, +1 point)', rate: (stable: number) => Math.max(2 * stable, stable + 0.01) },
  { name: '+10 points', rate: (stable: number) => stable + 0.1 },
] as const;

/** All cells of one plan, in the order of TRAFFIC, its rates and FAULTS. */
export const tasksOf = (file: string, releases: number, seed: number): PlanTask[] =>
  TRAFFIC.flatMap(({ requestsPerSecond, failureRates }) =>
    failureRates.flatMap(failureRate =>
      FAULTS.map(({ rate }) => ({
        file,
        requestsPerSecond,
        failureRate,
        canaryFailureRate: rate(failureRate),
        releases,
        seed,
      })),
    ),
  );

/**
 * Whole releases by plans as people write them, holds included: a good canary gets through, one with the effect that
 * matters is taken back before it has all requests, and a gross fault by the second window of data.
 */
export async function wholePlans(
  { size, seed }: Wanted,
  workers: number,
  progress?: (done: number, all: number) => void,
): Promise<Section> {
  const tasks = PLANS.flatMap(file => tasksOf(file, size.plans, seed));
  const work = { run: runPlanTask, url: new URL('./plan-worker.ts', import.meta.url) };
  const tallies = await runPieces(tasks, work, workers, progress);
  const cells = tasks.map((task, at) => ({ task, tally: tallies[at] as PlanTally }));
  const worst = (fault: number, of: (task: PlanTask) => boolean, count: (tally: PlanTally) => number) => {
    const asked = cells.filter(({ task }, at) => at % FAULTS.length === fault && of(task));
    return asked.toSorted((a, b) => share(a.tally, count) - share(b.tally, count))[0] as (typeof cells)[number];
  };
  const figure = (
    name: string,
    least: number,
    fault: number,
    of: (task: PlanTask) => boolean,
    count: (tally: PlanTally) => number,
  ) => {
    const { task, tally } = worst(fault, of, count);
    const [low, high] = intervalOf(count(tally), tally.releases);
    return judged(
      {
        name: `${name}, worst cell: ${task.file}, ${task.requestsPerSecond}/s, ${task.failureRate * 100} %`,
        value: 100 * share(tally, count),
        unit: '%',
        interval: [100 * low, 100 * high],
        limit: { atLeast: least },
      },
      size.quick,
    );
  };
  const any = () => true;
  const seen = ({ requestsPerSecond }: PlanTask) => requestsPerSecond > QUIET;
  return {
    title: 'Whole releases of the README and the examples',
    how: `${size.plans} releases a cell, with holds, each by a past of the stable version of its own. Columns: promoted; of those with a hold; a canary at max(x2, +1 point) taken back before weight 100, and by the end; one at +10 points taken back, and by the second window.`,
    figures: [
      figure('a canary as good is promoted', 99, 0, any, ({ promoted }) => promoted),
      figure(
        'without a hold, at 300 requests a second',
        95,
        0,
        ({ requestsPerSecond }) => requestsPerSecond === BUSY,
        ({ releases, held }) => releases - held,
      ),
      figure('max(x2, +1 point) is taken back before weight 100', 80, 1, seen, ({ beforeAll }) => beforeAll),
      figure('+10 points are taken back', 99.9, 2, seen, ({ degraded }) => degraded),
      figure('by the second window of data', 99.9, 2, seen, ({ bySecondWindow }) => bySecondWindow),
      figure(
        '+10 points are taken back, at 3 a second',
        95,
        2,
        task => !seen(task),
        ({ degraded }) => degraded,
      ),
    ],
    tables: PLANS.map(file => ({
      title: file,
      columns: ['traffic', 'promoted %', 'held %', 'x2/+1 before', 'in all', '+10', 'by 2nd window'],
      rows: rowsOf(cells.filter(({ task }) => task.file === file)),
    })),
  };
}

const share = (tally: PlanTally, count: (tally: PlanTally) => number): number => count(tally) / tally.releases;

function rowsOf(cells: readonly { task: PlanTask; tally: PlanTally }[]): (string | number)[][] {
  const percent = (cell: { tally: PlanTally } | undefined, count: (tally: PlanTally) => number) =>
    cell === undefined ? 0 : 100 * share(cell.tally, count);
  return Array.from({ length: cells.length / FAULTS.length }, (_, row) => {
    const [good, worse, gross] = cells.slice(row * FAULTS.length, (row + 1) * FAULTS.length);
    const { requestsPerSecond = 0, failureRate = 0 } = good?.task ?? {};
    return [
      `${requestsPerSecond}/s, ${failureRate * 100} %`,
      percent(good, ({ promoted }) => promoted),
      percent(good, ({ held }) => held),
      percent(worse, ({ beforeAll }) => beforeAll),
      percent(worse, ({ degraded }) => degraded),
      percent(gross, ({ degraded }) => degraded),
      percent(gross, ({ bySecondWindow }) => bySecondWindow),
    ];
  });
}
