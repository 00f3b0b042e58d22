import type { ReleaseImage } from '../ledger/facts.ts';
import type { KnownPush, WorkloadState } from '../ledger/state.ts';

/** An image that was pushed: its digest is what is released, whatever its tag points to later. */
export interface Push extends KnownPush {
  tag: string;
}

export type PushDecision =
  | { kind: 'release' }
  /** It is on its way, or waits: requesting it again sees to it that it has begun. */
  | { kind: 'asked'; releaseId: string }
  | { kind: 'ignored'; because: string };

/**
 * Whether a push starts a release by itself. Events come late, twice and in any order, so the order is by the registry's
 * push time, and what ended after its push is done: only a person, or a newer push, releases it again (design, rule 8).
 * @param container whose image a push sets
 */
export function considerPush(state: WorkloadState, push: Push, container: string): PushDecision {
  const { active, waiting, live } = state;
  const isIt = (images: Record<string, ReleaseImage>): boolean => images[container]?.digest === push.digest;
  const asked = [waiting, active].find(release => release !== undefined && isIt(release.images));
  if (asked?.rollBack !== undefined) return ignored(`${asked.releaseId} tried it and is rolling back`);
  if (asked !== undefined && asked.undoOf === undefined) return { kind: 'asked', releaseId: asked.releaseId };
  if (active === undefined && live !== undefined && isIt(live.images)) return ignored('it is live');
  const done = state.ended.find(release => isIt(release.images) && release.endedAtEpochMs >= push.pushedAtEpochMs);
  if (done !== undefined) return ignored(`${done.releaseId} released it and ended after this push: ${done.outcome}`);
  const newest = newestKnown(state);
  if (newest === undefined || isNewer(push, newest)) return { kind: 'release' };
  return ignored(`${newest.digest} of ${newest.repository}, which is known, was not pushed before it`);
}

/** The newest push that the ledger knows; undefined where nothing was ever released by it. */
export function newestKnown(state: WorkloadState): KnownPush | undefined {
  const releases = [state.active, state.waiting, state.live, ...state.ended];
  // a snapshot that was written before newestPush was kept has the images all the same
  const pushes: KnownPush[] = releases.flatMap(release => Object.values(release?.images ?? {}));
  return newestOf(pushes, state.newestPush);
}

/** The newest of these and of the one that was known before, where there was one. */
export const newestOf = (pushes: readonly KnownPush[], known: KnownPush | undefined): KnownPush | undefined =>
  pushes.reduce((newest, push) => (newest === undefined || isNewer(push, newest) ? push : newest), known);

/** Two pushes in the registry's same instant are told apart by their digests, so that everybody orders them alike. */
export const isNewer = (a: KnownPush, b: KnownPush): boolean =>
  a.pushedAtEpochMs > b.pushedAtEpochMs || (a.pushedAtEpochMs === b.pushedAtEpochMs && a.digest > b.digest);

/** Of signatures and attestations, which a registry keeps beside the image that they are about. */
const REFERRER = /^sha256-[0-9a-f]{64}(\.|$)/;

/** @param patterns of a workload's repository: `*` is any run of characters; one that begins with `!` excludes, wherever it stands */
export function matchesTag(patterns: string | readonly string[], tag: string): boolean {
  if (REFERRER.test(tag)) return false;
  const all = typeof patterns === 'string' ? [patterns] : patterns;
  const excluded = all.some(pattern => pattern.startsWith('!') && matchesPattern(pattern.slice(1), tag));
  return !excluded && all.some(pattern => !pattern.startsWith('!') && matchesPattern(pattern, tag));
}

function matchesPattern(pattern: string, tag: string): boolean {
  const parts = pattern.split('*').map(part => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(tag);
}

const ignored = (because: string): PushDecision => ({ kind: 'ignored', because });
