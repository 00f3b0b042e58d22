import { type Repository, repositoryText } from '../../domain/repository.ts';
import { ImageNotFoundError, type ImageRegistry, ImageRegistryUnreachableError } from './image-registry.ts';
import { notFoundSentence } from './not-found-sentence.ts';

export interface FakeRegistry extends ImageRegistry {
  /** @param push.repository as `repositoryText` has it   @param push.parts of an index: digests of its parts */
  push(push: { repository: string; tag?: string; digest: string; atEpochMs: number; parts?: string[] }): void;
  /** From now on every look-up fails for this cause; undefined: no longer. */
  breakWith(causeName: string | undefined): void;
}

/** A registry in memory. A tag that is pushed again moves. */
export function fakeRegistry(): FakeRegistry {
  const pushes: Parameters<FakeRegistry['push']>[0][] = [];
  let broken: string | undefined;
  const pushesOf = (of: Repository) => {
    const repository = repositoryText(of);
    if (broken !== undefined) throw new ImageRegistryUnreachableError(`the registry did not answer: ${broken}`);
    const here = pushes.filter(push => push.repository === repository);
    if (here.length === 0) throw new ImageNotFoundError(`there is no repository ${repository}`);
    return here;
  };
  return {
    push: push => void pushes.push(push),
    breakWith: causeName => {
      broken = causeName;
    },
    async resolve(repository, reference) {
      const here = pushesOf(repository);
      const found = here.findLast(({ tag, digest }) => reference === tag || reference === digest);
      if (found === undefined) {
        const byTag = new Map(here.map(({ tag, atEpochMs }) => [tag, atEpochMs]));
        const tags = [...byTag].flatMap(([tag, pushedAtEpochMs]) =>
          tag === undefined ? [] : { tag, pushedAtEpochMs },
        );
        throw new ImageNotFoundError(notFoundSentence(repositoryText(repository), reference, tags));
      }
      const { digest } = found;
      // an image that is pushed under another tag has a new push time
      const pushedAtEpochMs = here.findLast(push => push.digest === digest)?.atEpochMs ?? found.atEpochMs;
      const { registry = 'registry.example.com', name } = repository;
      return { uri: `${registry}/${name}@${digest}`, digest, pushedAtEpochMs };
    },
    async readParts(repository, digests) {
      const found = pushesOf(repository).filter(({ digest }) => digests.includes(digest));
      return [...new Set(found.flatMap(({ parts = [] }) => parts))];
    },
    async listTagged(repository) {
      const here = pushesOf(repository);
      const byTag = new Map(here.flatMap(({ tag, digest }) => (tag === undefined ? [] : [[tag, digest] as const])));
      return [...new Set(byTag.values())].map(digest => ({
        digest,
        tags: [...byTag].filter(([, tagged]) => tagged === digest).map(([tag]) => tag),
        pushedAtEpochMs: here.findLast(push => push.digest === digest)?.atEpochMs ?? 0,
      }));
    },
  };
}
