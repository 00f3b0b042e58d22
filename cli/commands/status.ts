import { setTimeout as delay } from 'node:timers/promises';
import { Command } from '@commander-js/extra-typings';
import { wrap } from '../../adapters/terminal/wrap.ts';
import { toPaste, withControlPlane, withLocation } from '../control-plane/operation-command.ts';
import type { Operations } from '../control-plane/operations.ts';
import { type StatusOptions, statusLines, statusText } from '../status-text.ts';
import { paintOf, say, type Terminal } from '../terminal.ts';

const ASK_EVERY_MS = 1_000;

/** `sluice status [WORKLOAD]`. */
export function makeStatusCommand(terminal: Terminal) {
  const command = new Command('status')
    .argument('[workload]', 'the name of a workload (default: all, one line each)')
    .option('--watch', 'print it again whenever it changes, until Ctrl-C')
    .option('--json', 'print the answer as one line of JSON');
  return withLocation(command).action((workload, options) =>
    withControlPlane(terminal, options, async operations => {
      const asked = { paste: (command: string) => toPaste(options, command), paint: paintOf(terminal) };
      const text = () => (options.json ? answerText(operations, workload) : shownText(operations, workload, asked));
      if (options.watch) return watch(terminal, text, options.json === true);
      if (options.json) terminal.out(await text());
      else say(terminal, await text());
    }),
  );
}

async function answerText(operations: Operations, workload: string | undefined): Promise<string> {
  const answer =
    workload === undefined
      ? { kind: 'workloads', names: await operations.workloads() }
      : await operations.status({ workload });
  return `${JSON.stringify(answer)}\n`;
}

async function shownText(
  operations: Operations,
  workload: string | undefined,
  options: StatusOptions,
): Promise<string> {
  if (workload !== undefined) return statusText(workload, await operations.status({ workload }), options);
  const names = await operations.workloads();
  if (names.length === 0) return 'this control plane has no workloads yet\n';
  const answers = await Promise.all(
    names.map(async name => ({ workload: name, answer: await operations.status({ workload: name }) })),
  );
  return statusLines(answers, options);
}

/** In place on a terminal, one after the other elsewhere. */
async function watch(terminal: Terminal, text: () => Promise<string>, asJson: boolean): Promise<never> {
  const show = await shower(terminal, asJson);
  let before: string | undefined;
  for (;;) {
    const now = await text();
    if (now !== before) show(now);
    before = now;
    await delay(ASK_EVERY_MS);
  }
}

async function shower(terminal: Terminal, asJson: boolean): Promise<(text: string) => void> {
  if (!asJson && process.stdout.isTTY) {
    const { default: logUpdate } = await import('log-update');
    return text => logUpdate(wrap(text.trimEnd(), { columns: terminal.columns }));
  }
  return text => (asJson ? terminal.out(text) : say(terminal, `${text}\n`));
}
