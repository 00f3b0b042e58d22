import * as z from 'zod';
import type { Executions } from '../adapters/executions/executions.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import { withRelease } from '../application/release-call.ts';
import type { SharedDeps } from '../application/shared-deps.ts';
import { currentStep } from '../domain/release/next-step.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openShared } from './lambda/open.ts';

export interface AwaitApprovalDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

const tokenSchema = z.object({ taskToken: z.string().min(1) });

/**
 * Keeps the task token of this pause where `approve` finds it, so that an approval ends the pause at once. Each pause has
 * its own token; an approval that comes between two of them is in the ledger, and the next look sees it.
 */
export const makeHandler = (deps: AwaitApprovalDeps) =>
  makeLambda('await-approval', deps, (event, log) =>
    withRelease(deps, event, log, async (call): Promise<void> => {
      const { taskToken } = tokenSchema.parse(event);
      const step = currentStep(call.release);
      const open = step?.kind === 'approval' && call.release.approvals[step.name]?.completeAtEpochMs === undefined;
      if (open) await deps.ledger.putToken(call.releaseId, taskToken);
      else await deps.executions.answer(taskToken, {}); // it was given while the pause began
    }),
  );

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), executions: openExecutions(env) }),
);
