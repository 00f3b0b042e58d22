import * as z from 'zod';
import type { Executions } from '../adapters/executions/executions.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import { PROCEED, type ReleaseState } from '../domain/ledger/state.ts';
import { currentStep } from '../domain/release/next-step.ts';
import { RefusedError } from './shared/errors.ts';
import { makeLambda, type SharedDeps } from './shared/handler.ts';
import { lazily, openExecutions, openLedger, openShared } from './shared/open.ts';
import { releaseIdSchema, withLedger } from './shared/release-call.ts';

export interface ApproveDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

const inputSchema = z.strictObject({
  releaseId: releaseIdSchema,
  by: z.string().min(1),
  /** Groups that the caller vouches for: whoever may invoke this function has checked them. */
  groups: z.array(z.string()),
});

export interface ApproveAnswer {
  kind: 'approved' | 'oneMoreNeeded' | 'wasApproved';
  name: string;
}

/** The door by which people approve. An approval is an append; the pause that waits for it is then ended at once. */
export const makeHandler = (deps: ApproveDeps) =>
  makeLambda('approve', deps, (event, log) => {
    const { releaseId, by, groups } = inputSchema.parse(event);
    return withLedger(deps, { releaseId, by, log }, async (call): Promise<ApproveAnswer> => {
      if (call.state.active?.releaseId !== releaseId) throw new RefusedError(`${releaseId} is not in progress`);
      const { release } = call;
      // an approval that comes late must not look like one that was heard
      if (release.rollBack !== undefined)
        throw new RefusedError(`${releaseId} is rolling back: ${release.rollBack.because}`);
      const name = openApproval(release);
      if (name === undefined) throw new RefusedError(`${releaseId} waits for no approval`);
      const wasComplete = release.approvals[name]?.completeAtEpochMs !== undefined;
      if (!wasComplete) {
        const problem = whyNot(release, { by, groups });
        if (problem !== undefined) throw new RefusedError(problem);
        const wasGiven = release.approvals[name]?.approvedBy.includes(by) === true; // twice by one person is once
        if (!wasGiven) await call.append({ kind: 'approved', name, groups });
        if (call.release.approvals[name]?.completeAtEpochMs === undefined) return { kind: 'oneMoreNeeded', name };
      }
      const taskToken = await deps.ledger.readToken(releaseId);
      // too late is ordinary: the pause ended meanwhile, and the next look finds the approval in the ledger
      if (taskToken !== undefined) await deps.executions.answer(taskToken, {});
      return { kind: wasComplete ? 'wasApproved' : 'approved', name };
    });
  });

/** The approval of the current step, or the one that a hold has asked for. */
function openApproval(release: ReleaseState): string | undefined {
  const step = currentStep(release);
  if (step?.kind === 'approval') return release.approvals[step.name] === undefined ? undefined : step.name;
  return release.approvals[PROCEED] === undefined ? undefined : PROCEED;
}

function whyNot(release: ReleaseState, approver: { by: string; groups: string[] }): string | undefined {
  const step = currentStep(release);
  if (step?.kind !== 'approval') return undefined; // a hold asks whoever may come through this door
  if (step.notTheStarter && approver.by === release.requestedBy) {
    return `${approver.by} started ${release.releaseId}, and ${step.name} wants somebody else`;
  }
  if (step.groups.some(group => approver.groups.includes(group))) return undefined;
  return `${step.name} is for ${step.groups.join(' or ')}; ${approver.by} is in ${approver.groups.join(', ') || 'no group'}`;
}

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), executions: openExecutions(env) }),
);
