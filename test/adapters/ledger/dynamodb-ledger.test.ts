import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { dynamoDbLedger, openDynamoDbLedger } from '../../../adapters/ledger/dynamodb-ledger.ts';
import { openTable as openAdapterTable } from '../../../adapters/ledger/open-table.ts';
import type { Log } from '../../../adapters/log/log.ts';
import { sha256 } from '../../../adapters/sha256.ts';
import { hashOf } from '../../../domain/ledger/fold.ts';
import { digestOf } from '../../../domain/ledger/snapshot.ts';
import type { WorkloadState } from '../../../domain/ledger/state.ts';
import { LEDGER_VERSION } from '../../../domain/ledger/versions.ts';
import { type LabTable, openTable } from '../../../lab/table.ts';
import { at, NOON, requested, shop } from '../../support/ledger-lines.ts';
import { filled, keepsLedgerContract, line, named } from './ledger.contract.ts';

const clock = { now: () => NOON };
const opened: { table: LabTable; client: DynamoDBClient }[] = [];
afterEach(async () => {
  for (const { table, client } of opened.splice(0)) {
    client.destroy();
    await table.close();
  }
});

const envOf = (table: LabTable) => ({
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'lab',
  AWS_SECRET_ACCESS_KEY: 'lab',
  AWS_ENDPOINT_URL_DYNAMODB: table.url,
  SLUICE_TABLE: table.name,
});

async function open() {
  const table = await openTable();
  const { client } = openAdapterTable(envOf(table));
  opened.push({ table, client });
  return { client, table, ledger: dynamoDbLedger({ client, table: table.name, clock }) };
}

describe('the ledger in DynamoDB', () => {
  keepsLedgerContract(async () => (await open()).ledger);

  const snapshotKey = { pk: { S: 'workload#shop' }, sk: { S: `snapshot#${LEDGER_VERSION}` } };
  const firstSnapshotKey = { ...snapshotKey, sk: { S: 'snapshot' } };
  const entryKey = (seq: number) => ({
    pk: { S: 'workload#shop' },
    sk: { S: `entry#${String(seq).padStart(12, '0')}` },
  });

  describe('past its snapshot', () => {
    it('reads the whole log: at the fiftieth line, and at those after it', async () => {
      const { client, table, ledger } = await open();
      let state = await filled(ledger, 48);
      const snapshot = async () =>
        (await client.send(new GetItemCommand({ TableName: table.name, Key: snapshotKey }))).Item;
      expect(await snapshot()).toBeUndefined();
      state = await ledger.append('shop', state, line({ kind: 'runClaimed', run: 49 }));
      expect(JSON.parse((await snapshot())?.state?.S ?? '')).toMatchObject({ seq: 50, active: { run: 49 } });
      // the line after it names it
      expect(state).toMatchObject({ seq: 51, snapshotSeq: 50 });
      expect((await ledger.entries('shop')).at(-1)).toMatchObject({ seq: 51, fact: { kind: 'snapshotTaken' } });
      expect(await ledger.read('shop')).toEqual(state);
      state = await ledger.append('shop', state, line({ kind: 'runClaimed', run: 50 }));
      expect(await ledger.read('shop')).toEqual(state);
      expect(state).toMatchObject({ seq: 52, active: { run: 50 } });
      expect(await ledger.entries('shop')).toHaveLength(52);
    });

    it('appends its line where the snapshot cannot be written, and logs that', async () => {
      const { client, table } = await open();
      const logged: string[] = [];
      const log: Log = { info() {}, warn() {}, error: message => void logged.push(message), with: () => log };
      const refusing = Object.create(client, {
        send: {
          value: async (command: { input: { Item?: { sk?: { S?: string } } } }) => {
            if (command.input.Item?.sk?.S?.startsWith('snapshot') === true) {
              throw new Error('ValidationException: Item size has exceeded the maximum allowed size');
            }
            return client.send(command as never);
          },
        },
      });
      const ledger = dynamoDbLedger({ client: refusing, table: table.name, clock, log });
      const state = await filled(ledger, 60);
      expect(await ledger.read('shop')).toEqual(state);
      // a line named it, and nothing is kept: the next one is named 50 lines later
      expect(state).toMatchObject({ seq: 62, snapshotSeq: 50 });
      expect(logged).toEqual(['no snapshot of the ledger was written']);
    });

    it('needs it not: without it, or with an older one, it reads the same', async () => {
      const { client, table, ledger } = await open();
      const early = await filled(ledger, 10);
      let state: WorkloadState = early;
      for (let run = 11; run <= 52; run += 1)
        state = await ledger.append('shop', state, line({ kind: 'runClaimed', run }));
      await client.send(new DeleteItemCommand({ TableName: table.name, Key: snapshotKey }));
      expect(await ledger.read('shop')).toEqual(state);
      const older = { ...snapshotKey, state: { S: JSON.stringify(early) } };
      await client.send(new PutItemCommand({ TableName: table.name, Item: older }));
      expect(await ledger.read('shop')).toEqual(state);
    });
  });

  it('never has an open release without its mark, wherever the process dies that opens it', async () => {
    const { client, table, ledger } = await open();
    for (let calls = 0; calls < 3; calls += 1) {
      let left = calls;
      const dying = Object.create(client, {
        send: {
          value: async (command: object) => {
            if (left === 0) throw new Error('the process is dead');
            left -= 1;
            return client.send(command as never);
          },
        },
      });
      const name = `shop${calls}`;
      const state = await ledger.read(name);
      const opening = dynamoDbLedger({ client: dying, table: table.name, clock });
      const first = line(requested({ workload: { ...shop, name } }), { releaseId: `${name}-1` });
      await opening.append(name, state, first).catch(() => {});
    }
    const isOpen = async (name: string) => (await ledger.read(name)).active !== undefined;
    expect(await Promise.all(['shop0', 'shop1', 'shop2'].map(isOpen))).toEqual([false, false, true]);
    expect((await ledger.listOpen()).map(({ workload }) => workload)).toEqual(['shop1', 'shop2']);
  });

  describe('written by other versions of Sluice', () => {
    const put = (client: DynamoDBClient, table: LabTable, item: object) =>
      client.send(new PutItemCommand({ TableName: table.name, Item: item as never }));

    it('a snapshot from before lines named them is not: it could say anything', async () => {
      const { client, table, ledger } = await open();
      const state = await filled(ledger, 2);
      const forged = { ...state, active: { ...state.active, approvals: { 'go-live': { by: ['nobody'] } } } };
      await put(client, table, { ...firstSnapshotKey, state: { S: JSON.stringify(forged) } });
      await put(client, table, { ...snapshotKey, sk: { S: 'snapshot#4' }, state: { S: JSON.stringify(forged) } });
      expect(await ledger.read('shop')).toEqual(state);
    });

    it('a snapshot of a newer version is not: its state may be of another shape', async () => {
      const { client, table, ledger } = await open();
      const state = await filled(ledger, 2);
      const newer = { ...snapshotKey, sk: { S: `snapshot#${LEDGER_VERSION + 1}` } };
      await put(client, table, { ...newer, state: { S: '{"shape":"of the future"}' } });
      expect(await ledger.read('shop')).toEqual(state);
    });

    it('a line with members of a newer version keeps its hash', async () => {
      const { client, table, ledger } = await open();
      const state = await filled(ledger, 0);
      const entry = {
        ...line({ kind: 'weighed' } as never),
        ...{ version: 9, region: 'eu-west-1', seq: 2, previousHash: state.lastHash },
      };
      await put(client, table, { ...entryKey(2), entry: { S: JSON.stringify(entry) } });
      expect((await ledger.read('shop')).lastHash).toBe(hashOf(entry, sha256));
    });

    it('a critical line of a newer version stops every reader with a sentence', async () => {
      const { client, table, ledger } = await open();
      const state = await filled(ledger, 0);
      const entry = {
        ...line({ kind: 'weighed' } as never),
        ...{ version: 9, critical: true, seq: 2, previousHash: state.lastHash },
      };
      await put(client, table, { ...entryKey(2), entry: { S: JSON.stringify(entry) } });
      await expect(ledger.read('shop')).rejects.toThrow(
        `entry 2 of shop-1 is 'weighed' of version 9, which this version of Sluice (${LEDGER_VERSION}) does not know and must not pass over: update its functions`,
      );
    });
  });

  describe('a log that somebody changed', () => {
    it('is seen to be broken: a line changed, or taken out', async () => {
      const { client, table, ledger } = await open();
      await filled(ledger, 4);
      const item = (await client.send(new GetItemCommand({ TableName: table.name, Key: entryKey(3) }))).Item ?? {};
      const changed = { ...JSON.parse(item.entry?.S ?? ''), by: 'somebody else' };
      await client.send(
        new PutItemCommand({ TableName: table.name, Item: { ...item, entry: { S: JSON.stringify(changed) } } }),
      );
      await expect(ledger.read('shop')).rejects.toEqual(named('LedgerBrokenError'));
      await client.send(new DeleteItemCommand({ TableName: table.name, Key: entryKey(3) }));
      await expect(ledger.read('shop')).rejects.toThrow('entry 4 follows entry 2: one is missing');
    });

    const snapshotOf = async (client: DynamoDBClient, table: LabTable) =>
      (await client.send(new GetItemCommand({ TableName: table.name, Key: snapshotKey }))).Item;

    it.each([
      [
        'an approval that nobody gave',
        (state: WorkloadState) => ({
          ...state,
          active: { ...state.active, approvals: { 'go-live': { by: ['nobody'] } } },
        }),
      ],
      [
        'another slot that is live',
        (state: WorkloadState) => ({
          ...state,
          live: { slot: 'green', revision: 'x', releaseId: 'shop-1', images: {} },
        }),
      ],
      ['a later line', (state: WorkloadState) => ({ ...state, seq: state.seq + 1 })],
      ['an earlier line', (state: WorkloadState) => ({ ...state, seq: 3 })],
      ['no release at all', ({ active: _, ...state }: WorkloadState) => state],
      ['nothing', () => null],
      ['no state', () => 'shop'],
    ])('a snapshot that was rewritten is not read: %s', async (_, forge) => {
      const { client, table } = await open();
      const logged: string[] = [];
      const log: Log = { info() {}, warn() {}, error: message => void logged.push(message), with: () => log };
      const ledger = dynamoDbLedger({ client, table: table.name, clock, log });
      const state = await filled(ledger, 55);
      const kept = (await snapshotOf(client, table))?.state?.S ?? '';
      const forged = { ...snapshotKey, state: { S: JSON.stringify(forge(JSON.parse(kept))) } };
      await client.send(new PutItemCommand({ TableName: table.name, Item: forged }));
      expect(await ledger.read('shop')).toEqual(state);
      const next = await ledger.append('shop', state, line({ kind: 'runClaimed', run: 56 }));
      expect(next.active).toMatchObject({ run: 56, approvals: {} });
    });

    it('nor is one whose line was rewritten with it: the next line has the hash of the other', async () => {
      const { client, table, ledger } = await open();
      await filled(ledger, 55);
      const forged = (await snapshotOf(client, table))?.state?.S?.replace('"run":49', '"run":7') ?? '';
      await client.send(new PutItemCommand({ TableName: table.name, Item: { ...snapshotKey, state: { S: forged } } }));
      const item = (await client.send(new GetItemCommand({ TableName: table.name, Key: entryKey(51) }))).Item ?? {};
      const entry = JSON.parse(item.entry?.S ?? '');
      const named = JSON.stringify({
        ...entry,
        fact: { kind: 'snapshotTaken', digest: digestOf(JSON.parse(forged), sha256) },
      });
      await client.send(new PutItemCommand({ TableName: table.name, Item: { ...item, entry: { S: named } } }));
      await expect(ledger.read('shop')).rejects.toThrow(
        'entry 52 does not carry the hash of entry 51: the log was changed',
      );
    });
  });

  it("takes the SDK's repetition of a put that did arrive for what it is: its own line", async () => {
    // Prepare: the first put arrives, and its answer is lost on the way
    const { client, ledger } = await open();
    const state = await filled(ledger, 0);
    let lost = 0;
    client.middlewareStack.add(
      next => async args => {
        const answer = await next(args);
        if (lost > 0) return answer;
        lost += 1;
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', $retryable: {} });
      },
      { step: 'deserialize', priority: 'high', name: 'loseOneAnswer' },
    );
    // Act
    const next = await ledger.append('shop', state, line({ kind: 'runClaimed', run: 1 }));
    // Assess
    expect(lost).toBe(1);
    expect(next.seq).toBe(2);
    expect(await ledger.read('shop')).toEqual(next);
  });

  it('lets windows and tokens expire, and lines, snapshots and marks never', async () => {
    const { client, table, ledger } = await open();
    await filled(ledger, 49);
    await ledger.putToken('shop-1', 'token');
    await ledger.putWindow('shop-1', {
      metric: 'errors',
      startEpochMs: at(0),
      endEpochMs: at(60),
      reading: { kind: 'noData', reason: 'late' },
      readAtEpochMs: at(150),
      straddles: false,
    });
    await ledger.putCheckpoint('shop-1', { digest: 'new', text: '{}' });
    await ledger.putCheckpoint('shop-1', { digest: 'old', text: '{}' }, 'superseded');
    const expiring = async () => {
      const items = (await client.send(new ScanCommand({ TableName: table.name }))).Items ?? [];
      const days = (item: (typeof items)[number]) => (Number(item.expiresAt?.N) - NOON / 1000) / 86_400;
      const found = items.filter(item => item.expiresAt !== undefined);
      return { items, expiring: found.map(item => [item.pk?.S, item.sk?.S, days(item)]).sort() };
    };
    const token = ['token#shop', 'shop-1', 8];
    const others = [
      ['workload#shop', 'checkpoint#shop-1#new#000', 395],
      ['workload#shop', 'checkpoint#shop-1#old#000', 1],
    ];
    const underWay = await expiring();
    expect(underWay.items).toHaveLength(57);
    // while its release lasts nobody knows its end
    expect(underWay.expiring).toEqual([token, ['windows#shop-1', `errors#${at(0)}`, 395], ...others]);
    await ledger.endWindows('shop-1', 10);
    expect((await expiring()).expiring).toEqual([token, ['windows#shop-1', `errors#${at(0)}`, 30], ...others]);
  });

  it('lets as many windows of an ended release expire sooner as it is told, the others later', async () => {
    const { client, table, ledger } = await open();
    for (let n = 0; n < 60; n += 1) {
      const span = { startEpochMs: at(60 * n), endEpochMs: at(60 * n + 60), readAtEpochMs: at(60 * n + 150) };
      const frozenAtEpochMs = at(60 * n + 160);
      const reading = { kind: 'noData', reason: 'late' } as const;
      await ledger.putWindow('shop-1', { metric: 'errors', ...span, reading, straddles: false, frozenAtEpochMs });
    }
    await ledger.endWindows('shop-1', 40);
    const items = (await client.send(new ScanCommand({ TableName: table.name }))).Items ?? [];
    const days = items.map(item => (Number(item.expiresAt?.N) - NOON / 1000) / 86_400);
    expect(Map.groupBy(days, day => day)).toEqual(
      new Map([
        [30, Array(40).fill(30)],
        [395, Array(20).fill(395)],
      ]),
    );
  });

  it('reads more than one page: DynamoDB answers at most 1 MB at a time', async () => {
    const { ledger } = await open();
    const reading = { kind: 'noData', reason: 'x'.repeat(30_000) } as const;
    for (let minute = 0; minute < 40; minute += 1) {
      const startEpochMs = at(minute * 60);
      await ledger.putWindow('shop-1', {
        metric: 'errors',
        startEpochMs,
        endEpochMs: startEpochMs + 60_000,
        reading,
        readAtEpochMs: NOON,
        straddles: false,
      });
    }
    expect(await ledger.windows('shop-1')).toHaveLength(40);
  });

  it('says that the table did not answer where it does not, or is not there', async () => {
    const { table } = await open();
    const other = openDynamoDbLedger({ ...envOf(table), SLUICE_TABLE: 'other' }, clock);
    await expect(other.read('shop')).rejects.toEqual(named('LedgerUnreachableError'));
    await expect(other.putToken('shop-1', 'token')).rejects.toThrow(
      'the table other did not answer: ResourceNotFoundException',
    );
    await table.close();
    const gone = openDynamoDbLedger(envOf(table), clock);
    await expect(gone.read('shop')).rejects.toEqual(named('LedgerUnreachableError'));
  });

  it('has to be told the name of its table', async () => {
    const { table } = await open();
    expect(() => openDynamoDbLedger({ ...envOf(table), SLUICE_TABLE: undefined }, clock)).toThrow(
      'SLUICE_TABLE is not set',
    );
  });
});
