import { describe, expect, it } from 'vitest';
import { fakeTargets } from '../../../adapters/router/fake-targets.ts';
import { TargetsUnreachableError } from '../../../adapters/router/targets.ts';
import { checkout } from './alb/rules.contract.ts';
import { keepsTargetsContract } from './targets.contract.ts';

describe('the fake targets', () => {
  keepsTargetsContract(async () => {
    const targets = fakeTargets();
    return {
      targets,
      setTargets(slot, states) {
        for (const state of states) targets.counts[slot][state] += 1;
      },
      setDraining: draining => void Object.assign(targets.draining, draining),
    };
  });

  it('fail as often as they are asked to, then answer', async () => {
    const targets = fakeTargets();
    targets.failNext(2);
    await expect(targets.read(checkout)).rejects.toThrow(TargetsUnreachableError);
    await expect(targets.readDraining(checkout)).rejects.toThrow(TargetsUnreachableError);
    expect((await targets.read(checkout)).blue.healthy).toBe(0);
  });
});
