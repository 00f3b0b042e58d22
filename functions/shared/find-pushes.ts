import { ImageNotFoundError, type ImageRegistry } from '../../adapters/images/image-registry.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { RegisteredWorkload } from '../../adapters/workloads/workloads.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import { considerPush, isNewer, matchesTag, newestKnown, type Push } from '../../domain/release/push.ts';
import type { Workload } from '../../domain/workload.ts';

/** The event of a push that is younger is probably still on its way. */
const PUSH_GRACE_SECONDS = 120;

/**
 * The newest push of a workload's repositories, where no event has announced it: newer than all that the ledger knows, and
 * pushed since the workload was registered. One look, so that what was pushed before it is not released one after the other.
 */
export async function findUnannouncedPush(
  deps: { images: ImageRegistry; log: Log },
  { workload, registeredAtEpochMs }: RegisteredWorkload,
  state: WorkloadState,
  nowEpochMs: number,
): Promise<Push | undefined> {
  // what was there when the workload came to us was not pushed to be released
  if (registeredAtEpochMs === undefined && newestKnown(state) === undefined) return undefined;
  const pushes = await Promise.all(workload.repositories.map(repository => pushesOf(deps, repository)));
  const newest = pushes
    .flat()
    .reduce<Push | undefined>((best, push) => (best === undefined || isNewer(push, best) ? push : best), undefined);
  if (newest === undefined || newest.pushedAtEpochMs > nowEpochMs - PUSH_GRACE_SECONDS * 1000) return undefined;
  if (registeredAtEpochMs !== undefined && newest.pushedAtEpochMs <= registeredAtEpochMs) return undefined;
  return considerPush(state, newest, workload.container).kind === 'release' ? newest : undefined;
}

async function pushesOf(
  deps: { images: ImageRegistry; log: Log },
  { name: repository, tags: pattern }: Workload['repositories'][number],
): Promise<Push[]> {
  try {
    return (await deps.images.listTagged(repository)).flatMap(({ digest, tags, pushedAtEpochMs }) => {
      const tag = tags.toSorted().findLast(candidate => matchesTag(pattern, candidate));
      return tag === undefined ? [] : { repository, tag, digest, pushedAtEpochMs };
    });
  } catch (error) {
    if (!(error instanceof ImageNotFoundError)) throw error;
    deps.log.warn('a workload names a repository that is not there', { because: error.message });
    return [];
  }
}
