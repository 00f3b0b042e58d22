import type { ReleaseCall } from '../release-call.ts';
import { type RoadMove, roadMove } from './move.ts';

/** Begins the soak: all traffic is on the canary, stable keeps its size, and going back is still one call. */
export async function beginSoak(call: ReleaseCall): Promise<RoadMove> {
  if (call.release.soak === undefined) await call.append({ kind: 'soakStarted' });
  return roadMove({ kind: 'lookAgain', because: `soaks for ${call.release.plan.soakSeconds} s` });
}
