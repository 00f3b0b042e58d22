import { stepsOf } from '../../domain/ledger/steps-of.ts';
import { output } from '../outputs.ts';
import type { ReleaseCall } from '../release-call.ts';

/** Begins the soak: all traffic is on the canary, stable keeps its size, and going back is still one call. */
export async function beginSoak(call: ReleaseCall) {
  if (call.release.soak === undefined) await call.append({ kind: 'soakStarted' });
  return output({ kind: 'lookAgain', because: `soaks for ${stepsOf(call.release).soakSeconds} s` });
}
