import type { RollBackReason } from '../../domain/ledger/facts.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import { type NextStep, nextStep } from '../../domain/release/next-step.ts';

/** What the state machine does next: its Choice states read `kind`, its Wait states `seconds`. */
export interface RoadMove {
  kind:
    | 'lookAgain'
    | 'advance'
    | 'rollBack'
    | 'nextRun'
    | 'admitted'
    | 'refused'
    | 'retired'
    | 'restoreAgain'
    | NextStep['kind'];
  /** Whole seconds, for lookAgain and pause. */
  seconds: number;
  because: string;
  /** Of a rollBack. */
  reason?: RollBackReason;
  /** Whom to ask before the next look: while pods become ready, the cluster. */
  asks: 'cluster' | 'person' | 'nobody';
  /** Looks of this execution so far, carried on by every handler: an execution's history is limited. */
  looks?: number;
}

/** A move with what the Choice states may read filled in: a Choice on a field that is not there is an error. */
export const roadMove = (move: { kind: RoadMove['kind']; because: string } & Partial<RoadMove>): RoadMove => ({
  seconds: 1,
  asks: 'nobody',
  ...move,
});

/** Whom the loop has to ask before it looks. */
export function asks(release: ReleaseState, nowEpochMs: number): RoadMove['asks'] {
  const next = nextStep(release, nowEpochMs);
  if (next.kind === 'sizeCanary') return 'cluster';
  return next.kind === 'openApproval' ? 'person' : 'nobody';
}
