import type { Executions } from '../../adapters/executions/executions.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import { RefusedError } from '../../domain/errors.ts';
import { withLedger } from '../release-call.ts';
import { claimRollBack } from '../roll-back/claim-roll-back.ts';
import type { SharedDeps } from '../shared-deps.ts';
import type { AbortAnswer, AbortInput } from './schemas/abort.ts';

export interface AbortDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

/** Takes a release back for a person, or drops one that waits. @throws RefusedError it is over, promoted or unknown */
export function abort(deps: AbortDeps, input: AbortInput, log: Log): Promise<AbortAnswer> {
  const { releaseId, by, because } = input;
  return withLedger(deps, { releaseId, by, log }, async (call): Promise<AbortAnswer> => {
    const { active, waiting, ended } = call.state;
    if (waiting?.releaseId === releaseId) {
      await call.append({ kind: 'closed', outcome: 'rejected', reason: 'aborted', because });
      return { kind: 'dropped', releaseId };
    }
    if (active?.releaseId !== releaseId) {
      const outcome = ended.find(release => release.releaseId === releaseId)?.outcome;
      if (outcome === 'promoted') throw new RefusedError(`${releaseId} is promoted; use undo`);
      throw new RefusedError(outcome === undefined ? `there is no ${releaseId}` : `${releaseId} is over: ${outcome}`);
    }
    const claimed = await claimRollBack(deps, call, 'aborted', because);
    if (claimed.kind === 'promoted') throw new RefusedError(`${releaseId} is promoted; use undo`);
    return { kind: 'goesBack', releaseId };
  });
}
