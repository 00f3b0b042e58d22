import type { ReleaseState } from '../ledger/state.ts';
import { stepsOf } from '../ledger/steps-of.ts';
import type { Step } from '../plan/plan.ts';
import { factsOf } from '../steps/plan-registry.ts';
import { stepRunOf } from '../steps/run-registry.ts';
import { secondsUntilShift, shiftTiming } from './shift-time.ts';
import { outgrown } from './sizing.ts';
import { minimumToRaise } from './stable-minimum.ts';
import { unconfirmedShift } from './unconfirmed-shift.ts';

/** What the road does next. The state machine has one state for each kind. */
export type NextStep =
  | { kind: 'sizeCanary'; weight: number }
  | { kind: 'openPreview' }
  | { kind: 'shiftTraffic'; weight: number }
  | { kind: 'callHook'; name: string }
  | { kind: 'openApproval'; name: string }
  | { kind: 'pause'; seconds: number }
  | { kind: 'soak' }
  | { kind: 'retireStable' };

/** The look itself says how long to wait; 1 s because a Wait state of 0 s is one transition for nothing. */
const LOOK_NOW = { kind: 'pause', seconds: 1 } as const;

/**
 * The next step of a release, from its ledger alone: asking twice gives the same answer.
 * Whatever the first step is, the canary is sized and ready before it, so that a hook or an approval finds a preview to look at.
 */
export function nextStep(release: ReleaseState, nowEpochMs: number): NextStep {
  // whatever is waited for: until the soak is over stable has to keep its size
  const isPutBack = minimumToRaise(release, nowEpochMs) !== undefined;
  if (isPutBack && release.size !== undefined) return { kind: 'sizeCanary', weight: release.size.weight };
  const step = currentStep(release);
  if (step === undefined) {
    // a first release passed its point of no return with its shift: nothing soaks that cannot go back
    if (release.soak?.done === true || release.retiringAtEpochMs !== undefined) return { kind: 'retireStable' };
    return release.soak === undefined ? { kind: 'soak' } : LOOK_NOW;
  }
  const weight = weightToReady(release);
  if (weight !== undefined) return { kind: 'sizeCanary', weight };
  if (stepsOf(release).preview !== undefined && release.preview?.opened !== true) return { kind: 'openPreview' };
  const beginning = stepRunOf(step).begins?.(step, release);
  if (beginning?.kind !== 'shiftTraffic') return beginning ?? LOOK_NOW;
  if (isSlotUnread(release, nowEpochMs)) return LOOK_NOW;
  const seconds = secondsUntilShift({ ...shiftTiming(release), nowEpochMs });
  return seconds > 0 ? { kind: 'pause', seconds } : beginning;
}

/**
 * Whether the next thing is to be begun, and nothing can be waited for yet: a look that is called twice has ended with its
 * first call what its second one comes for. Waiting would last until the deadline, and a soak that never began would be over.
 */
export function isToBegin(release: ReleaseState, nowEpochMs: number): boolean {
  const next = nextStep(release, nowEpochMs);
  switch (next.kind) {
    case 'soak':
    case 'openPreview':
    case 'callHook':
      return true;
    case 'sizeCanary':
      return (release.size?.weight ?? -1) < next.weight;
    case 'openApproval':
      return release.approvals[next.name] === undefined;
    case 'pause': {
      const step = currentStep(release);
      const lasts = step !== undefined && stepRunOf(step).lasts === true;
      return lasts && release.stepStartedAtEpochMs === undefined;
    }
    case 'shiftTraffic':
    case 'retireStable':
      return false;
  }
}

/** The weight that the current step sets and the canary is ready for; undefined where there is none. */
export function dueWeight(release: ReleaseState): number | undefined {
  return weightToReady(release) === undefined ? weightOfStep(release) : undefined;
}

export const currentStep = (release: ReleaseState): Step | undefined => stepsOf(release).steps[release.stepsDone];

/** From a reading of the slots to the shift it takes a window at most, and what a few slow calls take. */
const SLOW_CALLS_MS = 120_000;

/**
 * Whether the slots were not read since the step that sets a weight began, or so long ago that its shift would have come by
 * now: what was ready before an approval of hours, or before an account was full, may not be now. A shift that was begun is
 * ended. A first release has nothing to outgrow it, and reads them all the same.
 */
export function isSlotUnread(release: ReleaseState, nowEpochMs: number): boolean {
  const readAtEpochMs = readInStepEpochMs(release);
  if (readAtEpochMs === undefined) return true;
  return unconfirmedShift(release) === undefined && nowEpochMs > readAtEpochMs + readCountsMs(release);
}

/** Since when the slots are not known: the end of what was read in this step, or its beginning. */
export function unreadSinceEpochMs(release: ReleaseState): number | undefined {
  const readAtEpochMs = readInStepEpochMs(release);
  return readAtEpochMs === undefined ? release.stepStartedAtEpochMs : readAtEpochMs + readCountsMs(release);
}

/** When the slots were read since the step began; undefined: they were not. */
const readInStepEpochMs = ({ slotSeen, stepStartedAtEpochMs = 0 }: ReleaseState): number | undefined =>
  slotSeen === undefined || slotSeen.atEpochMs < stepStartedAtEpochMs ? undefined : slotSeen.atEpochMs;

const readCountsMs = ({ plan }: ReleaseState): number => plan.windowSeconds * 1000 + SLOW_CALLS_MS;

/**
 * The weight for which the canary has to be made ready before the current step can go on; undefined where it is ready. It is
 * made ready before the first step, whatever that is, and before every weight: again where it was outgrown since.
 */
export function weightToReady(release: ReleaseState): number | undefined {
  const readied = release.readiedForWeight ?? -1;
  const weight = nextWeight(release);
  const isDue = readied < 0 || weightOfStep(release) !== undefined;
  if (weight === undefined || !isDue) return undefined;
  return readied < weight || outgrown(release, weight) !== undefined ? weight : undefined;
}

/** The weight of the next setWeight from the current step on; undefined when all are done. */
export const nextWeight = (release: ReleaseState): number | undefined =>
  stepsOf(release)
    .steps.slice(release.stepsDone)
    .map(step => factsOf(step).weight)
    .find(weight => weight !== undefined);

/** The weight that the current step sets; undefined: it sets none. */
export function weightOfStep(release: ReleaseState): number | undefined {
  const step = currentStep(release);
  return step && factsOf(step).weight;
}
