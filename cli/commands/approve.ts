import { Command } from '@commander-js/extra-typings';
import { atTheDoors, whoAsks, withWhereabouts } from '../control-plane/door-command.ts';
import { releaseMeant } from '../control-plane/doors.ts';
import { say, type Terminal } from '../terminal.ts';

/** `sluice approve RELEASE|WORKLOAD`. */
export function makeApproveCommand(terminal: Terminal) {
  const command = new Command('approve')
    .description('give the approval that a release is waiting for')
    .argument('<release|workload>', 'a release, or the workload whose release is in progress')
    .option('--by <name>', "your name in the ledger (default: the operating system's user)")
    .option('--group <name...>', 'a group that the approver is in; may be given more than once');
  return withWhereabouts(command).action((text, options) =>
    atTheDoors(terminal, options, async doors => {
      const releaseId = await releaseMeant(doors, text);
      const event = { releaseId, by: whoAsks(options.by), groups: options.group ?? [] };
      const { kind, name } = await doors.approve(event);
      say(
        terminal,
        {
          approved: `${name} of ${releaseId} is approved\n`,
          oneMoreNeeded: `${name} of ${releaseId}: your approval counts, and one more is needed\n`,
          wasApproved: `${name} of ${releaseId} was approved before\n`,
        }[kind],
      );
    }),
  );
}
