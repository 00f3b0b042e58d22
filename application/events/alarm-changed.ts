import * as z from 'zod';
import type { Alarms } from '../../adapters/alarms/alarms.ts';
import type { Executions } from '../../adapters/executions/executions.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { Workloads } from '../../adapters/workloads/workloads.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import type { AlarmSeen } from '../../domain/release/alarm-watch.ts';
import { isOverridden, overridesEnded } from '../../domain/release/although.ts';
import { forEachWorkload } from '../for-each.ts';
import { ReleaseCall, withWorkload } from '../release-call.ts';
import { type Claimed, claimRollBack } from '../roll-back/claim-roll-back.ts';
import type { SharedDeps } from '../shared-deps.ts';

export interface AlarmChangedDeps extends SharedDeps {
  ledger: Ledger;
  workloads: Workloads;
  executions: Executions;
  alarms: Alarms;
}

/** EventBridge's "CloudWatch Alarm State Change". docs: "Alarm events and EventBridge" */
export const alarmEventSchema = z.looseObject({
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  resources: z.array(z.string()),
  detail: z.looseObject({
    alarmName: z.string().min(1),
    state: z.looseObject({
      value: z.string(),
      reason: z.string().optional(),
      timestamp: z.string().refine(text => !Number.isNaN(Date.parse(text)), 'expected an instant'),
    }),
    previousState: z.looseObject({ value: z.string() }).optional(),
  }),
});

/** What came of it for one workload that names the alarm. */
export type AlarmAnswer = { workload: string } & (Claimed | { kind: 'nothing'; because: string });

/**
 * An alarm takes a release back: one that its workload names and that went into ALARM after the first
 * weight above 0 was set. One that was overridden when the release was requested counts only once it was OK. The event is a
 * hint: how the alarm is, since when and why, CloudWatch is asked. What rang before is not the canary's doing.
 */
export async function alarmChanged(
  deps: AlarmChangedDeps,
  event: z.infer<typeof alarmEventSchema>,
  log: Log,
): Promise<AlarmAnswer[]> {
  const { resources, detail } = event;
  const { alarmName, state, previousState } = detail;
  if (state.value !== 'ALARM' && state.value !== 'OK') return [];
  if (previousState?.value === state.value) return [];
  const names = new Set([alarmName, ...resources]);
  const theirs = (await deps.workloads.readAll()).filter(({ workload }) =>
    workload.alarms?.some(alarm => names.has(alarm)),
  );
  const answers = await forEachWorkload(theirs, log, ({ workload: { name: workload, alarms: registered = [] } }) =>
    withWorkload(deps, { workload, log }, async (current): Promise<AlarmAnswer> => {
      const { active } = current;
      if (active === undefined) return { workload, kind: 'nothing', because: 'no release is in progress' };
      const call = new ReleaseCall(deps, { releaseId: active.releaseId, state: current, by: 'alarm-changed', log });
      const named = new Set([...registered, ...(active.workload.alarms ?? [])]);
      const mine = [...named].filter(one => names.has(one));
      const seen = await deps.alarms.read(mine);
      if (active.rollBack === undefined) {
        const wasOk = state.value === 'OK' || previousState?.value === 'OK';
        const were = wasOk ? wereOk(active, seen) : [];
        for (const fact of overridesEnded(active, [...seen, ...were])) await call.append(fact);
      }
      const rings = seen.filter(one => one.state === 'ALARM');
      if (rings.length === 0) return { workload, kind: 'nothing', because: `it is ${stateText(seen)} by now` };
      const why = whyNot(call.release, rings, Date.parse(state.timestamp));
      if (why !== undefined) return { workload, kind: 'nothing', because: why };
      return { workload, ...(await claimRollBack(deps, call, 'degraded', becauseOf(alarmName, rings[0]?.reason))) };
    }),
  );
  return state.value === 'OK' ? [] : answers;
}

/** Those that went into ALARM after they were overridden: whatever an event says of before, they were something else then. */
function wereOk(release: ReleaseState, seen: readonly AlarmSeen[]): { alarm: string; state: 'OK' }[] {
  const overriddenAtEpochMs = release.although?.atEpochMs ?? release.requestedAtEpochMs;
  return seen
    .filter(({ state, sinceEpochMs = 0 }) => state === 'ALARM' && sinceEpochMs > overriddenAtEpochMs)
    .map(({ alarm }) => ({ alarm, state: 'OK' }));
}

const stateText = (seen: readonly AlarmSeen[]): string =>
  [...new Set(seen.map(({ state }) => (state === 'missing' ? 'not there' : state)))].join(' and ') || 'not named';

function whyNot(release: ReleaseState, rings: readonly AlarmSeen[], saidAtEpochMs: number): string | undefined {
  const { releaseId, shifts } = release;
  if (rings.some(({ alarm }) => isOverridden(release, alarm))) {
    const why =
      release.undoOf === undefined
        ? `${release.although?.by} started ${releaseId} although it rings`
        : `${releaseId} is an undo`;
    return `${why}, and it has not been OK since`;
  }
  // from the intent on: the weight may have been set before it was confirmed
  const first = shifts.find(({ weight }) => weight > 0);
  if (first === undefined) return `${releaseId} has no traffic yet`;
  const atEpochMs = Math.max(...rings.map(({ sinceEpochMs }) => sinceEpochMs ?? saidAtEpochMs));
  return atEpochMs < first.intendedAtEpochMs ? `it rang before ${releaseId} had traffic` : undefined;
}

/** A reason may be pages long; the ledger wants a sentence. */
const MOST_REASON = 500;

const becauseOf = (alarmName: string, reason = ''): string =>
  `alarm ${alarmName} went into ALARM${reason === '' ? '' : `: ${reason.slice(0, MOST_REASON)}`}`;
