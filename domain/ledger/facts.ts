import type { Dial, Slot } from '../dial.ts';
import type { Baseline } from '../judges/sequential/baseline.ts';
import type { Verdict } from '../judges/verdict.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseSteps } from '../plan/release-steps.ts';
import type { Draining } from '../routers/draining.ts';
import type { Workload } from '../workload.ts';

/** How a release ended. */
export type Outcome = 'promoted' | 'rolledBack' | 'rejected' | 'superseded';
/**
 * Why a release went back. `noEvidence`: the data were too few to tell good from bad, which says nothing of the canary and is
 * never counted as a false alarm.
 */
export const ROLL_BACK_REASONS = ['degraded', 'notReady', 'aborted', 'deadline', 'noEvidence', 'fault'] as const;
export type RollBackReason = (typeof ROLL_BACK_REASONS)[number];

/** An image of a release, resolved when it was requested: a tag that moves later changes nothing. */
export interface ReleaseImage {
  repository: string;
  /** What was asked for: a tag or a digest. */
  reference: string;
  digest: string;
  uri: string;
  /** Where its registry does not say when it was pushed: when it was asked for. */
  pushedAtEpochMs: number;
  /** Why nobody asked the registry whether the digest is there: whoever started it gave it. Absent: it was asked. */
  unverified?: string;
  /** Of an index of several platforms: the digests of its parts, which may have tags of their own. Absent: it has none. */
  parts?: string[];
}

/** What a person overrode when they asked for a release; its line says who and when. */
export interface Although {
  /** It begins although no target of the live slot is healthy. */
  stableIsDown?: true;
  /** It begins although these ring, by what the workload calls them. */
  alarms?: string[];
}

/** What Admit found and decided; frozen: the release stands on it. */
export interface Admission {
  /** The first release of a new service: nothing is live in `stable`, so there is nothing to compare with or to go back to. */
  first?: true;
  /** Nothing in `stable` was healthy, and a person had said that the release begins all the same. */
  stableIsDown?: true;
  /** What it walks through; absent in lines from before it was frozen, and of a release that has ended: ask `stepsOf`. */
  walks?: ReleaseSteps;
  stable: Slot;
  canary: Slot;
  revision: string;
  stableRevision: string;
  /** Replicas of the stable slot at admission (of a first release: of the template): what the canary must carry at weight 100. */
  stableReplicas: number;
  /** Minimum of the stable slot's autoscaler at admission, put back at the end. */
  stableMinimum?: number;
  deadlineEpochMs: number;
  /** How long after a confirmed shift clients may still see the old weights. */
  propagationSeconds: number;
  /** How long a slot serves on after its weight is 0. Absent in lines from before version 7, which had other names: ask `drainingOf`. */
  draining?: Draining;
  /** The router's own plain JSON; its shape belongs to the router's adapter. */
  wayBack: unknown;
}

/** What the cluster said of the canary's slot, and of stable's at the same time. */
export interface SlotSeen {
  slot: Slot;
  /** Replicas that its Deployment asks for. */
  desired: number;
  available: number;
  ready: boolean;
  problem?: string;
  /** Of what is in it; absent where there is no Deployment, and in lines from before it was read. */
  revision?: string;
  /** Image by container, likewise. */
  images?: Record<string, string>;
  /** What others have added to it; absent: nothing, or it was not read. */
  added?: string;
  /** Its autoscaler allows no more replicas than these, which are fewer than Sluice gave it. */
  most?: number;
  /**
   * Absent in lines from before it was read. `restarts`: of the containers of all its pods. `minimum`: of its autoscaler, where
   * it is below what Sluice has set.
   */
  stable?: { desired: number; available: number; restarts?: number; minimum?: number };
  /** Restarts of the canary's pods, above those that each pod is allowed (`podsAtReady`); absent: none. */
  restarts?: number;
  /** Of the pod that restarted most, all of its restarts; absent: none restarted. */
  mostRestarts?: number;
  /** How the container that restarted most ended last. */
  lastExit?: string;
}

/**
 * What can be found wrong beside the road of a release. `service`: the team's own Service selects no pod of the live slot.
 * `stableMinimum`: somebody puts the minimum of stable's autoscaler back, again and again.
 */
export const FINDING_KINDS = ['service', 'stableMinimum'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Everything that can stand in a ledger. Intent before effect; a fact never changes once appended. */
export type Fact =
  | {
      kind: 'requested';
      images: Record<string, ReleaseImage>;
      plan: Plan;
      workload: Workload;
      undoOf?: string;
      /** The release on its way has the same image: Admit finds out whether this one is another revision. */
      againOf?: string;
      although?: Although;
    }
  /** What a person overrode of a release that was requested before and has not begun. */
  | { kind: 'overridden'; although: Although }
  /** An alarm that was overridden is OK: from here on it counts. */
  | { kind: 'alarmWasOk'; alarm: string }
  /** An alarm that protects nothing, once for each reason: it has no data, or is not there (any more). */
  | { kind: 'alarmSilent'; alarm: string; why: 'noData' | 'missing' }
  | { kind: 'runClaimed'; run: number }
  /** A push that came while this release was on its way, and the plan says onNewImage: reject. */
  | { kind: 'pushRefused'; image: ReleaseImage; because: string }
  /** A tag that was put on an image of before: nothing starts by itself, and a person can see it. */
  | { kind: 'retagPassed'; image: ReleaseImage; because: string }
  | { kind: 'admitted'; admission: Admission }
  /** `sameAs`: its revision is the one of that release, so there is nothing to release. */
  | { kind: 'refused'; because: string; sameAs?: string }
  | { kind: 'canaryIntended'; slot: Slot; revision: string }
  /** `images`: by container, as they were read back; absent in lines from before that was done. */
  | { kind: 'canaryWritten'; slot: Slot; revision: string; images?: Record<string, string> }
  /** `stableReplicas`: of which stable it is a share; absent in lines from before it was written down. */
  | { kind: 'sizeIntended'; slot: Slot; replicas: number; weight: number; stableReplicas?: number }
  /**
   * The state after the line before this one is kept as a snapshot, and `digest` is its hash: a snapshot that the log does not
   * name in this way is not read. About the workload; the release is the one of the line before.
   */
  | { kind: 'snapshotTaken'; digest: string }
  | ({ kind: 'slotSeen' } & SlotSeen)
  /** The cluster could not be asked, or did not do what it was asked; not that it has no room for our calls. */
  | { kind: 'clusterFailed'; because: string }
  /** What the load balancer says of the canary's targets while they are waited for. */
  | { kind: 'targetsSeen'; slot: Slot; because: string }
  /** Something is wrong that does not stop the release, and a person is called; without `because`: it is no longer. */
  | { kind: 'finding'; what: FindingKind; because?: string }
  /** Somebody had put the minimum of stable's autoscaler back, and it is set again. */
  | { kind: 'stableMinimumRaised'; slot: Slot; from: number; to: number }
  | { kind: 'readied'; weight: number }
  | { kind: 'previewIntended'; slot: Slot }
  | { kind: 'previewOpened'; slot: Slot }
  | { kind: 'stepStarted'; index: number }
  | { kind: 'stepDone'; index: number; because: string }
  | { kind: 'shiftIntended'; from: Dial; to: Dial; weight: number }
  | { kind: 'shiftConfirmed'; dial: Dial; weight: number }
  | { kind: 'hookCalled'; name: string; attempt: number }
  | { kind: 'hookAnswered'; name: string; passed: boolean; because: string }
  /**
   * It wants to be asked again, at an address that is no part of the log: it may be signed. `digest` is its hash, `host` where it
   * is; lines from before that was so have `statusUrl`.
   */
  | { kind: 'hookRunning'; name: string; host?: string; digest?: string; statusUrl?: string }
  | { kind: 'approvalOpened'; name: string }
  /** `opening`: the line that opened it, and only for that it counts; absent in lines from before it was named. */
  | { kind: 'approved'; name: string; groups: string[]; opening?: number }
  /** What the stable version did before the first weight, by metric. */
  /** `blind`: what of the plan cannot be seen in the time it gives itself, at this traffic. */
  | { kind: 'baselineSeen'; baseline: Record<string, Baseline>; blind?: string[] }
  /** `auto` ceilings of metrics, per threshold: from here on they judge what gets all the traffic. */
  | { kind: 'ceilingsFrozen'; ceilings: Record<string, number[]> }
  /**
   * Windows that were judged are folded into a checkpoint: of it this is the hash. Every window that begins before `untilEpochMs`
   * is in it; `lostUntilEpochMs`: of those before nobody knows any more what they said.
   */
  | { kind: 'windowsFolded'; digest: string; untilEpochMs: number; lostUntilEpochMs?: number }
  | { kind: 'judged'; verdict: Verdict; byMetric: Record<string, Verdict> }
  | { kind: 'held'; because: string; fault: boolean }
  | { kind: 'resumed' }
  | { kind: 'soakStarted' }
  | { kind: 'soakDone'; because: string }
  /** `handsOver`: the attempt before it did not die, its history was full. */
  | { kind: 'rollBackClaimed'; attempt: number; reason: RollBackReason; because: string; handsOver?: true }
  | { kind: 'goingBack'; attempt: number }
  | { kind: 'dialRestored'; dial: Dial }
  | { kind: 'dialVerified'; dial: Dial }
  | { kind: 'canaryRetired'; slot: Slot }
  | { kind: 'retiring' }
  | { kind: 'stableRetired'; slot: Slot }
  /** A person turned the traffic to this slot past Sluice, and says that it is live; about the release that it was turned away from. */
  | { kind: 'liveRecorded'; slot: Slot; revision: string; images: Record<string, ReleaseImage>; because: string }
  /** A person has pointed the team's own Service at the live slot again; `before`: what it selected. About the workload. */
  | { kind: 'servicePointed'; slot: Slot; service: string; before: string; because: string }
  /** A person was called, the `times`th time about this. `what` is a kind of domain/release/waits.ts or a FindingKind, of this version or another. */
  | { kind: 'paged'; what: string; because: string; sinceEpochMs: number; times: number }
  | { kind: 'closed'; outcome: Outcome; reason?: RollBackReason; because: string };

/** One line of a workload's ledger. Its fact may be of a kind that only a newer version knows: ask `isKnown` (versions.ts). */
export interface Entry {
  /** Of what wrote it; absent: 1. */
  version?: number;
  /** A version that does not know its kind must not pass it over. */
  critical?: true;
  seq: number;
  releaseId: string;
  atEpochMs: number;
  /** Who: a handler and its run, or a person. */
  by: string;
  fact: Fact;
  /** Hash of the entry before, '' for the first: a line taken out or changed breaks the chain. */
  previousHash: string;
}
