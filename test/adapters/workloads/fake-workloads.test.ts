import { describe } from 'vitest';
import { FakeWorkloads } from '../../../adapters/workloads/fake-workloads.ts';
import { keepsWorkloadsContract } from './workloads.contract.ts';

describe('workloads in memory', () => {
  keepsWorkloadsContract(async () => new FakeWorkloads());
});
