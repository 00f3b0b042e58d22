import { describe } from 'vitest';
import { fakeExecutions } from '../../../adapters/executions/fake-executions.ts';
import { keepsExecutionsContract } from './executions.contract.ts';

describe('executions in memory', () => {
  keepsExecutionsContract(async () => {
    const executions = fakeExecutions({ now: () => 1_000 });
    return {
      executions,
      tokenOf: async (machine, name) => executions.openToken(machine, name),
      finish: async (machine, name) => executions.end(machine, name, 'SUCCEEDED'),
      unreachable: executions.unreachable,
    };
  });
});
