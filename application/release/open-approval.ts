import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { currentStep } from '../../domain/release/next-step.ts';
import { factsOf } from '../../domain/steps/plan-registry.ts';
import { type NotifyDeps, notify } from '../notify.ts';
import { output } from '../outputs.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';

export interface OpenApprovalDeps extends SharedDeps, NotifyDeps {
  ledger: Ledger;
}

/** Opens the step's approval and tells those who may give it. */
export async function openApproval(deps: OpenApprovalDeps, call: ReleaseCall) {
  const step = currentStep(call.release);
  const asked = step && factsOf(step).asks;
  if (asked === undefined) return output({ kind: 'lookAgain', because: 'this step is no approval' });
  const { name, groups } = asked;
  const because = `${name} waits for ${groups.join(' or ')}`;
  if (call.release.approvals[name] === undefined) {
    await notify(deps, call.release, 'approvalNeeded', because);
    await call.append({ kind: 'approvalOpened', name });
  }
  return output({ kind: 'lookAgain', because, asks: 'person' });
}
