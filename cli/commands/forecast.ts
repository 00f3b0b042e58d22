import { readFile, writeFile } from 'node:fs/promises';
import { Command } from '@commander-js/extra-typings';
import { openMetricSources } from '../../adapters/metrics/run-registry.ts';
import { serialiseMistakes } from '../../adapters/plan-file/mistake.ts';
import { readPlanFile, readWorkloadFile } from '../../adapters/plan-file/read-plan.ts';
import { openAlbRouter } from '../../adapters/router/alb/router.ts';
import { parseDurationSeconds, parseShare } from '../../domain/file/units.ts';
import { forecast } from '../../domain/forecast/forecast.ts';
import { whatWouldHelp } from '../../domain/forecast/propose.ts';
import type { Traffic } from '../../domain/forecast/traffic.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Workload } from '../../domain/workload.ts';
import { CommandError } from '../command-error.ts';
import { forecastText, proposalText } from '../forecast-text.ts';
import { lastDayOf } from '../last-day.ts';
import { provenProposals } from '../proven-proposals.ts';
import { say, type Terminal } from '../terminal.ts';

/** Enough for a share to be right to within 5 points, few enough for a person who waits. */
const RELEASES = 400;

/** `sluice plan forecast FILE`. */
export const makeForecastCommand = (terminal: Terminal) =>
  new Command('forecast')
    .description(
      'how soon a plan would notice a fault, what it would cost, how long a healthy release takes, and a better plan',
    )
    .argument('<file>', "the plan's file (YAML)")
    .option('--rps <number>', 'requests a second, of both versions together')
    .option('--failure-rate <share>', 'share of requests that fail today, such as 0.2%')
    .option('--slow-rate <share>', 'share of requests that are slow today, for metrics that count them', '1%')
    .option('--dispersion <number>', 'how much the counts vary, as a multiple of what chance alone makes', '1')
    .option('-w, --workload <file>', "take them from this workload's last day instead (reads its metrics)")
    .option(
      '--detect <ratio>',
      "a fault of so many times the failures is to be seen, in place of the plan's own detect.ratio",
    )
    .option('--within <duration>', 'how long the cautious proposal may take', '60m')
    .option('--seed <number>', 'of the simulated releases', '1')
    .option('--json <file>', 'write {forecast, proposals} to a file')
    .action(async (file, options) => {
      try {
        const target = options.workload === undefined ? undefined : await readWorkloadFile(options.workload);
        if (target?.kind === 'mistakes') throw new CommandError(serialiseMistakes(target.mistakes), 'badInput');
        const read = await readPlanFile(file, target?.workload);
        if (read.kind === 'mistakes') throw new CommandError(serialiseMistakes(read.mistakes), 'badInput');
        const traffic =
          target === undefined || options.rps !== undefined
            ? trafficOf(options)
            : await lastDayOf(read.plan, target.workload, {
                router: openAlbRouter(process.env),
                metrics: openMetricSources(process.env, { privateNetworks: 'all' }),
                nowEpochMs: Date.now(),
              });
        const seed = number('--seed', options.seed, { least: 0 });
        const withinSeconds = parseDurationSeconds(options.within);
        if (withinSeconds === undefined) throw wrong('--within', options.within, 'a duration such as 45m');
        const plan = options.detect === undefined ? read.plan : wishing(read.plan, options.detect);
        const text = await readFile(file, 'utf8');
        await run(terminal, { plan, text, workload: target?.workload }, traffic, {
          seed,
          withinSeconds,
          json: options.json,
        });
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        terminal.err(`${error.message.trimEnd()}\n`);
        terminal.exitCode = error.exitCode;
      }
    });

async function run(
  terminal: Terminal,
  { plan, text, workload }: { plan: Plan; text: string; workload: Workload | undefined },
  traffic: Traffic,
  options: { seed: number; withinSeconds: number; json: string | undefined },
): Promise<void> {
  const made = forecast(plan, traffic, { releases: RELEASES, seed: options.seed });
  // other releases than those that were forecast: a proposal is not chosen by the luck of its own draw
  const wanted = { ...options, workload, releases: RELEASES, seed: options.seed + 1 };
  const better = provenProposals(text, plan, traffic, wanted);
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify({ forecast: made, proposals: better }, null, 2)}\n`);
  }
  say(terminal, forecastText(plan, made, better.length > 0 ? [] : whatWouldHelp(plan, traffic)));
  for (const proposal of better) {
    say(terminal, proposalText(plan, proposal));
    terminal.out(proposal.text); // as it is: a line that is broken is another plan
  }
}

function wishing(plan: Plan, text: string): Plan {
  const ratio = number('--detect', text, { above: 1 });
  if (plan.sequential === undefined) {
    throw new CommandError(
      '--detect is for plans with a sequential metric: the other judges promise no detection',
      'badInput',
    );
  }
  return { ...plan, sequential: { ...plan.sequential, detect: { ...plan.sequential.detect, ratio } } };
}

function trafficOf(options: {
  rps?: string | undefined;
  failureRate?: string | undefined;
  slowRate: string;
  dispersion: string;
}): Traffic {
  if (options.rps === undefined || options.failureRate === undefined) {
    throw new CommandError(
      '--rps and --failure-rate are wanted, or --workload FILE to take them from its last day',
      'badInput',
    );
  }
  return {
    requestsPerSecond: number('--rps', options.rps, { above: 0 }),
    failureRate: share('--failure-rate', options.failureRate),
    slowRate: share('--slow-rate', options.slowRate),
    dispersion: number('--dispersion', options.dispersion, { least: 1 }),
  };
}

function number(option: string, text: string, range: { least?: number; above?: number }): number {
  const value = Number(text);
  const { least = Number.NEGATIVE_INFINITY, above = Number.NEGATIVE_INFINITY } = range;
  if (text.trim() !== '' && Number.isFinite(value) && value >= least && value > above) return value;
  throw wrong(option, text, range.above === undefined ? `a number, ${least} or more` : `a number above ${above}`);
}

function share(option: string, text: string): number {
  // 0 is 0 % and nothing else; any other bare number could be a share or per cent
  const value = parseShare(text === '0' ? 0 : text);
  if (value !== undefined && value < 1) return value;
  throw wrong(option, text, 'a share from 0% to below 100%, such as 0.2%');
}

const wrong = (option: string, found: string, expected: string): CommandError =>
  new CommandError(`${option}: found '${found}'; expected ${expected}`, 'badInput');
