import { Command } from '@commander-js/extra-typings';
import type { UndoAnswer } from '../../application/operations/schemas/undo.ts';
import { imagesText } from '../../domain/ledger/news.ts';
import type { ControlPlaneLocation } from '../control-plane/control-plane.ts';
import { followToTheEnd } from '../control-plane/follow.ts';
import { callerName, toPaste, withControlPlane, withLocation } from '../control-plane/operation-command.ts';
import { paintOf, say, type Terminal } from '../terminal.ts';

/** `sluice undo WORKLOAD`. */
export function makeUndoCommand(terminal: Terminal) {
  const command = new Command('undo')
    .description('restore the version that was live before the last promotion; with --wait exit 1 where that failed')
    .argument('<workload>', 'the name of the workload')
    .option('--by <name>', "your name in the ledger (default: the operating system's user)")
    .option('--wait', 'print the progress until the release has ended');
  return withLocation(command).action((workload, options) =>
    withControlPlane(terminal, options, async operations => {
      const { releaseId, restoresUndone } = await operations.undo({ workload, by: callerName(options.by) });
      say(terminal, `${releaseId} has started: it restores the version before the last promotion of ${workload}\n`);
      if (restoresUndone !== undefined)
        say(terminal, paintOf(terminal)('yellow', warningText(restoresUndone, releaseId, options)));
      if (options.wait)
        await followToTheEnd(terminal, operations, { releaseId, paste: command => toPaste(options, command) });
    }),
  );
}

function warningText(
  { releaseId: undone, images }: NonNullable<UndoAnswer['restoresUndone']>,
  releaseId: string,
  where: ControlPlaneLocation,
): string {
  const version = imagesText(images) === '' ? '' : ` (${imagesText(images)})`;
  return [
    `warning: the last promotion was an undo, or was turned back by hand. ${releaseId} restores the version that was undone: ${undone}${version}.`,
    `To stop it: ${toPaste(where, `abort ${releaseId}`)}\n`,
  ].join('\n');
}
