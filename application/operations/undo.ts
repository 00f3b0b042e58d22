import type { Executions } from '../../adapters/executions/executions.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { RegisteredWorkload, Workloads } from '../../adapters/workloads/workloads.ts';
import { RefusedError } from '../../domain/errors.ts';
import type { EndedRelease, Live, WorkloadState } from '../../domain/ledger/state.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { turnedFrom } from '../../domain/release/record-live.ts';
import { releaseIdOf } from '../../domain/release-id.ts';
import { ReleaseCall, withWorkload } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { startIfNotBegun, startRun } from '../start-run.ts';
import type { UndoAnswer, UndoInput } from './schemas/undo.ts';

export interface UndoDeps extends SharedDeps {
  ledger: Ledger;
  workloads: Workloads;
  executions: Executions;
}

/**
 * Takes back a release that is promoted: by a release of the revision that the idle slot still holds. It scales up first and then takes
 * all the traffic in one turn: what was live until yesterday does not walk through every step again.
 */
export async function undo(deps: UndoDeps, input: UndoInput, log: Log): Promise<UndoAnswer> {
  const { workload: name, by } = input;
  const registered = await deps.workloads.read(name);
  return withWorkload(deps, { workload: name, log }, async state => {
    const { active } = state;
    if (active?.undoOf !== undefined) return again(deps, state, { by, log });
    if (active !== undefined) throw new RefusedError(`${active.releaseId} is in progress; abort it instead`);
    const from = turnedFrom(state.live);
    const undone = from === undefined ? lastPromoted(name, state) : turnedByHand(registered, state, from);
    const { undoOf, images, restores } = undone;
    const releaseId = releaseIdOf(name, state.releases + 1);
    const call = new ReleaseCall(deps, { releaseId, state, by, log });
    await call.append({ kind: 'requested', images, plan: undone.plan, workload: registered.workload, undoOf });
    await startRun(deps, call, 1);
    return { releaseId, ...restores };
  });
}

/** What is undone, and what is live again after it. */
interface Undone {
  undoOf: string;
  plan: Plan;
  images: EndedRelease['images'];
  restores: Pick<UndoAnswer, 'restoresUndone'>;
}

/** @throws RefusedError there is nothing to undo */
function lastPromoted(name: string, state: WorkloadState): Undone {
  const last = state.ended.find(release => release.outcome === 'promoted');
  if (last?.admission === undefined)
    throw new RefusedError(`no release of ${name} was promoted: there is nothing to undo`);
  if (last.admission.first === true) throw new RefusedError(`${last.releaseId} was the first: nothing was live before`);
  const images = imagesBefore(state, last);
  return { undoOf: last.releaseId, plan: last.plan, images, restores: restoresUndone(last, images) };
}

/** After a rule was turned by hand an undo restores what it was turned away from: somebody found that bad, and it is said. */
function turnedByHand({ plan }: RegisteredWorkload, { ended }: WorkloadState, from: Omit<Live, 'recorded'>): Undone {
  const { releaseId: undoOf, images } = from;
  const before = ended.find(release => release.releaseId === undoOf);
  return { undoOf, plan: before?.plan ?? plan, images, restores: { restoresUndone: { releaseId: undoOf, images } } };
}

/** Asked twice, or after a crash between the request and its execution. */
async function again(
  deps: UndoDeps,
  state: WorkloadState,
  options: { by: string; log: SharedDeps['log'] },
): Promise<UndoAnswer> {
  const { releaseId = '', undoOf, images = {} } = state.active ?? {};
  await startIfNotBegun(deps, new ReleaseCall(deps, { releaseId, state, ...options }));
  if (turnedFrom(state.live)?.releaseId === undoOf)
    return { releaseId, restoresUndone: { releaseId: undoOf ?? '', images } };
  const last = state.ended.find(release => release.releaseId === undoOf);
  return { releaseId, ...restoresUndone(last, images) };
}

/** The images of the release that put the revision there; none where it was there before the ledger began. */
function imagesBefore(state: WorkloadState, last: EndedRelease): EndedRelease['images'] {
  const revision = last.admission?.stableRevision;
  return state.ended.find(release => release.admission?.revision === revision)?.images ?? {};
}

/** An undo of an undo brings back what somebody had found bad: whoever asks for it is told. */
const restoresUndone = (
  last: EndedRelease | undefined,
  images: EndedRelease['images'],
): Pick<UndoAnswer, 'restoresUndone'> =>
  last?.undoOf === undefined ? {} : { restoresUndone: { releaseId: last.undoOf, images } };
