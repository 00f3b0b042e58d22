import { ClusterUnreachableError } from '../adapters/cluster/errors.ts';
import { LedgerConflictError } from '../adapters/ledger/errors.ts';
import type { ReleaseCall } from './release-call.ts';

/** A cluster that fails in turns with several sentences writes no more lines than one in this time. */
const BETWEEN_LINES_MS = 60_000;
/** No room for our calls: nothing is wrong, and it is waited for. */
const THROTTLED = 429;

/**
 * Does what needs the cluster, and writes down why it could not be done where the cluster is at fault, for the sentences that
 * people read while the state machine tries again. The error goes on to it as it is.
 */
export async function sayingClusterFailed<T>(call: ReleaseCall, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ClusterUnreachableError && error.httpStatusCode !== THROTTLED) {
      await write(call, error.message);
    }
    throw error;
  }
}

async function write(call: ReleaseCall, because: string): Promise<void> {
  const { active } = call.state;
  if (active?.releaseId !== call.releaseId) return;
  const { clusterFailed: before } = active;
  if (before !== undefined && (before.because === because || call.now < before.atEpochMs + BETWEEN_LINES_MS)) return;
  try {
    await call.append({ kind: 'clusterFailed', because });
  } catch (error) {
    // somebody else was first: the next try, which comes anyway, says it
    if (!(error instanceof LedgerConflictError)) throw error;
  }
}
