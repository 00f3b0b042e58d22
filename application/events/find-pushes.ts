import { ImageNotFoundError, type ImageRegistry } from '../../adapters/images/image-registry.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { RegisteredWorkload } from '../../adapters/workloads/workloads.ts';
import { isNewer } from '../../domain/ledger/newest-push.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import { considerPush, matchesTag, newestKnown, type Push } from '../../domain/release/push.ts';
import { repositoryText } from '../../domain/repository.ts';
import type { Workload, WorkloadRepository } from '../../domain/workload.ts';

/** The event of a push that is younger is probably still on its way. */
const PUSH_GRACE_SECONDS = 120;

/** Every image of a workload's repositories that has a tag of its patterns: what may have been pushed to be released. */
export async function readPushes(
  deps: { images: ImageRegistry; log: Log },
  { repositories }: Pick<Workload, 'repositories'>,
): Promise<Push[]> {
  return (await Promise.all(repositories.map(repository => pushesOf(deps, repository)))).flat();
}

/**
 * The newest of these pushes, where no event has announced it: newer than all that the ledger knows, and pushed since the
 * workload was registered. One of all, so that what was pushed before it is not released one after the other.
 */
export async function findUnannouncedPush(
  deps: { images: ImageRegistry },
  { workload, registeredAtEpochMs }: RegisteredWorkload,
  { pushes, state, nowEpochMs }: { pushes: readonly Push[]; state: WorkloadState; nowEpochMs: number },
): Promise<Push | undefined> {
  // what was there when the workload came to us was not pushed to be released
  if (registeredAtEpochMs === undefined && newestKnown(state) === undefined) return undefined;
  const isDue = (push: Push | undefined): push is Push =>
    push !== undefined &&
    !isYoung(push, nowEpochMs) &&
    (registeredAtEpochMs === undefined || push.pushedAtEpochMs > registeredAtEpochMs) &&
    considerPush(state, push, workload.container).kind === 'release';
  if (!isDue(newestIn(pushes))) return undefined;
  // a part of an image that is there by now is not released in its place
  const known = newestKnown(state);
  const parts = await partsOf(
    deps,
    workload,
    pushes.filter(push => known === undefined || isNewer(push, known)),
  );
  const newest = newestIn(pushes.filter(({ digest }) => !parts.has(digest)));
  return isDue(newest) ? newest : undefined;
}

/** Its event is probably still on its way. */
export const isYoung = ({ pushedAtEpochMs }: Push, nowEpochMs: number): boolean =>
  pushedAtEpochMs > nowEpochMs - PUSH_GRACE_SECONDS * 1000;

export const newestIn = (pushes: readonly Push[]): Push | undefined =>
  pushes.reduce<Push | undefined>((best, push) => (best === undefined || isNewer(push, best) ? push : best), undefined);

/** The most whose parts are asked for, of each repository: the newest. */
const MOST_ASKED = 100;

async function partsOf(
  deps: { images: ImageRegistry },
  { repositories }: Pick<Workload, 'repositories'>,
  pushes: Push[],
): Promise<Set<string>> {
  const parts = await Promise.all(
    repositories.map(repository => {
      const some = pushes.filter(push => push.repository === repositoryText(repository));
      const newestFirst = some.toSorted((a, b) => b.pushedAtEpochMs - a.pushedAtEpochMs).slice(0, MOST_ASKED);
      return deps.images.readParts(
        repository,
        newestFirst.map(({ digest }) => digest),
      );
    }),
  );
  return new Set(parts.flat());
}

async function pushesOf(
  deps: { images: ImageRegistry; log: Log },
  { tags: pattern, ...repository }: WorkloadRepository,
): Promise<Push[]> {
  if (pattern === undefined) return [];
  try {
    return (await deps.images.listTagged(repository)).flatMap(({ digest, tags, pushedAtEpochMs }) => {
      const tag = tags.toSorted().findLast(candidate => matchesTag(pattern, candidate));
      return tag === undefined ? [] : { repository: repositoryText(repository), tag, digest, pushedAtEpochMs };
    });
  } catch (error) {
    if (!(error instanceof ImageNotFoundError)) throw error;
    deps.log.warn('a workload names a repository that is not there', { because: error.message });
    return [];
  }
}
