import { alarmNameOf } from '../../adapters/alarms/alarms.ts';
import type { ImageRegistry } from '../../adapters/images/image-registry.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { RegisteredWorkload, Workloads } from '../../adapters/workloads/workloads.ts';
import { RefusedError } from '../../domain/errors.ts';
import { althoughTexts } from '../../domain/ledger/although.ts';
import type { Although, ReleaseImage } from '../../domain/ledger/facts.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { type Repository, repositoryText } from '../../domain/repository.ts';
import type { Workload } from '../../domain/workload.ts';
import { withParts } from '../with-parts.ts';
import { type RequestDeps, requestRelease } from './request-release.ts';
import type { StartAnswer, StartInput } from './schemas/start.ts';

export interface StartDeps extends RequestDeps {
  workloads: Workloads;
  images: ImageRegistry;
}

/**
 * Starts a release for a person or a pipeline. Asking twice for the same image is one release, unless the Deployment may have
 * changed in between: then the second one waits, and ends as `superseded` where it is the same revision.
 * @param planOf the plan of this release, from the workload as it is registered
 */
export async function startRelease(
  deps: StartDeps,
  input: StartInput,
  { log, planOf }: { log: Log; planOf: (registered: RegisteredWorkload) => Plan },
): Promise<StartAnswer> {
  const registered = await deps.workloads.read(input.workload);
  const plan = planOf(registered);
  const image = await resolve(deps, registered, input.image);
  const although = althoughOf(input, registered.workload);
  const answer = await requestRelease(
    deps,
    { workload: registered.workload, plan, image, ...(although !== undefined && { although }) },
    { by: input.by, log, again: true },
  );
  if (answer.kind === 'refused' || answer.kind === 'ignored') throw new RefusedError(answer.because);
  return {
    ...answer,
    ...(although !== undefined && { although: althoughTexts(although) }),
    ...(image.unverified !== undefined && { unverified: image.unverified }),
  };
}

/** @throws RefusedError an alarm that the workload does not have: nobody overrides by a slip of the pen */
function althoughOf(
  { althoughStableIsDown, althoughAlarms = [] }: StartInput,
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

async function resolve(deps: StartDeps, { workload }: RegisteredWorkload, asked: string): Promise<ReleaseImage> {
  const { repository, reference } = imageMeant(workload, asked);
  return withParts(deps, repository, { reference, ...(await deps.images.resolve(repository, reference)) });
}

/**
 * `v9` and `sha256:...` are of the first repository; `other:v9` and `other@sha256:...` of another one of the workload's, which
 * begins with its registry where it has one.
 */
function imageMeant(
  { name: workload, repositories }: Workload,
  asked: string,
): { repository: Repository; reference: string } {
  const [first] = repositories;
  if (first === undefined) throw new RefusedError(`workload ${workload} has no repository`);
  const other = repositories.find(one => [':', '@'].some(mark => asked.startsWith(`${repositoryText(one)}${mark}`)));
  if (asked.startsWith('sha256:') || other === undefined) return { repository: first, reference: asked };
  return { repository: other, reference: asked.slice(repositoryText(other).length + 1) };
}
