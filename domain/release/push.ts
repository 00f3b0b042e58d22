import type { ReleaseImage } from '../ledger/facts.ts';
import { isNewer, newestOf } from '../ledger/newest-push.ts';
import type { KnownPush, ReleaseState, WorkloadState } from '../ledger/state.ts';
import { hasTraffic } from '../ledger/weight.ts';
import { hasImage, releaseOfImage } from './same-release.ts';

/** An image that was pushed: its digest is what is released, whatever its tag points to later. */
export interface Push extends KnownPush {
  tag: string;
}

export type PushDecision =
  | { kind: 'release' }
  /** It is on its way, or waits: requesting it again sees to it that it has begun. */
  | { kind: 'asked'; releaseId: string }
  /** `older`: by its push time alone. A tag that was put on it only now may be meant all the same. */
  | { kind: 'ignored'; because: string; older?: true };

/**
 * Whether a push starts a release by itself. Events come late, twice and in any order, so the order is by the registry's
 * push time, and what ended after its push is done: only a person, or a newer push, releases it again (design, rule 8).
 * @param container whose image a push sets
 */
export function considerPush(state: WorkloadState, push: Push, container: string): PushDecision {
  const { active, live } = state;
  const whole = partOf(state, push.digest);
  if (whole !== undefined) return ignored(`it is a part of ${whole.reference}, which is known`);
  const image = { container, digest: push.digest };
  const asked = releaseOfImage(state, image);
  if (asked !== undefined) return { kind: 'asked', releaseId: asked.releaseId };
  if (active?.rollBack !== undefined && hasImage(active, image)) {
    return ignored(`${active.releaseId} tried it and is rolling back`);
  }
  if (active === undefined && live !== undefined && hasImage(live, image)) return ignored('it is live');
  const done = state.ended.find(release => hasImage(release, image) && release.endedAtEpochMs >= push.pushedAtEpochMs);
  if (done !== undefined) return older(`${done.releaseId} released it and ended after this push: ${done.outcome}`);
  const newest = newestKnown(state);
  if (newest === undefined || isNewer(push, newest)) return { kind: 'release' };
  return older(`${newest.digest} of ${newest.repository}, which is known, was not pushed before it`);
}

/** The newest push that the ledger knows; undefined where nothing was ever released by it. */
export function newestKnown(state: WorkloadState): KnownPush | undefined {
  // a snapshot that was written before newestPush was kept has the images all the same
  const pushes: KnownPush[] = releasesOf(state).flatMap(({ images }) => Object.values(images));
  return newestOf(pushes, state.newestPush);
}

/** Of signatures and attestations, which a registry keeps beside the image that they are about. */
const REFERRER = /^sha256-[0-9a-f]{64}(\.|$)/;

/** @param patterns of a workload's repository: `*` is any run of characters; one that begins with `!` excludes, wherever it stands */
export function matchesTag(patterns: string | readonly string[], tag: string): boolean {
  if (REFERRER.test(tag)) return false;
  const all = typeof patterns === 'string' ? [patterns] : patterns;
  const excluded = all.some(pattern => pattern.startsWith('!') && matchesPattern(pattern.slice(1), tag));
  return !excluded && all.some(pattern => !pattern.startsWith('!') && matchesPattern(pattern, tag));
}

/**
 * Not by a regular expression: `*a*a*a*b` takes one a time that grows with a power of the tag's length for each `*`. Each part
 * between two `*` is taken where it is found first; what an earlier place leaves over holds whatever a later one would.
 */
function matchesPattern(pattern: string, tag: string): boolean {
  const [start = '', ...rest] = pattern.split('*');
  const end = rest.pop();
  if (end === undefined) return tag === start;
  if (tag.length < start.length + end.length || !tag.startsWith(start) || !tag.endsWith(end)) return false;
  let left = tag.slice(start.length, tag.length - end.length);
  for (const part of rest) {
    const at = left.indexOf(part);
    if (at === -1) return false;
    left = left.slice(at + part.length);
  }
  return true;
}

/** The index that is known and has this image as a part. */
const partOf = (state: WorkloadState, digest: string): ReleaseImage | undefined =>
  releasesOf(state)
    .flatMap(({ images }) => Object.values(images))
    .find(({ parts }) => parts?.includes(digest) === true);

const releasesOf = ({ active, waiting, live, ended }: WorkloadState): { images: Record<string, ReleaseImage> }[] =>
  [active, waiting, live, ...ended].filter(release => release !== undefined);

/**
 * Whether a push has started the part of an image before the whole was there, and nothing of it has requests yet. What a
 * person asked for is meant.
 * @param whole images that are requested
 */
export const cameEarly = (release: ReleaseState, whole: Record<string, ReleaseImage>): boolean =>
  EVENT_HANDLERS.has(release.requestedBy) &&
  release.undoOf === undefined &&
  release.rollBack === undefined &&
  !hasTraffic(release) &&
  Object.entries(whole).some(([container, { parts = [] }]) => parts.includes(release.images[container]?.digest ?? ''));

/** By what a release is requested that nobody asked for. */
const EVENT_HANDLERS: ReadonlySet<string> = new Set(['push', 'reconcile']);

/** How much later than the push its event may say that it happened: the registry's clock, and whole seconds. */
const RETAG_AFTER_SECONDS = 60;

/** Whether the event tells of a tag that was put on an image of before: then the image was not pushed when it happened. */
export const isRetag = (announcedAtEpochMs: number, pushedAtEpochMs: number): boolean =>
  announcedAtEpochMs > pushedAtEpochMs + RETAG_AFTER_SECONDS * 1000;

const older = (because: string): PushDecision => ({ kind: 'ignored', because, older: true });
const ignored = (because: string): PushDecision => ({ kind: 'ignored', because });
