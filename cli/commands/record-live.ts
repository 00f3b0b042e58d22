import { Command, Option } from '@commander-js/extra-typings';
import type { RecordLiveAnswer } from '../../application/operations/schemas/record-live.ts';
import { SLOTS } from '../../domain/dial.ts';
import { callerName, withControlPlane, withLocation } from '../control-plane/operation-command.ts';
import { say, type Terminal } from '../terminal.ts';

/** `sluice record-live WORKLOAD --slot SLOT`. */
export function makeRecordLiveCommand(terminal: Terminal) {
  const command = new Command('record-live')
    .description(
      "record which slot is live, after its traffic was turned by hand and not by a release; it looks whether that is so, and moves no traffic. For the slot that is live already it points the team's own Service at its pods again, also during a release",
    )
    .argument('<workload>', 'the name of the workload')
    .addOption(new Option('--slot <slot>', 'the slot that has all of the traffic').choices(SLOTS).makeOptionMandatory())
    .option('--because <text>', 'why, for the ledger')
    .option('--by <name>', "your name in the ledger (default: the operating system's user)");
  return withLocation(command).action((workload, options) =>
    withControlPlane(terminal, options, async operations => {
      const by = callerName(options.by);
      const because = options.because ?? 'no reason was given';
      say(terminal, textOf(workload, await operations.recordLive({ workload, slot: options.slot, by, because })));
    }),
  );
}

function textOf(workload: string, answer: RecordLiveAnswer): string {
  const { kind, slot, revision, releaseId, ends, leftReplicas, leftDeployment, namespace, service, underWay } = answer;
  if (kind === 'wasRecorded') {
    const done =
      service === undefined ? 'nothing more was done' : `Service ${service} selects its pods, and nothing else`;
    const goesOn = underWay === undefined ? '' : `; ${underWay} goes on`;
    return `${slot} is live already, revision ${revision}; ${done}${goesOn}\n`;
  }
  const left =
    leftReplicas === 0
      ? ''
      : `${leftDeployment} keeps its pods (${leftReplicas}) until the next release; to scale it down: kubectl -n ${namespace} scale deployment ${leftDeployment} --replicas 0\n`;
  const end = ends === true ? `${releaseId} ends as rolled back when its connections have ended\n` : '';
  return `${slot} is recorded as live in ${workload}, revision ${revision}, in place of ${releaseId}\n${end}${left}`;
}
