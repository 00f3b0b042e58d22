import { Command } from '@commander-js/extra-typings';
import { callerName, withControlPlane, withLocation } from '../control-plane/operation-command.ts';
import { resolveReleaseId } from '../control-plane/operations.ts';
import { say, type Terminal } from '../terminal.ts';

/** `sluice abort RELEASE|WORKLOAD`. */
export function makeAbortCommand(terminal: Terminal) {
  const command = new Command('abort')
    .argument('<release|workload>', 'a release, or the workload whose release is in progress')
    .option('--because <text>', 'why, for the ledger')
    .option('--by <name>', "your name in the ledger (default: the operating system's user)");
  return withLocation(command).action((text, options) =>
    withControlPlane(terminal, options, async operations => {
      const by = callerName(options.by);
      const wanted = await resolveReleaseId(operations, text);
      const because = options.because ?? `${by} asked for it`;
      const { kind, releaseId } = await operations.abort({ releaseId: wanted, by, because });
      say(terminal, `${releaseId} ${kind === 'goesBack' ? 'is rolling back' : 'was cancelled before it started'}\n`);
    }),
  );
}
