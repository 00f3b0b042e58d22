import { ExecutionNameTakenError, type Executions } from '../../adapters/executions/executions.ts';
import type { RollBackReason } from '../../domain/ledger/facts.ts';
import { rollBackExecutionName } from '../../domain/release-id.ts';
import { StaleExecutionError } from '../errors.ts';
import type { ReleaseCall } from '../release-call.ts';
import { backOf, type RollBackInput } from './way-back.ts';

export type Claimed = { kind: 'goesBack'; attempt: number } | { kind: 'promoted' };

/**
 * Starts the roll back of the active release, or finds it started: one claim, one execution, whoever asks and however often.
 * An attempt whose execution ended without closing the release is followed by the next.
 */
export async function claimRollBack(
  deps: { executions: Executions },
  call: ReleaseCall,
  reason: RollBackReason,
  because: string,
): Promise<Claimed> {
  if (call.release.retiringAtEpochMs !== undefined) return { kind: 'promoted' };
  const { rollBack } = call.release;
  if (rollBack === undefined) await call.append({ kind: 'rollBackClaimed', attempt: 1, reason, because });
  const attempt = call.release.rollBack?.attempt ?? 1;
  try {
    await start(deps, call, attempt);
    return { kind: 'goesBack', attempt };
  } catch (error) {
    if (!(error instanceof ExecutionNameTakenError)) throw error;
    const next = attempt + 1;
    const { reason: first, because: why } = call.release.rollBack ?? { reason, because };
    await call.append({ kind: 'rollBackClaimed', attempt: next, reason: first, because: why });
    await start(deps, call, next);
    return { kind: 'goesBack', attempt: next };
  }
}

/**
 * Goes on in the next attempt before the history of this one is full. Nothing has died: the line says so, and nobody is paged.
 * Repeated after its claim it starts what was claimed.
 */
export async function handOver(deps: { executions: Executions }, call: ReleaseCall, attempt: number): Promise<Claimed> {
  const { rollBack } = call.release;
  const next = attempt + 1;
  if (rollBack === undefined || (rollBack.attempt !== attempt && rollBack.attempt !== next)) {
    throw new StaleExecutionError(`attempt ${attempt} to take ${call.releaseId} back was followed`);
  }
  if (rollBack.attempt === attempt) {
    const { reason, because } = rollBack;
    await call.append({ kind: 'rollBackClaimed', attempt: next, reason, because, handsOver: true });
  }
  await start(deps, call, next);
  return { kind: 'goesBack', attempt: next };
}

function start(deps: { executions: Executions }, call: ReleaseCall, attempt: number): Promise<void> {
  const { releaseId } = call;
  const input: RollBackInput = { releaseId, attempt, back: backOf(call.release) };
  return deps.executions.start('rollBack', rollBackExecutionName(releaseId, attempt), input);
}
