import type { Slot } from '../dial.ts';
import { durationText } from '../file/units.ts';
import { drainingOf } from '../ledger/draining-of.ts';
import type { Admission } from '../ledger/facts.ts';
import { type Paged, PROCEED, type ReleaseState, type WorkloadState } from '../ledger/state.ts';
import { stepsOf } from '../ledger/steps-of.ts';
import type { Step } from '../plan/plan.ts';
import { stepRunOf } from '../steps/run-registry.ts';
import { clusterText } from './cluster-failed.ts';
import { drainSeconds } from './draining.ts';
import { deadlineOf } from './next-move.ts';
import { currentStep, weightToReady } from './next-step.ts';
import { unconfirmedShift } from './unconfirmed-shift.ts';
import { AFTER_PLANNED, DAILY, NEEDS_MENDING, OWN_WORK, WAITS, WAY_BACK, type WaitKind } from './waits.ts';

/** What a release waits for. */
export interface Waiting {
  kind: WaitKind;
  releaseId: string;
  /** One sentence. */
  awaited: string;
  sinceEpochMs: number;
  /** From here on a person is called. */
  pageAtEpochMs: number;
}

type Found = Omit<Waiting, 'releaseId'>;

/** What the releases of a workload wait for: the active one first, then the one behind it. Empty at rest. */
export function waitingOf({ active, waiting, ended }: WorkloadState, nowEpochMs: number): Waiting[] {
  if (active === undefined) return [];
  // what was replaced in the queue was never active, and its end made nobody so
  const before = ended.find(({ outcome, sameAs }) => outcome !== 'superseded' || sameAs !== undefined);
  const turnEpochMs = Math.max(active.requestedAtEpochMs, before?.endedAtEpochMs ?? 0);
  const found: Waiting = { releaseId: active.releaseId, ...waitOf(active, { turnEpochMs, nowEpochMs }) };
  if (waiting === undefined) return [found];
  const turn = wait('turn', `${active.releaseId} to end`, waiting.requestedAtEpochMs, DAILY);
  return [found, { releaseId: waiting.releaseId, ...turn }];
}

/** From one page about a release to the next at least, whatever it waits for by then: traffic that somebody turns again and
 * again makes it wait for another thing each time. */
const BETWEEN_PAGES_SECONDS = 600;

/** Whether a person is to be called now: nobody was told of this yet, or long ago. */
export function isPageDue({ kind, sinceEpochMs, pageAtEpochMs }: Waiting, { paged }: ReleaseState, nowEpochMs: number) {
  if (nowEpochMs < pageAtEpochMs) return false;
  const isOther = paged !== undefined && paged.what !== kind;
  const againSeconds = isOther ? BETWEEN_PAGES_SECONDS : WAITS[kind].againSeconds;
  return isDueAgain(paged, { sinceEpochMs, againSeconds }, nowEpochMs);
}

/** Whether a page is due by what was paged last of its kind: about the same again, or about another. */
export function isDueAgain(
  paged: Paged | undefined,
  { sinceEpochMs, againSeconds }: { sinceEpochMs: number; againSeconds: number },
  nowEpochMs: number,
): boolean {
  if (paged === undefined) return true;
  const afterSeconds = paged.sinceEpochMs === sinceEpochMs ? againSeconds : BETWEEN_PAGES_SECONDS;
  return nowEpochMs >= paged.lastAtEpochMs + afterSeconds * 1000;
}

const wait = (kind: WaitKind, awaited: string, sinceEpochMs: number, pageAfterSeconds: number): Found => ({
  ...{ kind, awaited, sinceEpochMs },
  pageAtEpochMs: sinceEpochMs + pageAfterSeconds * 1000,
});

/** Of a slot whose traffic is gone. */
const rest = (slot: Slot): string => `the connections of ${slot} to end, and its pods to be scaled down`;

function waitOf(release: ReleaseState, at: { turnEpochMs: number; nowEpochMs: number }): Found {
  const { admission, rollBack, refused, run, hold, plan, retiringAtEpochMs } = release;
  if (rollBack !== undefined) return wayBackOf(release, rollBack);
  const movedAt = release.movedAtEpochMs ?? release.requestedAtEpochMs;
  if (refused !== undefined) return wait('closing', 'to be closed: it was refused', movedAt, OWN_WORK);
  if (admission === undefined) {
    if (hold !== undefined) {
      const most = plan.hold.atMostSeconds;
      const awaited = `the alarms that ring (${hold.because}), for at most ${durationText(most)}`;
      return wait('alarmsBeforeAdmission', awaited, hold.sinceEpochMs, Math.min(most + AFTER_PLANNED, DAILY));
    }
    if (run === 0) return wait('notBegun', 'an execution that takes it up', at.turnEpochMs, OWN_WORK);
    return wait('admission', `to be admitted${clusterText(release)}`, at.turnEpochMs, OWN_WORK);
  }
  if (retiringAtEpochMs !== undefined) return pastNoReturn(release, admission, retiringAtEpochMs);
  const found = hold === undefined ? onTheRoad(release, movedAt) : onHold(release, hold);
  const deadline = deadlineOf(release, admission, at.nowEpochMs);
  if (at.nowEpochMs < deadline + OWN_WORK * 1000) return found;
  return wait('deadline', 'to be sent back: its deadline has passed', deadline, OWN_WORK);
}

function onHold({ plan, approvals }: ReleaseState, hold: NonNullable<ReleaseState['hold']>): Found {
  if (hold.fault) return wait('fault', `a person who mends this: ${hold.because}`, hold.sinceEpochMs, NEEDS_MENDING);
  const asked = approvals[PROCEED];
  const awaited = asked === undefined ? `more data: ${hold.because}` : `a person's answer: ${hold.because}`;
  return wait('data', awaited, hold.sinceEpochMs, Math.min(plan.hold.atMostSeconds + AFTER_PLANNED, DAILY));
}

function onTheRoad(release: ReleaseState, movedAt: number): Found {
  const { canaryWritten, size, preview, soak, stepStartedAtEpochMs } = release;
  const walks = stepsOf(release);
  const canary = release.admission?.canary;
  if (!canaryWritten) return wait('writing', `${canary} to be written${clusterText(release)}`, movedAt, OWN_WORK);
  const weight = weightToReady(release);
  if (weight !== undefined) {
    if (size === undefined || size.weight < weight) {
      const awaited = `${canary} to be scaled up for weight ${weight} %${clusterText(release)}`;
      return wait('sizing', awaited, movedAt, OWN_WORK);
    }
    const why = [release.slotSeen?.problem, release.targetsSeen?.because].filter(text => text !== undefined);
    const told = why.length === 0 ? '' : `: ${why.join('; ')}`;
    const awaited = `${size.replicas} replicas of ${canary} to become ready${clusterText(release)}${told}`;
    return wait('readiness', awaited, size.intendedAtEpochMs, release.plan.progressDeadlineSeconds + AFTER_PLANNED);
  }
  const begun = unconfirmedShift(release);
  if (begun !== undefined) {
    const awaited = `weight ${begun.weight} % to be confirmed by the load balancer`;
    return wait('shift', awaited, begun.intendedAtEpochMs, OWN_WORK);
  }
  if (walks.preview !== undefined && preview?.opened !== true) {
    return wait('preview', `the preview of ${canary} to be opened`, movedAt, OWN_WORK);
  }
  const step = currentStep(release);
  if (step !== undefined) return stepWait(release, step, stepStartedAtEpochMs ?? movedAt, movedAt);
  if (soak?.done === true) return wait('givingUp', `${release.admission?.stable} to be given up`, movedAt, OWN_WORK);
  return wait('soak', 'the end of the soak', soak?.startedAtEpochMs ?? movedAt, walks.soakSeconds + AFTER_PLANNED);
}

/** Seconds past what a step itself takes, by whose time that is. */
const SLACK = { planned: AFTER_PLANNED, ownWork: OWN_WORK, people: 0 } as const;

function stepWait(release: ReleaseState, step: Step, startedEpochMs: number, movedEpochMs: number): Found {
  const { kind, awaited, sinceEpochMs, after } = stepRunOf(step).awaits(step, release, {
    startedEpochMs,
    movedEpochMs,
  });
  if (!isWait(kind)) throw new RangeError(`nothing that a release waits for is called ${kind}`);
  const seconds = after.seconds + SLACK[after.of];
  return wait(kind, awaited, sinceEpochMs, after.of === 'people' ? Math.min(seconds, DAILY) : seconds);
}

const isWait = (kind: string): kind is WaitKind => Object.hasOwn(WAITS, kind);

/** Behind the point of no return there is no deadline: only a person can say what is right if it does not end. */
function pastNoReturn(release: ReleaseState, admission: Admission, retiringAt: number): Found {
  const { hold, stableRetired, workload, shifts, turnedBack } = release;
  const { first, stable, canary } = admission;
  const drainsFor = drainSeconds(drainingOf(admission), workload.maxDrainSeconds);
  if (turnedBack?.canaryRetired === true) {
    return wait(
      'closing',
      'to be closed: it was turned back',
      release.movedAtEpochMs ?? turnedBack.atEpochMs,
      OWN_WORK,
    );
  }
  if (turnedBack !== undefined) {
    return wait('draining', `${rest(canary)}${clusterText(release)}`, turnedBack.atEpochMs, drainsFor + OWN_WORK);
  }
  if (stableRetired) {
    return wait('closing', 'to be closed: it was promoted', release.movedAtEpochMs ?? retiringAt, OWN_WORK);
  }
  // nobody may have been told, where the process that found it died: at once
  if (hold !== undefined) return wait('fault', `a person who mends this: ${hold.because}`, hold.sinceEpochMs, 0);
  if (first === true && shifts.at(-1)?.confirmedAtEpochMs === undefined) {
    return wait('firstShift', `the first requests to go to ${canary}`, retiringAt, OWN_WORK);
  }
  const drain = first === true ? 0 : drainsFor;
  return wait('draining', `${rest(stable)}${clusterText(release)}`, retiringAt, drain + OWN_WORK);
}

function wayBackOf(release: ReleaseState, rollBack: NonNullable<ReleaseState['rollBack']>): Found {
  const { admission, workload, hold } = release;
  const { claimedAtEpochMs, goingBackAtEpochMs, restoredAtEpochMs, verifiedAtEpochMs, canaryRetired } = rollBack;
  const movedAt = release.movedAtEpochMs ?? claimedAtEpochMs;
  if (canaryRetired) return wait('closing', 'to be closed: it went back', movedAt, OWN_WORK);
  if (goingBackAtEpochMs === undefined) {
    return wait('rollBack', 'an execution that takes it back', claimedAtEpochMs, WAY_BACK);
  }
  if (admission === undefined) return wait('closing', 'to be closed: nothing had moved', goingBackAtEpochMs, OWN_WORK);
  const { stable, canary } = admission;
  if (restoredAtEpochMs === undefined) {
    const why = hold === undefined ? '' : `: ${hold.because}`;
    return wait('restoring', `the requests to go back to ${stable}${why}`, goingBackAtEpochMs, WAY_BACK);
  }
  if (verifiedAtEpochMs === undefined) {
    // not from the restoring: somebody who turns the traffic again and again would begin it anew each time
    return wait('verifying', `the load balancer to show all requests with ${stable}`, goingBackAtEpochMs, OWN_WORK);
  }
  const drain = drainSeconds(drainingOf(admission), workload.maxDrainSeconds);
  return wait('retiringCanary', `${rest(canary)}${clusterText(release)}`, verifiedAtEpochMs, drain + OWN_WORK);
}
