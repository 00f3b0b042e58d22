import { type EndedRelease, PROCEED, type ReleaseState } from '../domain/ledger/state.ts';

/** An approval that a release waits for. */
export interface OpenApproval {
  name: string;
  approvedBy: string[];
  /** Of a plan's step; absent where a hold asks whether to proceed. */
  step?: { required: number; groups: string[] };
  /** What gives it, without `npx sluice`. */
  command: string;
}

/** What a release waits for a person to approve; none once it is rolling back. */
export function openApprovals(release: ReleaseState | EndedRelease): OpenApproval[] {
  if (!('approvals' in release) || release.rollBack !== undefined) return [];
  return Object.entries(release.approvals)
    .filter(([, { completeAtEpochMs }]) => completeAtEpochMs === undefined)
    .map(([name, { approvedBy }]) => {
      const step = release.plan.steps.find(candidate => candidate.kind === 'approval' && candidate.name === name);
      const approve = `approve ${release.releaseId}`;
      if (step?.kind !== 'approval') return { name, approvedBy, command: approve };
      return { name, approvedBy, step, command: `${approve} --group ${step.groups[0]}` };
    });
}

/** `approval go-live: 0 of 1, from payments-leads` */
export function approvalText({ name, approvedBy, step }: OpenApproval): string {
  if (step === undefined) return `a decision (${name === PROCEED ? 'approve to proceed' : name})`;
  const by = approvedBy.length === 0 ? '' : ` (${approvedBy.join(', ')})`;
  return `approval ${name}: ${approvedBy.length} of ${step.required}${by}, from ${step.groups.join(' or ')}`;
}
