import type { Hooks } from '../../adapters/hooks/hooks.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { WAIT_SECONDS } from '../../domain/release/next-move.ts';
import { currentStep } from '../../domain/release/next-step.ts';
import { hookOf } from '../../domain/steps/hook/plan.ts';
import { output } from '../outputs.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { askHook } from './ask-hook.ts';

export interface CallHookDeps extends SharedDeps {
  ledger: Ledger;
  hooks: Hooks;
}

/** Starts the step's hook; the loop asks for its answer. */
export async function callHook(deps: CallHookDeps, call: ReleaseCall) {
  const step = hookOf(currentStep(call.release));
  if (step === undefined) return output({ kind: 'lookAgain', because: 'this step is no hook' });
  // of a call that this handler died with, nothing is known: it is repeated, with the same key
  const { digest, statusUrl } = call.release.hooks[step.name] ?? {};
  if (digest === undefined && statusUrl === undefined) await askHook(deps, call, step);
  const seconds = call.release.hooks[step.name]?.answer === undefined ? WAIT_SECONDS : 1;
  return output({ kind: 'lookAgain', seconds, because: `hook ${step.name} was called` });
}
