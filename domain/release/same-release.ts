import type { ReleaseState, WorkloadState } from '../ledger/state.ts';

/** An image by the container that it is for. */
export interface ImageMeant {
  container: string;
  digest: string;
}

/** Whether a release has this image. @param digest as `sha256:` and 64 hex digits */
export const hasImage = ({ images }: Pick<ReleaseState, 'images'>, { container, digest }: ImageMeant): boolean =>
  images[container]?.digest === digest;

/**
 * The release that waits or is on its way for this image: whoever asks for the image once more, a push, a pipeline or a person,
 * means that one. One that goes back is not what is asked for, and an undo has the image of another time.
 */
export const releaseOfImage = ({ waiting, active }: WorkloadState, image: ImageMeant): ReleaseState | undefined =>
  [waiting, active]
    .filter(release => release !== undefined)
    .find(release => hasImage(release, image) && release.rollBack === undefined && release.undoOf === undefined);
