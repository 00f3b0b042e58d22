import type { Dial, Slot } from '../dial.ts';
import type { Baseline } from '../judges/sequential/baseline.ts';
import type { Verdict } from '../judges/verdict.ts';
import type { Plan } from '../plan/plan.ts';
import type { Workload } from '../workload.ts';
import type { Admission, Although, FindingKind, Outcome, ReleaseImage, RollBackReason, SlotSeen } from './facts.ts';

/** The approval that a hold asks for (`hold.then: ask`). No plan can name one like it: its names have no question mark. */
export const PROCEED = 'proceed?';

/** One turn of the dial: from intent to confirmation. */
export interface Shift {
  from: Dial;
  to: Dial;
  weight: number;
  intendedAtEpochMs: number;
  confirmedAtEpochMs?: number;
}

export interface HookState {
  attempt: number;
  calledAtEpochMs: number;
  /** It has accepted and is to be asked again: where, and the hash of the whole address, which is kept apart from the log. */
  host?: string;
  digest?: string;
  /** The address itself, of lines from before it was kept apart. */
  statusUrl?: string;
  answer?: { passed: boolean; because: string };
}

export interface ApprovalState {
  /** The line of the ledger that opened it; absent in snapshots from before it was kept. */
  opening?: number;
  openedAtEpochMs: number;
  approvedBy: string[];
  /** When the last approval that was required came. */
  completeAtEpochMs?: number;
}

/** A person was called: about what that began when, and how many times. */
export interface Paged {
  because: string;
  sinceEpochMs: number;
  times: number;
  lastAtEpochMs: number;
}

/** A release as the ledger tells it. */
export interface ReleaseState {
  releaseId: string;
  /** The line that requested it; absent in snapshots from before it was kept. */
  requestedSeq?: number;
  requestedAtEpochMs: number;
  requestedBy: string;
  images: Record<string, ReleaseImage>;
  plan: Plan;
  workload: Workload;
  undoOf?: string;
  /** The release that was on its way with the same image when this one was requested. */
  againOf?: string;
  /** What a person overrode, and who did so last. */
  although?: Although & { by: string; atEpochMs: number };
  /** Overridden alarms that were OK since. */
  alarmsWereOk?: string[];
  /** Alarms that were found to protect nothing, and since when; one may have come back since. */
  alarmsSilent?: Record<string, { why: 'noData' | 'missing'; atEpochMs: number }>;
  /** Number of the newest release execution; 0 before the first. */
  run: number;
  /** When the newest of them were claimed, oldest first, at most QUICK_STARTS; absent in snapshots from before it was kept. */
  runsAtEpochMs?: number[];
  admission?: Admission;
  refused?: string;
  /** Of one that was refused: the release whose revision it has. */
  sameAs?: string;
  canaryIntended?: true;
  canaryWritten: boolean;
  /** Image by container of the canary's slot, as it was read back when it was written. */
  canaryImages?: Record<string, string>;
  size?: { slot: Slot; replicas: number; weight: number; stableReplicas?: number; intendedAtEpochMs: number };
  slotSeen?: SlotSeen & { atEpochMs: number };
  /** What the load balancer said last of the canary's targets; absent: nothing since it was sized, or they are ready. */
  targetsSeen?: { because: string; atEpochMs: number };
  /** Why the cluster could not be asked or written to last; absent: it was since. */
  clusterFailed?: { because: string; atEpochMs: number };
  /** How often a minimum of stable's autoscaler that somebody had put back was set again; absent: never. */
  minimumRaised?: { times: number; lastAtEpochMs: number };
  /** What is wrong beside its road, by kind, and since when; absent: nothing. */
  findings?: Partial<Record<FindingKind, { because: string; sinceEpochMs: number }>>;
  /** The last page about each kind, also where it is over since. */
  findingsPaged?: Partial<Record<FindingKind, Paged>>;
  /** How the pods were when the canary for the first time: what is evidence is counted from there. */
  podsAtReady?: { mostRestarts: number; stableRestarts: number };
  /** Of the canary since it was ready: the most replicas that were available, and since when fewer of them are. */
  replicasSeen?: { most: number; lackingSinceEpochMs?: number };
  /** The greatest weight for which the canary was found ready. */
  readiedForWeight?: number;
  preview?: { slot: Slot; opened: boolean };
  stepsDone: number;
  /** When the current step began; absent between steps. */
  stepStartedAtEpochMs?: number;
  shifts: Shift[];
  hooks: Record<string, HookState>;
  /** By name: those of the plan's steps, and PROCEED while a hold asks. */
  approvals: Record<string, ApprovalState>;
  /** What the stable version did before the first weight, by metric; absent where nobody could read it. */
  baseline?: Record<string, Baseline>;
  /** Ceilings that are frozen into the release, by metric and threshold. */
  ceilings?: Record<string, number[]>;
  /**
   * The newest checkpoint of its judged windows (windowsFolded). `judgedUntilEpochMs`: what begins before was folded once, also
   * where a checkpoint that was lost is being made again. Absent: none was made.
   */
  folded?: { digest: string; untilEpochMs: number; judgedUntilEpochMs: number; lostUntilEpochMs?: number };
  verdict?: Verdict;
  byMetric: Record<string, Verdict>;
  hold?: { sinceEpochMs: number; because: string; fault: boolean };
  /** How long holds that are over waited for a person: the deadline does not count it. Absent: no hold asked one. */
  askedMs?: number;
  /** How long holds for want of data, which are over, have lasted: the deadline does not count it. Absent: none was held. */
  heldMs?: number;
  soak?: { startedAtEpochMs: number; done: boolean };
  rollBack?: {
    attempt: number;
    /** Attempts that handed over to the next because their history was full; absent: none. */
    handedOver?: number;
    reason: RollBackReason;
    because: string;
    claimedAtEpochMs: number;
    /** When its newest attempts were claimed, oldest first, at most QUICK_STARTS; absent as above. */
    attemptsAtEpochMs?: number[];
    goingBackAtEpochMs?: number;
    restoredAtEpochMs?: number;
    verifiedAtEpochMs?: number;
    canaryRetired: boolean;
  };
  retiringAtEpochMs?: number;
  stableRetired: boolean;
  /** Past the point of no return a person turned the traffic back by hand, and said so: it ends as rolled back. */
  turnedBack?: { by: string; atEpochMs: number; because: string; canaryRetired?: true };
  /** When a line brought it on last; absent in snapshots from before it was kept. */
  movedAtEpochMs?: number;
  /** The last page about it: for what it waited, since when, and how many were sent about that. Absent: nobody was called. */
  paged?: Paged & { what: string };
}

export interface EndedRelease {
  releaseId: string;
  /** The line that requested it; absent in snapshots from before it was kept. */
  requestedSeq?: number;
  outcome: Outcome;
  reason?: RollBackReason;
  because: string;
  endedAtEpochMs: number;
  images: Record<string, ReleaseImage>;
  plan: Plan;
  /** Of an undo: the release that it undid. */
  undoOf?: string;
  /** The release whose revision it has: nothing was released. */
  sameAs?: string;
  /** Absent where it ended before admission. */
  admission?: Admission;
}

/** What is live, as far as the ledger knows: absent until the first promotion. */
export interface Live {
  slot: Slot;
  revision: string;
  releaseId: string;
  images: Record<string, ReleaseImage>;
  /** It was turned to by hand, and a person said so; `from` is what was live before by the ledger. Absent: it was promoted. */
  recorded?: { by: string; atEpochMs: number; because: string; from: Omit<Live, 'recorded'> };
}

/** An image by when the registry says it was pushed. */
export interface KnownPush {
  repository: string;
  digest: string;
  pushedAtEpochMs: number;
}

/** The fold of a workload's ledger. */
export interface WorkloadState {
  seq: number;
  /** The first line that was of a newer version and passed over: this state lacks what it says. Absent: none was. */
  passedOverSeq?: number;
  lastHash: string;
  /** The line whose state was kept last as a snapshot; absent: none was. */
  snapshotSeq?: number;
  /** Number of the newest release ever requested. */
  releases: number;
  live?: Live;
  active?: ReleaseState;
  /** Only the newest waiting one is kept. */
  waiting?: ReleaseState;
  /** The newest push of all that were ever released or refused: what was pushed before it starts nothing by itself. */
  newestPush?: KnownPush;
  /** The newest tag that was put on an image of before and started nothing; gone when that image, or a newer push, is requested. */
  retag?: { image: ReleaseImage; because: string; atEpochMs: number };
  /** Newest first, at most ENDED_KEPT. */
  ended: EndedRelease[];
}

/** Enough for `undo`, for the console's first page, and for a snapshot far below DynamoDB's 400 KB. */
export const ENDED_KEPT = 10;

export const emptyState = (): WorkloadState => ({ seq: 0, lastHash: '', releases: 0, ended: [] });
