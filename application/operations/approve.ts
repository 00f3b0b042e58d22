import type { Executions } from '../../adapters/executions/executions.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import { RefusedError } from '../../domain/errors.ts';
import { stepsOf } from '../../domain/ledger/steps-of.ts';
import { approvalRule } from '../../domain/plan/approval-rule.ts';
import { type ApprovalMeant, considerApproval, wasGiven } from '../../domain/release/approvals.ts';
import { currentStep } from '../../domain/release/next-step.ts';
import { factsOf } from '../../domain/steps/plan-registry.ts';
import { type ReleaseCall, withLedger } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import type { ApproveAnswer, ApproveInput } from './schemas/approve.ts';

export interface ApproveDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

/** Approves a step of a release, for a person. An approval is an append; the pause that waits for it is then ended at once. */
export function approve(deps: ApproveDeps, input: ApproveInput, log: Log): Promise<ApproveAnswer> {
  const { by, groups, ...meant } = input;
  const { releaseId, name, opening } = meant;
  return withLedger(deps, { releaseId, by, log }, async (call): Promise<ApproveAnswer> => {
    const decision = considerApproval(call.state, meant, { by, groups }, call.now);
    switch (decision.kind) {
      case 'complete':
        await endPause(deps, call, name); // whoever gave it may have died before this
        return { kind: 'wasApproved', name };
      case 'notOpen':
        if (await wasGivenBefore(deps, call, meant)) return { kind: 'wasApproved', name };
        throw new RefusedError(decision.because);
      case 'refused':
        throw new RefusedError(decision.because);
      case 'give':
        if (decision.isNew) await call.append({ kind: 'approved', name, groups, opening });
    }
    if (call.release.approvals[name]?.completeAtEpochMs === undefined) return { kind: 'oneMoreNeeded', name };
    await endPause(deps, call, name);
    return { kind: 'approved', name };
  });
}

/** Ends the pause that waits for this approval, and no other's. */
async function endPause(deps: ApproveDeps, call: ReleaseCall, name: string): Promise<void> {
  const step = currentStep(call.release);
  if (step === undefined || factsOf(step).asks?.name !== name || call.release.rollBack !== undefined) return;
  const taskToken = await deps.ledger.readToken(call.releaseId);
  // too late is ordinary: the pause ended meanwhile, and the next look finds the approval in the ledger
  if (taskToken !== undefined) await deps.executions.answer(taskToken, {});
}

/** A second click, or a retry, about a question that is over: the log still knows. */
async function wasGivenBefore(deps: ApproveDeps, { state, workload }: ReleaseCall, meant: ApprovalMeant) {
  const { releaseId, name, opening } = meant;
  const release = [state.active, ...state.ended].find(one => one?.releaseId === releaseId);
  if (release === undefined) return false;
  const lines = await deps.ledger.entries(workload, Math.max(0, opening - 1));
  return wasGiven(lines, meant, approvalRule(stepsOf(release), name).required);
}
