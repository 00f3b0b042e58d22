import { isDeepStrictEqual } from 'node:util';
import type { Executions } from '../../adapters/executions/executions.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import { bothAlthough } from '../../domain/ledger/although.ts';
import type { Although, ReleaseImage } from '../../domain/ledger/facts.ts';
import type { ReleaseState, WorkloadState } from '../../domain/ledger/state.ts';
import { hasTraffic } from '../../domain/ledger/weight.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { cameEarly } from '../../domain/release/push.ts';
import { considerRequest } from '../../domain/release/request.ts';
import { releaseIdOf } from '../../domain/release-id.ts';
import type { Workload } from '../../domain/workload.ts';
import { ReleaseCall, withWorkload } from '../release-call.ts';
import { claimRollBack } from '../roll-back/claim-roll-back.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { startIfNotBegun, startRun } from '../start-run.ts';

export interface RequestDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

export interface Wanted {
  workload: Workload;
  plan: Plan;
  image: ReleaseImage;
  /** What the person who asks overrides. */
  although?: Although;
}

export type Requested =
  | { kind: 'started' | 'waiting' | 'alreadyRequested'; releaseId: string; againOf?: string }
  /** The plan says onNewImage: reject, and this release is on its way. */
  | { kind: 'refused'; releaseId: string; because: string }
  | { kind: 'ignored'; because: string };

/**
 * Requests a release, for whoever asks: a person, a pipeline, a push. Asking twice for the same image is one release, of two
 * at once one is told `started`.
 * @param options.consider asked first, as often as the ledger is read: a reason not to request it at all
 * @param options.again what was admitted already is asked for once more
 * @param options.onRefused writes down that the plan refused it, in the ledger of the release on its way
 */
export function requestRelease(
  deps: RequestDeps,
  wanted: Wanted,
  options: {
    by: string;
    log: Log;
    consider?: (state: WorkloadState) => { kind: 'ignored'; because: string } | undefined;
    /** A person or a pipeline asks anew, and may mean a Deployment that has changed since: then it is queued. */
    again?: boolean;
    onRefused?: (call: ReleaseCall, because: string) => Promise<void>;
  },
): Promise<Requested> {
  const { by, log } = options;
  const { name } = wanted.workload;
  // what this very call has requested, over all the times that it has to read the ledger again
  let mine: { kind: 'started' | 'waiting'; releaseId: string; againOf?: string } | undefined;
  return withWorkload(deps, { workload: name, log }, async (state): Promise<Requested> => {
    const call = new ReleaseCall(deps, { releaseId: releaseIdOf(name, state.releases + 1), state, by, log });
    const ignored = mine === undefined ? options.consider?.(state) : undefined;
    if (ignored !== undefined) return ignored;
    const { active } = state;
    const decision = considerRequest(
      state,
      { ...wanted, container: wanted.workload.container },
      options.again === true,
    );
    if (decision.kind === 'same') {
      const { release: same } = decision;
      if (wanted.although !== undefined) await override(call.about(same.releaseId), same, wanted.although);
      // whoever asked first may have died before all of it was done
      if (same === active) await startIfNotBegun(deps, call.about(same.releaseId));
      else await replaceIfAsked(deps, call, wanted);
      return same.releaseId === mine?.releaseId ? mine : { kind: 'alreadyRequested', releaseId: same.releaseId };
    }
    if (mine !== undefined) return mine; // somebody has taken it further by now: it is over, or goes back
    if (decision.kind === 'refused') {
      await options.onRefused?.(call.about(decision.releaseId), decision.because);
      return decision;
    }
    const { workload, plan } = wanted;
    const again = decision.againOf === undefined ? {} : { againOf: decision.againOf };
    const although = wanted.although === undefined ? {} : { although: wanted.although };
    await call.append({
      kind: 'requested',
      images: imagesOf(wanted),
      plan,
      workload,
      ...again,
      ...although,
    });
    mine = { kind: active === undefined ? 'started' : 'waiting', releaseId: call.releaseId, ...again };
    if (active === undefined) await startRun(deps, call, 1);
    else await replaceIfAsked(deps, call, wanted);
    return mine;
  });
}

/**
 * Takes back the release on its way for the one that waits, where the plan says so, or where it is of a part of that one's
 * image; where it goes back or is promoted already, that stands.
 */
export async function replaceIfAsked(
  deps: RequestDeps,
  call: ReleaseCall,
  { plan }: Pick<Wanted, 'plan'>,
): Promise<void> {
  const { active, waiting } = call.state;
  if (active === undefined || waiting === undefined) return;
  if (cameEarly(active, waiting.images)) {
    const because = `replaced by ${waiting.releaseId}: its image is a part of that one's`;
    await claimRollBack(deps, call.about(active.releaseId), 'aborted', because);
    return;
  }
  if (plan.onNewImage !== 'replace') return;
  if (waiting.againOf === active.releaseId) return; // it may be the same revision: it waits for that one's end
  await claimRollBack(deps, call.about(active.releaseId), 'aborted', `replaced by ${waiting.releaseId}`);
}

const imagesOf = ({ workload, image }: Wanted) => ({ [workload.container]: image });

/**
 * What is asked for once more, with an override: it counts where the release has not begun, and of alarms as long as it has no
 * traffic.
 */
async function override(call: ReleaseCall, same: ReleaseState, although: Although): Promise<void> {
  const { stableIsDown: _, ...later } = although;
  const more = same.admission === undefined ? although : later;
  const isKnown =
    isDeepStrictEqual(bothAlthough(same.although, more), bothAlthough(same.although, {})) &&
    more.alarms?.some(alarm => same.alarmsWereOk?.includes(alarm)) !== true;
  if (!isKnown && !hasTraffic(same)) await call.append({ kind: 'overridden', although: more });
}
