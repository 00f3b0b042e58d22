import * as z from 'zod';
import type { ImageRegistry } from '../adapters/images/image-registry.ts';
import { serialiseMistakes } from '../adapters/plan-file/mistake.ts';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import type { RegisteredWorkload, Workloads } from '../adapters/workloads/workloads.ts';
import type { ReleaseImage } from '../domain/ledger/facts.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Workload } from '../domain/workload.ts';
import { RefusedError } from './shared/errors.ts';
import { makeLambda } from './shared/handler.ts';
import { lazily, openExecutions, openImages, openLedger, openShared, openWorkloads } from './shared/open.ts';
import { type RequestDeps, requestRelease } from './shared/request-release.ts';

export interface StartDeps extends RequestDeps {
  workloads: Workloads;
  images: ImageRegistry;
  /** In the lab: a plan may name addresses on this computer. */
  loopback?: boolean;
}

const inputSchema = z.strictObject({
  workload: z.string().min(1),
  /** A tag or a digest, of the workload's first repository. */
  image: z.string().min(1),
  /** Another plan than the workload's own, as the text of its file. */
  plan: z.strictObject({ file: z.string(), text: z.string() }).optional(),
  by: z.string().min(1),
});

export interface StartAnswer {
  kind: 'started' | 'waiting' | 'alreadyRequested';
  releaseId: string;
  /** Of one that waits: the release on its way, which has the same image. Whether it is another revision is found at admission. */
  againOf?: string;
}

/** The door by which a person or a pipeline starts a release. Asking twice for the same image is one release, unless the Deployment
 * may have changed in between: then the second one waits, and ends as `superseded` where it is the same revision. */
export const makeHandler = (deps: StartDeps) =>
  makeLambda('start', deps, async (event, log): Promise<StartAnswer> => {
    const input = inputSchema.parse(event);
    const registered = await deps.workloads.read(input.workload);
    const plan = input.plan === undefined ? registered.plan : planOf(input.plan, registered.workload, deps);
    const image = await resolve(deps, registered, input.image);
    const answer = await requestRelease(
      deps,
      { workload: registered.workload, plan, image },
      { by: input.by, log, again: true },
    );
    if (answer.kind === 'refused' || answer.kind === 'ignored') throw new RefusedError(answer.because);
    return answer;
  });

function planOf(given: { file: string; text: string }, workload: Workload, { loopback }: StartDeps): Plan {
  const read = parsePlan(given.text, given.file, workload, { loopback });
  if (read.kind === 'mistakes') throw new RefusedError(serialiseMistakes(read.mistakes));
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
