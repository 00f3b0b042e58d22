import type { ImageRegistry } from '../adapters/images/image-registry.ts';
import type { ReleaseImage } from '../domain/ledger/facts.ts';

/** An image as a release keeps it: with its parts, where it is an index of several platforms. */
export async function withParts(
  deps: { images: ImageRegistry },
  image: Omit<ReleaseImage, 'parts'>,
): Promise<ReleaseImage> {
  const parts = await deps.images.readParts(image.repository, [image.digest]);
  return parts.length === 0 ? image : { ...image, parts };
}
