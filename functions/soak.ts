import type { Ledger } from '../adapters/ledger/ledger.ts';
import { type RoadMove, roadMove } from '../application/release/move.ts';
import type { SharedDeps } from '../application/shared-deps.ts';
import { lazily, openLedger, openShared } from './lambda/open.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export interface SoakDeps extends SharedDeps {
  ledger: Ledger;
}

/** Begins the soak: all traffic is on the canary, stable keeps its size, and going back is still one call. */
export const makeHandler = (deps: SoakDeps) =>
  makeReleaseHandler('soak', deps, async (call): Promise<RoadMove> => {
    if (call.release.soak === undefined) await call.append({ kind: 'soakStarted' });
    return roadMove({ kind: 'lookAgain', because: `soaks for ${call.release.plan.soakSeconds} s` });
  });

export const handler = lazily(env => makeHandler({ ...openShared(env), ledger: openLedger(env) }));
