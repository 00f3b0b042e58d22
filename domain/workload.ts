import type { Repository } from './repository.ts';
import type { Routing } from './routers/plan-registry.ts';
import type { WorkloadSources } from './sources/plan-registry.ts';

/** One deployable service, parsed: where its ARNs, cluster, namespace and container names are kept. */
export interface Workload {
  name: string;
  cluster: { name: string; namespace: string };
  /** The team's own Deployment: the template from which slots are written. */
  deployment: string;
  /** The team's own Service, for callers inside the cluster: it follows the live slot. Absent: it has none that we may move. */
  service?: string;
  /** Services that may select pods of both slots besides: they bring no users' requests, or that they do is meant. */
  otherServices?: string[];
  /** The container whose image a push sets; others of the same repository get the same. */
  container: string;
  /** Name or number of the container port that gets the requests. Absent: the only TCP port that the template declares. */
  port?: string | number;
  /**
   * Keys of the template's labels that pods of slots keep. Absent: all of the team's own, but for those by which its Deployment
   * selects pods.
   */
  keepLabels?: string[];
  /** Labels that every object of a slot has, its pods too: what a policy of the cluster requires. */
  labels?: Record<string, string>;
  repositories: WorkloadRepository[];
  /** Names or ARNs of CloudWatch alarms that say that something is wrong. Absent: none. */
  alarms?: string[];
  router: Routing;
  /** Where metrics are read besides CloudWatch. */
  sources?: WorkloadSources;
  /** Work without requests: none is done, or both slots may do it. */
  backgroundWork: 'none' | 'safe';
  /** What a roll back does to long connections. */
  connections: 'cut' | 'drain';
  maxDrainSeconds: number;
}

/** Where images of a workload are pushed to, and which of them start a release. */
export interface WorkloadRepository extends Repository {
  /** Patterns of tags that start a release; one that begins with `!` excludes. Absent: no push does, of a registry that announces none. */
  tags?: string | string[];
}

/** A workload whose dial is of this kind. */
export type WorkloadOf<Kind extends Routing['kind']> = Workload & { router: Extract<Routing, { kind: Kind }> };
