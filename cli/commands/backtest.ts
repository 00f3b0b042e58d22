import { writeFile } from 'node:fs/promises';
import { Command, Option } from '@commander-js/extra-typings';
import { SLOTS } from '../../domain/dial.ts';
import { PROFILES, type ProfileName } from '../../domain/statistics/sequential/profile.ts';
import { type InputOptions, openRecording } from '../backtest-input.ts';
import { JUDGES, type JudgeName, type JudgeOptions, judgesOf, planJudge, planOf } from '../backtest-options.ts';
import { picture } from '../backtest-picture.ts';
import { replayAll } from '../backtest-replay.ts';
import { backtestText, replayJson } from '../backtest-text.ts';
import { CommandError } from '../command-error.ts';
import { reportErrors, withLocation } from '../control-plane/operation-command.ts';
import { say, type Terminal } from '../terminal.ts';

/** `sluice backtest --from FILE|prometheus|cloudwatch|ledger`. */
export function makeBacktestCommand(terminal: Terminal) {
  const command = new Command('backtest')
    .description(
      'Judges recorded windows again, by any plan or judge: what would have happened, when, and at what cost. ' +
        "The cost, excessBad, is the sum of xc - nc xb/nb over the windows up to the roll back or the end: failed canary requests beyond stable's failure rate in the same window. " +
        'See docs/backtest.md.',
    )
    .requiredOption(
      '--from <what>',
      'a CSV file with the columns release, metric, start, end, canary_requests, canary_bad, stable_requests, stable_bad; or prometheus, cloudwatch, ledger',
    )
    .option('--plan <file>', "judge as this plan does (from the ledger by default: the release's own)")
    .addOption(new Option('--judge <name...>', 'judge as these do; may be given more than once').choices(JUDGES))
    .option('--alpha <share>', 'sequential: the chance to roll back a healthy release (default: 1%)')
    .option('--margin <ratio>', 'sequential: the ratio to stable that is tolerated (default: 1.25)')
    .option(
      '--windows <number>',
      'sequential: K, the number of windows that a plan would take (default: those of the release)',
    )
    .addOption(
      new Option('--guard <how>', 'sequential: allow for counts that vary more than by chance (default: on)').choices([
        'on',
        'off',
      ]),
    )
    .addOption(
      new Option('--profile <name>', 'sequential: its constants').choices(Object.keys(PROFILES) as ProfileName[]),
    )
    .option('--release <id>', 'only this release; with --from ledger the release to read')
    .option('-w, --workload <file>', 'for prometheus and cloudwatch: whose metrics to read')
    .addOption(
      new Option('--canary <slot>', 'for prometheus and cloudwatch: the slot that was the canary then').choices(SLOTS),
    )
    .option('--since <duration>', 'for prometheus and cloudwatch: the time until now, such as 24h')
    .option('--start <time>', 'instead of --since: 2026-11-21T12:00:00Z or epoch seconds')
    .option('--end <time>', 'with --start (default: now)')
    .option('--window <duration>', "for prometheus and cloudwatch: length of a window (default: the plan's, or 60s)")
    .option('--canary-revision <text>', 'what ${revision} of a query was for the canary')
    .option('--stable-revision <text>', 'what ${revision} of a query was for the stable version')
    .option('--json <file>', 'also write [{release, judge, verdict, window, excessBad, logE}]')
    .option('--svg <file>', 'also draw the evidence over time');
  return withLocation(command).action(options => reportErrors(terminal, () => run(terminal, options)));
}

interface Options extends InputOptions, JudgeOptions {
  from: string;
  plan?: string | undefined;
  judge?: JudgeName[] | undefined;
  json?: string | undefined;
  svg?: string | undefined;
}

async function run(terminal: Terminal, options: Options): Promise<void> {
  const plan = options.plan === undefined ? undefined : await planOf(options.plan);
  const ownPlan = options.from === 'ledger' && plan === undefined;
  const byDefault: JudgeName[] = plan === undefined && !ownPlan ? ['sequential'] : [];
  const judges = judgesOf(options.judge ?? byDefault, options);
  const recording = await openRecording(options.from, options, plan);
  const judgedPlan = plan ?? (options.judge === undefined ? recording.plan : undefined);
  if (judgedPlan !== undefined)
    judges.unshift(planJudge('plan', judgedPlan, recording.metrics, text => terminal.err(text)));
  const { rows, drawn } = replayAll(recording, judges, options.svg !== undefined);
  if (options.json !== undefined) await write('--json', options.json, `${JSON.stringify(replayJson(rows), null, 1)}\n`);
  if (options.svg !== undefined) await write('--svg', options.svg, picture(drawn, recording.count));
  const names = judges.map(({ name }) => name);
  say(terminal, backtestText(rows, names, terminal));
}

async function write(option: string, file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new CommandError(`${option} ${file} cannot be written: ${(error as Error).message}`, 'badInput');
  }
}
