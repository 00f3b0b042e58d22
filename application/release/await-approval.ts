import * as z from 'zod';
import type { Executions } from '../../adapters/executions/executions.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { currentStep } from '../../domain/release/next-step.ts';
import { factsOf } from '../../domain/steps/plan-registry.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';

export interface AwaitApprovalDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

/** What a state that waits for a token is handed beside the release. */
export const taskTokenSchema = z.object({ taskToken: z.string().min(1) });

/**
 * Keeps the task token of this pause where `approve` finds it, so that an approval ends the pause at once. Each pause has
 * its own token; an approval that comes between two of them is in the ledger, and the next look sees it.
 */
export async function awaitApproval(deps: AwaitApprovalDeps, call: ReleaseCall, taskToken: string): Promise<void> {
  const step = currentStep(call.release);
  const asked = step && factsOf(step).asks;
  const open = asked !== undefined && call.release.approvals[asked.name]?.completeAtEpochMs === undefined;
  if (open) await deps.ledger.putToken(call.releaseId, taskToken);
  else await deps.executions.answer(taskToken, {}); // it was given while the pause began
}
