import type { Slot } from '../../domain/dial.ts';
import { UnreachableError } from '../../domain/errors.ts';
import type { Workload } from '../../domain/workload.ts';

/** How many targets of a slot's target group are in which state, as the load balancer sees them. */
export interface TargetCounts {
  healthy: number;
  /** Registered, first health checks still running. */
  initial: number;
  unhealthy: number;
  draining: number;
  /** Not health-checked: the group is in no rule (Target.NotInUse). They may be fine: not known is not unhealthy. */
  unused: number;
  /** Of those that are neither healthy nor draining: what the load balancer says of them, in one sentence, most of them first. */
  because?: string;
}

/** The states that are counted. */
export type TargetState = Exclude<keyof TargetCounts, 'because'>;

/** @typeParam W the workloads whose slots it counts: those of one kind of router, or all */
export interface Targets<W extends Workload = Workload> {
  /** @throws RouterRuleError a target group is not there @throws TargetsUnreachableError */
  read(workload: W): Promise<Record<Slot, TargetCounts>>;
  /**
   * Seconds that a deregistered target keeps its connections, and how long a cookie keeps a client on a slot; each the
   * longest of the workload's groups and rules. Asked of the outside system, never remembered.
   * @throws RouterRuleError a target group or a rule is not there @throws TargetsUnreachableError
   */
  readDraining(workload: W): Promise<{ deregistrationDelaySeconds: number; stickinessSeconds: number }>;
  /**
   * Deregisters every target of the slot that is not leaving yet: connections that are open end with the deregistration
   * delay. Only for a slot that gets no traffic any more; safe to repeat. @throws TargetsUnreachableError
   */
  cutConnections(workload: W, slot: Slot): Promise<void>;
}

export class TargetsUnreachableError extends UnreachableError {
  override readonly name = 'TargetsUnreachableError';
}
