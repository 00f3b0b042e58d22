import { isDeepStrictEqual } from 'node:util';
import type { KeptSnapshot } from '../../domain/ledger/audit.ts';
import type { Entry } from '../../domain/ledger/facts.ts';
import { fold } from '../../domain/ledger/fold.ts';
import { emptyState, type WorkloadState } from '../../domain/ledger/state.ts';
import { entryAfter } from '../../domain/ledger/versions.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import { sha256 } from '../sha256.ts';
import { LedgerConflictError } from './errors.ts';
import { judgedPart } from './judged-part.ts';
import type { Checkpoint, Ledger, NewLine, OpenMark } from './ledger.ts';
import { opens } from './opens.ts';

/** Of a megabyte of them, roughly. */
const LINES_A_PAGE = 100;
const WINDOWS_A_PAGE = 1_000;

export interface FakeLedger extends Ledger {
  /** By release and digest; a test may change and remove them, as a table may lose what it had. */
  readonly checkpoints: Map<string, string>;
}

/** The ledger in memory, held to the same contract as DynamoDB's. */
export const fakeLedger = (): FakeLedger => new LedgerInMemory();

class LedgerInMemory implements FakeLedger {
  private readonly logs = new Map<string, Entry[]>();
  /** The fold of each log, kept so that a long log is not folded at every read. */
  private readonly heads = new Map<string, WorkloadState>();
  private readonly windowsByKey = new Map<string, { releaseId: string; record: WindowRecord }>();
  private readonly tokens = new Map<string, string>();
  private readonly openSeqs = new Map<string, number>();
  readonly checkpoints = new Map<string, string>();

  async read(workload: string): Promise<WorkloadState> {
    return structuredClone(this.heads.get(workload) ?? emptyState());
  }

  async append(workload: string, after: WorkloadState, line: NewLine): Promise<WorkloadState> {
    const log = this.logs.get(workload) ?? [];
    this.logs.set(workload, log);
    // through JSON, as it is kept elsewhere: a member that is undefined is not there
    const entry: Entry = JSON.parse(JSON.stringify(entryAfter(after, line)));
    const next = fold(after, entry, sha256);
    if (isDeepStrictEqual(log[after.seq], entry)) return next; // repeated: its first try did arrive
    if (opens(after, next)) await this.markOpen({ workload, seq: entry.seq });
    if (log.length !== after.seq) throw new LedgerConflictError(`entry ${entry.seq} of ${workload} is there already`);
    log.push(entry);
    this.heads.set(workload, structuredClone(next));
    return next;
  }

  async entries(workload: string, afterSeq = 0): Promise<Entry[]> {
    return structuredClone((this.logs.get(workload) ?? []).filter(entry => entry.seq > afterSeq));
  }

  async entriesPage(workload: string, afterSeq = 0): Promise<{ entries: Entry[]; more: boolean }> {
    const left = await this.entries(workload, afterSeq);
    return { entries: left.slice(0, LINES_A_PAGE), more: left.length > LINES_A_PAGE };
  }

  async readRawLines(workload: string, afterSeq: number): Promise<{ lines: string[]; nextAfterSeq?: number }> {
    const { entries, more } = await this.entriesPage(workload, afterSeq);
    const nextAfterSeq = more ? entries.at(-1)?.seq : undefined;
    return { lines: entries.map(entry => JSON.stringify(entry)), ...(nextAfterSeq !== undefined && { nextAfterSeq }) };
  }

  /** It keeps none. */
  async readSnapshots(): Promise<KeptSnapshot[]> {
    return [];
  }

  async windows(releaseId: string): Promise<WindowRecord[]> {
    const mine = [...this.windowsByKey.values()].filter(window => window.releaseId === releaseId);
    return mine.map(({ record }) => ({ ...record })); // the readings in them are nobody's to change
  }

  async windowsPage(releaseId: string, after = ''): Promise<{ windows: WindowRecord[]; next?: string }> {
    const keyOf = ({ metric, startEpochMs }: WindowRecord) => `${metric}#${startEpochMs}`;
    const left = (await this.windows(releaseId))
      .filter(record => keyOf(record) > after)
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const windows = left.slice(0, WINDOWS_A_PAGE);
    const last = windows.at(-1);
    return { windows, ...(left.length > windows.length && last !== undefined && { next: keyOf(last) }) };
  }

  async putWindow(releaseId: string, record: WindowRecord): Promise<void> {
    const key = `${releaseId} ${record.metric} ${record.startEpochMs}`;
    const there = this.windowsByKey.get(key)?.record;
    if (there?.frozenAtEpochMs !== undefined && judgedPart(there) !== judgedPart(record)) return;
    this.windowsByKey.set(key, { releaseId, record: structuredClone(record) });
  }

  async windowsFrom(
    releaseId: string,
    { metric, startEpochMs, most }: { metric: string; startEpochMs: number; most: number },
  ): Promise<WindowRecord[]> {
    const own = (await this.windows(releaseId)).filter(
      record => record.metric === metric && record.startEpochMs >= startEpochMs,
    );
    return own.sort((a, b) => a.startEpochMs - b.startEpochMs).slice(0, most);
  }

  /** In memory nothing expires. */
  async endWindows(): Promise<void> {}

  async putCheckpoint(releaseId: string, { digest, text }: Checkpoint): Promise<void> {
    this.checkpoints.set(`${releaseId} ${digest}`, text);
  }

  async readCheckpoint(releaseId: string, digest: string): Promise<string | undefined> {
    return this.checkpoints.get(`${releaseId} ${digest}`);
  }

  async putHookAddress(releaseId: string, hook: string, url: string): Promise<void> {
    this.tokens.set(`${releaseId} ${hook}`, url);
  }

  async readHookAddress(releaseId: string, hook: string): Promise<string | undefined> {
    return this.tokens.get(`${releaseId} ${hook}`);
  }

  async putToken(releaseId: string, token: string): Promise<void> {
    this.tokens.set(releaseId, token);
  }

  async readToken(releaseId: string): Promise<string | undefined> {
    return this.tokens.get(releaseId);
  }

  async listOpen(): Promise<OpenMark[]> {
    return [...this.openSeqs].map(([workload, seq]) => ({ workload, seq }));
  }

  async markOpen({ workload, seq }: OpenMark): Promise<void> {
    if (seq > (this.openSeqs.get(workload) ?? 0)) this.openSeqs.set(workload, seq);
  }

  async unmarkOpen({ workload, seq }: OpenMark): Promise<void> {
    if (this.openSeqs.get(workload) === seq) this.openSeqs.delete(workload);
  }
}
