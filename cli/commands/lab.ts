import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { serialiseMistakes } from '../../adapters/plan-file/mistake.ts';
import { readPlanFile } from '../../adapters/plan-file/read-plan.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { CommandError } from '../command-error.ts';
import { reportErrors } from '../control-plane/operation-command.ts';
import { interruptible } from '../signal-handlers.ts';
import type { Terminal } from '../terminal.ts';

/** Of a plan's second. Larger services there are, but no lab that could send the half of it. */
const MOST_REQUESTS_PER_SECOND = 100_000;
/** Beyond it a look takes longer than the window that it looks at. */
const MOST_COMPRESS = 120;

/** `sluice lab --stable 'CMD' --canary 'CMD'`. */
export function makeLabCommand(terminal: Terminal) {
  return new Command('lab')
    .description(
      'a release of two programs of your own, in any language, on real traffic on this computer; ' +
        'exit 0 promoted, 1 rolled back or rejected, 2 bad input, 4 rolled back for want of data',
    )
    .requiredOption('--stable <command>', 'the version that is live: a command for the shell; it gets PORT')
    .requiredOption('--canary <command>', 'the new version')
    .option('--plan <file>', 'the plan of the release (default: one that fits what the stable program does)')
    .option(
      '--rps <number>',
      'requests in a second of the plan, as far as this computer can send them (default: what it sends with ease)',
    )
    .option('--path <path>', 'what is requested', '/')
    .option('--ready-path <path>', 'ready when this answers 2xx or 3xx (default: when the port accepts connections)')
    .option('--metrics-path <path>', 'where the programs expose metrics, for a plan that reads Prometheus', '/metrics')
    .option(
      '--compress <number>',
      'how many times faster than the wall the times of the plan pass (default: so that a release takes a minute or two)',
    )
    .option('--port <number>', 'port of the load balancer (default: a free one)')
    .option('--json <file>', 'also write {releases: [how it ended]}')
    .option('--keep', 'leave the lab running until Ctrl-C')
    .action(options => reportErrors(terminal, () => run(terminal, options)));
}

interface GivenOptions {
  stable: string;
  canary: string;
  plan?: string | undefined;
  rps?: string | undefined;
  path: string;
  readyPath?: string | undefined;
  metricsPath: string;
  compress?: string | undefined;
  port?: string | undefined;
  json?: string | undefined;
  keep?: true | undefined;
}

async function run(terminal: Terminal, given: GivenOptions): Promise<void> {
  const stable = commandOf('--stable', given.stable);
  const canary = commandOf('--canary', given.canary);
  const path = pathOf('--path', given.path);
  const more = {
    metricsPath: pathOf('--metrics-path', given.metricsPath),
    ...(given.rps === undefined ? {} : { requestsPerSecond: numberOf('--rps', given.rps, MOST_REQUESTS_PER_SECOND) }),
    ...(given.readyPath === undefined ? {} : { readyPath: pathOf('--ready-path', given.readyPath) }),
    ...(given.compress === undefined ? {} : { compress: numberOf('--compress', given.compress, MOST_COMPRESS) }),
    ...(given.port === undefined ? {} : { port: portOf(given.port) }),
    ...(given.plan === undefined ? {} : { plan: await planOf(given.plan) }),
    ...(given.json === undefined ? {} : { json: writableOf(given.json) }),
  };
  terminal.exitCode = await interruptible(async signal => {
    // what it takes to run a lab is loaded by those who run one
    const { runLabCommand } = await import('../lab-run.ts');
    const options = { stable, canary, path, keep: given.keep === true, ...more, signal };
    return runLabCommand(terminal, options);
  });
}

function commandOf(option: string, text: string): string {
  if (text.trim() === '') throw new CommandError(`${option} is empty; expected a command for the shell`, 'badInput');
  return text;
}

function numberOf(option: string, text: string, most: number): number {
  const number = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (number > 0 && number <= most) return number;
  throw new CommandError(
    `${option} is ${JSON.stringify(text)}; expected a number above 0, at most ${most}`,
    'badInput',
  );
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port <= 65_535) return port;
  throw new CommandError(`--port is ${JSON.stringify(text)}; expected a port, 1 to 65535`, 'badInput');
}

function pathOf(option: string, text: string): string {
  // '//host/x' would be another host's; a space or a control character is not sent
  if (/^\/(?!\/)[\x21-\x7e]*$/.test(text)) return text;
  throw new CommandError(
    `${option} is ${JSON.stringify(text)}; expected a path that begins with one / and has no blanks`,
    'badInput',
  );
}

async function planOf(file: string): Promise<Plan> {
  const read = await readPlanFile(file, undefined, { loopback: true });
  if (read.kind === 'plan') return read.plan;
  throw new CommandError(serialiseMistakes(read.mistakes), 'badInput');
}

/** Found out before the release and not after it. */
function writableOf(file: string): string {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw new CommandError(`--json ${file} cannot be written: ${(error as Error).message}`, 'badInput');
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError(`--json ${file} is a directory`, 'badInput');
  }
  return file;
}
