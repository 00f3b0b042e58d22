import type { Hooks } from '../adapters/hooks/hooks.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import { askHook } from '../application/release/ask-hook.ts';
import { type RoadMove, roadMove } from '../application/release/move.ts';
import type { SharedDeps } from '../application/shared-deps.ts';
import { WAIT_SECONDS } from '../domain/release/next-move.ts';
import { currentStep } from '../domain/release/next-step.ts';
import { lazily, openHooks, openLedger, openShared } from './lambda/open.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export interface CallHookDeps extends SharedDeps {
  ledger: Ledger;
  hooks: Hooks;
}

/** Starts the step's hook; the loop asks for its answer. */
export const makeHandler = (deps: CallHookDeps) =>
  makeReleaseHandler('call-hook', deps, async (call): Promise<RoadMove> => {
    const step = currentStep(call.release);
    if (step?.kind !== 'hook') return roadMove({ kind: 'lookAgain', because: 'this step is no hook' });
    // of a call that this handler died with, nothing is known: it is repeated, with the same key
    const { digest, statusUrl } = call.release.hooks[step.name] ?? {};
    if (digest === undefined && statusUrl === undefined) await askHook(deps, call, step);
    const seconds = call.release.hooks[step.name]?.answer === undefined ? WAIT_SECONDS : 1;
    return roadMove({ kind: 'lookAgain', seconds, because: `hook ${step.name} was called` });
  });

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), hooks: openHooks(env) }),
);
