import type { Admission } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { imageUris } from './admission.ts';

/** What a slot has in it, as the cluster says. */
export interface ContentSeen {
  /** The revision that Sluice wrote on it. */
  revision?: string;
  /** Image by container; absent: there is no Deployment, or the line is from before images were read. */
  images?: Record<string, string>;
  /** What others have added to its pod template; absent: nothing. */
  added?: string;
}

/**
 * What the canary's slot has that was not admitted, in one sentence; undefined where it has what it should. Pushed images
 * are compared with the release's, all others with those that it had when it was written; by digest, where they have one.
 * @param written images by container that were written just now; absent: nothing was
 */
export function otherContent(
  release: ReleaseState,
  { canary, revision }: Admission,
  seen: ContentSeen | undefined,
  written: Record<string, string> = {},
): string | undefined {
  const { images } = seen ?? {};
  if (images === undefined) return undefined;
  if (seen?.revision !== revision) {
    return `${canary} has revision ${seen?.revision ?? 'none'}, and ${revision} was admitted: somebody else wrote it`;
  }
  // an undo pushes nothing: it restores what the slot has
  const pushed = release.undoOf === undefined ? imageUris(release) : {};
  const wanted = { ...release.canaryImages, ...pushed, ...written };
  const other = Object.entries(wanted).find(([name, image]) => digestOf(images[name] ?? '') !== digestOf(image));
  if (other === undefined) {
    return seen.added === undefined ? undefined : `${canary} has what Sluice did not write: ${seen.added}`;
  }
  const [name, image] = other;
  return `container ${name} of ${canary} has image ${images[name] ?? 'none'}, and ${image} was released: somebody else wrote it`;
}

/** `sha256:…` of an image by digest, from whichever registry; the image itself where it has none. */
const digestOf = (image: string): string => image.slice(image.indexOf('@') + 1);
