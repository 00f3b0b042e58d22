import type { Fact } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { hasTraffic } from '../ledger/weight.ts';
import { isOverridden } from './although.ts';
import { dueWeight } from './next-step.ts';

/** One of a workload's alarms as it is now; `missing`: there is none of that name, or not any more. */
export interface AlarmSeen {
  /** As the workload calls it. */
  alarm: string;
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'missing';
  /** Why it is in that state, as far as is known. */
  reason: string;
  /** Since when, as far as is known. */
  sinceEpochMs?: number;
}

/** `unread`: why nobody could say how they are. None: the workload has no alarms, or nothing depends on them now. */
export type AlarmsSeen = readonly AlarmSeen[] | { unread: string };

/**
 * Whether something depends on the alarms now: the canary has traffic, or is about to get some. Past the point of no return they
 * can take nothing back.
 */
export const alarmsMatter = (release: ReleaseState): boolean =>
  (release.workload.alarms ?? []).length > 0 &&
  release.retiringAtEpochMs === undefined &&
  (hasTraffic(release) || (dueWeight(release) ?? 0) > 0);

/** Those in ALARM that nobody overrode; it is the state that counts, and not when it went into it. */
export const ringing = (release: ReleaseState, seen: AlarmsSeen): AlarmSeen[] =>
  'unread' in seen ? [] : seen.filter(({ alarm, state }) => state === 'ALARM' && !isOverridden(release, alarm));

/** Those that are not there, and that nobody overrode. */
export const missingAlarms = (release: ReleaseState, seen: readonly AlarmSeen[]): AlarmSeen[] =>
  seen.filter(({ alarm, state }) => state === 'missing' && !isOverridden(release, alarm));

/** What overrides them: `--although shop-burns --although shop-slow` */
export const althoughOptions = (alarms: readonly AlarmSeen[]): string =>
  alarms.map(({ alarm }) => `--although ${alarm}`).join(' ');

/** `shop-burns is in ALARM (5xx above 1 %), shop-slow is in ALARM` */
export const ringingText = (alarms: readonly AlarmSeen[]): string =>
  alarms.map(({ alarm, reason }) => `${alarm} is in ALARM${reason === '' ? '' : ` (${reason})`}`).join(', ');

/** Why the release goes back: an alarm rings while the canary has traffic. */
export function rangUnderTraffic(release: ReleaseState, seen: AlarmsSeen): string | undefined {
  const alarms = ringing(release, seen);
  if (alarms.length === 0 || !hasTraffic(release) || release.retiringAtEpochMs !== undefined) return undefined;
  return ringingText(alarms);
}

/**
 * Why the release gets no further weight now: an alarm rings, or it is not known whether one does. One without data says
 * nothing, and is no reason: many an alarm of a quiet service never has any. An undo is what a person does about an alarm, so
 * none keeps it.
 */
export function alarmBlock(release: ReleaseState, seen: AlarmsSeen): string | undefined {
  if (release.undoOf !== undefined) return undefined;
  if ('unread' in seen) return `nobody can say how its alarms are: ${seen.unread}`;
  const rings = ringing(release, seen);
  const missing = missingAlarms(release, seen);
  const reasons = [
    ...(rings.length === 0 ? [] : [ringingText(rings)]),
    ...missing.map(({ alarm }) => `there is no alarm ${alarm}`),
  ];
  if (reasons.length === 0) return undefined;
  const out = hasTraffic(release)
    ? ''
    : `. If it has to go out all the same: ${althoughOptions([...rings, ...missing])}`;
  return `${reasons.join(', ')}${out}`;
}

/** What has to be written down of alarms that protect nothing: each once, so that one that comes and goes fills no ledger. */
export const silentAlarms = (
  { alarmsSilent = {} }: ReleaseState,
  seen: readonly AlarmSeen[],
): Extract<Fact, { kind: 'alarmSilent' }>[] =>
  seen.flatMap(({ alarm, state }) => {
    const why =
      state === 'missing' ? ('missing' as const) : state === 'INSUFFICIENT_DATA' ? ('noData' as const) : undefined;
    return why === undefined || alarmsSilent[alarm]?.why === why || alarmsSilent[alarm]?.why === 'missing'
      ? []
      : [{ kind: 'alarmSilent' as const, alarm, why }];
  });
