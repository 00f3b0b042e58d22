import { type HookProgress, type StepRunKind, WAIT_SECONDS } from '../step-run-kind.ts';
import type { HookStep } from './plan.ts';

/** What a hook's answer means for the release, or that there is none yet. */
export const hookStep: StepRunKind<HookStep> = {
  kind: 'hook',
  begins: ({ name }, { hooks }) => (hooks[name] === undefined ? { kind: 'callHook', name } : undefined),
  move(step, { hooks }, { nowEpochMs }) {
    const { name, retries, timeoutSeconds } = step;
    const hook = hooks[name];
    if (hook?.answer?.passed === true) return { kind: 'done', because: `hook ${name} passed` };
    if (hook?.answer !== undefined) {
      return { kind: 'rollBack', reason: 'degraded', because: `hook ${name} failed: ${hook.answer.because}` };
    }
    // an attempt that took too long is followed by the next, while the plan has any
    if (hook !== undefined && hook.attempt > retries && isHookOverdue(hook, step, nowEpochMs)) {
      return { kind: 'rollBack', reason: 'fault', because: `hook ${name} did not answer within ${timeoutSeconds} s` };
    }
    return { kind: 'lookAgain', seconds: WAIT_SECONDS, because: `hook ${name} runs` };
  },
  awaits: ({ name, timeoutSeconds }, { hooks }, { movedEpochMs }) => ({
    kind: 'hook',
    awaited: `hook ${name}`,
    sinceEpochMs: hooks[name]?.calledAtEpochMs ?? movedEpochMs,
    after: { seconds: timeoutSeconds, of: 'planned' },
  }),
};

/** Whether an attempt has had all the time that the plan gives to one. */
export const isHookOverdue = (hook: HookProgress, step: HookStep, nowEpochMs: number): boolean =>
  nowEpochMs >= hook.calledAtEpochMs + step.timeoutSeconds * 1000;
