import { assertNever } from '../assert-never.ts';
import type { Verdict } from '../judgement/verdict.ts';
import type { Admission, Fact, RollBackReason } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { isOurs } from './dial-owner.ts';
import { holdOr } from './hold.ts';
import type { Decision, Move, Observation } from './move.ts';
import { currentStep, nextWeight } from './next-step.ts';
import { secondsUntilShift, shiftTiming } from './shift-time.ts';

/** A canary that is becoming ready, a hook that runs and an operator who thinks are asked for this often. */
export const WAIT_SECONDS = 5;

/** The next move of a release that waits. Pure: no clock, no I/O; the same arguments always give the same move. */
export function nextMove(release: ReleaseState, seen: Observation): Decision {
  const admission = release.admission;
  if (admission === undefined) throw new Error(`${release.releaseId} waits before it was admitted`);
  const facts = judgedFacts(release, seen);
  const decide = (move: Move, ...more: Fact[]): Decision => ({ move, facts: [...facts, ...more] });

  if (seen.verdict.kind === 'degraded') {
    return decide({ kind: 'rollBack', reason: 'degraded', because: seen.verdict.because });
  }
  const overdue = deadlineOf(release, admission, seen.nowEpochMs);
  if (seen.nowEpochMs >= overdue) {
    return decide({ kind: 'rollBack', reason: 'deadline', because: 'the release did not end by its deadline' });
  }
  if (!isOurs(release, admission, seen.dial)) {
    const because = `someone else moved the dial to blue ${seen.dial.blue} %, green ${seen.dial.green} %`;
    const held = holdOr(release, { because, fault: true }, seen, { then: 'rollBack', reason: 'fault' });
    return decide(held.move, ...held.facts);
  }
  const waited = waitedFor(release, admission, seen);
  return decide(waited.move, ...waited.facts);
}

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

/** Open approvals do not count against the release's deadline. */
export function deadlineOf(release: ReleaseState, admission: Admission, nowEpochMs: number): number {
  const openMs = Object.values(release.approvals)
    .map(approval => (approval.completeAtEpochMs ?? nowEpochMs) - approval.openedAtEpochMs)
    .reduce((sum, ms) => sum + ms, 0);
  return admission.deadlineEpochMs + openMs;
}

function waitedFor(release: ReleaseState, admission: Admission, seen: Observation): Decision {
  const step = currentStep(release);
  const weight = nextWeight(release);
  // the canary is made ready before the first step, whatever it is, and before every weight
  const readied = release.readiedForWeight ?? -1;
  if (weight !== undefined && readied < weight && (readied < 0 || step?.kind === 'setWeight')) {
    return readiness(release, admission, weight, seen);
  }
  if (step === undefined) return stepOver(release, seen, soakEnd(release), { kind: 'soakDone', because: '' });
  const started = release.stepStartedAtEpochMs ?? seen.nowEpochMs;
  const done: Fact = { kind: 'stepDone', index: release.stepsDone, because: '' };
  switch (step.kind) {
    case 'setWeight': {
      const seconds = secondsUntilShift({ ...shiftTiming(release), nowEpochMs: seen.nowEpochMs });
      if (seconds > 0) return again(seconds, 'waits for the end of a window');
      return { move: { kind: 'advance', because: `ready for ${step.weight} %` }, facts: resume(release) };
    }
    case 'bake':
      return stepOver(release, seen, started + step.seconds * 1000, done);
    case 'analysis': {
      if (!seen.analysisComplete) return again(seen.nextReadingSeconds, `measures ${step.metrics.join(', ')}`);
      return stepOver(release, seen, started, done);
    }
    case 'hook':
      return hookMove(release, step, seen, done);
    case 'approval': {
      const approval = release.approvals[step.name];
      if (approval?.completeAtEpochMs !== undefined) return advance(release, done, `${step.name} was approved`);
      const openedAt = approval?.openedAtEpochMs ?? seen.nowEpochMs;
      if (seen.nowEpochMs >= openedAt + step.withinSeconds * 1000) {
        return rollBack('deadline', `${step.name} was not approved within ${step.withinSeconds} s`);
      }
      return again(seen.nextReadingSeconds, `waits for ${step.name} to be approved`);
    }
    default:
      return assertNever(step);
  }
}

function readiness(release: ReleaseState, admission: Admission, weight: number, seen: Observation): Decision {
  const wanted = release.size;
  if (wanted === undefined) return again(WAIT_SECONDS, 'the canary is not sized yet');
  const slot = release.slotSeen;
  const ready = slot?.ready === true && slot.desired >= wanted.replicas;
  if (ready && seen.healthyCanaryTargets >= wanted.replicas) {
    const facts: Fact[] = [{ kind: 'readied', weight }, ...resume(release)];
    return { move: { kind: 'advance', because: `${wanted.replicas} ready for ${weight} %` }, facts };
  }
  const count = ready
    ? `${seen.healthyCanaryTargets} of ${wanted.replicas} targets healthy in ${admission.canary}`
    : `${slot?.available ?? 0} of ${wanted.replicas} pods ready in ${admission.canary}`;
  const because = slot?.problem === undefined ? count : `${count}: ${slot.problem}`;
  if (seen.nowEpochMs - wanted.intendedAtEpochMs >= release.plan.progressDeadlineSeconds * 1000) {
    return rollBack('notReady', `${because} after ${release.plan.progressDeadlineSeconds} s`);
  }
  return again(WAIT_SECONDS, because);
}

function stepOver(release: ReleaseState, seen: Observation, endEpochMs: number, done: Fact): Decision {
  const leftSeconds = (endEpochMs - seen.nowEpochMs) / 1000;
  const { verdict } = seen;
  if (leftSeconds > 0) return again(Math.min(leftSeconds, seen.nextReadingSeconds), verdict.because, resume(release));
  switch (verdict.kind) {
    case 'healthy':
    case 'watching':
      return advance(release, done, verdict.because);
    case 'inconclusive': {
      const approved = release.approvals.proceed?.completeAtEpochMs !== undefined;
      if (approved && !verdict.fault) return advance(release, done, 'a person said: proceed');
      const reason = verdict.fault ? 'fault' : 'deadline';
      const { then } = release.plan.hold;
      // never proceed on a fault of the metric source
      const end = then === 'proceed' && verdict.fault ? 'rollBack' : then;
      const held = holdOr(release, verdict, seen, { then: end, reason });
      return held.move.kind === 'advance' ? advance(release, done, held.move.because) : held;
    }
    case 'degraded':
      return rollBack('degraded', verdict.because);
    default:
      return assertNever(verdict);
  }
}

function hookMove(
  release: ReleaseState,
  step: { name: string; timeoutSeconds: number },
  seen: Observation,
  done: Fact,
): Decision {
  const hook = release.hooks[step.name];
  if (hook?.answer?.passed === true) return advance(release, done, `hook ${step.name} passed`);
  if (hook?.answer !== undefined) return rollBack('degraded', `hook ${step.name} failed: ${hook.answer.because}`);
  const startedAt = release.stepStartedAtEpochMs ?? seen.nowEpochMs;
  if (seen.nowEpochMs >= startedAt + step.timeoutSeconds * 1000) {
    return rollBack('fault', `hook ${step.name} did not answer within ${step.timeoutSeconds} s`);
  }
  return again(WAIT_SECONDS, `hook ${step.name} runs`);
}

const soakEnd = (release: ReleaseState): number =>
  (release.soak?.startedAtEpochMs ?? 0) + release.plan.soakSeconds * 1000;

const resume = (release: ReleaseState): Fact[] => (release.hold === undefined ? [] : [{ kind: 'resumed' }]);

const again = (seconds: number, because: string, facts: Fact[] = []): Decision => ({
  move: { kind: 'lookAgain', seconds: Math.max(1, Math.ceil(seconds)), because },
  facts,
});

const rollBack = (reason: RollBackReason, because: string): Decision => ({
  move: { kind: 'rollBack', reason, because },
  facts: [],
});

function advance(release: ReleaseState, done: Fact, because: string): Decision {
  const fact = done.kind === 'stepDone' || done.kind === 'soakDone' ? { ...done, because } : done;
  return { move: { kind: 'advance', because }, facts: [...resume(release), fact] };
}
