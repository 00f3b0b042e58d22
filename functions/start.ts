import * as z from 'zod';
import { alarmNameOf } from '../adapters/alarms/alarms.ts';
import type { ImageRegistry } from '../adapters/images/image-registry.ts';
import { serialiseMistakes } from '../adapters/plan-file/mistake.ts';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import type { RegisteredWorkload, Workloads } from '../adapters/workloads/workloads.ts';
import type { Although, ReleaseImage } from '../domain/ledger/facts.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { althoughTexts } from '../domain/release/although.ts';
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
  /** It begins although no target of the live slot is healthy. */
  althoughStableIsDown: z.boolean().optional(),
  /** It begins although these of the workload's alarms ring, by name or ARN. */
  althoughAlarms: z.array(z.string().min(1)).optional(),
  by: z.string().min(1),
});

export interface StartAnswer {
  kind: 'started' | 'waiting' | 'alreadyRequested';
  releaseId: string;
  /** Of one that waits: the release on its way, which has the same image. Whether it is another revision is found at admission. */
  againOf?: string;
  /** What was overridden, and what protection is left: a sentence each. */
  although?: string[];
}

/** The door by which a person or a pipeline starts a release. Asking twice for the same image is one release, unless the Deployment
 * may have changed in between: then the second one waits, and ends as `superseded` where it is the same revision. */
export const makeHandler = (deps: StartDeps) =>
  makeLambda('start', deps, async (event, log): Promise<StartAnswer> => {
    const input = inputSchema.parse(event);
    const registered = await deps.workloads.read(input.workload);
    const plan = input.plan === undefined ? registered.plan : planOf(input.plan, registered.workload, deps);
    const image = await resolve(deps, registered, input.image);
    const although = althoughOf(input, registered.workload);
    const answer = await requestRelease(
      deps,
      { workload: registered.workload, plan, image, ...(although !== undefined && { although }) },
      { by: input.by, log, again: true },
    );
    if (answer.kind === 'refused' || answer.kind === 'ignored') throw new RefusedError(answer.because);
    return although === undefined ? answer : { ...answer, although: althoughTexts(although) };
  });

function planOf(given: { file: string; text: string }, workload: Workload, { loopback }: StartDeps): Plan {
  const read = parsePlan(given.text, given.file, workload, { loopback });
  if (read.kind === 'mistakes') throw new RefusedError(serialiseMistakes(read.mistakes));
  return read.plan;
}

/** @throws RefusedError an alarm that the workload does not have: nobody overrides by a slip of the pen */
function althoughOf(
  { althoughStableIsDown, althoughAlarms = [] }: z.infer<typeof inputSchema>,
  { name: workload, alarms: known = [] }: Workload,
): Although | undefined {
  const alarms = althoughAlarms.map(name => {
    const alarm = known.find(one => alarmNameOf(one) === alarmNameOf(name));
    if (alarm !== undefined) return alarm;
    const has = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    throw new RefusedError(`${workload} has no alarm ${name}: ${has}`);
  });
  if (althoughStableIsDown !== true && alarms.length === 0) return undefined;
  return {
    ...(althoughStableIsDown === true && { stableIsDown: true }),
    ...(alarms.length > 0 && { alarms: [...new Set(alarms)] }),
  };
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
