import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import { stepsOf } from '../../domain/ledger/steps-of.ts';
import { output } from '../outputs.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';

export interface OpenPreviewDeps extends SharedDeps {
  ledger: Ledger;
  router: TrafficRouter;
}

/** Lets requests with the plan's header see the canary before anybody else does. */
export async function openPreview(deps: OpenPreviewDeps, call: ReleaseCall) {
  const { canary: slot } = call.admission;
  const { preview, workload } = call.release;
  const { preview: wanted } = stepsOf(call.release);
  if (wanted === undefined || preview?.opened === true) {
    return output({ kind: 'advance', because: 'no preview is to be opened' });
  }
  if (preview === undefined) await call.append({ kind: 'previewIntended', slot });
  await deps.router.setPreview(workload, slot, wanted.header);
  await call.append({ kind: 'previewOpened', slot });
  return output({ kind: 'advance', because: `${wanted.header.name} shows ${slot}` });
}
