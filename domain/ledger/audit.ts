import { parsedJson } from '../parsed-json.ts';
import type { Entry } from './facts.ts';
import { fold, hashOf, type Sha256 } from './fold.ts';
import { digestOf, isCommitted, keptState } from './snapshot.ts';
import { emptyState, type WorkloadState } from './state.ts';
import { LEDGER_VERSION } from './versions.ts';

/** A snapshot as it is kept, whoever wrote it. */
export interface KeptSnapshot {
  /** Of the functions that wrote it, by its key. */
  version: number;
  text: string;
}

/** A line of a log and its hash: whoever has noted one earlier can tell later whether the log was written anew. */
export interface Head {
  seq: number;
  hash: string;
}

export interface AuditReport {
  /** Lines that follow from each other, from the first one on. */
  lines: number;
  firstAtEpochMs?: number;
  lastAtEpochMs?: number;
  head: Head;
  /** States that the log names and that its lines give. */
  states: number;
  /** States that functions of another version named: what they folded is not known here. */
  statesOfOtherVersions: number;
  /** Snapshots as they are kept that the log names. */
  snapshots: number;
  /** The first thing that does not follow; absent: all does. */
  broken?: { seq: number; because: string };
}

/**
 * Walks a log from its first line: every line follows the one before it, and every state that the log names is what its lines
 * give. Stops at the first break.
 */
export class ChainAudit {
  private state: WorkloadState = emptyState();
  private before: WorkloadState = emptyState();
  private readonly named = new Map<number, Entry>();
  private readonly expected: Head | undefined;
  private readonly sha256: Sha256;
  private report: Omit<AuditReport, 'head'> = { lines: 0, states: 0, statesOfOtherVersions: 0, snapshots: 0 };

  /** @param expected a head that was noted earlier */
  constructor(sha256: Sha256, expected?: Head) {
    this.sha256 = sha256;
    this.expected = expected;
  }

  /** @returns whether it goes on. @param text the next line as it is kept */
  add(text: string): boolean {
    if (this.report.broken !== undefined) return false;
    const seq = this.state.seq + 1;
    const entry = entryOf(text);
    if (entry === undefined) return this.breaks(seq, 'it is not a line of a ledger');
    this.before = this.state;
    try {
      this.state = fold(this.state, entry, this.sha256);
    } catch (error) {
      return this.breaks(seq, error instanceof Error ? error.message : String(error));
    }
    const { firstAtEpochMs = entry.atEpochMs, lines } = this.report;
    this.report = { ...this.report, lines: lines + 1, firstAtEpochMs, lastAtEpochMs: entry.atEpochMs };
    if (this.expected?.seq === seq && this.expected.hash !== hashOf(entry, this.sha256))
      return this.breaks(seq, `its hash is ${hashOf(entry, this.sha256)}, and it was ${this.expected.hash}`);
    return entry.fact.kind === 'snapshotTaken' ? this.compare(entry, entry.fact.digest) : true;
  }

  /** After the last line. @param kept the snapshots that a reader of the log would find */
  end(kept: readonly KeptSnapshot[]): AuditReport {
    for (const snapshot of kept) this.check(snapshot);
    const { seq, lastHash: hash } = this.state;
    if (this.expected !== undefined && this.expected.seq > seq)
      this.breaks(seq + 1, `the log ends at line ${seq}, and it had line ${this.expected.seq}`);
    return { ...this.report, head: { seq, hash } };
  }

  private compare(entry: Entry, digest: string): boolean {
    this.named.set(entry.seq - 1, entry);
    if (entry.version !== LEDGER_VERSION) {
      this.report.statesOfOtherVersions += 1;
      return true;
    }
    if (digestOf(this.before, this.sha256) !== digest)
      return this.breaks(entry.seq, 'it names another state than its lines give');
    this.report.states += 1;
    return true;
  }

  private check({ version, text }: KeptSnapshot): void {
    if (this.report.broken !== undefined) return;
    const state = keptState(text);
    if (state !== undefined && isCommitted(state, this.named.get(state.seq), this.sha256)) this.report.snapshots += 1;
    else
      this.breaks(
        (state?.seq ?? this.state.seq) + 1,
        `it does not name the snapshot of version ${version}, which is not read therefore: delete that item`,
      );
  }

  private breaks(seq: number, because: string): false {
    this.report.broken ??= { seq, because };
    return false;
  }
}

function entryOf(text: string): Entry | undefined {
  const line = parsedJson(text) as Partial<Entry> | null | undefined;
  const isLine =
    Number.isSafeInteger(line?.seq) &&
    Number.isFinite(line?.atEpochMs) &&
    [line?.releaseId, line?.by, line?.previousHash, line?.fact?.kind].every(one => typeof one === 'string');
  return isLine ? (line as Entry) : undefined;
}
