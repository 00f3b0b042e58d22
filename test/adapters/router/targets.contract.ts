import { describe, expect, it } from 'vitest';
import type { TargetState, Targets } from '../../../adapters/router/targets.ts';
import type { Slot } from '../../../domain/dial.ts';
import type { Draining } from '../../../domain/routers/draining.ts';
import { checkout } from './alb/rules.contract.ts';

export interface TargetsSetup {
  targets: Targets;
  setTargets(slot: Slot, states: TargetState[]): void;
  setDraining(draining: Draining): void;
}

export const keepsTargetsContract = (open: () => Promise<TargetsSetup>) => {
  describe('the targets of both slots', () => {
    it('are none where none are registered', async () => {
      const { targets } = await open();
      const none = { healthy: 0, initial: 0, unhealthy: 0, draining: 0, unused: 0 };
      expect(await targets.read(checkout)).toEqual({ blue: none, green: none });
    });

    it('are counted by what the load balancer sees', async () => {
      const { targets, setTargets } = await open();
      setTargets('blue', ['healthy', 'healthy', 'initial', 'draining']);
      setTargets('green', ['unused']);
      expect(await targets.read(checkout)).toMatchObject({
        blue: { healthy: 2, initial: 1, unhealthy: 0, draining: 1, unused: 0 },
        green: { healthy: 0, initial: 0, unhealthy: 0, draining: 0, unused: 1 },
      });
    });

    it('that all fail their checks are unhealthy, every one', async () => {
      const { targets, setTargets } = await open();
      setTargets('green', ['unhealthy', 'unhealthy', 'unhealthy']);
      expect((await targets.read(checkout)).green).toMatchObject({
        healthy: 0,
        initial: 0,
        unhealthy: 3,
        draining: 0,
        unused: 0,
      });
    });
  });

  describe('cutting connections', () => {
    it('lets every target of the slot leave, and none of the other', async () => {
      const { targets, setTargets } = await open();
      setTargets('blue', ['healthy']);
      setTargets('green', ['healthy', 'unhealthy', 'draining']);
      await targets.cutConnections(checkout, 'green');
      const counts = await targets.read(checkout);
      expect(counts.green).toMatchObject({ healthy: 0, unhealthy: 0, draining: 3 });
      expect(counts.blue).toMatchObject({ healthy: 1, draining: 0 });
    });

    it('does nothing where nothing is registered, and once where it is asked twice', async () => {
      const { targets, setTargets } = await open();
      await targets.cutConnections(checkout, 'green');
      setTargets('green', ['healthy']);
      await targets.cutConnections(checkout, 'green');
      await targets.cutConnections(checkout, 'green');
      expect((await targets.read(checkout)).green).toMatchObject({ healthy: 0, draining: 1 });
    });
  });

  describe('draining', () => {
    it.each([
      ['as long as connections stay', { connectionsSeconds: 45, clientsSeconds: 0 }],
      ['as long as clients stay', { connectionsSeconds: 0, clientsSeconds: 300 }],
    ])('is read as it is now: %s', async (_, draining) => {
      const { targets, setDraining } = await open();
      setDraining(draining);
      expect(await targets.readDraining(checkout)).toEqual(draining);
    });
  });
};
