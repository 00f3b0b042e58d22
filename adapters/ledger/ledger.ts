import type { KeptSnapshot } from '../../domain/ledger/audit.ts';
import type { Entry, Fact } from '../../domain/ledger/facts.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';

/**
 * The append-only log of each workload. State is its fold; the lock, the fence, intent before effect and the audit trail
 * all come from the one conditional append.
 */
export interface Ledger {
  /** The fold of the workload's log; the empty state where nothing was ever appended. @throws LedgerUnreachableError @throws LedgerBrokenError */
  read(workload: string): Promise<WorkloadState>;
  /**
   * Appends one fact on the condition that nothing was appended since `after` was read, and answers the new state.
   * @throws LedgerConflictError somebody else appended: read again and think again @throws LedgerUnreachableError
   */
  append(workload: string, after: WorkloadState, line: NewLine): Promise<WorkloadState>;
  /** The log itself, oldest first, from `afterSeq` on (exclusive). */
  entries(workload: string, afterSeq?: number): Promise<Entry[]>;
  /** The same, as much of it as fits into an answer (a megabyte): `more` where lines are left after the last of these. */
  entriesPage(workload: string, afterSeq?: number): Promise<{ entries: Entry[]; more: boolean }>;
  /**
   * Lines as they are kept, whatever is in them, for who checks them: as many as fit into an answer, from `afterSeq` on
   * (exclusive); `nextAfterSeq` where there are more.
   */
  readRawLines(workload: string, afterSeq: number): Promise<{ lines: string[]; nextAfterSeq?: number }>;
  /** The snapshots that `read` might begin from. */
  readSnapshots(workload: string): Promise<KeptSnapshot[]>;
  /** Every window of a release, in no order. Windows are items of their own: they expire, the log does not. */
  windows(releaseId: string): Promise<WindowRecord[]>;
  /** The same, as many as fit into an answer; `next` is the cursor of those that are left. */
  windowsPage(releaseId: string, after?: string): Promise<{ windows: WindowRecord[]; next?: string }>;
  /**
   * Windows of one metric from the one on that begins at `startEpochMs`, the earliest first, at most `most` of them.
   */
  windowsFrom(releaseId: string, from: { metric: string; startEpochMs: number; most: number }): Promise<WindowRecord[]>;
  /** Puts a window unless a frozen one is there that would lose what was judged; putting the same twice is once. */
  putWindow(releaseId: string, record: WindowRecord): Promise<void>;
  /** Of a release that has ended: its first windows, at most `most`, expire after 30 days instead of their long time. */
  endWindows(releaseId: string, most: number): Promise<void>;
  /**
   * Keeps a checkpoint of judged windows under its own digest; putting the same twice is once.
   * @param superseded a newer one counts: this one is kept for a day yet, for whoever still reads by an older line
   */
  putCheckpoint(releaseId: string, checkpoint: Checkpoint, superseded?: 'superseded'): Promise<void>;
  /** Its text as it is there, which may not be what was put: whoever reads it hashes it. undefined: it is not there. */
  readCheckpoint(releaseId: string, digest: string): Promise<string | undefined>;
  /** The task token of the approval that waits. It is a capability, not history: it is overwritten and expires. */
  putToken(releaseId: string, token: string): Promise<void>;
  readToken(releaseId: string): Promise<string | undefined>;
  /** Where a hook that runs is to be asked: signed as a rule, so it is no history either. It is overwritten and expires. */
  putHookAddress(releaseId: string, hook: string, url: string): Promise<void>;
  readHookAddress(releaseId: string, hook: string): Promise<string | undefined>;
  /**
   * The workloads that have an open release, so that nobody has to read every log to find them. A mark is put before the line
   * that opens a release, so a workload at rest may have one; one with an open release never lacks it.
   */
  listOpen(): Promise<OpenMark[]>;
  /** Marks a workload, unless a mark of that line or a later one is there. `append` does so by itself. */
  markOpen(mark: OpenMark): Promise<void>;
  /** Takes this very mark away, and no newer one. Only of a log that was read after the mark was, is at rest and has its line. */
  unmarkOpen(mark: OpenMark): Promise<void>;
}

/** That a workload has a release that is not over, or had one. */
export interface OpenMark {
  workload: string;
  /** The line of its log that opened the release, or was to. */
  seq: number;
}

export interface Checkpoint {
  /** Hash of the text. */
  digest: string;
  /** Of ASCII characters. */
  text: string;
}

export interface NewLine {
  releaseId: string;
  atEpochMs: number;
  by: string;
  fact: Fact;
}

/** A line as those see it who listen to appends: with its number. */
export interface AppendedLine extends NewLine {
  seq: number;
}
