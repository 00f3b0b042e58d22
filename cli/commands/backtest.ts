import { writeFile } from 'node:fs/promises';
import { Command, Option } from '@commander-js/extra-typings';
import { SLOTS } from '../../domain/dial.ts';
import { PROFILES, type ProfileName } from '../../domain/judgement/sequential/profile.ts';
import { type InputOptions, openRecording } from '../backtest-input.ts';
import { JUDGES, type JudgeName, type JudgeOptions, judgesOf, planJudge, planOf } from '../backtest-options.ts';
import { picture } from '../backtest-picture.ts';
import { replayAll } from '../backtest-replay.ts';
import { backtestText, replayJson } from '../backtest-text.ts';
import { BAD_INPUT, CommandError } from '../control-plane/control-plane.ts';
import { sayingWhy, withWhereabouts } from '../control-plane/door-command.ts';
import type { Terminal } from '../terminal.ts';

/** `sluice backtest --from FILE|prometheus|cloudwatch|ledger`. */
export function makeBacktestCommand(terminal: Terminal) {
  const command = new Command('backtest')
    .description(
      'recorded windows through any plan and judge: what would have happened, when, and at what cost; docs/backtest.md. ' +
        'excessBad is the sum of xc - nc xb/nb over the windows until the roll back (the deciding one included) or the end: ' +
        "failed canary requests beyond what the stable version's rate of the same window would have given",
    )
    .requiredOption(
      '--from <what>',
      'a CSV file with release,metric,start,end,canary_requests,canary_bad,stable_requests,stable_bad; or prometheus, cloudwatch, ledger',
    )
    .option('--plan <file>', "judge as this plan does (from the ledger without one: the release's own)")
    .addOption(new Option('--judge <name...>', 'judge as this one does, as often as wished').choices(JUDGES))
    .option('--alpha <share>', 'of the sequential judge: the chance to roll back a healthy release (default: 1%)')
    .option('--margin <ratio>', 'of the sequential judge: the ratio that is tolerated (default: 1.25)')
    .option(
      '--windows <number>',
      'of the sequential judge: K, the windows that a plan would take (default: those of the release)',
    )
    .addOption(
      new Option(
        '--guard <how>',
        'of the sequential judge: for counts that vary more than chance (default: on)',
      ).choices(['on', 'off']),
    )
    .addOption(
      new Option('--profile <name>', 'of the sequential judge: its constants').choices(
        Object.keys(PROFILES) as ProfileName[],
      ),
    )
    .option('--release <id>', 'only this release; with --from ledger which one')
    .option('-w, --workload <file>', 'from prometheus or cloudwatch: whose metrics')
    .addOption(
      new Option('--canary <slot>', 'from prometheus or cloudwatch: the slot that was the canary then').choices(SLOTS),
    )
    .option('--since <duration>', 'from prometheus or cloudwatch: from so long ago until now, such as 24h')
    .option('--start <time>', 'in place of --since: 2026-11-21T12:00:00Z or epoch seconds')
    .option('--end <time>', 'with --start (default: now)')
    .option('--window <duration>', "from prometheus or cloudwatch: length of a window (default: the plan's, or 60s)")
    .option('--canary-revision <text>', 'what ${revision} of a query was for the canary')
    .option('--stable-revision <text>', 'what ${revision} of a query was for the stable version')
    .option('--json <file>', 'also write [{release, judge, verdict, window, excessBad, logE}]')
    .option('--svg <file>', 'also draw the evidence over time');
  return withWhereabouts(command).action(options => sayingWhy(terminal, () => run(terminal, options)));
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
  terminal.out(
    backtestText(
      rows,
      judges.map(({ name }) => name),
    ),
  );
}

async function write(option: string, file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new CommandError(`${option} ${file} cannot be written: ${(error as Error).message}`, BAD_INPUT);
  }
}
