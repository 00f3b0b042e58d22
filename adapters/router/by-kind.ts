import type { Routing } from '../../domain/routers/plan-registry.ts';
import type { Workload, WorkloadOf } from '../../domain/workload.ts';
import type { TrafficRouter } from './router.ts';
import type { Targets } from './targets.ts';

/** What one kind of router is at run time. */
export interface RouterAdapter<W extends Workload = Workload> {
  router: TrafficRouter<W>;
  targets: Targets<W>;
}

/** @typeParam From what routers are opened from */
export type RouterOpeners<From> = {
  [Kind in Routing['kind']]: (from: From) => RouterAdapter<WorkloadOf<Kind>>;
};

/** One router and one view of targets for all workloads: each call goes to the kind that its workload names. */
export function byKind<From>(openers: RouterOpeners<From>, from: From): RouterAdapter {
  const opened = new Map<string, RouterAdapter>();
  const of = ({ router: { kind } }: Workload): RouterAdapter => {
    const adapter = opened.get(kind) ?? openers[kind](from);
    opened.set(kind, adapter);
    return adapter;
  };
  return {
    router: {
      readDial: workload => of(workload).router.readDial(workload),
      setDial: (workload, ...more) => of(workload).router.setDial(workload, ...more),
      joinGroups: workload => of(workload).router.joinGroups(workload),
      readPages: workload => of(workload).router.readPages(workload),
      readProblem: (workload, ...more) => of(workload).router.readProblem(workload, ...more),
      readOthers: (workload, ...more) => of(workload).router.readOthers(workload, ...more),
      planWayBack: (workload, ...more) => of(workload).router.planWayBack(workload, ...more),
      goBack: (workload, ...more) => of(workload).router.goBack(workload, ...more),
      setPreview: (workload, ...more) => of(workload).router.setPreview(workload, ...more),
    },
    targets: {
      read: workload => of(workload).targets.read(workload),
      readDraining: workload => of(workload).targets.readDraining(workload),
      cutConnections: (workload, ...more) => of(workload).targets.cutConnections(workload, ...more),
    },
  };
}
