import type { Although, ReleaseImage } from '../ledger/facts.ts';
import type { ReleaseState, WorkloadState } from '../ledger/state.ts';
import { hasTraffic } from '../ledger/weight.ts';
import type { Plan } from '../plan/plan.ts';
import { cameEarly } from './push.ts';
import { releaseOfImage } from './same-release.ts';

/** A release that somebody asks for. */
export interface ReleaseWanted {
  container: string;
  image: ReleaseImage;
  plan: Pick<Plan, 'onNewImage'>;
  /** What the person who asks overrides. */
  although?: Although | undefined;
}

export type RequestDecision =
  /** It is asked for once more, and is one release: this one, which waits or is on its way. */
  | { kind: 'same'; release: ReleaseState }
  /** It is a release of its own. `againOf`: the one on its way that has the same image, where it may be another revision. */
  | { kind: 'request'; againOf?: string }
  /** The plan says onNewImage: reject, and this release is on its way. */
  | { kind: 'refused'; releaseId: string; because: string };

/**
 * What asking for a release comes to, by the ledger alone: two requests for one image are one release, unless the one on its way
 * was admitted, who asks means it anew, and the Deployment may have changed since.
 * @param again a person or a pipeline asks anew; a push that is announced twice does not
 */
export function considerRequest(state: WorkloadState, wanted: ReleaseWanted, again: boolean): RequestDecision {
  const { active } = state;
  const { container, image, plan } = wanted;
  const same = releaseOfImage(state, { container, digest: image.digest });
  const isFrozen = same !== undefined && same === active && !waitsForAlarm(same, wanted);
  const againOf = again && isFrozen ? admittedAlone(state, plan) : undefined;
  if (againOf !== undefined) return { kind: 'request', againOf };
  if (same !== undefined) return { kind: 'same', release: same };
  if (active !== undefined && plan.onNewImage === 'reject' && !cameEarly(active, { [container]: image })) {
    const because = `${active.releaseId} is in progress, and the plan says onNewImage: reject`;
    return { kind: 'refused', releaseId: active.releaseId, because };
  }
  return { kind: 'request' };
}

/**
 * The release on its way, where it was admitted: its template is frozen, and nobody here can see whether the Deployment has
 * changed since. Not where another one waits, which reads the template when it is admitted, and not for a plan that refuses.
 */
const admittedAlone = ({ active, waiting }: WorkloadState, plan: ReleaseWanted['plan']): string | undefined =>
  active?.admission !== undefined && waiting === undefined && plan.onNewImage !== 'reject'
    ? active.releaseId
    : undefined;

/** Of a release that has no traffic yet its alarms may still be overridden: that is meant, and no other release. */
const waitsForAlarm = (release: ReleaseState, { although }: ReleaseWanted): boolean =>
  although?.alarms !== undefined && !hasTraffic(release);
