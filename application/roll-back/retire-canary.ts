import type { Cluster } from '../../adapters/cluster/cluster.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import { dialFor } from '../../domain/dial.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import { output } from '../outputs.ts';
import { readDial, readText } from '../read-dial.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import type { RollBackInput } from './way-back.ts';

export interface RetireCanaryDeps extends SharedDeps {
  ledger: Ledger;
  router: TrafficRouter;
  cluster: Cluster;
}

/** Scales the canary to zero, puts stable's autoscaler back, and gives the rule its two groups again. */
export async function retireCanary(deps: RetireCanaryDeps, call: ReleaseCall, { back }: RollBackInput) {
  if (back === null || call.release.rollBack?.canaryRetired === true) {
    return output({ kind: 'retired', because: 'there is no canary' });
  }
  const { canary, stable, stableMinimum } = call.admission;
  const { workload } = back;
  const dial = await readDial(deps, workload);
  if ('unreadable' in dial || dial[canary] > 0) {
    const because = `${readText(dial)}: ${canary} keeps its pods`;
    call.log.error(because);
    return output({ kind: 'restoreAgain', because });
  }
  // also what is as it should be: a write of the road that is still on its way must find a newer one in each object
  await deps.cluster.restoreAutoscalerMinimum(workload, stable, stableMinimum, call.position);
  if (hasCanary(call.release)) await deps.cluster.scaleSlot(workload, canary, 0, call.position);
  // after the pods: the next release of this slot begins with the team's minimum, not with what this one needed
  await deps.cluster.restoreAutoscalerMinimum(workload, canary, stableMinimum, call.position);
  await deps.router.setDial(workload, dialFor(canary, 0), call.position);
  await call.append({ kind: 'canaryRetired', slot: canary });
  return output({ kind: 'retired', because: `${canary} is at rest` });
}

/** Written, or being written for all that the ledger knows. An undo's slot is not written, and is marked as written. */
const hasCanary = ({ canaryWritten, canaryIntended }: ReleaseState): boolean =>
  canaryWritten || canaryIntended === true;
