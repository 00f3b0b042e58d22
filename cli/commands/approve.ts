import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { openingOf } from '../../domain/ledger/opening.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import { openApprovals } from '../../domain/release/approvals.ts';
import { workloadOf } from '../../domain/release-id.ts';
import { approvalText, approveCommandOf } from '../approval-text.ts';
import { CommandError } from '../command-error.ts';
import { callerName, toPaste, withControlPlane, withLocation } from '../control-plane/operation-command.ts';
import { resolveReleaseId } from '../control-plane/operations.ts';
import { say, type Terminal } from '../terminal.ts';

/** `sluice approve RELEASE|WORKLOAD [APPROVAL]`. */
export function makeApproveCommand(terminal: Terminal) {
  const command = new Command('approve')
    .argument('<release|workload>', 'a release, or the workload whose release is in progress')
    .argument('[approval]', 'the name of the approval (default: the one that is open)')
    .option('--opening <number>', 'which time that it was asked for, as status shows it', wholeNumber)
    .option('--by <name>', "your name in the ledger (default: the operating system's user)")
    .option('--group <name...>', 'a group that the approver is in; may be given more than once');
  return withLocation(command).action((text, named, options) =>
    withControlPlane(terminal, options, async operations => {
      const releaseId = await resolveReleaseId(operations, text);
      const by = callerName(options.by);
      const { state } = await operations.status({ workload: workloadOf(releaseId) });
      const active = state.active?.releaseId === releaseId ? state.active : undefined;
      const meant = approvalMeant(active, { releaseId, name: named, opening: options.opening, by }, command =>
        toPaste(options, command),
      );
      const open = active && openApprovals(active).find(one => one.name === meant.name);
      if (open?.opening === meant.opening) say(terminal, `${by} approves ${approvalText(open)}\n`);
      const { name, opening } = meant;
      const { kind } = await operations.approve({ releaseId, name, opening, by, groups: options.group ?? [] });
      say(
        terminal,
        {
          approved: `${name} of ${releaseId} is approved\n`,
          oneMoreNeeded: `${name} of ${releaseId}: your approval counts, and one more is needed\n`,
          wasApproved: `${name} of ${releaseId} was approved before; nothing more was done\n`,
        }[kind],
      );
    }),
  );
}

interface Asked {
  releaseId: string;
  name: string | undefined;
  opening: number | undefined;
  by: string;
}

/**
 * Which approval is meant, and which time that it was asked for.
 * @throws CommandError it cannot be told, or an earlier one may be meant: a command that is repeated gives no other approval
 */
function approvalMeant(
  release: ReleaseState | undefined,
  { releaseId, name, opening, by }: Asked,
  paste: (command: string) => string,
): { name: string; opening: number } {
  if (name !== undefined && opening !== undefined) return { name, opening };
  if (release === undefined) throw new CommandError(`${releaseId} is not in progress`, 'badInput');
  const fits = (one: { name: string; opening: number }) =>
    (name === undefined || one.name === name) && (opening === undefined || one.opening === opening);
  const opened = openApprovals(release).filter(fits);
  const given = Object.entries(release.approvals)
    .filter(([, { completeAtEpochMs }]) => completeAtEpochMs !== undefined)
    .map(([one, approval]) => ({ ...approval, name: one, opening: openingOf(approval) }))
    .filter(fits);
  const [open] = opened;
  const mine =
    given.findLast(({ approvedBy }) => approvedBy.includes(by)) ?? (name === undefined ? undefined : given[0]);
  if (open === undefined && mine !== undefined) return mine;
  if (open === undefined) {
    const which = name === undefined ? 'no approval' : `no approval ${name}`;
    throw new CommandError(`${releaseId} waits for ${which}`, 'badInput');
  }
  // of a question of a hold that is over nothing is left but the time that it took
  const asked = release.askedMs !== undefined || release.heldMs !== undefined;
  if (opened.length === 1 && (name !== undefined || opening !== undefined || (mine === undefined && !asked)))
    return open;
  const before = mine === undefined ? 'more than one was asked for' : `you approved ${mine.name} before`;
  const commands = opened.map(one => `  ${paste(approveCommandOf(releaseId, one))}`);
  throw new CommandError(
    [`${releaseId} waits for ${approvalText(open)}; ${before}: say which one you mean`, ...commands].join('\n'),
    'badInput',
  );
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected the number that status shows.');
  return Number(text);
}
