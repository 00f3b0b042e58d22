import { Command } from '@commander-js/extra-typings';
import { atTheDoors, whoAsks, withWhereabouts } from '../control-plane/door-command.ts';
import { releaseMeant } from '../control-plane/doors.ts';
import type { Terminal } from '../terminal.ts';

/** `sluice abort RELEASE|WORKLOAD`. */
export function makeAbortCommand(terminal: Terminal) {
  const command = new Command('abort')
    .description('take a release back, or drop one that waits')
    .argument('<release|workload>', 'a release, or the workload whose release is on its way')
    .option('--because <text>', 'why, for the ledger')
    .option('--by <name>', "who asks (default: the operating system's user)");
  return withWhereabouts(command).action((text, options) =>
    atTheDoors(terminal, options, async doors => {
      const by = whoAsks(options.by);
      const wanted = await releaseMeant(doors, text);
      const because = options.because ?? `${by} asked for it`;
      const { kind, releaseId } = await doors.abort({ releaseId: wanted, by, because });
      terminal.out(kind === 'goesBack' ? `${releaseId} goes back\n` : `${releaseId} was dropped before it began\n`);
    }),
  );
}
