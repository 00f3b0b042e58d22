import { Command } from '@commander-js/extra-typings';
import { atTheDoors, whoAsks, withWhereabouts } from '../control-plane/door-command.ts';
import { releaseMeant } from '../control-plane/doors.ts';
import type { Terminal } from '../terminal.ts';

/** `sluice approve RELEASE|WORKLOAD`. */
export function makeApproveCommand(terminal: Terminal) {
  const command = new Command('approve')
    .description('approve what a release waits for')
    .argument('<release|workload>', 'a release, or the workload whose release is on its way')
    .option('--by <name>', "who approves (default: the operating system's user)")
    .option('--group <name...>', 'a group that the approver is in; may be given more than once');
  return withWhereabouts(command).action((text, options) =>
    atTheDoors(terminal, options, async doors => {
      const releaseId = await releaseMeant(doors, text);
      const event = { releaseId, by: whoAsks(options.by), groups: options.group ?? [] };
      const { kind, name } = await doors.approve(event);
      terminal.out(
        {
          approved: `${name} of ${releaseId} is approved\n`,
          oneMoreNeeded: `${name} of ${releaseId} has one approval more, and needs another\n`,
          wasApproved: `${name} of ${releaseId} was approved already\n`,
        }[kind],
      );
    }),
  );
}
