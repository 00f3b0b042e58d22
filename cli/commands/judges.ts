import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { comparison, judgeRows, ROW_COLUMNS, rowCells } from '../../bench/analysis/comparison.ts';
import { ALPHA, QUICK } from '../../bench/analysis/measure.ts';
import { runTasks } from '../../bench/analysis/pool.ts';
import { profileNamed } from '../../bench/analysis/profiles.ts';
import { numberText, tableText } from '../../bench/analysis/text.ts';
import { openRecording } from '../backtest-input.ts';
import { JUDGES, judgesOf } from '../backtest-options.ts';
import { replayAll } from '../backtest-replay.ts';
import { backtestText, replayJson } from '../backtest-text.ts';
import { sayingWhy } from '../control-plane/door-command.ts';
import type { Terminal } from '../terminal.ts';

/** As many as the machines of CI have cores; a release's windows do not depend on it. */
const WORKERS = 2;

/** `sluice judges compare`. */
export function makeJudgesCommand(terminal: Terminal) {
  const judges = new Command('judges').description('the judges: what each finds, and what it costs');
  judges
    .command('compare')
    .description(
      'simulate releases of 30 minutes and let all judges decide the same windows: 36 settings, healthy and faults of x1.5 to x10; or those of a recording',
    )
    .option('--from <file>', 'no simulation: the recorded windows of a CSV file (as for `sluice backtest`)')
    .option('--releases <n>', 'releases of each setting and fault', wholeNumber(1), 20)
    .option('--seed <n>', 'of the random numbers; the same seed gives the same table', wholeNumber(0), 1)
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
        : sayingWhy(terminal, () => compareRecorded(terminal, from, options.json === true)),
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
  const measure = comparison({ size: { ...QUICK, compared: releases }, seed, profile: name });
  const judges = judgeRows(await runTasks(measure.tasks, WORKERS), name);
  if (json) {
    terminal.out(`${JSON.stringify({ seed, releases, alpha: ALPHA, judges }, null, 2)}\n`);
    return;
  }
  const rows = judges.map(row => rowCells(row).map(cell => (typeof cell === 'number' ? numberText(cell) : cell)));
  terminal.out(`${explained(releases)}\n\n${tableText([ROW_COLUMNS, ...rows])}\n`);
}

/** Each at its defaults; `sluice backtest` takes them with other numbers. */
async function compareRecorded(terminal: Terminal, from: string, json: boolean): Promise<void> {
  const recording = await openRecording(from, {}, undefined);
  const { rows } = replayAll(recording, judgesOf(JUDGES, {}), false);
  terminal.out(json ? `${JSON.stringify({ from, replays: replayJson(rows) }, null, 2)}\n` : backtestText(rows, JUDGES));
}

const explained = (releases: number): string =>
  [
    `${releases} releases of each of 36 settings (failure rate 0.1, 0.5, 1 %; 50, 500 requests a second; canary 5, 10, 25 %;`,
    'windows of 15, 60 s), 30 minutes each. x1: healthy releases that were rolled back, and the worst setting. found: faulty',
    'releases that were rolled back, by how many times the failure rate is. excess: failed requests beyond the stable',
    "version's rate until then, on average. The sequential judge at alpha 1 %, guard off; the SPRT is told both rates.",
  ].join('\n');

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
