import type { ReleaseState } from '../ledger/state.ts';
import { deadlineOf } from './next-move.ts';

/** A release sees its own deadline at its next look; past this nobody waits for that look any more. */
const DEADLINE_GRACE_SECONDS = 60;

/** Whether a release should have ended, and nothing that runs for it has seen to that. */
export function isOverdue(release: ReleaseState, nowEpochMs: number): boolean {
  const { admission, rollBack, retiringAtEpochMs } = release;
  if (admission === undefined || rollBack !== undefined || retiringAtEpochMs !== undefined) return false;
  return nowEpochMs >= deadlineOf(release, admission, nowEpochMs) + DEADLINE_GRACE_SECONDS * 1000;
}
