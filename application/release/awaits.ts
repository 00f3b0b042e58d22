import type { ReleaseState } from '../../domain/ledger/state.ts';
import { isSlotUnread, nextStep, weightOfStep } from '../../domain/release/next-step.ts';
import type { Asks } from '../outputs.ts';

/** From the canary's first readiness on the cluster is asked this often: that is as often as a kubelet's pace is worth. */
export const SLOT_LOOK_SECONDS = 30;

/**
 * Whom the loop has to ask before it looks again, `seconds` from now. The cluster never right before a shift: its instant was
 * chosen, and asking would let it pass.
 */
export function awaits(
  release: ReleaseState,
  { nowEpochMs, seconds, slotAskedAtEpochMs = 0 }: { nowEpochMs: number; seconds: number; slotAskedAtEpochMs?: number },
): Asks {
  const next = nextStep(release, nowEpochMs);
  const waitsForWeight = weightOfStep(release) !== undefined && next.kind === 'pause';
  if (next.kind === 'sizeCanary' || (waitsForWeight && isSlotUnread(release, nowEpochMs))) return 'cluster';
  const pauses = next.kind === 'openApproval' ? 0 : seconds; // an approval's own pause begins where it is not due now
  const lookAtEpochMs = nowEpochMs + pauses * 1000;
  const isDue = lookAtEpochMs >= slotAskedAtEpochMs + SLOT_LOOK_SECONDS * 1000;
  const isWatched = release.readiedForWeight !== undefined && release.retiringAtEpochMs === undefined;
  const shifts = nextStep(release, lookAtEpochMs).kind === 'shiftTraffic';
  if (isWatched && isDue && !shifts) return 'cluster';
  return next.kind === 'openApproval' ? 'person' : 'nobody';
}
