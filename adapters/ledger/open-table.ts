import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsClientConfig, type Env } from '../aws-client-config.ts';

/** The one table of a control plane. @throws Error where SLUICE_TABLE does not name it */
export function openTable(env: Env): { client: DynamoDBClient; table: string } {
  const table = env.SLUICE_TABLE;
  if (table === undefined) throw new Error('SLUICE_TABLE is not set: it names the DynamoDB table of the ledger');
  return { client: new DynamoDBClient(awsClientConfig(env, 'DYNAMODB')), table };
}
