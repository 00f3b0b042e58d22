import { describe } from 'vitest';
import { fakeHooks } from '../../../adapters/hooks/fake-hooks.ts';
import { keepsHooksContract } from './hooks.contract.ts';

describe('the fake hooks', () => {
  keepsHooksContract(async () => {
    const hooks = fakeHooks();
    return {
      hooks,
      url: 'https://hooks.example.com/smoke',
      statusUrl: 'https://hooks.example.com/smoke/1',
      answer: hooks.answer,
      received: () => hooks.calls.map(({ key, body }) => ({ key, body })),
    };
  });
});
