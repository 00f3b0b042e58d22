import { Command } from '@commander-js/extra-typings';
import { serialiseMistakes } from '../../adapters/plan-file/mistake.ts';
import { parsePlan } from '../../adapters/plan-file/read-plan.ts';
import { readText } from '../../adapters/plan-file/read-text.ts';
import { BAD_INPUT, CommandError } from '../control-plane/control-plane.ts';
import { atTheDoors, whoAsks, withWhereabouts } from '../control-plane/door-command.ts';
import { followToTheEnd } from '../control-plane/follow.ts';
import type { Terminal } from '../terminal.ts';

/** `sluice start WORKLOAD --image TAG|DIGEST`. */
export function makeStartCommand(terminal: Terminal) {
  const command = new Command('start')
    .description(
      'start a release of an image; exit 2 where it is refused, with --wait 1 where it was not promoted, 4 where it went back for want of data',
    )
    .argument('<workload>', 'the name of the workload')
    .requiredOption('--image <tag|digest>', "a tag or a digest in the workload's repository")
    .option('--plan <file>', "another plan than the workload's own, for this release")
    .option('--by <name>', "who asks (default: the operating system's user)")
    .option('--wait', 'print what happens until the release has ended');
  return withWhereabouts(command).action((workload, options) =>
    atTheDoors(terminal, options, async doors => {
      const plan = options.plan === undefined ? undefined : await readPlan(options.plan);
      const by = whoAsks(options.by);
      const answer = await doors.start({ workload, image: options.image, ...(plan === undefined ? {} : { plan }), by });
      const { releaseId } = answer;
      terminal.out(
        {
          started: `${releaseId} has started\n`,
          waiting: `${releaseId} waits until the release before it has ended\n`,
          alreadyRequested: `${releaseId} was already asked for this image\n`,
        }[answer.kind],
      );
      if (options.wait) await followToTheEnd(terminal, doors, releaseId);
      else terminal.out(`npx sluice status ${workload} --watch shows what it does\n`);
    }),
  );
}

/** Checked here, so that mistakes are shown in the file's own lines. */
async function readPlan(file: string): Promise<{ file: string; text: string }> {
  const read = await readText(file);
  const checked = read.kind === 'text' ? parsePlan(read.text, file) : read;
  if (read.kind === 'mistakes' || checked.kind === 'mistakes') {
    throw new CommandError(serialiseMistakes(checked.kind === 'mistakes' ? checked.mistakes : []), BAD_INPUT);
  }
  return { file, text: read.text };
}
