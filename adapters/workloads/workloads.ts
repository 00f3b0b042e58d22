import { NotFoundError, UnreachableError } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Workload } from '../../domain/workload.ts';

export interface RegisteredWorkload {
  workload: Workload;
  /** The plan that a release of this workload runs, unless it was started with another. */
  plan: Plan;
  /** When it was registered first: what was pushed before is not released by itself. Absent: not known. */
  registeredAtEpochMs?: number;
  /** Who registered it, as the tags of its rules say it. Absent: it was registered before there were owners. */
  ownedBy?: {
    controlPlane: string;
    /** ARN */
    stack: string;
    /** The logical id in that stack. Absent: not known, it was registered before. */
    resource?: string;
  };
}

/** That something which a workload must have for itself (a rule, a Deployment, its name) is this one's. */
export interface Claim {
  /** As people read it: `rule arn:…`. */
  resource: string;
  workload: string;
  /** ARN of the stack that claims it. */
  stack: string;
  atEpochMs: number;
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
  /**
   * Takes it where nobody has it, or this workload of this stack has; of two at once one gets it.
   * @param insteadOf takes it also from this one, as long as it is unchanged
   * @returns whose it is now: the claim that was given, where it was taken
   */
  claim(claim: Claim, insteadOf?: Claim): Promise<Claim>;
  /** What a workload has, whichever stack claimed it. */
  readClaims(workload: string): Promise<Claim[]>;
  /** Gives it up, where it is still this workload's and this stack's. */
  unclaim(claim: Claim): Promise<void>;
}

export class WorkloadNotFoundError extends NotFoundError {
  override readonly name = 'WorkloadNotFoundError';
}

export class WorkloadsUnreachableError extends UnreachableError {
  override readonly name = 'WorkloadsUnreachableError';
}
