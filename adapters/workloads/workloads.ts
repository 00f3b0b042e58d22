import type { Plan } from '../../domain/plan/plan.ts';
import type { Workload } from '../../domain/workload.ts';

export interface RegisteredWorkload {
  workload: Workload;
  /** The plan that a release of this workload runs, unless it was started with another. */
  plan: Plan;
  /** When it was registered first: what was pushed before is not released by itself. Absent: not known. */
  registeredAtEpochMs?: number;
}

/** The workloads that this control plane knows. */
export interface Workloads {
  /** @throws WorkloadNotFoundError @throws WorkloadsUnreachableError */
  read(name: string): Promise<RegisteredWorkload>;
  /** Names, sorted. */
  list(): Promise<string[]>;
  /** Every one, in the order of their names. */
  readAll(): Promise<RegisteredWorkload[]>;
  register(registered: RegisteredWorkload): Promise<void>;
  /** Forgets it; one that is not there is forgotten already. Its ledger stays. */
  remove(name: string): Promise<void>;
}

export class WorkloadNotFoundError extends Error {
  override readonly name = 'WorkloadNotFoundError';
}

export class WorkloadsUnreachableError extends Error {
  override readonly name = 'WorkloadsUnreachableError';
}
