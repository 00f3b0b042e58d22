import { BlockedError, NotFoundError, UnreachableError } from '../../domain/errors.ts';

export interface ResolvedImage {
  /** `<registry>/<repository>@sha256:...`: what a container's `image` is set to. */
  uri: string;
  digest: string;
  pushedAtEpochMs: number;
}

export interface TaggedImage {
  digest: string;
  tags: string[];
  pushedAtEpochMs: number;
}

export interface ImageRegistry {
  /**
   * @param reference a tag, or a digest that starts with `sha256:`
   * @throws ImageNotFoundError @throws ImageRegistryUnreachableError
   */
  resolve(repository: string, reference: string): Promise<ResolvedImage>;
  /**
   * Every image that has a tag, in no order; the children of an index have none.
   * @throws ImageNotFoundError there is no such repository @throws TooManyImagesError @throws ImageRegistryUnreachableError
   */
  listTagged(repository: string): Promise<TaggedImage[]>;
  /**
   * The digests of the parts of these images, of all together; none of one that is no index of several platforms, or is not
   * there.
   * @param digests at most 100 @throws ImageNotFoundError there is no such repository @throws ImageRegistryUnreachableError
   */
  readParts(repository: string, digests: readonly string[]): Promise<string[]>;
}

export class ImageNotFoundError extends NotFoundError {
  override readonly name = 'ImageNotFoundError';
}

export class ImageRegistryUnreachableError extends UnreachableError {
  override readonly name = 'ImageRegistryUnreachableError';
}

/** A repository has more images with a tag than are listed: nobody knows which is the newest. Asking again does not help. */
export class TooManyImagesError extends BlockedError {
  override readonly name = 'TooManyImagesError';
}
