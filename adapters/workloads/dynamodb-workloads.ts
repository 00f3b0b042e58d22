import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Env } from '../aws-client-config.ts';
import { conditionHeld } from '../ledger/condition-held.ts';
import { openTable } from '../ledger/open-table.ts';
import { noSuchWorkload } from './fake-workloads.ts';
import {
  type Claim,
  type RegisteredWorkload,
  WorkloadNotFoundError,
  type Workloads,
  WorkloadsUnreachableError,
} from './workloads.ts';

/** In the ledger's table under one partition: pk `workloads`, sk the name. A control plane has tens to hundreds. */
const PARTITION = 'workloads';
/** Beside them: pk `claims`, sk what is claimed. About nine to a workload, of some 300 bytes. */
const CLAIMS = 'claims';

const OF_SAME = 'workload = :workload AND stack = :stack';
const OF_ANOTHER_AS_IT_WAS = 'workload = :was AND stack = :wasStack AND atEpochMs = :wasAt';

/** In the ledger's table. */
export const dynamoDbWorkloads = (options: { client: DynamoDBClient; table: string }): Workloads =>
  new DynamoDbWorkloads(options);

class DynamoDbWorkloads implements Workloads {
  private readonly client: DynamoDBClient;
  private readonly table: string;

  constructor(options: { client: DynamoDBClient; table: string }) {
    this.client = options.client;
    this.table = options.table;
  }

  async read(name: string): Promise<RegisteredWorkload> {
    const Key = { pk: { S: PARTITION }, sk: { S: name } };
    const command = new GetItemCommand({ TableName: this.table, Key, ConsistentRead: true });
    const json = name === '' ? undefined : (await this.reach(() => this.client.send(command))).Item?.registered?.S;
    if (json === undefined) throw new WorkloadNotFoundError(noSuchWorkload(name, await this.list()));
    return JSON.parse(json);
  }

  async list(): Promise<string[]> {
    return (await this.query('sk')).flatMap(item => item.sk?.S ?? []);
  }

  async readAll(): Promise<RegisteredWorkload[]> {
    return (await this.query('registered')).flatMap(({ registered }) =>
      registered?.S === undefined ? [] : [JSON.parse(registered.S) as RegisteredWorkload],
    );
  }

  async claim(claim: Claim, insteadOf?: Claim): Promise<Claim> {
    const { resource, workload, stack, atEpochMs } = claim;
    const own = { ':workload': { S: workload }, ':stack': { S: stack } };
    const left = insteadOf && {
      ':was': { S: insteadOf.workload },
      ':wasStack': { S: insteadOf.stack },
      ':wasAt': { N: String(insteadOf.atEpochMs) },
    };
    const command = new PutItemCommand({
      TableName: this.table,
      Item: {
        ...claimKey(resource),
        workload: { S: workload },
        stack: { S: stack },
        atEpochMs: { N: String(atEpochMs) },
      },
      ConditionExpression: [
        'attribute_not_exists(pk)',
        `(${OF_SAME})`,
        ...(left === undefined ? [] : [`(${OF_ANOTHER_AS_IT_WAS})`]),
      ].join(' OR '),
      ExpressionAttributeValues: { ...own, ...left },
    });
    if (await this.reach(() => conditionHeld(() => this.client.send(command)))) return claim;
    const read = new GetItemCommand({ TableName: this.table, Key: claimKey(resource), ConsistentRead: true });
    const [holder] = claimsIn([(await this.reach(() => this.client.send(read))).Item ?? {}]);
    return holder ?? this.claim(claim, insteadOf); // given up meanwhile
  }

  async readClaims(workload: string): Promise<Claim[]> {
    return claimsIn(await this.queryAll(CLAIMS)).filter(claim => claim.workload === workload);
  }

  async unclaim({ resource, workload, stack }: Claim): Promise<void> {
    const command = new DeleteItemCommand({
      TableName: this.table,
      Key: claimKey(resource),
      ConditionExpression: OF_SAME,
      ExpressionAttributeValues: { ':workload': { S: workload }, ':stack': { S: stack } },
    });
    await this.reach(() => conditionHeld(() => this.client.send(command)));
  }

  private query(attribute: 'sk' | 'registered'): Promise<Record<string, AttributeValue>[]> {
    return this.queryAll(PARTITION, attribute);
  }

  private async queryAll(partition: string, attribute?: string): Promise<Record<string, AttributeValue>[]> {
    const items: Record<string, AttributeValue>[] = [];
    let start: QueryCommandOutput['LastEvaluatedKey'];
    do {
      const command = new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partition } },
        ...(attribute !== undefined && { ProjectionExpression: attribute }),
        ConsistentRead: true,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = await this.reach(() => this.client.send(command));
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey; // a page is 1 MB of whole items, plans and all
    } while (start !== undefined);
    return items;
  }

  async register(registered: RegisteredWorkload): Promise<void> {
    const Item = {
      pk: { S: PARTITION },
      sk: { S: registered.workload.name },
      registered: { S: JSON.stringify(registered) },
    };
    await this.reach(() => this.client.send(new PutItemCommand({ TableName: this.table, Item })));
  }

  async remove(name: string): Promise<void> {
    const Key = { pk: { S: PARTITION }, sk: { S: name } };
    await this.reach(() => this.client.send(new DeleteItemCommand({ TableName: this.table, Key })));
  }

  private async reach<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw new WorkloadsUnreachableError(`the table ${this.table} did not answer: ${String(error)}`, { cause: error });
    }
  }
}

const claimKey = (resource: string) => ({ pk: { S: CLAIMS }, sk: { S: resource } });

const claimsIn = (items: Record<string, AttributeValue>[]): Claim[] =>
  items.flatMap(({ sk, workload, stack, atEpochMs }) =>
    sk?.S === undefined || workload?.S === undefined || stack?.S === undefined
      ? []
      : [{ resource: sk.S, workload: workload.S, stack: stack.S, atEpochMs: Number(atEpochMs?.N) }],
  );

/** They are in the ledger's table. */
export const openDynamoDbWorkloads = (env: Env): Workloads => dynamoDbWorkloads(openTable(env));
