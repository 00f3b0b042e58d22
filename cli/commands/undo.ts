import { Command } from '@commander-js/extra-typings';
import { atTheDoors, whoAsks, withWhereabouts } from '../control-plane/door-command.ts';
import { followToTheEnd } from '../control-plane/follow.ts';
import type { Terminal } from '../terminal.ts';

/** `sluice undo WORKLOAD`. */
export function makeUndoCommand(terminal: Terminal) {
  const command = new Command('undo')
    .description(
      'a release back to what was live before the last promotion; with --wait exit 1 where it did not get there',
    )
    .argument('<workload>', 'the name of the workload')
    .option('--by <name>', "who asks (default: the operating system's user)")
    .option('--wait', 'print what happens until the release has ended');
  return withWhereabouts(command).action((workload, options) =>
    atTheDoors(terminal, options, async doors => {
      const { releaseId } = await doors.undo({ workload, by: whoAsks(options.by) });
      terminal.out(`${releaseId} has started: it undoes the last promotion of ${workload}\n`);
      if (options.wait) await followToTheEnd(terminal, doors, releaseId);
    }),
  );
}
