import type { Fact } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';

/**
 * Whether this alarm is ignored: somebody said so when the release was requested, or it is an undo, which a person asks for
 * because alarms ring; and it has not been OK since.
 */
export const isOverridden = ({ although, alarmsWereOk, undoOf }: ReleaseState, alarm: string): boolean =>
  (undoOf !== undefined || although?.alarms?.includes(alarm) === true) && alarmsWereOk?.includes(alarm) !== true;

/** What has to be written down of alarms that were read: an override ends when its alarm is OK. */
export const overridesEnded = (
  release: ReleaseState,
  read: readonly { alarm: string; state: string }[],
): Extract<Fact, { kind: 'alarmWasOk' }>[] =>
  read
    .filter(({ alarm, state }) => state === 'OK' && isOverridden(release, alarm))
    .map(({ alarm }) => ({ kind: 'alarmWasOk', alarm }));
