import * as z from 'zod';
import type { Executions } from '../adapters/executions/executions.ts';
import type { ImageRegistry } from '../adapters/images/image-registry.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import { serialiseMistakes } from '../adapters/plan-file/mistake.ts';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import type { RegisteredWorkload, Workloads } from '../adapters/workloads/workloads.ts';
import type { ReleaseImage } from '../domain/ledger/facts.ts';
import type { ReleaseState } from '../domain/ledger/state.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { releaseIdOf } from '../domain/release-id.ts';
import { claimRollBack } from './shared/claim-roll-back.ts';
import { RefusedError } from './shared/errors.ts';
import { makeLambda, type SharedDeps } from './shared/handler.ts';
import { lazily, openExecutions, openImages, openLedger, openShared, openWorkloads } from './shared/open.ts';
import { ReleaseCall, withWorkload } from './shared/release-call.ts';
import { startIfNotBegun, startRun } from './shared/start-run.ts';

export interface StartDeps extends SharedDeps {
  ledger: Ledger;
  workloads: Workloads;
  images: ImageRegistry;
  executions: Executions;
}

const inputSchema = z.strictObject({
  workload: z.string().min(1),
  /** A tag or a digest, of the workload's first repository. */
  image: z.string().min(1),
  /** Another plan than the workload's own, as the text of its file. */
  plan: z.strictObject({ file: z.string(), text: z.string() }).optional(),
  by: z.string().min(1),
});

export type StartAnswer = { kind: 'started' | 'waiting' | 'alreadyRequested'; releaseId: string };

/** The door by which a person or a pipeline starts a release. Asking twice for the same image is one release. */
export const makeHandler = (deps: StartDeps) =>
  makeLambda('start', deps, async (event, log): Promise<StartAnswer> => {
    const input = inputSchema.parse(event);
    const registered = await deps.workloads.read(input.workload);
    const plan = input.plan === undefined ? registered.plan : planOf(input.plan, input.workload);
    const image = await resolve(deps, registered, input.image);
    return withWorkload(deps, { workload: input.workload, log }, state => {
      const releaseId = releaseIdOf(input.workload, state.releases + 1);
      const call = new ReleaseCall(deps, { releaseId, state, by: input.by, log });
      return request(deps, call, { ...registered, plan, image });
    });
  });

interface Wanted {
  workload: RegisteredWorkload['workload'];
  plan: Plan;
  image: ReleaseImage;
}

async function request(deps: StartDeps, call: ReleaseCall, wanted: Wanted): Promise<StartAnswer> {
  const { active, waiting } = call.state;
  const same = [waiting, active].find(release => release !== undefined && isSame(release, wanted));
  if (same !== undefined) {
    // whoever asked first may have died before all of it was done
    if (same === active) await startIfNotBegun(deps, call.about(same.releaseId));
    else await replaceIfAsked(deps, call, wanted);
    return { kind: 'alreadyRequested', releaseId: same.releaseId };
  }
  if (active !== undefined && wanted.plan.onNewImage === 'reject') {
    throw new RefusedError(`${active.releaseId} is on its way, and the plan says onNewImage: reject`);
  }
  const { workload, plan, image } = wanted;
  await call.append({ kind: 'requested', images: { [workload.container]: image }, plan, workload });
  if (active === undefined) {
    await startRun(deps, call, 1);
    return { kind: 'started', releaseId: call.releaseId };
  }
  await replaceIfAsked(deps, call, wanted);
  return { kind: 'waiting', releaseId: call.releaseId };
}

/** Takes back the release on its way for the one that waits; where it goes back or is promoted already, that stands. */
async function replaceIfAsked(deps: StartDeps, call: ReleaseCall, { plan }: Wanted): Promise<void> {
  const { active, waiting } = call.state;
  if (plan.onNewImage !== 'replace' || active === undefined || waiting === undefined) return;
  await claimRollBack(deps, call.about(active.releaseId), 'aborted', `replaced by ${waiting.releaseId}`);
}

/** A release that goes back is not what was asked for, even where its image is the same. */
const isSame = (release: ReleaseState, wanted: Wanted): boolean =>
  release.rollBack === undefined &&
  release.images[wanted.workload.container]?.digest === wanted.image.digest &&
  release.undoOf === undefined;

function planOf(given: { file: string; text: string }, workload: string): Plan {
  const read = parsePlan(given.text, given.file);
  if (read.kind === 'mistakes') throw new RefusedError(serialiseMistakes(read.mistakes));
  if (read.plan.workload !== workload) {
    throw new RefusedError(`${given.file} is the plan of workload ${read.plan.workload}, not of ${workload}`);
  }
  return read.plan;
}

async function resolve(deps: StartDeps, { workload }: RegisteredWorkload, reference: string): Promise<ReleaseImage> {
  const repository = workload.repositories[0]?.name;
  if (repository === undefined) throw new RefusedError(`workload ${workload.name} has no repository`);
  const resolved = await deps.images.resolve(repository, reference);
  return { repository, reference, ...resolved };
}

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    images: openImages(env),
    executions: openExecutions(env),
  }),
);
