import { Command } from '@commander-js/extra-typings';
import { type Mistake, serialiseMistakes } from '../../adapters/plan-file/mistake.ts';
import { readPlanFile, readWorkloadFile } from '../../adapters/plan-file/read-plan.ts';
import { planTimeline } from '../../domain/plan/timeline.ts';
import { timelineText } from '../../domain/plan/timeline-text.ts';
import { BAD_INPUT } from '../exit-code.ts';
import { paintOf, say, type Terminal } from '../terminal.ts';
import { makeForecastCommand } from './forecast.ts';

/** `sluice plan check FILE`. */
export function makePlanCommand(terminal: Terminal) {
  const plan = new Command('plan');
  plan
    .command('check')
    .description('print what a plan will do, step by step, and what it cannot promise; exit 2 on mistakes')
    .argument('<file>', "the plan's file (YAML)")
    .option('-w, --workload <file>', "also check the workload's file, and whether its router can do what the plan asks")
    .option('--lab', 'for the lab, whose hooks, endpoints and Prometheus may be on this computer')
    .option('--json', 'print one JSON value: {kind: plan, plan, timeline} or {kind: mistakes, mistakes}')
    .action((file, options) => checkPlanFile(terminal, file, options));
  plan.addCommand(makeForecastCommand(terminal));
  return plan;
}

interface CheckOptions {
  workload?: string | undefined;
  lab?: true | undefined;
  json?: true | undefined;
}

async function checkPlanFile(terminal: Terminal, file: string, { workload, lab, json }: CheckOptions): Promise<void> {
  const where = { loopback: lab };
  const target = workload === undefined ? undefined : await readWorkloadFile(workload, where);
  const read = await readPlanFile(file, target?.kind === 'workload' ? target.workload : undefined, where);
  const mistakes: Mistake[] = [
    ...(read.kind === 'mistakes' ? read.mistakes : []),
    ...(target?.kind === 'mistakes' ? target.mistakes : []),
  ];
  if (read.kind === 'mistakes' || mistakes.length > 0) {
    if (json) terminal.out(`${JSON.stringify({ kind: 'mistakes', mistakes }, null, 2)}\n`);
    terminal.err(serialiseMistakes(mistakes));
    terminal.exitCode = BAD_INPUT;
    return;
  }
  const timeline = planTimeline(read.plan, target?.kind === 'workload' ? target.workload : undefined);
  if (json) terminal.out(`${JSON.stringify({ kind: 'plan', plan: read.plan, timeline }, null, 2)}\n`);
  else
    say(
      terminal,
      timelineText(read.plan, timeline, text => paintOf(terminal)('bold', text)),
    );
}
