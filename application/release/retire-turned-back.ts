import type { Cluster } from '../../adapters/cluster/cluster.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Targets } from '../../adapters/router/targets.ts';
import { dialFor, sameDial } from '../../domain/dial.ts';
import { drainingOf } from '../../domain/ledger/draining-of.ts';
import { drainSeconds } from '../../domain/release/draining.ts';
import { output } from '../outputs.ts';
import { readDial, readText } from '../read-dial.ts';
import type { ReleaseCall } from '../release-call.ts';
import { DRAIN_LOOK_SECONDS, stillDraining } from './draining.ts';

/**
 * The end of a release whose traffic a person turned back by hand past the point of no return, and said so: stable stays, and it
 * is the canary that drains and is scaled down.
 */
export async function retireTurnedBack(
  deps: { router: TrafficRouter; targets: Targets; cluster: Cluster },
  call: ReleaseCall,
  turnedBackAtEpochMs: number,
) {
  const { stable, canary, stableMinimum } = call.admission;
  const { workload } = call.release;
  const keepsPods = (why: string) =>
    output({ kind: 'lookAgain', seconds: DRAIN_LOOK_SECONDS, because: `${why}: ${canary} keeps its pods` });
  const [dial, targets] = await Promise.all([readDial(deps, workload), deps.targets.read(workload)]);
  if ('unreadable' in dial || !sameDial(dial, dialFor(stable, 100))) {
    return keepsPods(readText(dial));
  }
  await deps.cluster.pointService(workload, stable, call.position);
  const drain = drainSeconds(drainingOf(call.admission), workload.maxDrainSeconds);
  const draining = stillDraining(canary, drain - (call.now - turnedBackAtEpochMs) / 1000);
  if (draining !== undefined) return draining;
  if (targets[stable].healthy === 0) return keepsPods(`no target of ${stable} is healthy`);
  await deps.cluster.restoreAutoscalerMinimum(workload, stable, stableMinimum, call.position);
  await deps.cluster.restoreAutoscalerMinimum(workload, canary, stableMinimum, call.position);
  await deps.cluster.scaleSlot(workload, canary, 0, call.position);
  await call.append({ kind: 'canaryRetired', slot: canary });
  return output({ kind: 'retired', because: `${canary} is at rest` });
}
