import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { KeptSnapshot } from '../../domain/ledger/audit.ts';
import type { Entry, Fact } from '../../domain/ledger/facts.ts';
import { fold } from '../../domain/ledger/fold.ts';
import { digestOf, isCommitted, isSnapshotDue, keptState } from '../../domain/ledger/snapshot.ts';
import { emptyState, type WorkloadState } from '../../domain/ledger/state.ts';
import { entryAfter, LEDGER_VERSION } from '../../domain/ledger/versions.ts';
import { workloadOf } from '../../domain/release-id.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import type { Env } from '../aws-client-config.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import { sha256 } from '../sha256.ts';
import { conditionHeld } from './condition-held.ts';
import { LedgerConflictError, LedgerUnreachableError } from './errors.ts';
import { judgedPart } from './judged-part.ts';
import type { Checkpoint, Ledger, NewLine, OpenMark } from './ledger.ts';
import { openTable } from './open-table.ts';
import { opens } from './opens.ts';

/**
 * One table for everything. Keys:
 *
 *     pk                    sk                           what
 *     workload#<name>       entry#<seq, 12 digits>       a line of the log: put if absent, never changed
 *     workload#<name>       snapshot#<version>           a cache of the fold, rebuildable at any time: each version of Sluice
 *                                                        keeps its own, and reads an older one's where it has none yet; read
 *                                                        only where the line after it has its hash
 *     workload#<name>       checkpoint#<releaseId>#<digest>#<part, 3 digits>
 *                                                        a checkpoint of judged windows, in parts (TTL)
 *     token#<name>          <releaseId>                  task token of the approval that waits (TTL): apart from the log, since
 *                                                        who keeps tokens may not append
 *     token#<name>          hook#<releaseId>#<hook>      where a hook that runs is to be asked (TTL)
 *     windows#<releaseId>   <metric>#<start epoch ms>    a window (TTL)
 *     open                  <name>                       that the workload has an open release, or had: put before the line
 *                                                        that opens one, taken away by the reconciler when it is at rest
 */
const entryKey = (seq: number) => `entry#${String(seq).padStart(12, '0')}`;
const checkpointKey = (releaseId: string, digest: string, part: number) =>
  `checkpoint#${releaseId}#${digest}#${String(part).padStart(3, '0')}`;
const snapshotKey = (version: number) => `snapshot#${version}`;
/** The first version whose lines name their snapshots; an older one's could be anybody's. */
const SNAPSHOTS_COMMITTED_SINCE = 5;
const NO_SUCH_ITEM = 'attribute_not_exists(pk)';
const OPEN = 'open';
/** Lines only grow: a mark that comes late never hides that of a later opening. */
const NO_NEWER_MARK = 'attribute_not_exists(pk) OR seq < :seq';
const THIS_MARK = 'seq = :seq';
/** A frozen window keeps what was judged: only a write that says the same of it may follow (with a later reading). */
const NOT_FROZEN_OTHERWISE = 'attribute_not_exists(judged) OR judged = :judged';
/** Windows are drawn in the console for a month after their release. */
const ENDED_DAYS = 30;
/**
 * What a release that is under way has written stays for a year and that month: nobody knows at the time when it will end.
 * When it ends the windows get their month (`endWindows`).
 */
const OPEN_DAYS = 365 + ENDED_DAYS;
const SUPERSEDED_DAYS = 1;
/** Of a checkpoint's text: an item holds 400 kB. */
const PART_CHARACTERS = 300_000;
/** Puts under way at once. */
const PUTS_AT_ONCE = 25;
const TOKEN_DAYS = 8;
const DAY_SECONDS = 86_400;

/** Loose: what a newer version adds is a part of the line, and of its hash. */
const entrySchema = z.looseObject({
  version: z.number().optional(),
  critical: z.literal(true).optional(),
  seq: z.number(),
  releaseId: z.string(),
  atEpochMs: z.number(),
  by: z.string(),
  fact: z.looseObject({ kind: z.string() }),
  previousHash: z.string(),
});

type Item = Record<string, AttributeValue>;

/** What it is made of. `log`: is told of what is mended on the way. */
export interface DynamoDbLedgerOptions {
  client: DynamoDBClient;
  table: string;
  clock: Clock;
  log?: Log;
}

/** The ledger in a table of DynamoDB. */
export const dynamoDbLedger = (options: DynamoDbLedgerOptions): Ledger => new DynamoDbLedger(options);

class DynamoDbLedger implements Ledger {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly clock: Clock;
  private readonly log: Log | undefined;

  constructor(options: DynamoDbLedgerOptions) {
    this.client = options.client;
    this.table = options.table;
    this.clock = options.clock;
    this.log = options.log;
  }

  async read(workload: string): Promise<WorkloadState> {
    const snapshot = await this.snapshot(workload);
    if (snapshot !== undefined) {
      const later = await this.entries(workload, snapshot.seq);
      if (isCommitted(snapshot, later[0], sha256)) {
        return later.reduce((state, entry) => fold(state, entry, sha256), snapshot);
      }
      const because = `line ${snapshot.seq + 1} does not name it: the log is read from its first line`;
      this.log?.error('a snapshot of the ledger does not follow from its log', { workload, because });
    }
    const entries = await this.entries(workload);
    return entries.reduce((state, entry) => fold(state, entry, sha256), emptyState());
  }

  async append(workload: string, after: WorkloadState, line: NewLine): Promise<WorkloadState> {
    const entry = entryAfter(after, line);
    const next = fold(after, entry, sha256); // a fact that cannot be folded is never written
    if (opens(after, next)) await this.markOpen({ workload, seq: entry.seq });
    await this.putEntry(workload, entry);
    return isSnapshotDue(next) ? this.takeSnapshot(workload, next, line) : next;
  }

  /** @throws LedgerConflictError @throws LedgerUnreachableError */
  private async putEntry(workload: string, entry: Entry): Promise<void> {
    const item = { ...key(`workload#${workload}`, entryKey(entry.seq)), entry: { S: JSON.stringify(entry) } };
    const put = await this.put(item, NO_SUCH_ITEM);
    if (!put && !(await this.isOurs(workload, entry))) {
      throw new LedgerConflictError(`entry ${entry.seq} of ${workload} is there already`);
    }
  }

  /**
   * First the line that names it, then the snapshot: until it is there the one before it is read. What was to be appended is
   * written already, and the snapshot is only a cache: without it a read takes longer, and the next append tries again.
   */
  private async takeSnapshot(workload: string, state: WorkloadState, line: NewLine): Promise<WorkloadState> {
    const entry = entryAfter(state, { ...line, fact: { kind: 'snapshotTaken', digest: digestOf(state, sha256) } });
    let newest = state;
    try {
      await this.putEntry(workload, entry);
      newest = fold(state, entry, sha256);
      await this.put({
        ...key(`workload#${workload}`, snapshotKey(LEDGER_VERSION)),
        state: { S: JSON.stringify(state) },
      });
    } catch (error) {
      if (error instanceof LedgerConflictError) return newest; // whoever was first takes it
      if (!(error instanceof LedgerUnreachableError)) throw error;
      this.log?.error('no snapshot of the ledger was written', { workload, seq: state.seq, because: error.message });
    }
    return newest;
  }

  async entries(workload: string, afterSeq = 0): Promise<Entry[]> {
    return (await this.query(`workload#${workload}`, entryKey(afterSeq + 1), 'entry#~')).map(entryOf);
  }

  async entriesPage(workload: string, afterSeq = 0): Promise<{ entries: Entry[]; more: boolean }> {
    const { items, next } = await this.page(`workload#${workload}`, entryKey(afterSeq + 1), 'entry#~');
    return { entries: items.map(entryOf), more: next !== undefined };
  }

  async readRawLines(workload: string, afterSeq: number): Promise<{ lines: string[]; nextAfterSeq?: number }> {
    const { items, next } = await this.page(`workload#${workload}`, entryKey(afterSeq + 1), 'entry#~');
    const nextAfterSeq = next?.sk?.S === undefined ? undefined : Number(next.sk.S.slice('entry#'.length));
    // an item without its text is a line that says nothing, and not a fault of the table
    return { lines: items.map(item => item.entry?.S ?? ''), ...(nextAfterSeq !== undefined && { nextAfterSeq }) };
  }

  async readSnapshots(workload: string): Promise<KeptSnapshot[]> {
    const snapshots: KeptSnapshot[] = [];
    for (let version = LEDGER_VERSION; version >= SNAPSHOTS_COMMITTED_SINCE; version -= 1) {
      const item = await this.get(`workload#${workload}`, snapshotKey(version));
      if (item !== undefined) snapshots.push({ version, text: item.state?.S ?? '' });
    }
    return snapshots;
  }

  async windows(releaseId: string): Promise<WindowRecord[]> {
    const items = await this.query(`windows#${releaseId}`, ' ', '~');
    return items.map(item => JSON.parse(text(item, 'window')));
  }

  async windowsPage(releaseId: string, after?: string): Promise<{ windows: WindowRecord[]; next?: string }> {
    const pk = `windows#${releaseId}`;
    const { items, next } = await this.page(pk, ' ', '~', after === undefined ? undefined : key(pk, after));
    const cursor = next?.sk?.S;
    const windows = items.map((item): WindowRecord => JSON.parse(text(item, 'window')));
    return { windows, ...(cursor !== undefined && { next: cursor }) };
  }

  async windowsFrom(
    releaseId: string,
    { metric, startEpochMs, most }: { metric: string; startEpochMs: number; most: number },
  ): Promise<WindowRecord[]> {
    const windows: WindowRecord[] = [];
    let start: Item | undefined;
    do {
      const pk = `windows#${releaseId}`;
      const page = await this.page(pk, `${metric}#${startEpochMs}`, `${metric}#~`, start);
      windows.push(...page.items.map((item): WindowRecord => JSON.parse(text(item, 'window'))));
      start = page.next;
    } while (start !== undefined && windows.length < most);
    return windows.slice(0, most);
  }

  async endWindows(releaseId: string, most: number): Promise<void> {
    let after: string | undefined;
    let left = most;
    do {
      const { windows, next } = await this.windowsPage(releaseId, after);
      const some = windows.slice(0, left);
      for (let at = 0; at < some.length; at += PUTS_AT_ONCE) {
        const together = some.slice(at, at + PUTS_AT_ONCE);
        await Promise.all(together.map(record => this.keepWindow(releaseId, record, ENDED_DAYS)));
      }
      left -= some.length;
      after = next;
    } while (after !== undefined && left > 0);
  }

  async putCheckpoint(
    releaseId: string,
    { digest, text: content }: Checkpoint,
    superseded?: 'superseded',
  ): Promise<void> {
    const expiresAt = this.daysFromNow(superseded === undefined ? OPEN_DAYS : SUPERSEDED_DAYS);
    const parts = Math.ceil(content.length / PART_CHARACTERS);
    for (let part = 0; part < parts; part += 1) {
      const at = key(`workload#${workloadOf(releaseId)}`, checkpointKey(releaseId, digest, part));
      const piece = content.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS);
      await this.put({ ...at, checkpoint: { S: piece }, expiresAt });
    }
  }

  async readCheckpoint(releaseId: string, digest: string): Promise<string | undefined> {
    const [from, to] = [checkpointKey(releaseId, digest, 0), checkpointKey(releaseId, digest, 999)];
    const items = await this.query(`workload#${workloadOf(releaseId)}`, from, to);
    return items.length === 0 ? undefined : items.map(item => text(item, 'checkpoint')).join('');
  }

  putWindow(releaseId: string, record: WindowRecord): Promise<void> {
    return this.keepWindow(releaseId, record, OPEN_DAYS);
  }

  private async keepWindow(releaseId: string, record: WindowRecord, days: number): Promise<void> {
    const judged: AttributeValue = { S: judgedPart(record) };
    const item: Item = {
      ...key(`windows#${releaseId}`, `${record.metric}#${record.startEpochMs}`),
      window: { S: JSON.stringify(record) },
      expiresAt: this.daysFromNow(days),
      ...(record.frozenAtEpochMs === undefined ? {} : { judged }),
    };
    await this.put(item, NOT_FROZEN_OTHERWISE, { ':judged': judged });
  }

  async putToken(releaseId: string, token: string): Promise<void> {
    const at = key(`token#${workloadOf(releaseId)}`, releaseId);
    await this.put({ ...at, token: { S: token }, expiresAt: this.daysFromNow(TOKEN_DAYS) });
  }

  async readToken(releaseId: string): Promise<string | undefined> {
    const item = await this.get(`token#${workloadOf(releaseId)}`, releaseId);
    return item === undefined ? undefined : text(item, 'token');
  }

  async putHookAddress(releaseId: string, hook: string, url: string): Promise<void> {
    const at = key(`token#${workloadOf(releaseId)}`, `hook#${releaseId}#${hook}`);
    await this.put({ ...at, token: { S: url }, expiresAt: this.daysFromNow(TOKEN_DAYS) });
  }

  async readHookAddress(releaseId: string, hook: string): Promise<string | undefined> {
    const item = await this.get(`token#${workloadOf(releaseId)}`, `hook#${releaseId}#${hook}`);
    return item === undefined ? undefined : text(item, 'token');
  }

  async listOpen(): Promise<OpenMark[]> {
    const items = await this.query(OPEN, ' ', '~');
    return items.map(item => ({ workload: item.sk?.S ?? '', seq: Number(item.seq?.N) }));
  }

  async markOpen({ workload, seq }: OpenMark): Promise<void> {
    await this.put({ ...key(OPEN, workload), seq: { N: String(seq) } }, NO_NEWER_MARK, { ':seq': { N: String(seq) } });
  }

  async unmarkOpen({ workload, seq }: OpenMark): Promise<void> {
    const command = new DeleteItemCommand({
      TableName: this.table,
      Key: key(OPEN, workload),
      ConditionExpression: THIS_MARK,
      ExpressionAttributeValues: { ':seq': { N: String(seq) } },
    });
    await this.reach(() => conditionHeld(() => this.client.send(command)));
  }

  /** Of this version; else the newest of an older one, unless that passed over lines that are known here. */
  private async snapshot(workload: string): Promise<WorkloadState | undefined> {
    for (const { version, text: content } of await this.readSnapshots(workload)) {
      const state = keptState(content);
      if (state === undefined) continue; // it was rewritten: the log is read
      if (version === LEDGER_VERSION || state.passedOverSeq === undefined) return state;
    }
    return undefined;
  }

  /** An SDK retry whose first try did arrive finds its own line there: that is success, not a conflict. */
  private async isOurs(workload: string, entry: Entry): Promise<boolean> {
    const there = await this.get(`workload#${workload}`, entryKey(entry.seq));
    return there !== undefined && text(there, 'entry') === JSON.stringify(entry);
  }

  private daysFromNow(days: number): AttributeValue {
    return { N: String(Math.floor(this.clock.now() / 1000) + days * DAY_SECONDS) };
  }

  private async get(pk: string, sk: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: key(pk, sk), ConsistentRead: true });
    return (await this.reach(() => this.client.send(command))).Item;
  }

  /** @returns false where the condition did not hold */
  private async put(item: Item, condition?: string, values?: Record<string, AttributeValue>): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: item,
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
      ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
    });
    return this.reach(() => conditionHeld(() => this.client.send(command)));
  }

  private async query(pk: string, from: string, to: string): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await this.page(pk, from, to, start);
      items.push(...page.items);
      start = page.next;
    } while (start !== undefined);
    return items;
  }

  /** What the table answers at once: at most a megabyte. `next`: where the rest begins. */
  private async page(pk: string, from: string, to: string, start?: Item): Promise<{ items: Item[]; next?: Item }> {
    const command = new QueryCommand({
      TableName: this.table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: from }, ':to': { S: to } },
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    });
    const { Items = [], LastEvaluatedKey: next } = await this.reach(() => this.client.send(command));
    return { items: Items, ...(next !== undefined && { next }) };
  }

  private async reach<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw new LedgerUnreachableError(`the table ${this.table} did not answer: ${String(error)}`, { cause: error });
    }
  }
}

const key = (pk: string, sk: string): Item => ({ pk: { S: pk }, sk: { S: sk } });

function entryOf(item: Item): Entry {
  const entry = entrySchema.parse(JSON.parse(text(item, 'entry')));
  return { ...entry, fact: entry.fact as Fact } as Entry; // the fold knows older shapes, and passes over kinds of newer versions
}

function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new LedgerUnreachableError(`an item of the table has no text ${name}`);
  return value;
}

/** The ledger of a Lambda, or of the lab. */
export function openDynamoDbLedger(env: Env, clock: Clock, log?: Log): Ledger {
  return dynamoDbLedger({ ...openTable(env), clock, ...(log !== undefined && { log }) });
}
