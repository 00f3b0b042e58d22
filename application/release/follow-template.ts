import type { Cluster } from '../../adapters/cluster/cluster.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { requestedRevision } from '../../domain/release/admission.ts';
import { releaseIdOf } from '../../domain/release-id.ts';
import { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';

type Template = Awaited<ReturnType<Cluster['readTemplate']>>;

/**
 * A Deployment that arrives after the release was admitted is another revision, and is not lost: a release of it, with the
 * same images and plan, is queued behind this one. Not where another one waits already (it reads the template when it is
 * admitted), where the plan refuses what comes during a release, and for an undo, which has no template.
 * @returns the revision that the template stands for now
 */
export async function followTemplate(
  deps: SharedDeps & { ledger: Ledger },
  call: ReleaseCall,
  template: Template,
): Promise<string> {
  const { release, admission, state } = call;
  const now = requestedRevision(release, { template }, sha256);
  const { undoOf, plan, requestedBy, releaseId, requestedSeq = 1 } = release;
  if (now === admission.revision || state.waiting !== undefined || undoOf !== undefined) return now;
  if (plan.onNewImage === 'reject') {
    call.log.warn('the template changed after admission, and the plan says onNewImage: reject', { revision: now });
    return now;
  }
  const { entries: lines } = await deps.ledger.entriesPage(call.workload, requestedSeq - 1);
  const asked = lines.find(entry => entry.releaseId === releaseId && entry.fact.kind === 'requested')?.fact;
  if (asked?.kind !== 'requested') return now;
  const next = new ReleaseCall(deps, {
    releaseId: releaseIdOf(call.workload, state.releases + 1),
    state,
    by: requestedBy, // whoever may not approve this one may not approve that one
    log: call.log,
  });
  await next.append({ ...asked, againOf: releaseId });
  call.state = next.state;
  return now;
}
