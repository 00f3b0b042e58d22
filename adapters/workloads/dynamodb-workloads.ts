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
import { openTable } from '../ledger/open-table.ts';
import { noSuchWorkload } from './fake-workloads.ts';
import {
  type RegisteredWorkload,
  WorkloadNotFoundError,
  type Workloads,
  WorkloadsUnreachableError,
} from './workloads.ts';

/** In the ledger's table under one partition: pk `workloads`, sk the name. A control plane has tens to hundreds. */
const PARTITION = 'workloads';

export class DynamoDbWorkloads implements Workloads {
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

  private async query(attribute: 'sk' | 'registered'): Promise<Record<string, AttributeValue>[]> {
    const items: Record<string, AttributeValue>[] = [];
    let start: QueryCommandOutput['LastEvaluatedKey'];
    do {
      const command = new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: PARTITION } },
        ProjectionExpression: attribute,
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

/** They are in the ledger's table. */
export const openDynamoDbWorkloads = (env: Env): DynamoDbWorkloads => new DynamoDbWorkloads(openTable(env));
