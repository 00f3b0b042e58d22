import type { Ledger } from '../adapters/ledger/ledger.ts';
import { type RoadMove, roadMove } from '../application/release/move.ts';
import type { SharedDeps } from '../application/shared-deps.ts';
import { type TellDeps, tell } from '../application/tell.ts';
import { currentStep } from '../domain/release/next-step.ts';
import { lazily, openLedger, openShared, openTell } from './lambda/open.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export interface OpenApprovalDeps extends SharedDeps, TellDeps {
  ledger: Ledger;
}

/** Opens the step's approval and tells those who may give it. */
export const makeHandler = (deps: OpenApprovalDeps) =>
  makeReleaseHandler('open-approval', deps, async (call): Promise<RoadMove> => {
    const step = currentStep(call.release);
    if (step?.kind !== 'approval') return roadMove({ kind: 'lookAgain', because: 'this step is no approval' });
    const { name, groups } = step;
    const because = `${name} waits for ${groups.join(' or ')}`;
    if (call.release.approvals[name] === undefined) {
      await tell(deps, call.release, 'approvalNeeded', because);
      await call.append({ kind: 'approvalOpened', name });
    }
    return roadMove({ kind: 'lookAgain', because, asks: 'person' });
  });

export const handler = lazily(env => makeHandler({ ...openShared(env), ...openTell(env), ledger: openLedger(env) }));
