import { type HookAnswer, type Hooks, HookUnreachableError } from '../../adapters/hooks/hooks.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { sha256 } from '../../adapters/sha256.ts';
import type { HookState } from '../../domain/ledger/state.ts';
import { isHookOverdue } from '../../domain/steps/hook/move.ts';
import type { HookStep } from '../../domain/steps/hook/plan.ts';
import type { ReleaseCall } from '../release-call.ts';

export interface AskHookDeps {
  hooks: Hooks;
  ledger: Ledger;
}

/** One call may take this long at most: a handler has 20 s, and the ledger wants its share. */
const CALL_SECONDS_MAX = 10;

/**
 * Calls a hook that was not called yet, asks one that runs, calls one again that did not answer, or not in its time, while
 * the plan's retries last. Whatever it says stands in the ledger; no answer to the last try is a failed hook.
 */
export async function askHook(deps: AskHookDeps, call: ReleaseCall, step: HookStep): Promise<void> {
  const before = call.release.hooks[step.name];
  if (before?.answer !== undefined) return;
  const mayRetry = before !== undefined && before.attempt <= step.retries;
  const isOverdue = before !== undefined && mayRetry && isHookOverdue(before, step, call.now);
  const statusUrl = before === undefined || isOverdue ? undefined : await addressOf(deps, call, step.name, before);
  const runs = statusUrl !== undefined;
  const attempt = before === undefined ? 1 : before.attempt + (runs ? 0 : 1);
  if (!runs) await call.append({ kind: 'hookCalled', name: step.name, attempt });
  try {
    await write(deps, call, step.name, await ask(deps, call, step, statusUrl));
  } catch (error) {
    if (!(error instanceof HookUnreachableError)) throw error;
    call.log.warn(`hook ${step.name} did not answer`, { attempt, because: error.message });
    if (attempt <= step.retries) return;
    const because = `no answer to ${attempt} calls: ${error.message}`;
    await call.append({ kind: 'hookAnswered', name: step.name, passed: false, because });
  }
}

/**
 * Where a hook that runs is to be asked; undefined: it does not run, or its address is lost or another one. Then it is called
 * once more, with the key that makes repeating it safe.
 */
async function addressOf(
  deps: AskHookDeps,
  call: ReleaseCall,
  name: string,
  hook: HookState,
): Promise<string | undefined> {
  if (hook.digest === undefined) return hook.statusUrl;
  const url = await deps.ledger.readHookAddress(call.releaseId, name);
  return url !== undefined && sha256(url) === hook.digest ? url : undefined;
}

function ask(deps: AskHookDeps, call: ReleaseCall, step: HookStep, statusUrl?: string): Promise<HookAnswer> {
  const timeoutSeconds = Math.min(step.timeoutSeconds, CALL_SECONDS_MAX);
  if (statusUrl !== undefined) return deps.hooks.poll(statusUrl, timeoutSeconds);
  const { revision, canary } = call.admission;
  const body = { releaseId: call.releaseId, workload: call.workload, hook: step.name, revision, slot: canary };
  return deps.hooks.call({ url: step.url, key: `${call.releaseId}-${step.name}`, timeoutSeconds, body });
}

async function write(deps: AskHookDeps, call: ReleaseCall, name: string, answer: HookAnswer): Promise<void> {
  switch (answer.kind) {
    case 'passed':
      return call.append({ kind: 'hookAnswered', name, passed: true, because: 'it passed' });
    case 'failed':
      return call.append({ kind: 'hookAnswered', name, passed: false, because: answer.because });
    case 'running': {
      const { statusUrl } = answer;
      const [digest, before] = [sha256(statusUrl), call.release.hooks[name]];
      // asked again, it says the same: that is no news
      if (before?.digest === digest || before?.statusUrl === statusUrl) return;
      // whoever has the address can read, and sometimes steer, what it is about: the log names its host alone
      await deps.ledger.putHookAddress(call.releaseId, name, statusUrl);
      return call.append({ kind: 'hookRunning', name, host: new URL(statusUrl).host, digest });
    }
  }
}
