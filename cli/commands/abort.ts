import { Command } from '@commander-js/extra-typings';
import { atTheDoors, whoAsks, withWhereabouts } from '../control-plane/door-command.ts';
import { releaseMeant } from '../control-plane/doors.ts';
import { say, type Terminal } from '../terminal.ts';

/** `sluice abort RELEASE|WORKLOAD`. */
export function makeAbortCommand(terminal: Terminal) {
  const command = new Command('abort')
    .argument('<release|workload>', 'a release, or the workload whose release is in progress')
    .option('--because <text>', 'why, for the ledger')
    .option('--by <name>', "your name in the ledger (default: the operating system's user)");
  return withWhereabouts(command).action((text, options) =>
    atTheDoors(terminal, options, async doors => {
      const by = whoAsks(options.by);
      const wanted = await releaseMeant(doors, text);
      const because = options.because ?? `${by} asked for it`;
      const { kind, releaseId } = await doors.abort({ releaseId: wanted, by, because });
      say(terminal, `${releaseId} ${kind === 'goesBack' ? 'is rolling back' : 'was cancelled before it started'}\n`);
    }),
  );
}
