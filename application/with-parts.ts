import type { ImageRegistry } from '../adapters/images/image-registry.ts';
import type { ReleaseImage } from '../domain/ledger/facts.ts';
import { type Repository, repositoryText } from '../domain/repository.ts';

/** An image as a release keeps it: with its parts, where it is an index of several platforms. */
export async function withParts(
  deps: { images: ImageRegistry },
  repository: Repository,
  found: Omit<ReleaseImage, 'repository'>,
): Promise<ReleaseImage> {
  const { parts: told, ...rest } = found;
  const parts = told ?? (await deps.images.readParts(repository, [rest.digest]));
  const image = { repository: repositoryText(repository), ...rest };
  return parts.length === 0 ? image : { ...image, parts };
}
