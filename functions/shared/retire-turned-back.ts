import type { Cluster } from '../../adapters/cluster/cluster.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Targets } from '../../adapters/targets/targets.ts';
import { dialFor, dialText, sameDial } from '../../domain/dial.ts';
import { drainSeconds } from '../../domain/release/draining.ts';
import { type RoadMove, roadMove } from './move.ts';
import { readDial } from './read-dial.ts';
import type { ReleaseCall } from './release-call.ts';

const DRAIN_LOOK_SECONDS = 30;

/**
 * The end of a release whose traffic a person turned back by hand behind the one-way door, and said so: stable stays, and it
 * is the canary that drains and is scaled down.
 */
export async function retireTurnedBack(
  deps: { router: TrafficRouter; targets: Targets; cluster: Cluster },
  call: ReleaseCall,
  turnedBackAtEpochMs: number,
): Promise<RoadMove> {
  const { stable, canary, stableMinimum } = call.admission;
  const { workload } = call.release;
  const again = (seconds: number, because: string) => roadMove({ kind: 'lookAgain', seconds, because });
  const [dial, targets] = await Promise.all([readDial(deps, workload), deps.targets.read(workload)]);
  if ('unreadable' in dial || !sameDial(dial, dialFor(stable, 100))) {
    const found = 'unreadable' in dial ? dial.unreadable : `the traffic weights are ${dialText(dial)}`;
    return again(DRAIN_LOOK_SECONDS, `${found}: ${canary} keeps its pods`);
  }
  await deps.cluster.pointService(workload, stable, call.position);
  const drain = drainSeconds({ ...call.admission, maxDrainSeconds: workload.maxDrainSeconds });
  const left = drain - (call.now - turnedBackAtEpochMs) / 1000;
  if (left > 0) {
    return again(Math.ceil(Math.min(left, DRAIN_LOOK_SECONDS)), `${canary} drains for ${Math.ceil(left)} s more`);
  }
  if (targets[stable].healthy === 0) {
    return again(DRAIN_LOOK_SECONDS, `no target of ${stable} is healthy: ${canary} keeps its pods`);
  }
  await deps.cluster.restoreAutoscalerMinimum(workload, stable, stableMinimum, call.position);
  await deps.cluster.restoreAutoscalerMinimum(workload, canary, stableMinimum, call.position);
  await deps.cluster.scaleSlot(workload, canary, 0, call.position);
  await call.append({ kind: 'canaryRetired', slot: canary });
  return roadMove({ kind: 'retired', because: `${canary} is at rest` });
}
