import type { Slot } from '../../domain/dial.ts';
import { UnreachableError } from '../../domain/errors.ts';
import type { Draining } from '../../domain/routers/draining.ts';
import type { Workload } from '../../domain/workload.ts';

/** How many pods of a slot the router has behind it, by whether it would send them requests. */
export interface TargetCounts {
  healthy: number;
  /** Known to the router, first checks still running. */
  initial: number;
  unhealthy: number;
  draining: number;
  /** Not checked, because no rule sends them anything. They may be fine: not known is not unhealthy. */
  unused: number;
  /** Of those that are neither healthy nor draining: what the router says of them, in one sentence, most of them first. */
  because?: string;
}

/** The states that are counted. */
export type TargetState = Exclude<keyof TargetCounts, 'because'>;

/**
 * What a router says of the pods behind it: whether those of a slot are ready, and how long they drain. A part of each kind's
 * adapter, since only the router knows.
 * @typeParam W the workloads whose slots it counts: those of one kind of router, or all
 */
export interface Targets<W extends Workload = Workload> {
  /** @throws RouterRuleError what it counts in is not there @throws TargetsUnreachableError */
  read(workload: W): Promise<Record<Slot, TargetCounts>>;
  /**
   * How long a slot serves on that gets no new clients. Asked of the outside system, never remembered.
   * @throws RouterRuleError what it is read from is not there @throws TargetsUnreachableError
   */
  readDraining(workload: W): Promise<Draining>;
  /**
   * Takes every pod of the slot out from behind the router that is not leaving yet: connections that are open end within
   * `connectionsSeconds`. Only for a slot that gets no traffic any more; safe to repeat. @throws TargetsUnreachableError
   */
  cutConnections(workload: W, slot: Slot): Promise<void>;
}

export class TargetsUnreachableError extends UnreachableError {
  override readonly name = 'TargetsUnreachableError';
}
