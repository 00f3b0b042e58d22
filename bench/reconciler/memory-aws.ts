import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

/** What a pass asked of AWS. */
export interface Asked {
  /** Each call, when it began. */
  calls: { operation: string; atMs: number }[];
  readRequestUnits: number;
  writeRequestUnits: number;
}

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/**
 * The operations that the reconciler's adapters call, answered from memory after the latency of a call; DynamoDB by the size of
 * its items, as it charges them. Executions run, and a repository has so many images with a tag.
 */
export class MemoryAws {
  latencyMs = 0;
  imagesOf: (repository: string) => { imageDigest: string; imageTags: string[]; imagePushedAt: Date }[] = () => [];
  private asked: Asked = nothing();
  private readonly partitions = new Map<string, Map<string, Item>>();

  /** In place of any SDK client. */
  client<Client>(): Client {
    return { send: (command: object) => this.send(command) } as Client;
  }

  /** Puts an item where nobody has asked for it. */
  seed(pk: string, sk: string, rest: Item): void {
    this.partition({ S: pk }).set(sk, { pk: { S: pk }, sk: { S: sk }, ...rest });
  }

  /** What was asked since the last time. */
  take(): Asked {
    const { asked } = this;
    this.asked = nothing();
    return asked;
  }

  private async send(command: object): Promise<unknown> {
    const operation = command.constructor.name.replace(/Command$/, '');
    this.asked.calls.push({ operation, atMs: performance.now() });
    if (this.latencyMs > 0) await new Promise(resolve => setTimeout(resolve, this.latencyMs));
    const { input } = command as { input: never };
    switch (operation) {
      case 'GetItem':
        return this.get(input);
      case 'Query':
        return this.query(input);
      case 'PutItem':
        return this.put(input);
      case 'DeleteItem':
        return this.delete(input);
      case 'DescribeImages':
        return { imageDetails: this.imagesOf((input as { repositoryName: string }).repositoryName) };
      case 'DescribeExecution':
        return { status: 'RUNNING', startDate: new Date(0) };
      default:
        throw new Error(`the reconciler called ${operation}, which this benchmark does not know`);
    }
  }

  private partition(pk: AttributeValue | undefined): Map<string, Item> {
    const name = pk?.S ?? '';
    const found = this.partitions.get(name) ?? new Map<string, Item>();
    this.partitions.set(name, found);
    return found;
  }

  private get({ Key }: { Key: Item }): { Item?: Item } {
    const found = this.partition(Key.pk).get(Key.sk?.S ?? '');
    this.asked.readRequestUnits += Math.max(1, Math.ceil(bytesOf(found) / READ_UNIT_BYTES));
    return found === undefined ? {} : { Item: found };
  }

  private query({ ExpressionAttributeValues: values }: { ExpressionAttributeValues: Item }): { Items: Item[] } {
    const [from, to] = [values[':from']?.S ?? '', values[':to']?.S ?? '~'];
    const found = [...this.partition(values[':pk'])].filter(([sk]) => sk >= from && sk <= to);
    const Items = found.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
    const bytes = Items.reduce((sum, item) => sum + bytesOf(item), 0);
    this.asked.readRequestUnits += Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
    return { Items };
  }

  private put(input: { Item: Item; ConditionExpression?: string; ExpressionAttributeValues?: Item }): object {
    const { Item, ConditionExpression, ExpressionAttributeValues } = input;
    const partition = this.partition(Item.pk);
    const sk = Item.sk?.S ?? '';
    this.asked.writeRequestUnits += Math.max(1, Math.ceil(bytesOf(Item) / WRITE_UNIT_BYTES));
    if (!holds(ConditionExpression, partition.get(sk), ExpressionAttributeValues)) throw notHeld();
    partition.set(sk, Item);
    return {};
  }

  private delete(input: { Key: Item; ConditionExpression?: string; ExpressionAttributeValues?: Item }): object {
    const partition = this.partition(input.Key.pk);
    const sk = input.Key.sk?.S ?? '';
    this.asked.writeRequestUnits += 1;
    if (!holds(input.ConditionExpression, partition.get(sk), input.ExpressionAttributeValues)) throw notHeld();
    partition.delete(sk);
    return {};
  }
}

const nothing = (): Asked => ({ calls: [], readRequestUnits: 0, writeRequestUnits: 0 });

const notHeld = () => new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });

/** The conditions of the ledger's adapter. @throws Error another one */
function holds(condition: string | undefined, there: Item | undefined, values: Item = {}): boolean {
  const [old, seq] = [Number(there?.seq?.N), Number(values[':seq']?.N)];
  switch (condition) {
    case undefined:
      return true;
    case 'attribute_not_exists(pk)':
      return there === undefined;
    case 'attribute_not_exists(pk) OR seq < :seq':
      return there === undefined || old < seq;
    case 'seq = :seq':
      return old === seq;
    default:
      throw new Error(`this benchmark does not know the condition ${condition}`);
  }
}

/** Names and values, as DynamoDB counts them: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const bytesOf = (item: Item = {}): number =>
  Object.entries(item).reduce((sum, [name, { S, N }]) => sum + name.length + Buffer.byteLength(S ?? N ?? ''), 0);
