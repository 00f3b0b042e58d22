import type { HookState, ReleaseState } from '../ledger/state.ts';
import type { Step } from '../plan/plan.ts';
import { advance, again, type Done, rollBack, WAIT_SECONDS } from './decisions.ts';
import type { Decision, Observation } from './move.ts';

type HookStep = Extract<Step, { kind: 'hook' }>;

/** What a hook's answer means for the release, or that there is none yet. */
export function hookMove(release: ReleaseState, step: HookStep, seen: Observation, done: Done): Decision {
  const hook = release.hooks[step.name];
  if (hook?.answer?.passed === true) return advance(done, `hook ${step.name} passed`);
  if (hook?.answer !== undefined) return rollBack('degraded', `hook ${step.name} failed: ${hook.answer.because}`);
  // an attempt that took too long is followed by the next, while the plan has any
  if (hook !== undefined && hook.attempt > step.retries && isHookOverdue(hook, step, seen.nowEpochMs)) {
    return rollBack('fault', `hook ${step.name} did not answer within ${step.timeoutSeconds} s`);
  }
  return again(WAIT_SECONDS, `hook ${step.name} runs`);
}

/** Whether an attempt has had all the time that the plan gives to one. */
export const isHookOverdue = (hook: HookState, step: HookStep, nowEpochMs: number): boolean =>
  nowEpochMs >= hook.calledAtEpochMs + step.timeoutSeconds * 1000;
