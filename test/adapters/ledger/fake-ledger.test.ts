import { describe } from 'vitest';
import { fakeLedger } from '../../../adapters/ledger/fake-ledger.ts';
import { keepsLedgerContract } from './ledger.contract.ts';

describe('the ledger in memory', () => {
  keepsLedgerContract(async () => fakeLedger());
});
