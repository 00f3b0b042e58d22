import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

/** An item may have so many bytes. docs: "Service, account, and table quotas in Amazon DynamoDB" */
const ITEM_BYTES_MAX = 400 * 1024;
/** A page of a query is 1 MB; here so few items that a log of a release already has several. */
const PAGE_ITEMS = 40;

/** The conditions that the adapter knows: another one is a mistake of this stand-in, which must not let it through. */
const CONDITIONS: Record<string, (there: Item | undefined, values: Item) => boolean> = {
  'attribute_not_exists(pk)': there => there === undefined,
  'attribute_not_exists(judged) OR judged = :judged': (there, values) =>
    there?.judged === undefined || there.judged.S === values[':judged']?.S,
  'attribute_not_exists(pk) OR seq < :seq': (there, values) =>
    there === undefined || Number(there.seq?.N) < Number(values[':seq']?.N),
  'seq = :seq': (there, values) => there?.seq?.N === values[':seq']?.N,
};

/** One DynamoDB table below the real adapter: what its client's `send` does for the four calls that the ledger makes. */
export class TableInMemory {
  private readonly partitions = new Map<string, Map<string, Item>>();

  async send(command: unknown): Promise<unknown> {
    if (command instanceof GetItemCommand) return this.get(command.input.Key ?? {});
    if (command instanceof PutItemCommand) return this.put(command.input);
    if (command instanceof QueryCommand) return this.query(command.input);
    if (command instanceof DeleteItemCommand) return this.delete(command.input);
    throw new Error(`the table in memory does not know ${String(command)}`);
  }

  private get(key: Item) {
    const found = this.partitions.get(textOf(key.pk))?.get(textOf(key.sk));
    return found === undefined ? {} : { Item: { ...found } };
  }

  private put({ Item: item = {}, ConditionExpression, ExpressionAttributeValues = {} }: PutItemCommand['input']) {
    const bytes = Object.values(item).reduce((sum, { S = '', N = '' }) => sum + S.length + N.length, 0);
    if (bytes > ITEM_BYTES_MAX) throw new Error('ValidationException: Item size has exceeded the maximum allowed size');
    const items = this.partitions.get(textOf(item.pk)) ?? new Map<string, Item>();
    insist(ConditionExpression, items.get(textOf(item.sk)), ExpressionAttributeValues);
    this.partitions.set(textOf(item.pk), items.set(textOf(item.sk), { ...item }));
    return {};
  }

  private delete({ Key = {}, ConditionExpression, ExpressionAttributeValues = {} }: DeleteItemCommand['input']) {
    const items = this.partitions.get(textOf(Key.pk));
    insist(ConditionExpression, items?.get(textOf(Key.sk)), ExpressionAttributeValues);
    items?.delete(textOf(Key.sk));
    return {};
  }

  private query({ ExpressionAttributeValues: values = {}, ExclusiveStartKey: start }: QueryCommand['input']) {
    const [from, to, after] = [textOf(values[':from']), textOf(values[':to']), start && textOf(start.sk)];
    const all = [...(this.partitions.get(textOf(values[':pk'])) ?? [])]
      .filter(([sk]) => sk >= from && sk <= to && (after === undefined || sk > after))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const page = all.slice(0, PAGE_ITEMS).map(([, item]) => ({ ...item }));
    const last = page.at(-1);
    if (all.length <= PAGE_ITEMS || last === undefined) return { Items: page };
    return { Items: page, LastEvaluatedKey: { pk: last.pk, sk: last.sk } };
  }
}

/** @throws ConditionalCheckFailedException it does not hold */
function insist(condition: string | undefined, there: Item | undefined, values: Item): void {
  const holds = condition === undefined ? () => true : CONDITIONS[condition];
  if (holds === undefined) throw new Error(`the table in memory does not know the condition ${condition}`);
  if (!holds(there, values)) {
    throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
  }
}

function textOf(value: AttributeValue | undefined): string {
  if (value?.S === undefined) throw new Error('the table in memory has only texts as keys');
  return value.S;
}
