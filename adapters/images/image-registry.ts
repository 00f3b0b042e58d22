import { BlockedError, NotFoundError, UnreachableError } from '../../domain/errors.ts';
import type { Repository } from '../../domain/repository.ts';

export interface ResolvedImage {
  /** `<registry>/<repository>@sha256:...`: what a container's `image` is set to. */
  uri: string;
  digest: string;
  /** Where its registry does not say when it was pushed: when it was asked for. */
  pushedAtEpochMs: number;
  /** Why nobody asked the registry whether the digest is there: it is as the caller gave it. Absent: it is there. */
  unverified?: string;
  /** As `readParts` says them, where the answer told them already. */
  parts?: string[];
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
  resolve(repository: Repository, reference: string): Promise<ResolvedImage>;
  /**
   * Every image that has a tag, in no order; the children of an index have none.
   * @throws ImageNotFoundError there is no such repository @throws TooManyImagesError @throws ImageRegistryUnreachableError
   */
  listTagged(repository: Repository): Promise<TaggedImage[]>;
  /**
   * The digests of the parts of these images, of all together; none of one that is no index of several platforms, or is not
   * there.
   * @param digests at most 100 @throws ImageNotFoundError there is no such repository @throws ImageRegistryUnreachableError
   */
  readParts(repository: Repository, digests: readonly string[]): Promise<string[]>;
}

export class ImageNotFoundError extends NotFoundError {
  override readonly name = 'ImageNotFoundError';
}

export class ImageRegistryUnreachableError extends UnreachableError {
  override readonly name = 'ImageRegistryUnreachableError';
}

/** The registry says no, and asking again does not help: its credentials are to be mended. */
export class RegistryRefusedError extends BlockedError {
  override readonly name = 'RegistryRefusedError';
}

/** A repository has more images with a tag than are listed: nobody knows which is the newest. Asking again does not help. */
export class TooManyImagesError extends BlockedError {
  override readonly name = 'TooManyImagesError';
}
