import { setTimeout as really } from 'node:timers/promises';
import * as z from 'zod';
import type { OpenMark } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { Sleepers } from '../../adapters/sleepers/sleepers.ts';
import type { RegisteredWorkload, Workloads } from '../../adapters/workloads/workloads.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import { isItsTurn } from '../../domain/release/turn.ts';
import { PartlyFailedError } from '../errors.ts';
import { sentenceOf, type Tried, tryEachWorkload } from '../for-each.ts';
import type { PushAnswer } from '../operations/schemas/take-push.ts';
import { PassPace } from '../pace.ts';
import { page } from '../page.ts';
import { type Cared, careForRelease } from './care-for-release.ts';
import { keepAwake } from './keep-awake.ts';
import { type LookForPushDeps, lookForPush, type SettledPushes } from './look-for-push.ts';
import type { RescueDeps, Rescued } from './rescue.ts';
import { Rounds } from './rounds.ts';

export interface ReconcileDeps extends RescueDeps, LookForPushDeps {
  workloads: Workloads;
  /** Absent: no function is in a VPC. */
  sleepers?: Sleepers;
  /** Waits so many milliseconds. @default really */
  pause?: (ms: number) => Promise<void>;
}

/** What was found and done for one workload; nothing where all is as it should be. */
export interface Reconciled {
  workload: string;
  release?: Rescued;
  push?: PushAnswer;
  /** Releases about which a person was called. */
  paged?: string[];
}

/** EventBridge's schedule says more, and none of it matters. */
export const scheduleEventSchema = z.looseObject({ 'detail-type': z.literal('Scheduled Event') });

const BY = 'reconcile';
/** The alarm `reconcile-failing` rings within five minutes, without a name; the page has it. */
const FAILURE_PAGED_EVERY_MINUTES = 60;
/** How old the list of workloads may be: of a new one an event tells, and whatever is done is done by what is read again. */
const WORKLOADS_EVERY_MS = 300_000;
/**
 * Within the 55 s of its Lambda: until here open releases are begun with, and looks for pushes a little longer, so that one never
 * keeps the other from being done at all. A call that begins last has 18 s (CALL_DEADLINE_MS).
 */
const CARE_WITHIN_MS = 25_000;
const LOOKS_WITHIN_MS = 30_000;

/** One of the list of open releases, or a workload that is to be looked at although it is not in it. */
interface Job {
  workload: { name: string };
  mark?: OpenMark;
}

/**
 * The net below all others, on a schedule: events are best effort, and a process can die between any two lines. In each pass, of
 * every workload with an open release: one whose execution was never started or has died, one past its deadline, a roll back
 * that nobody executes, a release that was to be replaced, and people who are to be called. Of every workload at its own minute
 * of five: a push that no event announced. Safe to repeat, and by two at once (decision 33).
 */
export function makeReconciler(deps: ReconcileDeps): (log: Log) => Promise<Reconciled[]> {
  const rounds = new Rounds();
  const settled: SettledPushes = new Map();
  const workloads = rememberedWorkloads(deps);
  return async log => {
    const { pause = really } = deps;
    const pace = new PassPace({ clock: deps.clock, log, pause });
    const nowEpochMs = deps.clock.now();
    const registered = workloads(nowEpochMs);
    registered.catch(() => {}); // awaited below, when those are cared for that need nothing of it
    const { sleepers } = deps;
    const awake = sleepers === undefined ? [] : keepAwake({ sleepers }, { rounds, nowEpochMs, log });
    const marks = await deps.ledger.listOpen();

    const states = new Map<string, WorkloadState>();
    const found = new Map<string, Reconciled>();
    const care = async (job: Job): Promise<void> => {
      const { name } = job.workload;
      rounds.tried(name, nowEpochMs);
      const cared = await careForRelease(deps, name, { by: BY, log });
      states.set(name, cared.state);
      rounds.done('log', name, nowEpochMs);
      note(found, name, caredFor(cared));
      await keepListTrue(deps, job, cared.state, log);
    };
    const open: Job[] = marks.map(mark => ({ workload: { name: mark.workload }, mark }));
    const inTurn = rounds.inTurn(open, ({ workload }) => workload.name, nowEpochMs);
    const cared = await tryEachWorkload(inTurn, log, care, pace.within(CARE_WITHIN_MS));

    const look = async (one: RegisteredWorkload): Promise<void> => {
      const { name } = one.workload;
      rounds.tried(name, nowEpochMs);
      // what the list of open releases may lack, and what is settled, is believed for an hour
      if (!states.has(name) && rounds.isDue('log', name, nowEpochMs)) await care({ workload: { name } });
      const state = states.get(name);
      const push = await lookForPush(deps, one, { rounds, settled, ...(state && { state }), by: BY, log });
      if (push !== undefined) note(found, name, { push });
    };
    const all = await orFailure(registered);
    const isUntried = (name: string) => !open.some(({ workload }) => workload.name === name) || states.has(name);
    const due = all.workloads.filter(
      ({ workload: { name } }) => isUntried(name) && rounds.isDue('pushes', name, nowEpochMs),
    );
    const looksInTurn = rounds.inTurn(due, ({ workload }) => workload.name, nowEpochMs);
    const looked = await tryEachWorkload(looksInTurn, log, look, pace.within(LOOKS_WITHIN_MS));

    const asleep = await awake;
    const others = [...(all.because === undefined ? [] : [all.because]), ...asleep];
    await sayWhatFailed({ ...deps, log }, [cared, looked], others);
    return [...found.values()];
  };
}

/** The registered workloads, read every few minutes: what a process remembers of them is a cache. */
function rememberedWorkloads({ workloads }: Pick<ReconcileDeps, 'workloads'>) {
  let last: { readAtEpochMs: number; all: RegisteredWorkload[] } | undefined;
  return async (nowEpochMs: number): Promise<RegisteredWorkload[]> => {
    if (last === undefined || nowEpochMs - last.readAtEpochMs >= WORKLOADS_EVERY_MS) {
      last = { readAtEpochMs: nowEpochMs, all: await workloads.readAll() };
    }
    return last.all;
  };
}

/** Open releases need no list of workloads: where it is away, they were cared for all the same. */
async function orFailure(registered: Promise<RegisteredWorkload[]>) {
  try {
    return { workloads: await registered };
  } catch (error) {
    return { workloads: [], because: `the list of workloads: ${String(error)}` };
  }
}

/** An open release that has no mark gets one, and a workload at rest loses the one that it had. */
async function keepListTrue(deps: ReconcileDeps, { workload: { name }, mark }: Job, state: WorkloadState, log: Log) {
  if (state.active !== undefined) {
    if (mark !== undefined) return;
    // opened by an older version of Sluice, or just now
    log.warn('an open release that the list of them did not have', { release: state.active.releaseId });
    await deps.ledger.markOpen({ workload: name, seq: state.seq });
  } else if (mark !== undefined && mark.seq <= state.seq) {
    await deps.ledger.unmarkOpen(mark);
  }
}

const caredFor = ({ release, paged }: Cared): Partial<Reconciled> => ({
  ...(release !== undefined && { release }),
  ...(paged.length > 0 && { paged }),
});

function note(found: Map<string, Reconciled>, workload: string, more: Partial<Reconciled>): void {
  if (Object.keys(more).length > 0) found.set(workload, { ...found.get(workload), ...more, workload });
}

/**
 * What fails has no ledger in which it could be kept that somebody was told: told by the clock, and by the alarm on errors.
 * @throws PartlyFailedError something failed, or an open release was left for the next pass
 */
async function sayWhatFailed(
  deps: ReconcileDeps,
  [cared, looked]: [Tried<Job, void>, Tried<RegisteredWorkload, void>],
  others: readonly string[],
): Promise<void> {
  const failed = [...cared.failed, ...looked.failed];
  for (const { one, because } of failed) {
    const { name } = one.workload;
    if (!isItsTurn(name, FAILURE_PAGED_EVERY_MINUTES, deps.clock.now())) continue;
    await page(deps, { workload: name, because: `the reconciler can do nothing for ${name}: ${because}` });
  }
  const left = cared.left.length;
  const later = `no time was left for ${left} open releases and ${looked.left.length} looks for pushes: they are first in the next pass`;
  if (left + looked.left.length > 0) deps.log.warn(later);
  const sentences = [...failed.map(sentenceOf), ...others, ...(left > 0 ? [later] : [])];
  if (sentences.length > 0) throw new PartlyFailedError(sentences.join('; '));
}
