import type * as z from 'zod';
import type { Slot } from '../dial.ts';
import type { Issue } from '../file/issue.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { RequestMetrics } from './request-metrics.ts';

/** What a kind of router can do, known when a plan is read: a plan that asks for more is refused with its line. */
export interface RouterAbilities {
  /** Whether the dial takes weights between 0 and 100. */
  weights: boolean;
  /** Smallest step of the dial, per cent. */
  granularity: number;
  /** Whether it can send requests by their headers. */
  headers: boolean;
  /** Whether it can send a copy of a request to the canary. */
  mirror: boolean;
  /** Whether hooks and people can reach the canary through it before it has traffic. */
  preview: boolean;
  /** What has to answer while a release goes back. `cluster`: the promise "without the cluster" is absent. */
  goesBackThrough: 'loadBalancer' | 'cluster';
}

/** Of a slot, what the objects are made of that a router needs beside its Deployment and its Service. */
export interface SlotRoute {
  slot: Slot;
  /** Of the slot's Service; an object of the router has the same. */
  metadata: KubernetesObject['metadata'];
  /** The port of the slot's Service. */
  port: number;
}

/** An object of a slot in the cluster beside its Deployment and its Service. */
export interface RouteObject {
  object: KubernetesObject;
  /** Under which other API groups clusters serve the same, with what brings each; that of the object is preferred. */
  otherVersions: readonly { apiVersion: string; of: string }[];
  /** What brings the object's own. */
  of: string;
  /** Of its kind, as the paths of the Kubernetes API have it. */
  plural: string;
  /** Fields of its `spec` that nobody can change in one that is there: it is deleted and written anew for them. */
  fixed: readonly string[];
  /** Why one that is deleted may be there for a while. */
  goneAfter: string;
}

/** What a router needs to know of the workload that names it. */
export interface Routed {
  name: string;
  port?: string | number | undefined;
  router?: { kind: string } | undefined;
  service?: string | undefined;
  otherServices?: string[] | undefined;
}

/**
 * All that is true of one kind of router before anything runs. Its run time is in adapters/router/KIND.
 * @typeParam Routing what a workload keeps of it: plain JSON with its `kind`
 */
export interface RouterKind<Routing extends { kind: string } = { kind: string }, File = { kind: string }> {
  readonly kind: Routing['kind'];
  readonly can: RouterAbilities;
  /** Of `router` in a workload's file. Unknown keys are refused. */
  readonly schema: z.ZodType;
  /** What a workload keeps, from what its file says. */
  routingOf(file: File): Routing;
  /** The mistakes that no key can make alone; paths begin below `router`. */
  issues(routing: Routing, workload: Routed): Issue[];
  /** Who says whether its pods are ready, for sentences: `the load balancer`. */
  readonly checks: string;
  /** Where ready pods have to be registered, and who does it; absent: nowhere. */
  readonly registers?: { in: string; by: string };
  /** Whether this very one can show the canary by a header. */
  previews(routing: Routing): boolean;
  /** Without a preview: what of the workload's file would give it one; undefined: nothing does. */
  readonly previewKey?: string;
  /** What it does not promise, whatever the plan: a sentence each. @param workload undefined: it is not known */
  caveats(workload: Routed | undefined): string[];
  /** Services whose selector is the dial: they select pods of the live slot, and that is meant. */
  services(routing: Routing): string[];
  /** What a workload must have for itself, as texts that people read. @param where `CLUSTER/NAMESPACE` */
  ownResources(routing: Routing, where: string): string[];
  /**
   * By what a routing is known that nobody can replace, for people to read, of whatever was once registered.
   * @param routing as a file or an item has it; no more of it is read than this
   */
  identity(routing: unknown): string;
  /** The objects of a slot in the cluster beside its Deployment and its Service. */
  slotObjects(routing: Routing, route: SlotRoute): RouteObject[];
  /** Where CloudWatch counts the requests of a slot. Absent: nowhere. */
  readonly requestMetrics?: RequestMetrics<Routing>;
  /** Where CloudWatch counts nothing: what to do instead, for whoever asks for it. */
  readonly countsInstead?: string;
}
