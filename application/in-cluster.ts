import { abilitiesOf } from '../domain/routers/plan-registry.ts';
import type { Workload } from '../domain/workload.ts';
import { output } from './outputs.ts';
import type { ReleaseCall } from './release-call.ts';

/** Whether the dial of a workload is read and turned by functions that reach the cluster. */
export const isInCluster = ({ router }: Pick<Workload, 'router'>): boolean =>
  abilitiesOf(router).goesBackThrough === 'cluster';

/** The output by which a function outside of the cluster gives its turn to its twin in it, which sees what it would have seen. */
export function toTwin(workload: Pick<Workload, 'router'>) {
  if (!isInCluster(workload)) return undefined;
  return output({ kind: 'inCluster', because: 'the traffic weights are in the cluster' });
}

/** The same of a handler of release.asl.json: what the state before it said is handed on. */
export function releaseToTwin({ release, before }: ReleaseCall) {
  const found = toTwin(release.workload);
  if (found === undefined) return undefined;
  const sizing =
    before.kind === 'sizeAgain' && typeof before.because === 'string' ? before.because : before.sizingFailed;
  return {
    ...found,
    asks: before.asks ?? 'nobody',
    ...(typeof sizing === 'string' && { sizingFailed: sizing }),
  };
}
