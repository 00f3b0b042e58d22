import { once } from 'node:events';
import { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { labClientConfig } from './aws/wire-server.ts';

export interface LabTable {
  /** AWS_ENDPOINT_URL_DYNAMODB */
  url: string;
  name: string;
  close(): Promise<void>;
}

/** DynamoDB in memory, with the one table of a control plane. */
export async function openTable(name = 'sluice'): Promise<LabTable> {
  const server = dynalite({ createTableMs: 0 });
  server.keepAliveTimeout = 3_600_000; // a client never finds that a kept connection was closed under it
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient(labClientConfig(url));
  await createTable(client, name);
  client.destroy();
  return {
    url,
    name,
    close: () =>
      new Promise(resolve => {
        // Node's own close: dynalite's closes the database in memory as well, and a write that is still on its way then
        // throws where nobody can catch it
        Server.prototype.close.call(server, () => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The one table of a control plane, wherever its DynamoDB is. */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
}
