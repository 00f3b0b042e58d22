import { Command } from '@commander-js/extra-typings';
import { serialiseMistakes } from '../../adapters/plan-file/mistake.ts';
import { parsePlan } from '../../adapters/plan-file/read-plan.ts';
import { readText } from '../../adapters/plan-file/read-text.ts';
import type { StartAnswer } from '../../application/operations/schemas/start.ts';
import { CommandError } from '../command-error.ts';
import { followToTheEnd } from '../control-plane/follow.ts';
import { callerName, toPaste, withControlPlane, withLocation } from '../control-plane/operation-command.ts';
import { paintOf, say, type Terminal } from '../terminal.ts';

/** `sluice start WORKLOAD --image TAG|DIGEST`. */
export function makeStartCommand(terminal: Terminal) {
  const command = new Command('start')
    .description(
      'start a release of an image; exit code 2 if it is refused, with --wait 1 if it is not promoted, 4 if it is rolled back for want of data',
    )
    .argument('<workload>', 'the name of the workload')
    .requiredOption('--image <tag|digest>', "a tag or a digest in the workload's first repository, or REPOSITORY:TAG")
    .option('--plan <file>', "a plan for this release, instead of the workload's own")
    .option(
      '--although-stable-is-down',
      'start although no pod of the live version is healthy; the answer says what protection is left',
    )
    .option(
      '--although <alarm...>',
      'start although this alarm of the workload rings; it is ignored until it was OK once',
    )
    .option('--by <name>', "your name in the ledger (default: the operating system's user)")
    .option('--wait', 'print the progress until the release has ended');
  return withLocation(command).action((workload, options) =>
    withControlPlane(terminal, options, async operations => {
      const plan = options.plan === undefined ? undefined : await readPlan(options.plan);
      const by = callerName(options.by);
      const answer = await operations.start({
        ...{ workload, image: options.image, by },
        ...(plan === undefined ? {} : { plan }),
        ...(options.althoughStableIsDown === true && { althoughStableIsDown: true }),
        ...(options.although !== undefined && { althoughAlarms: options.although }),
      });
      const { releaseId } = answer;
      say(
        terminal,
        {
          started: `${releaseId} has started\n`,
          waiting: waitingText(answer),
          alreadyRequested: `${releaseId} is already a release of this image\n`,
        }[answer.kind],
      );
      if (answer.unverified !== undefined) {
        say(terminal, paintOf(terminal)('yellow', `the digest is released as it was given: ${answer.unverified}\n`));
      }
      for (const text of answer.although ?? []) say(terminal, paintOf(terminal)('yellow', `${text}\n`));
      if (options.wait)
        await followToTheEnd(terminal, operations, { releaseId, paste: command => toPaste(options, command) });
      else say(terminal, `to follow it: ${toPaste(options, `status ${workload} --watch`)}\n`);
    }),
  );
}

const waitingText = ({ releaseId, againOf }: StartAnswer): string =>
  againOf === undefined
    ? `${releaseId} is queued: it starts when the release before it has ended\n`
    : `${releaseId} is queued behind ${againOf}, which releases the same image: if the Deployment has changed since ${againOf} was admitted, it is released then; otherwise ${releaseId} ends as superseded\n`;

/** Checked here, so that mistakes are shown in the file's own lines; the operation knows whether it is the lab's. */
async function readPlan(file: string): Promise<{ file: string; text: string }> {
  const read = await readText(file);
  const checked = read.kind === 'text' ? parsePlan(read.text, file, undefined, { loopback: true }) : read;
  if (read.kind === 'mistakes' || checked.kind === 'mistakes') {
    throw new CommandError(serialiseMistakes(checked.kind === 'mistakes' ? checked.mistakes : []), 'badInput');
  }
  return { file, text: read.text };
}
