import { ExecutionNameTakenError, type Executions } from '../adapters/executions/executions.ts';
import { releaseExecutionName } from '../domain/release-id.ts';
import type { ReleaseCall } from './release-call.ts';

/**
 * Starts the active release's execution: its number is claimed by an append first, so that two who start it at once start
 * one. Repeating it after a crash finds the claim and starts what was claimed.
 * @throws ExecutionNameTakenError the execution of that run has ended
 */
export async function startRun(deps: { executions: Executions }, call: ReleaseCall, run: number): Promise<void> {
  if (call.release.run < run) await call.append({ kind: 'runClaimed', run });
  const { releaseId } = call;
  await deps.executions.start('release', releaseExecutionName(releaseId, run), { releaseId, run });
}

/**
 * Sees to it that the active release has begun: whoever had to start it may have died before the claim, or between the
 * claim and the execution. Does nothing where there is a sign that it runs.
 */
export async function startIfNotBegun(deps: { executions: Executions }, call: ReleaseCall): Promise<void> {
  const { run, admission, refused, rollBack } = call.release;
  if (run > 1 || admission !== undefined || refused !== undefined || rollBack !== undefined) return;
  try {
    await startRun(deps, call, 1);
  } catch (error) {
    if (!(error instanceof ExecutionNameTakenError)) throw error;
    // it ran and ended before admission: taking such a release up again is the reconciler's, not of whoever passes by
    call.log.warn('the first execution of the release has ended already', { because: error.message });
  }
}
