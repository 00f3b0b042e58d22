import type { Executions } from '../../adapters/executions/executions.ts';
import { releaseExecutionName } from '../../domain/release-id.ts';
import type { ReleaseCall } from './release-call.ts';

/**
 * Starts the active release's execution: its number is claimed by an append first, so that two who start it at once start
 * one. Repeating it after a crash finds the claim and starts what was claimed.
 */
export async function startRun(deps: { executions: Executions }, call: ReleaseCall, run: number): Promise<void> {
  if (call.release.run < run) await call.append({ kind: 'runClaimed', run });
  const { releaseId } = call;
  await deps.executions.start('release', releaseExecutionName(releaseId, run), { releaseId, run });
}
