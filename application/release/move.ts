import type { RollBackReason } from '../../domain/ledger/facts.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import { currentStep, isSlotUnread, type NextStep, nextStep } from '../../domain/release/next-step.ts';

/** What the state machine does next: its Choice states read `kind`, its Wait states `seconds`. */
export interface RoadMove {
  kind:
    | 'lookAgain'
    | 'advance'
    | 'rollBack'
    | 'nextRun'
    | 'nextAttempt'
    | 'admitted'
    | 'refused'
    | 'retired'
    | 'restoreAgain'
    /** Of the machine itself: the canary could not be sized. */
    | 'sizeAgain'
    | NextStep['kind'];
  /** Whole seconds, for lookAgain and pause. */
  seconds: number;
  because: string;
  /** Of a rollBack. */
  reason?: RollBackReason;
  /** Whom to ask before the next look: while pods become ready, and from then on now and then, the cluster. */
  asks: 'cluster' | 'person' | 'nobody';
  /** When the cluster was asked last in this execution, whether it answered or not; carried on as `events` is. */
  slotAskedAtEpochMs?: number;
  /** Of the way back: how often in this execution somebody had turned the traffic again. */
  restores?: number;
  /** Events of this execution's history so far, at most: carried on by every handler, since a history is limited. */
  events?: number;
}

/** A move with what the Choice states may read filled in: a Choice on a field that is not there is an error. */
export const roadMove = (move: { kind: RoadMove['kind']; because: string } & Partial<RoadMove>): RoadMove => ({
  asks: 'nobody',
  ...move,
  seconds: Math.min(move.seconds ?? 1, MOST_PAUSE_SECONDS),
});

/** So that an execution's history is full long before the year is over in which it may live. */
const MOST_PAUSE_SECONDS = 3_600;

/** From the canary's first readiness on the cluster is asked this often: that is as often as a kubelet's pace is worth. */
export const SLOT_LOOK_SECONDS = 30;

/**
 * Whom the loop has to ask before it looks again, `seconds` from now. The cluster never right before a shift: its instant was
 * chosen, and asking would let it pass.
 */
export function asks(
  release: ReleaseState,
  { nowEpochMs, seconds, slotAskedAtEpochMs = 0 }: { nowEpochMs: number; seconds: number; slotAskedAtEpochMs?: number },
): RoadMove['asks'] {
  const next = nextStep(release, nowEpochMs);
  const waitsForWeight = currentStep(release)?.kind === 'setWeight' && next.kind === 'pause';
  if (next.kind === 'sizeCanary' || (waitsForWeight && isSlotUnread(release, nowEpochMs))) return 'cluster';
  const pauses = next.kind === 'openApproval' ? 0 : seconds; // an approval's own pause begins where it is not due now
  const lookAtEpochMs = nowEpochMs + pauses * 1000;
  const isDue = lookAtEpochMs >= slotAskedAtEpochMs + SLOT_LOOK_SECONDS * 1000;
  const isWatched = release.readiedForWeight !== undefined && release.retiringAtEpochMs === undefined;
  const shifts = nextStep(release, lookAtEpochMs).kind === 'shiftTraffic';
  if (isWatched && isDue && !shifts) return 'cluster';
  return next.kind === 'openApproval' ? 'person' : 'nobody';
}
