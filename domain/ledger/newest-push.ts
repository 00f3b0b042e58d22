import type { KnownPush } from './state.ts';

/** The newest of these and of the one that was known before, where there was one. */
export const newestOf = (pushes: readonly KnownPush[], known: KnownPush | undefined): KnownPush | undefined =>
  pushes.reduce((newest, push) => (newest === undefined || isNewer(push, newest) ? push : newest), known);

/** Two pushes in the registry's same instant are told apart by their digests, so that everybody orders them alike. */
export const isNewer = (a: KnownPush, b: KnownPush): boolean =>
  a.pushedAtEpochMs > b.pushedAtEpochMs || (a.pushedAtEpochMs === b.pushedAtEpochMs && a.digest > b.digest);
