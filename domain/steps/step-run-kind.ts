import type { Measured } from './analysis/measuring.ts';

/** A step that asks something outside asks again this often whether there is an answer. */
export const WAIT_SECONDS = 5;

/** An attempt of a hook. */
export interface HookProgress {
  attempt: number;
  calledAtEpochMs: number;
  answer?: { passed: boolean; because: string };
}

/** What steps read of the release that is in them; a release's state is one. */
export interface StepRelease {
  stepStartedAtEpochMs?: number;
  hooks: Readonly<Record<string, HookProgress>>;
  approvals: Readonly<Record<string, { openedAtEpochMs: number; completeAtEpochMs?: number }>>;
  plan: Measured & { promoteEarly?: { afterSeconds: number } };
}

/** What a look saw; nothing of it is degraded. */
export interface StepSeen {
  nowEpochMs: number;
  /** Seconds until another look can see more of the metrics. */
  nextReadingSeconds: number;
  verdict: { kind: 'healthy' | 'watching' | 'inconclusive'; because: string };
  /** The metrics that an analysis names have the measurements that it wants. */
  analysisComplete: boolean;
}

/** What has to be done before the step can be waited for. */
export type StepBeginning =
  | { kind: 'shiftTraffic'; weight: number }
  | { kind: 'callHook'; name: string }
  | { kind: 'openApproval'; name: string };

/** What a look finds out about the step. */
export type StepMove =
  | { kind: 'lookAgain'; seconds: number; because: string }
  | { kind: 'done'; because: string }
  | { kind: 'rollBack'; reason: 'degraded' | 'deadline' | 'fault'; because: string }
  /** As soon as nothing speaks against this weight, and at the right instant. */
  | { kind: 'shift'; weight: number }
  /** Until then; the verdict says how it ends. `tooLittle`: it wanted more than is there, and that is inconclusive. */
  | { kind: 'lasts'; untilEpochMs: number; tooLittle?: string };

/** What is waited for in the step, and from when on a person is called. */
export interface StepWait {
  /** Of domain/release/waits.ts. */
  kind: string;
  /** One sentence. */
  awaited: string;
  sinceEpochMs: number;
  /** `planned`: the plan's time has passed. `ownWork`: what Sluice does by itself. `people`: a reminder, each day at most. */
  after: { seconds: number; of: 'planned' | 'ownWork' | 'people' };
}

/**
 * What a kind of step does while a release is in it. A folder has one (move.ts), run-registry.ts has all of them. Methods, so
 * that the registry can hold steps of different keys.
 */
export interface StepRunKind<Spec extends { kind: string } = { kind: string }> {
  readonly kind: Spec['kind'];
  /** Its time counts from when it was begun, which is written down first. */
  readonly lasts?: true;
  /** undefined: nothing is left to begin. */
  begins?(step: Spec, release: StepRelease): StepBeginning | undefined;
  move(step: Spec, release: StepRelease, seen: StepSeen): StepMove;
  /** @param at when the step started, and when the release moved last, in milliseconds of the epoch */
  awaits(step: Spec, release: StepRelease, at: { startedEpochMs: number; movedEpochMs: number }): StepWait;
}
