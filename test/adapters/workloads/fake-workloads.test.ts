import { describe } from 'vitest';
import { fakeWorkloads } from '../../../adapters/workloads/fake-workloads.ts';
import { keepsWorkloadsContract } from './workloads.contract.ts';

describe('workloads in memory', () => {
  keepsWorkloadsContract(async () => fakeWorkloads());
});
