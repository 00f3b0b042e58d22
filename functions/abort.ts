import * as z from 'zod';
import type { Executions } from '../adapters/executions/executions.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import { RefusedError } from '../application/errors.ts';
import { nameSaid, reasonSaid } from '../application/operations/said.ts';
import { releaseIdSchema, withLedger } from '../application/release-call.ts';
import { claimRollBack } from '../application/roll-back/claim-roll-back.ts';
import type { SharedDeps } from '../application/shared-deps.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openShared } from './lambda/open.ts';

export interface AbortDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

const inputSchema = z.strictObject({ releaseId: releaseIdSchema, by: nameSaid('by'), because: reasonSaid('because') });

export interface AbortAnswer {
  kind: 'goesBack' | 'dropped';
  releaseId: string;
}

/** The door by which a person takes a release back. */
export const makeHandler = (deps: AbortDeps) =>
  makeLambda('abort', deps, (event, log) => {
    const { releaseId, by, because } = inputSchema.parse(event);
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
  });

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), executions: openExecutions(env) }),
);
