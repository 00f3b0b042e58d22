import { ImageNotFoundError, type ImageRegistry } from '../../adapters/images/image-registry.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { RegisteredWorkload } from '../../adapters/workloads/workloads.ts';
import { considerPush } from '../../domain/release/push.ts';
import { type RequestDeps, type Requested, requestRelease } from './request-release.ts';

export interface TakePushDeps extends RequestDeps {
  images: ImageRegistry;
}

/** What came of a push for one workload. */
export type PushAnswer = { workload: string } & Requested;

/**
 * Releases a workload's push, or says why not. When it was pushed the registry says, now: a push that is announced twice, or
 * after a newer one, is known by that.
 */
export async function takePush(
  deps: TakePushDeps,
  registered: RegisteredWorkload,
  push: { repository: string; tag: string; digest: string },
  options: { by: string; log: Log },
): Promise<PushAnswer> {
  const { workload, plan } = registered;
  const { repository, tag, digest } = push;
  const image = await resolve(deps, push);
  if (image === undefined) {
    return { workload: workload.name, kind: 'ignored', because: `${digest} is no longer in ${repository}` };
  }
  const answer = await requestRelease(
    deps,
    { workload, plan, image: { repository, reference: tag, ...image } },
    {
      ...options,
      consider: state => {
        const decision = considerPush(state, { ...push, ...image }, workload.container);
        return decision.kind === 'ignored' ? decision : undefined;
      },
      onRefused: (call, because) =>
        call.append({ kind: 'pushRefused', image: { repository, reference: tag, ...image }, because }),
    },
  );
  options.log.info(`push of ${tag}: ${answer.kind}`, { workload: workload.name, digest, ...answer });
  return { workload: workload.name, ...answer };
}

/** It may have been deleted since. */
async function resolve(deps: TakePushDeps, { repository, digest }: { repository: string; digest: string }) {
  try {
    return await deps.images.resolve(repository, digest);
  } catch (error) {
    if (error instanceof ImageNotFoundError) return undefined;
    throw error;
  }
}
