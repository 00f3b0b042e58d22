import { describe } from 'vitest';
import { fakeRegistry } from '../../../adapters/images/fake-registry.ts';
import { keepsImageRegistryContract } from './image-registry.contract.ts';

describe('the fake image registry', () => {
  keepsImageRegistryContract(async () => {
    const registry = fakeRegistry();
    return { registry, push: registry.push, breakDown: () => registry.breakWith('TimeoutError') };
  });
});
