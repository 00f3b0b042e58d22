import * as z from 'zod';
import type { Executions } from '../adapters/executions/executions.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import type { Workloads } from '../adapters/workloads/workloads.ts';
import type { ReleaseState } from '../domain/ledger/state.ts';
import { isOverridden, overridesEnded } from '../domain/release/although.ts';
import { type Claimed, claimRollBack } from './shared/claim-roll-back.ts';
import { forEachWorkload } from './shared/for-each.ts';
import { makeLambda, type SharedDeps } from './shared/handler.ts';
import { lazily, openExecutions, openLedger, openShared, openWorkloads } from './shared/open.ts';
import { ReleaseCall, withWorkload } from './shared/release-call.ts';

export interface AlarmChangedDeps extends SharedDeps {
  ledger: Ledger;
  workloads: Workloads;
  executions: Executions;
}

/** EventBridge's "CloudWatch Alarm State Change". docs: "Alarm events and EventBridge" */
const eventSchema = z.looseObject({
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
 * The door by which an alarm takes a release back: one that its workload names and that went into ALARM after the first
 * weight above 0 was set. One that was overridden when the release was requested counts only once it was OK. By its own instant: an event may come late, and what rang before is not the canary's doing.
 */
export const makeHandler = (deps: AlarmChangedDeps) =>
  makeLambda('alarm-changed', deps, async (event, log): Promise<AlarmAnswer[]> => {
    const { resources, detail } = eventSchema.parse(event);
    const { alarmName, state, previousState } = detail;
    if (state.value !== 'ALARM' && state.value !== 'OK') return [];
    if (previousState?.value === state.value) return [];
    const names = new Set([alarmName, ...resources]);
    const theirs = (await deps.workloads.readAll()).filter(({ workload }) =>
      workload.alarms?.some(alarm => names.has(alarm)),
    );
    const alarm = { atEpochMs: Date.parse(state.timestamp), because: becauseOf(alarmName, state.reason) };
    const answers = await forEachWorkload(theirs, log, ({ workload: { name: workload } }) =>
      withWorkload(deps, { workload, log }, async (current): Promise<AlarmAnswer> => {
        const { active } = current;
        if (active === undefined) return { workload, kind: 'nothing', because: 'no release is in progress' };
        const call = new ReleaseCall(deps, { releaseId: active.releaseId, state: current, by: 'alarm-changed', log });
        // either it is OK now, or it was just before this
        const wasOk = state.value === 'OK' || previousState?.value === 'OK';
        const mine = (active.workload.alarms ?? []).filter(one => names.has(one));
        if (wasOk && active.rollBack === undefined) {
          for (const fact of overridesEnded(
            active,
            mine.map(one => ({ alarm: one, state: 'OK' })),
          ))
            await call.append(fact);
        }
        if (state.value === 'OK') return { workload, kind: 'nothing', because: `${alarmName} is OK` };
        const why = whyNot(call.release, alarm.atEpochMs, mine);
        if (why !== undefined) return { workload, kind: 'nothing', because: why };
        return { workload, ...(await claimRollBack(deps, call, 'degraded', alarm.because)) };
      }),
    );
    return state.value === 'OK' ? [] : answers;
  });

function whyNot(release: ReleaseState, atEpochMs: number, names: string[]): string | undefined {
  const { releaseId, shifts } = release;
  if (names.some(name => isOverridden(release, name))) {
    const why =
      release.undoOf === undefined
        ? `${release.although?.by} started ${releaseId} although it rings`
        : `${releaseId} is an undo`;
    return `${why}, and it has not been OK since`;
  }
  // from the intent on: the weight may have been set before it was confirmed
  const first = shifts.find(({ weight }) => weight > 0);
  if (first === undefined) return `${releaseId} has no traffic yet`;
  return atEpochMs < first.intendedAtEpochMs ? `it rang before ${releaseId} had traffic` : undefined;
}

/** A reason may be pages long; the ledger wants a sentence. */
const MOST_REASON = 500;

const becauseOf = (alarmName: string, reason = ''): string =>
  `alarm ${alarmName} went into ALARM${reason === '' ? '' : `: ${reason.slice(0, MOST_REASON)}`}`;

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    executions: openExecutions(env),
  }),
);
