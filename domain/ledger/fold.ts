import { canonicalJson } from '../canonical-json.ts';
import { BrokenError } from '../errors.ts';
import { releaseIdOf } from '../release-id.ts';
import type { Admission, Entry, Fact, ReleaseImage } from './facts.ts';
import { foldRelease } from './fold-release.ts';
import { newestOf } from './newest-push.ts';
import { ENDED_KEPT, type EndedRelease, type ReleaseState, type WorkloadState } from './state.ts';
import { isKnown, passOver } from './versions.ts';

export class LedgerBrokenError extends BrokenError {
  override readonly name = 'LedgerBrokenError';
}

export type Sha256 = (text: string) => string;

/** The hash of an entry, which the next one carries. */
export const hashOf = (entry: Entry, sha256: Sha256): string => sha256(canonicalJson(entry));

/**
 * State after one more entry. Pure: the same log gives the same state.
 * @throws LedgerBrokenError a gap, or a line that was changed or taken out
 * @throws UnknownEntryError a line of a newer version that must not be passed over
 */
export function fold(state: WorkloadState, entry: Entry, sha256: Sha256): WorkloadState {
  if (entry.seq !== state.seq + 1) {
    throw new LedgerBrokenError(`entry ${entry.seq} follows entry ${state.seq}: one is missing`);
  }
  if (entry.previousHash !== state.lastHash) {
    throw new LedgerBrokenError(
      `entry ${entry.seq} does not carry the hash of entry ${state.seq}: the log was changed`,
    );
  }
  const next = isKnown(entry.fact) ? applyFact(state, entry) : passOver(state, entry);
  return { ...next, seq: entry.seq, lastHash: hashOf(entry, sha256) };
}

function applyFact(state: WorkloadState, entry: Entry): WorkloadState {
  const { fact, releaseId } = entry;
  if (fact.kind === 'requested') return request(state, entry, fact);
  if (fact.kind === 'retagPassed') {
    const { image, because } = fact;
    return { ...state, retag: { image, because, atEpochMs: entry.atEpochMs } };
  }
  if (fact.kind === 'snapshotTaken') return { ...state, snapshotSeq: state.seq };
  if (fact.kind === 'liveRecorded' && state.active === undefined) return recordLive(state, entry, fact);
  if (fact.kind === 'servicePointed' && state.active === undefined) return state; // nothing of a release is other
  const release = [state.active, state.waiting].find(candidate => candidate?.releaseId === releaseId);
  if (release === undefined) throw new LedgerBrokenError(`entry ${entry.seq} is about ${releaseId}, which is not open`);
  if (fact.kind === 'closed') return close(state, release, entry, fact);
  if (fact.kind === 'pushRefused') return { ...state, ...withNewestPush(state, [fact.image]) };
  const next = foldRelease(release, entry, fact);
  return release === state.active ? { ...state, active: next } : { ...state, waiting: next };
}

function request(state: WorkloadState, entry: Entry, fact: Fact & { kind: 'requested' }): WorkloadState {
  const number = state.releases + 1;
  if (entry.releaseId !== releaseIdOf(fact.workload.name, number)) {
    throw new LedgerBrokenError(`entry ${entry.seq} requests ${entry.releaseId}, the next release is number ${number}`);
  }
  const requested: ReleaseState = {
    releaseId: entry.releaseId,
    requestedSeq: entry.seq,
    requestedAtEpochMs: entry.atEpochMs,
    requestedBy: entry.by,
    images: fact.images,
    plan: fact.plan,
    workload: fact.workload,
    ...(fact.undoOf === undefined ? {} : { undoOf: fact.undoOf }),
    ...(fact.although === undefined
      ? {}
      : { although: { ...fact.although, by: entry.by, atEpochMs: entry.atEpochMs } }),
    ...(fact.againOf === undefined ? {} : { againOf: fact.againOf }),
    run: 0,
    canaryWritten: false,
    stepsDone: 0,
    shifts: [],
    hooks: {},
    approvals: {},
    byMetric: {},
    stableRetired: false,
  };
  const known = withoutRetag({ ...state, ...withNewestPush(state, Object.values(fact.images)) }, state, fact);
  if (state.active === undefined) return { ...known, releases: number, active: requested };
  const replaced = state.waiting;
  return {
    ...known,
    releases: number,
    waiting: requested,
    ended:
      replaced === undefined
        ? state.ended
        : keepNewest(state.ended, {
            ...endOf(replaced, entry),
            outcome: 'superseded',
            because: `${entry.releaseId} was requested while it waited`,
          }),
  };
}

function close(
  state: WorkloadState,
  release: ReleaseState,
  entry: Entry,
  fact: Fact & { kind: 'closed' },
): WorkloadState {
  const ended = keepNewest(state.ended, {
    ...endOf(release, entry),
    outcome: fact.outcome,
    ...(fact.reason === undefined ? {} : { reason: fact.reason }),
    because: fact.because,
  });
  const { waiting, ...others } = state;
  if (release !== state.active) return { ...others, ended };
  const { active: _, ...rest } = others;
  const next = { ...rest, ended, ...(waiting === undefined ? {} : { active: waiting }) };
  if (fact.outcome !== 'promoted' || release.admission === undefined) return next;
  const { canary: slot, revision } = release.admission;
  return { ...next, live: { slot, revision, releaseId: release.releaseId, images: release.images } };
}

/** What a person was to see of a tag is over when its image is requested, or a newer push. */
function withoutRetag(next: WorkloadState, before: WorkloadState, fact: Fact & { kind: 'requested' }): WorkloadState {
  const { retag, ...rest } = next;
  const isIt = Object.values(fact.images).some(({ digest }) => digest === retag?.image.digest);
  const isNewer = next.newestPush?.digest !== before.newestPush?.digest;
  return retag === undefined || !(isIt || isNewer) ? next : rest;
}

/** Live until now is what it was turned away from, which an undo restores. */
function recordLive(state: WorkloadState, entry: Entry, fact: Fact & { kind: 'liveRecorded' }): WorkloadState {
  const { live } = state;
  if (live === undefined) throw new LedgerBrokenError(`entry ${entry.seq} turns from what is live, and nothing was`);
  const { slot, revision, images, because } = fact;
  const { recorded: _, ...from } = live;
  const { by, atEpochMs, releaseId } = entry;
  return { ...state, live: { slot, revision, releaseId, images, recorded: { by, atEpochMs, because, from } } };
}

function withNewestPush({ newestPush }: WorkloadState, images: ReleaseImage[]): Pick<WorkloadState, 'newestPush'> {
  const newest = newestOf(images, newestPush);
  if (newest === undefined) return {};
  const { repository, digest, pushedAtEpochMs } = newest;
  return { newestPush: { repository, digest, pushedAtEpochMs } };
}

const endOf = (release: ReleaseState, entry: Entry) => ({
  releaseId: release.releaseId,
  ...(release.requestedSeq === undefined ? {} : { requestedSeq: release.requestedSeq }),
  endedAtEpochMs: entry.atEpochMs,
  images: release.images,
  plan: release.plan,
  ...(release.undoOf === undefined ? {} : { undoOf: release.undoOf }),
  ...(release.sameAs === undefined ? {} : { sameAs: release.sameAs }),
  ...(release.admission === undefined ? {} : { admission: shortOf(release.admission) }),
});

/** How to go back from a release that is over nobody needs to know; its steps follow from its plan. Both may be long. */
const shortOf = ({ walks: _, ...admission }: Admission): Admission => ({ ...admission, wayBack: null });

const keepNewest = (ended: EndedRelease[], newest: EndedRelease) => [newest, ...ended].slice(0, ENDED_KEPT);
