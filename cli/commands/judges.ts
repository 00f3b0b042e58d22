import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { tableText } from '../../adapters/terminal/table.ts';
import { comparisonTasks, type JudgeRow, judgeRows } from '../../comparison/compare.ts';
import { ALPHA } from '../../comparison/line.ts';
import { runTasks } from '../../comparison/pool.ts';
import { profileNamed } from '../../comparison/profiles.ts';
import { plural } from '../../domain/judges/words.ts';
import { figureText } from '../../domain/number-text.ts';
import { openRecording } from '../backtest-input.ts';
import { JUDGES, judgesOf } from '../backtest-options.ts';
import { replayAll } from '../backtest-replay.ts';
import { backtestText, replayJson } from '../backtest-text.ts';
import { reportErrors } from '../control-plane/operation-command.ts';
import { say, type Terminal } from '../terminal.ts';

/** As many as the machines of CI have cores; a release's windows do not depend on it. */
const WORKERS = 2;

/** `sluice judges compare`. */
export function makeJudgesCommand(terminal: Terminal) {
  const judges = new Command('judges');
  judges
    .command('compare')
    .summary('let all judges decide the same windows')
    .description(
      'Simulates releases of 30 minutes in 36 settings, healthy ones and ones with 1.5 to 10 times the failures, and lets all judges decide the same windows; or does so with recorded windows.',
    )
    .option('--from <file>', 'instead of a simulation: recorded windows in a CSV file (as for `npx sluice backtest`)')
    .option('--releases <n>', 'number of releases of each setting and fault', wholeNumber(1), 20)
    .option('--seed <n>', 'seed of the random numbers; the same seed gives the same table', wholeNumber(0), 1)
    .option(
      '--profile <name>',
      "constants of the sequential judge, shown beside the specification's",
      profile,
      'information',
    )
    .option('--json', 'print one JSON value: {seed, releases, alpha, judges}')
    .action(({ from, ...options }) =>
      from === undefined
        ? compareJudges(terminal, options)
        : reportErrors(terminal, () => compareRecorded(terminal, from, options.json === true)),
    );
  return judges;
}

interface CompareOptions {
  releases: number;
  seed: number;
  profile: string;
  json?: true | undefined;
}

async function compareJudges(
  terminal: Terminal,
  { releases, seed, profile: name, json }: CompareOptions,
): Promise<void> {
  const results = await runTasks(comparisonTasks({ releases, seed, profile: name }), WORKERS);
  const judges = judgeRows(results, name);
  if (json) {
    terminal.out(`${JSON.stringify({ seed, releases, alpha: ALPHA, judges }, null, 2)}\n`);
    return;
  }
  say(terminal, `${explained(releases)}\n${comparedText(judges)}`);
}

/** Each at its defaults; `sluice backtest` takes them with other numbers. */
async function compareRecorded(terminal: Terminal, from: string, json: boolean): Promise<void> {
  const recording = await openRecording(from, {}, undefined);
  const { rows } = replayAll(recording, judgesOf(JUDGES, {}), false);
  if (json) terminal.out(`${JSON.stringify({ from, replays: replayJson(rows) }, null, 2)}\n`);
  else say(terminal, backtestText(rows, JUDGES, terminal));
}

const explained = (releases: number): string =>
  [
    `${plural(releases, 'release')} of 30 minutes in each of 36 settings: failure rate 0.1, 0.5, 1 %; 50, 500 requests a second; canary 5, 10, 25 %; windows of 15, 60 s. The sequential judge has alpha 1 % and the guard off; the SPRT is told both failure rates.`,
    '',
  ].join('\n');

/** Two tables, so that they fit a terminal: what is rolled back, and what that costs. */
function comparedText(judges: readonly JudgeRow[]): string {
  const shown = (cell: string | number) => (typeof cell === 'number' ? figureText(cell) : cell);
  const faults = Object.keys(judges[0]?.foundPercent ?? {});
  const rolledBack = judges.map(row =>
    [row.judge, row.falseRollBacksPercent, row.falseRollBacksWorstPercent, ...Object.values(row.foundPercent)].map(
      shown,
    ),
  );
  const excess = judges.map(row => [row.judge, ...Object.values(row.excessFailedRequests)].map(shown));
  return [
    'Rolled back, %. x1: healthy; worst: in the worst setting; x2: twice the failures',
    tableText([['judge', 'x1', 'worst', ...faults], ...rolledBack], { indent: 4 }),
    "Failed requests beyond stable's failure rate until then, on average",
    tableText([['judge', ...faults], ...excess], { indent: 4 }),
  ].join('\n');
}

const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && text.trim() !== '') return value;
    throw new InvalidArgumentError(`expected a whole number, ${least} or more.`);
  };

function profile(name: string): string {
  try {
    profileNamed(name);
    return name;
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
}
