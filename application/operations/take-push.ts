import { ImageNotFoundError, type ImageRegistry } from '../../adapters/images/image-registry.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { RegisteredWorkload, Workloads } from '../../adapters/workloads/workloads.ts';
import type { ReleaseImage } from '../../domain/ledger/facts.ts';
import { considerPush, isRetag, matchesTag, type Push } from '../../domain/release/push.ts';
import { type Repository, repositoryText } from '../../domain/repository.ts';
import type { Workload } from '../../domain/workload.ts';
import { forEachWorkload } from '../for-each.ts';
import { ReleaseCall, withWorkload } from '../release-call.ts';
import { withParts } from '../with-parts.ts';
import { type RequestDeps, requestRelease } from './request-release.ts';
import type { PushAnswer, TakePushInput } from './schemas/take-push.ts';

export interface TakePushDeps extends RequestDeps {
  images: ImageRegistry;
}

/**
 * A push starts a release, of every workload that has its repository and a pattern that its tag matches.
 * @throws PartlyFailedError names each workload for which it failed, and why
 */
export async function takePush(
  deps: TakePushDeps & { workloads: Workloads },
  { repository: name, registry, tag, digest, by, announcedAtEpochMs }: TakePushInput,
  log: Log,
): Promise<PushAnswer[]> {
  const pushedTo = { name, ...(registry !== undefined && { registry }) };
  const theirs = (await deps.workloads.readAll()).filter(registered => wants(registered, pushedTo, tag));
  const options = { by, log, ...(announcedAtEpochMs !== undefined && { announcedAtEpochMs }) };
  return forEachWorkload(theirs, log, registered =>
    takePushOf(deps, registered, { repository: repositoryText(pushedTo), tag, digest }, options),
  );
}

const wants = ({ workload }: RegisteredWorkload, pushedTo: Repository, tag: string): boolean =>
  workload.repositories.some(
    ({ tags, ...one }) =>
      tags !== undefined && repositoryText(one) === repositoryText(pushedTo) && matchesTag(tags, tag),
  );

/**
 * Releases a workload's push, or says why not. When it was pushed the registry says, now: a push that is announced twice, or
 * after a newer one, is known by that.
 */
export async function takePushOf(
  deps: TakePushDeps,
  registered: RegisteredWorkload,
  push: Pick<Push, 'repository' | 'tag' | 'digest'>,
  options: { by: string; log: Log; announcedAtEpochMs?: number },
): Promise<PushAnswer> {
  const { workload, plan } = registered;
  const { repository, tag, digest } = push;
  const pushedTo = workload.repositories.find(one => repositoryText(one) === repository);
  if (pushedTo === undefined) {
    return { workload: workload.name, kind: 'ignored', because: `${repository} is no longer a repository of it` };
  }
  const image = await resolve(deps, pushedTo, digest);
  if (image === undefined) {
    return { workload: workload.name, kind: 'ignored', because: `${digest} is no longer in ${repository}` };
  }
  const pushed = await withParts(deps, pushedTo, { reference: tag, ...image });
  const { by, log, announcedAtEpochMs = image.pushedAtEpochMs } = options;
  const answer = await requestRelease(
    deps,
    { workload, plan, image: pushed },
    {
      ...{ by, log },
      consider: state => {
        const decision = considerPush(state, { ...push, ...image }, workload.container);
        return decision.kind === 'ignored' ? decision : undefined;
      },
      onRefused: (call, because) => call.append({ kind: 'pushRefused', image: pushed, because }),
    },
  );
  if (isRetag(announcedAtEpochMs, image.pushedAtEpochMs)) await passRetag(deps, workload, pushed, options);
  options.log.info(`push of ${tag}: ${answer.kind}`, { workload: workload.name, digest, ...answer });
  return { workload: workload.name, ...answer };
}

/**
 * A tag that was put on an image of before starts nothing: order is by the push time. But a person may have meant it, a vetted
 * image that gets its release tag, and can see it in the status until it is released or something newer comes.
 */
function passRetag(
  deps: TakePushDeps,
  { name, container }: Workload,
  image: ReleaseImage,
  { by, log }: { by: string; log: Log },
): Promise<void> {
  return withWorkload(deps, { workload: name, log }, async state => {
    const { retag, active, ended } = state;
    const { reference: tag, ...push } = image;
    const decision = considerPush(state, { ...push, tag }, container);
    const isNoted = retag?.image.digest === image.digest && retag.image.reference === tag;
    const releaseId = active?.releaseId ?? ended[0]?.releaseId;
    if (decision.kind !== 'ignored' || decision.older !== true || isNoted || releaseId === undefined) return;
    const call = new ReleaseCall(deps, { releaseId, state, by, log });
    await call.append({ kind: 'retagPassed', image, because: decision.because });
  });
}

/** It may have been deleted since. */
async function resolve(deps: TakePushDeps, repository: Repository, digest: string) {
  try {
    return await deps.images.resolve(repository, digest);
  } catch (error) {
    if (error instanceof ImageNotFoundError) return undefined;
    throw error;
  }
}
