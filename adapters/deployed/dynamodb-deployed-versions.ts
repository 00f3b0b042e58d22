import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { CALL_DEADLINE_MS, describeFailure, type Env } from '../aws-client-config.ts';
import { conditionHeld } from '../ledger/condition-held.ts';
import { LedgerUnreachableError } from '../ledger/errors.ts';
import { openTable } from '../ledger/open-table.ts';
import type { DeployedVersions } from './deployed-versions.ts';

/** In the ledger's table: pk `deployed`, sk `version`, its JSON beside them. */
const KEY = { pk: { S: 'deployed' }, sk: { S: 'version' } };

const versionSchema = z.object({ sluice: z.string(), ledger: z.number() });
const settledSchema = versionSchema.extend({ settledAtEpochMs: z.number(), before: versionSchema.optional() });

/** In the ledger's table. */
export function dynamoDbDeployedVersions({
  client,
  table,
}: {
  client: DynamoDBClient;
  table: string;
}): DeployedVersions {
  const reach = async <T>(call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      return await call(AbortSignal.timeout(CALL_DEADLINE_MS));
    } catch (error) {
      throw new LedgerUnreachableError(`the table ${table} did not answer: ${describeFailure(error)}`, {
        cause: error,
      });
    }
  };
  return {
    table,
    async read() {
      const command = new GetItemCommand({ TableName: table, Key: KEY, ConsistentRead: true });
      const { Item } = await reach(abortSignal => client.send(command, { abortSignal }));
      const json = Item?.settled?.S;
      if (json === undefined) return undefined;
      const { before, ...settled } = settledSchema.parse(JSON.parse(json));
      return { ...settled, ...(before !== undefined && { before }) };
    },
    async settle(version, was) {
      const command = new PutItemCommand({
        TableName: table,
        Item: { ...KEY, settled: { S: JSON.stringify(version) } },
        ...(was === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'settled = :was',
              ExpressionAttributeValues: { ':was': { S: JSON.stringify(was) } },
            }),
      });
      return reach(abortSignal => conditionHeld(() => client.send(command, { abortSignal })));
    },
  };
}

/** @throws Error where SLUICE_TABLE is not set */
export const openDynamoDbDeployedVersions = (env: Env): DeployedVersions => dynamoDbDeployedVersions(openTable(env));
