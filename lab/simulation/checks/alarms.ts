import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';

/**
 * Nothing goes forward over an alarm: no admission, no weight above 0 and no point of no return by a call that began when the alarm rang, or was
 * not there, already, so that whoever asked was told. An undo is what a person does about it.
 */
export function checkAlarms(stage: Stage, { release, entry, by }: Appended): void {
  const { fact, releaseId } = entry;
  const isForward =
    fact.kind === 'admitted' || fact.kind === 'retiring' || (fact.kind === 'shiftIntended' && fact.weight > 0);
  if (!isForward || by === undefined || release.undoOf !== undefined) return;
  if ((release.workload.alarms ?? []).length === 0) return;
  const since = stage.ringsSinceEpochMs ?? stage.alarmsMissingSinceEpochMs;
  if (since === undefined || since >= by.startedAtEpochMs) return;
  const how = `${releaseId}, line ${entry.seq}: ${by.who} says ${fact.kind}`;
  stage.violate('nothing goes forward over an alarm', how);
}
