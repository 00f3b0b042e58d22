import type { Ledger } from '../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../adapters/router/router.ts';
import { type RoadMove, roadMove } from '../application/release/move.ts';
import type { SharedDeps } from '../application/shared-deps.ts';
import { lazily, openLedger, openRouter, openShared } from './lambda/open.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export interface OpenPreviewDeps extends SharedDeps {
  ledger: Ledger;
  router: TrafficRouter;
}

/** Lets requests with the plan's header see the canary before anybody else does. */
export const makeHandler = (deps: OpenPreviewDeps) =>
  makeReleaseHandler('open-preview', deps, async (call): Promise<RoadMove> => {
    const { canary: slot } = call.admission;
    const { plan, preview, workload } = call.release;
    if (plan.preview === undefined || preview?.opened === true) {
      return roadMove({ kind: 'advance', because: 'no preview is to be opened' });
    }
    if (preview === undefined) await call.append({ kind: 'previewIntended', slot });
    await deps.router.setPreview(workload, slot, plan.preview.header);
    await call.append({ kind: 'previewOpened', slot });
    return roadMove({ kind: 'advance', because: `${plan.preview.header.name} shows ${slot}` });
  });

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), router: openRouter(env) }),
);
