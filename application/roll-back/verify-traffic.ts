import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Targets } from '../../adapters/router/targets.ts';
import { otherSlot } from '../../domain/dial.ts';
import { drainingOf } from '../../domain/ledger/draining-of.ts';
import { drainSeconds } from '../../domain/release/draining.ts';
import { output } from '../outputs.ts';
import { readDial, readText } from '../read-dial.ts';
import { stillDraining } from '../release/draining.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import type { RollBackInput } from './way-back.ts';

export interface VerifyTrafficDeps extends SharedDeps {
  ledger: Ledger;
  router: TrafficRouter;
  targets: Targets;
}

/**
 * Reads the dial until the canary has drained at a verified 0; sends it back where somebody turned it again. It is read at
 * least once more after the longest handler time-out (20 s): a stale writer that was on its way when the release went back is
 * seen and undone.
 */
export async function verifyTraffic(deps: VerifyTrafficDeps, call: ReleaseCall, { back }: RollBackInput) {
  if (back === null) return output({ kind: 'advance', because: 'nothing had moved' });
  const { workload, stable } = back;
  const dial = await readDial(deps, workload);
  // several rules are read as the worst: stable shows 100 as soon as one of them is back, the canary 0 when all are
  if ('unreadable' in dial || dial[otherSlot(stable)] !== 0) {
    const because = readText(dial);
    call.log.error(`${because} after the roll back`);
    return output({ kind: 'restoreAgain', because });
  }
  const { shifts, canaryWritten } = call.release;
  if (call.release.rollBack?.verifiedAtEpochMs === undefined) {
    // long connections (WebSocket, gRPC) end when their targets leave; before the append, so that a crash repeats it
    if (workload.connections === 'cut' && canaryWritten && shifts.length > 0) {
      await deps.targets.cutConnections(workload, call.admission.canary);
    }
    await call.append({ kind: 'dialVerified', dial });
  }
  const { rollBack } = call.release;
  const since = rollBack?.verifiedAtEpochMs ?? call.now;
  // a canary that never had traffic has nothing to drain
  const drain = shifts.length === 0 ? 0 : drainSeconds(drainingOf(call.admission), workload.maxDrainSeconds);
  const left = drain - (call.now - since) / 1000;
  return stillDraining('the canary', left) ?? output({ kind: 'advance', because: `verified at ${stable} 100 %` });
}
