import type { Ledger } from '../adapters/ledger/ledger.ts';
import { makeLambda, type SharedDeps } from './shared/handler.ts';
import { type RoadMove, roadMove } from './shared/move.ts';
import { lazily, openLedger, openShared } from './shared/open.ts';
import { withRelease } from './shared/release-call.ts';

export interface SoakDeps extends SharedDeps {
  ledger: Ledger;
}

/** Begins the soak: all traffic is on the canary, stable keeps its size, and going back is still one call. */
export const makeHandler = (deps: SoakDeps) =>
  makeLambda('soak', deps, (event, log) =>
    withRelease(deps, event, log, async (call): Promise<RoadMove> => {
      if (call.release.soak === undefined) await call.append({ kind: 'soakStarted' });
      return roadMove({ kind: 'lookAgain', because: `soaks for ${call.release.plan.soakSeconds} s` });
    }),
  );

export const handler = lazily(env => makeHandler({ ...openShared(env), ledger: openLedger(env) }));
