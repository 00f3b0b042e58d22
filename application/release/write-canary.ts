import type { Cluster } from '../../adapters/cluster/cluster.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { imageUris } from '../../domain/release/admission.ts';
import { otherContent } from '../../domain/release/slot-content.ts';
import { podTemplateSchema } from '../../domain/slot/pod-template.ts';
import { pushedImages } from '../../domain/slot/pushed-images.ts';
import { SlotNotTakenError, TemplateChangedError } from '../errors.ts';
import { output } from '../outputs.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { followTemplate } from './follow-template.ts';

export interface WriteCanaryDeps extends SharedDeps {
  ledger: Ledger;
  cluster: Cluster;
}

/** Writes the new revision into the idle slot. An undo finds its revision there and writes nothing. */
export async function writeCanary(deps: WriteCanaryDeps, call: ReleaseCall) {
  const { canary: slot, revision } = call.admission;
  if (call.release.canaryWritten) return output({ kind: 'advance', because: 'was written before' });
  let written = {};
  if (call.release.undoOf === undefined) {
    const { workload } = call.release;
    const template = await deps.cluster.readTemplate(workload);
    const now = await followTemplate(deps, call, template);
    if (now !== revision) {
      throw new TemplateChangedError(`the template changed from revision ${revision} to ${now} after admission`);
    }
    if (call.release.canaryIntended !== true) await call.append({ kind: 'canaryIntended', slot, revision });
    const images = imageUris(call.release);
    await deps.cluster.writeSlot(workload, slot, { revision, images, template }, call.position);
    written = pushedImages(podTemplateSchema.parse(template.podTemplate), images);
  }
  const seen = await deps.cluster.readSlot(call.release.workload, slot);
  const other = otherContent(call.release, call.admission, seen, written);
  if (other !== undefined) throw new SlotNotTakenError(`read back after it was written: ${other}`);
  await call.append({
    kind: 'canaryWritten',
    slot,
    revision,
    ...(seen.images !== undefined && { images: seen.images }),
  });
  return output({ kind: 'advance', because: `revision ${revision} is in ${slot}` });
}
