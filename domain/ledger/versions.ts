import { BrokenError, StaleError } from '../errors.ts';
import { ENTRY_MOST_BYTES, jsonBytes, kilobytes, withShortSentences } from '../limits.ts';
import type { Entry, Fact } from './facts.ts';
import type { WorkloadState } from './state.ts';

/**
 * The version of what is written: lines and snapshots. Lines without one are of version 1. It goes up with every kind of line
 * or member of the state that a function of before does not know.
 */
export const LEDGER_VERSION = 7;

/** A line that must not be passed over, by functions of an older version than its writer's. Mended by updating them. */
export class UnknownEntryError extends StaleError {
  override readonly name = 'UnknownEntryError';
}

/** A line that would not fit; nothing was written. */
export class EntryTooLargeError extends BrokenError {
  override readonly name = 'EntryTooLargeError';
}

/** Every kind that this version knows; the compiler says which is missing. */
const KNOWN: Record<Fact['kind'], true> = {
  requested: true,
  overridden: true,
  alarmWasOk: true,
  alarmSilent: true,
  runClaimed: true,
  pushRefused: true,
  retagPassed: true,
  admitted: true,
  refused: true,
  canaryIntended: true,
  canaryWritten: true,
  sizeIntended: true,
  snapshotTaken: true,
  slotSeen: true,
  clusterFailed: true,
  targetsSeen: true,
  finding: true,
  stableMinimumRaised: true,
  readied: true,
  previewIntended: true,
  previewOpened: true,
  stepStarted: true,
  stepDone: true,
  shiftIntended: true,
  shiftConfirmed: true,
  hookCalled: true,
  hookAnswered: true,
  hookRunning: true,
  approvalOpened: true,
  approved: true,
  baselineSeen: true,
  ceilingsFrozen: true,
  windowsFolded: true,
  judged: true,
  held: true,
  resumed: true,
  soakStarted: true,
  soakDone: true,
  rollBackClaimed: true,
  goingBack: true,
  dialRestored: true,
  dialVerified: true,
  canaryRetired: true,
  retiring: true,
  stableRetired: true,
  liveRecorded: true,
  servicePointed: true,
  paged: true,
  closed: true,
};

/** Whether this version knows this kind of line: another version of Sluice may have written it. */
export const isKnown = (fact: { kind: string }): fact is Fact => Object.hasOwn(KNOWN, fact.kind);

/** Kinds without which a release would be taken for another one: what begins it, ends it, passes a point of no return, and says which slot is live. */
const CRITICAL: ReadonlySet<Fact['kind']> = new Set(['requested', 'goingBack', 'retiring', 'liveRecorded', 'closed']);

/**
 * The next line of a log, as this version writes it.
 * @throws EntryTooLargeError
 */
export function entryAfter(after: WorkloadState, line: Pick<Entry, 'releaseId' | 'atEpochMs' | 'by' | 'fact'>): Entry {
  const entry: Entry = {
    ...line,
    // what was requested is checked where it comes in, and frozen as it is
    fact: line.fact.kind === 'requested' ? line.fact : withShortSentences(line.fact),
    version: LEDGER_VERSION,
    ...(CRITICAL.has(line.fact.kind) && { critical: true }),
    seq: after.seq + 1,
    previousHash: after.lastHash,
  };
  const bytes = jsonBytes(entry);
  if (bytes <= ENTRY_MOST_BYTES) return entry;
  const found = `'${entry.fact.kind}' of ${entry.releaseId} is ${kilobytes(bytes)}`;
  throw new EntryTooLargeError(`${found}; a line of the ledger has at most ${kilobytes(ENTRY_MOST_BYTES)}`);
}

/**
 * A line of a kind that is not known here: passed over, unless its writer says that it must not be.
 * @throws UnknownEntryError
 */
export function passOver(state: WorkloadState, entry: Entry): WorkloadState {
  if (entry.critical === true) {
    const which = `entry ${entry.seq} of ${entry.releaseId} is '${entry.fact.kind}' of version ${entry.version ?? 1}`;
    throw new UnknownEntryError(
      `${which}, which this version of Sluice (${LEDGER_VERSION}) does not know and must not pass over: update its functions; until then it does nothing about this workload`,
    );
  }
  return { ...state, passedOverSeq: state.passedOverSeq ?? entry.seq };
}
