import { assertNever } from '../assert-never.ts';
import { dialText } from '../dial.ts';
import type { Verdict } from '../judges/verdict.ts';
import type { Admission, Fact } from '../ledger/facts.ts';
import { PROCEED, type ReleaseState } from '../ledger/state.ts';
import { stepsOf } from '../ledger/steps-of.ts';
import { stepRunOf } from '../steps/run-registry.ts';
import { alarmBlock, rangUnderTraffic } from './alarm-watch.ts';
import { failingPods } from './canary-pods.ts';
import { soonEnough, unserved } from './canary-serving.ts';
import { targetsText } from './canary-targets.ts';
import { clusterText } from './cluster-failed.ts';
import { advance, type Done, lookAgain, rollBack, WAIT_SECONDS } from './decisions.ts';
import { isOurs } from './dial-owner.ts';
import { holdOr } from './hold.ts';
import type { Decision, Observation } from './move.ts';
import { currentStep, isSlotUnread, isToBegin, unreadSinceEpochMs, weightToReady } from './next-step.ts';
import { readiness } from './readiness.ts';
import { secondsUntilShift, shiftTiming } from './shift-time.ts';
import { otherContent } from './slot-content.ts';
import { minimumToRaise } from './stable-minimum.ts';

export { WAIT_SECONDS } from './decisions.ts';

/** How long a cluster may keep a weight waiting before that is a hold: some looks, each with one call to it. */
const CLUSTER_ANSWERS_SECONDS = 60;

/** The next move of a release that waits. Pure: no clock, no I/O; the same arguments always give the same move. */
export function nextMove(release: ReleaseState, seen: Observation): Decision {
  const admission = release.admission;
  if (admission === undefined) throw new Error(`${release.releaseId} waits before it was admitted`);
  // a look that was called twice and comes late: what it sees now changes nothing, and must not be written down as if it did
  if (release.retiringAtEpochMs !== undefined && release.soak?.done === true) {
    return { move: { kind: 'advance', because: 'was promoted already' }, facts: [] };
  }
  const decided = soonEnough(decide(release, admission, seen), admission, seen);
  return { ...decided, facts: [...judgedFacts(release, seen), ...resumed(release, decided), ...decided.facts] };
}

/** Seen of a canary that is not degraded: that one goes back whatever the release waits for. */
type NotDegraded = Observation & { verdict: Exclude<Verdict, { kind: 'degraded' }> };

function decide(release: ReleaseState, admission: Admission, seen: Observation): Decision {
  const { verdict } = seen;
  if (release.retiringAtEpochMs !== undefined) return onlyOn(release, decideOpen(release, admission, onlySeen(seen)));
  if (verdict.kind === 'degraded') return rollBack('degraded', verdict.because);
  const other = otherContent(release, admission, release.slotSeen);
  if (other !== undefined) return rollBack('fault', other);
  const lost = unserved(release, admission, seen);
  if (lost !== undefined) return lost;
  const rang = rangUnderTraffic(release, seen.alarms);
  if (rang !== undefined) return rollBack('degraded', rang);
  const failing = failingPods(release, admission, seen);
  if (failing !== undefined) return failing;
  if (seen.nowEpochMs >= deadlineOf(release, admission, seen.nowEpochMs)) {
    return rollBack('deadline', `the release did not end by its deadline${clusterText(release)}`);
  }
  return decideOpen(release, admission, { ...seen, verdict });
}

/** Nothing says by itself that it goes back. */
function decideOpen(release: ReleaseState, admission: Admission, seen: NotDegraded): Decision {
  const { dial } = seen;
  if (!('unreadable' in dial) && isOurs(release, admission, dial)) return moveForStep(release, admission, seen);
  const found = 'unreadable' in dial ? dial.unreadable : dialText(dial);
  const isAway = 'unreadable' in dial && dial.away === true;
  const because = `the traffic weights ${isAway ? 'are not known' : 'were changed outside Sluice'}: ${found}`;
  return holdOr(release, { because, fault: true }, seen, { then: 'rollBack', reason: 'fault' });
}

/**
 * Past the point of no return (a first release, whose shift is its point of no return) there is no way back: what would be a reason for it
 * holds the release where it is, until the world changes, and whoever looks calls a person.
 */
function onlyOn(release: ReleaseState, decided: Decision): Decision {
  const { move, facts } = decided;
  if (move.kind !== 'rollBack') return decided;
  const isHeld = release.hold?.fault === true || facts.some(fact => fact.kind === 'held');
  const held: Fact[] = isHeld ? [] : [{ kind: 'held', because: move.because, fault: true }];
  const because = `${move.because}: it was promoted, and waits for a person`;
  return {
    move: { kind: 'lookAgain', seconds: NO_RETURN_LOOK_SECONDS, because },
    facts: [...facts, ...held],
    holds: true,
  };
}

/** What a verdict says is no reason to stand still where nothing can be taken back. */
const onlySeen = ({ verdict, ...seen }: Observation): NotDegraded =>
  verdict.kind === 'degraded'
    ? { ...seen, verdict: { kind: 'watching', because: verdict.because } }
    : { ...seen, verdict };

/** Of a release that waits for a person past its point of no return. */
const NO_RETURN_LOOK_SECONDS = 30;

/** The judgement is written down when it says something new, not at every look. */
function judgedFacts(release: ReleaseState, seen: Observation): Fact[] {
  const kinds = (byMetric: Record<string, Verdict>) =>
    Object.entries(byMetric)
      .map(([name, verdict]) => `${name}=${verdict.kind}`)
      .sort()
      .join();
  const same = release.verdict?.kind === seen.verdict.kind && kinds(release.byMetric) === kinds(seen.byMetric);
  return same ? [] : [{ kind: 'judged', verdict: seen.verdict, byMetric: seen.byMetric }];
}

/** A look that no longer finds what a hold was for ends it, so that the next hold has its whole time. */
function resumed(release: ReleaseState, { move, facts, holds }: Decision): Fact[] {
  if (release.hold === undefined || holds === true || move.kind === 'rollBack') return [];
  const ends = facts.some(({ kind }) => kind === 'stepDone' || kind === 'soakDone'); // which end a hold as well
  return ends ? [] : [{ kind: 'resumed' }];
}

/**
 * The time that people take to approve does not count against the release's deadline, nor does that of a hold for want of
 * data: each has an end of its own, and a release that waits for traffic is not one that is stuck.
 */
export function deadlineOf(release: ReleaseState, admission: Admission, nowEpochMs: number): number {
  const { hold } = release;
  const holdsForData = hold !== undefined && !hold.fault;
  const openMs = Object.entries(release.approvals)
    .filter(([name]) => !(holdsForData && name === PROCEED)) // its question is a part of the hold
    .map(([, approval]) => (approval.completeAtEpochMs ?? nowEpochMs) - approval.openedAtEpochMs)
    .reduce((sum, ms) => sum + ms, 0);
  const holdMs = holdsForData ? nowEpochMs - hold.sinceEpochMs : 0;
  return admission.deadlineEpochMs + openMs + holdMs + (release.askedMs ?? 0) + (release.heldMs ?? 0);
}

function moveForStep(release: ReleaseState, admission: Admission, seen: NotDegraded): Decision {
  const step = currentStep(release);
  const weight = weightToReady(release);
  if (weight !== undefined && seen.sizingFailed !== undefined) return sizeAgain(release, weight, seen);
  const putBack = minimumToRaise(release, seen.nowEpochMs);
  if (putBack !== undefined) {
    const holds = release.hold === undefined ? {} : { holds: true as const }; // for what it held for it holds still
    return { move: { kind: 'advance', because: putBack.because }, facts: [], ...holds };
  }
  if (isToBegin(release, seen.nowEpochMs)) {
    return { move: { kind: 'advance', because: 'the next step is to begin' }, facts: [] };
  }
  if (weight !== undefined) return readiness(release, admission, weight, seen);
  if (step === undefined) return endOfStep(release, seen, soakEnd(release), { kind: 'soakDone' });
  const done: Done = { kind: 'stepDone', index: release.stepsDone };
  const found = stepRunOf(step).move(step, release, seen);
  switch (found.kind) {
    case 'shift':
      return beforeShift(release, admission, found.weight, seen);
    case 'lasts':
      return endOfStep(release, { ...seen, verdict: shortOf(seen.verdict, found.tooLittle) }, found.untilEpochMs, done);
    case 'done':
      return advance(done, found.because);
    case 'rollBack':
      return rollBack(found.reason, found.because);
    case 'lookAgain':
      return lookAgain(found.seconds, found.because);
    default:
      return assertNever(found);
  }
}

/** What a step that wanted more than is there says by its verdict: nothing that is sure. */
function shortOf(verdict: NotDegraded['verdict'], tooLittle: string | undefined): NotDegraded['verdict'] {
  if (tooLittle === undefined) return verdict;
  if (verdict.kind === 'inconclusive') return { ...verdict, because: tooLittle };
  return { kind: 'inconclusive', because: tooLittle, fault: false };
}

/** No traffic to a slot without healthy targets, nor over an alarm; and a shift takes place just before a window ends. */
function beforeShift(release: ReleaseState, admission: Admission, weight: number, seen: Observation): Decision {
  const blocked = weight > 0 ? alarmBlock(release, seen.alarms) : undefined;
  if (blocked !== undefined) {
    // whatever `hold.then` says: nobody proceeds over an alarm, and an alarm that rings is not for want of data
    return holdOr(release, { because: blocked, fault: true }, seen, { then: 'rollBack', reason: 'fault' });
  }
  if (weight > 0 && seen.healthyCanaryTargets === 0) {
    const targets = targetsText(release, admission, seen);
    const because = `no target of ${admission.canary} is healthy: it gets no traffic${targets === undefined ? '' : `; ${targets}`}`;
    return holdOr(release, { because, fault: true }, seen, { then: 'rollBack', reason: 'notReady' });
  }
  if (isSlotUnread(release, seen.nowEpochMs)) return unreadMove(release, seen);
  const seconds = secondsUntilShift({ ...shiftTiming(release), nowEpochMs: seen.nowEpochMs });
  if (seconds > 0) return lookAgain(seconds, 'waiting for the end of a window');
  return { move: { kind: 'shiftTraffic', because: `ready for weight ${weight} %` }, facts: [] };
}

/**
 * A cluster that could not be asked to size the canary is asked again, which takes its half minute. While it does not answer
 * that is a hold; one that has no room for our calls is no reason for anything, and waits for the deadline at most.
 */
function sizeAgain(release: ReleaseState, weight: number, seen: Observation): Decision {
  const because = `the cluster does not answer: the canary cannot be sized for ${weight} %${clusterText(release)}`;
  const onceMore: Decision['move'] = { kind: 'advance', because };
  if (seen.sizingFailed === 'throttled') return { move: onceMore, facts: [] };
  const held = holdOr(release, { because, fault: true }, seen, { then: 'rollBack', reason: 'fault' });
  return held.move.kind === 'rollBack' ? held : { ...held, move: onceMore };
}

/** A cluster that does not answer blocks the next weight, and never the way back. The first minute of that is nobody's trouble. */
function unreadMove(release: ReleaseState, seen: Observation): Decision {
  const because = `the cluster did not say how many pods the slots have: no weight is set without${clusterText(release)}`;
  const sinceEpochMs = unreadSinceEpochMs(release) ?? seen.nowEpochMs;
  if (seen.nowEpochMs < sinceEpochMs + CLUSTER_ANSWERS_SECONDS * 1000) return lookAgain(WAIT_SECONDS, because);
  return holdOr(release, { because, fault: true }, seen, { then: 'rollBack', reason: 'fault' });
}

function endOfStep(release: ReleaseState, seen: NotDegraded, endEpochMs: number, done: Done): Decision {
  const leftSeconds = (endEpochMs - seen.nowEpochMs) / 1000;
  const { verdict } = seen;
  if (leftSeconds > 0) return lookAgain(Math.min(leftSeconds, seen.nextReadingSeconds), verdict.because);
  switch (verdict.kind) {
    case 'healthy':
    case 'watching':
      return advance(done, verdict.because);
    case 'inconclusive': {
      const approved = release.approvals[PROCEED]?.completeAtEpochMs !== undefined;
      if (approved && !verdict.fault) return advance(done, `a person approved: ${verdict.because}`);
      // a soak of no time waits for nothing: what the step before it went on with it goes on with as well
      if (done.kind === 'soakDone' && stepsOf(release).soakSeconds === 0 && verdict.unseen !== undefined) {
        return advance(done, verdict.unseen);
      }
      const reason = verdict.fault ? 'fault' : 'noEvidence';
      const { then } = release.plan.hold;
      // never proceed on a fault of the metric source
      const end = then === 'proceed' && verdict.fault ? 'rollBack' : then;
      const held = holdOr(release, verdict, seen, { then: end, reason });
      return held.move.kind === 'advance' ? advance(done, held.move.because) : held;
    }
    default:
      return assertNever(verdict);
  }
}

const soakEnd = (release: ReleaseState): number =>
  (release.soak?.startedAtEpochMs ?? 0) + stepsOf(release).soakSeconds * 1000;
