import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import { output, type ReleaseOutput } from '../outputs.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';

export interface OpenPreviewDeps extends SharedDeps {
  ledger: Ledger;
  router: TrafficRouter;
}

/** Lets requests with the plan's header see the canary before anybody else does. */
export async function openPreview(deps: OpenPreviewDeps, call: ReleaseCall): Promise<ReleaseOutput<'open-preview'>> {
  const { canary: slot } = call.admission;
  const { plan, preview, workload } = call.release;
  if (plan.preview === undefined || preview?.opened === true) {
    return output({ kind: 'advance', because: 'no preview is to be opened' });
  }
  if (preview === undefined) await call.append({ kind: 'previewIntended', slot });
  await deps.router.setPreview(workload, slot, plan.preview.header);
  await call.append({ kind: 'previewOpened', slot });
  return output({ kind: 'advance', because: `${plan.preview.header.name} shows ${slot}` });
}
