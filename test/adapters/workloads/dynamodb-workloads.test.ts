import { afterEach, describe, expect, it } from 'vitest';
import { openDynamoDbWorkloads } from '../../../adapters/workloads/dynamodb-workloads.ts';
import { type LabTable, openTable } from '../../../lab/table.ts';
import { planOf, shop } from '../../support/ledger-lines.ts';
import { keepsWorkloadsContract } from './workloads.contract.ts';

const opened: LabTable[] = [];
afterEach(async () => {
  for (const table of opened.splice(0)) await table.close();
});

async function open() {
  const table = await openTable();
  opened.push(table);
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    SLUICE_TABLE: table.name,
  };
  return { env, workloads: openDynamoDbWorkloads(env) };
}

describe('workloads in DynamoDB', () => {
  keepsWorkloadsContract(async () => (await open()).workloads);

  it('says that the table did not answer where it is not there', async () => {
    const { env } = await open();
    const workloads = openDynamoDbWorkloads({ ...env, SLUICE_TABLE: 'other' });
    const unreachable = expect.objectContaining({ name: 'WorkloadsUnreachableError' });
    await expect(workloads.list()).rejects.toEqual(unreachable);
    await expect(workloads.read('shop')).rejects.toEqual(unreachable);
    await expect(workloads.register({ workload: shop, plan: planOf() })).rejects.toEqual(unreachable);
  });
});
