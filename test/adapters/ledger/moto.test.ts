import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe } from 'vitest';
import { dynamoDbLedger } from '../../../adapters/ledger/dynamodb-ledger.ts';
import { openTable as openAdapterTable } from '../../../adapters/ledger/open-table.ts';
import { dynamoDbWorkloads } from '../../../adapters/workloads/dynamodb-workloads.ts';
import { createTable } from '../../../lab/table.ts';
import { NOON } from '../../support/ledger-lines.ts';
import { startMoto } from '../../support/moto-server.ts';
import { keepsWorkloadsContract } from '../workloads/workloads.contract.ts';
import { keepsLedgerContract } from './ledger.contract.ts';

/*
 * The table's users on a DynamoDB that is not the lab's: both stand-ins would have to be wrong in the same way.
 */
const moto = await startMoto();
afterAll(() => (moto.kind === 'there' ? moto.close() : undefined));

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function open() {
  if (moto.kind === 'absent') throw new Error(moto.because);
  const table = `sluice-${randomUUID()}`;
  const opened = openAdapterTable({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL_DYNAMODB: moto.url,
    SLUICE_TABLE: table,
  });
  closers.push(() => opened.client.destroy());
  await createTable(opened.client, table);
  return opened;
}

const where = moto.kind === 'there' ? "in moto's DynamoDB" : `skipped: ${moto.because}`;

describe.skipIf(moto.kind === 'absent')(`the ledger ${where}`, () => {
  keepsLedgerContract(async () => dynamoDbLedger({ ...(await open()), clock: { now: () => NOON } }));
});

describe.skipIf(moto.kind === 'absent')(`the workloads ${where}`, () => {
  keepsWorkloadsContract(async () => dynamoDbWorkloads(await open()));
});
