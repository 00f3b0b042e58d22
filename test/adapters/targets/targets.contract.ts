import { describe, expect, it } from 'vitest';
import type { TargetState, Targets } from '../../../adapters/targets/targets.ts';
import type { Slot } from '../../../domain/dial.ts';
import { checkout } from '../router/router.contract.ts';

export interface TargetsWorld {
  targets: Targets;
  setTargets(slot: Slot, states: TargetState[]): void;
  setDraining(draining: {
    deregistrationDelaySeconds: number;
    /** Of the target groups. */
    targetStickinessSeconds: number;
    ruleStickinessSeconds: number;
  }): void;
}

export const keepsTargetsContract = (open: () => Promise<TargetsWorld>) => {
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
    it('takes the deregistration delay, and no longer where nothing is sticky', async () => {
      const { targets, setDraining } = await open();
      setDraining({ deregistrationDelaySeconds: 45, targetStickinessSeconds: 0, ruleStickinessSeconds: 0 });
      expect(await targets.readDraining(checkout)).toEqual({ deregistrationDelaySeconds: 45, stickinessSeconds: 0 });
    });

    it.each([
      ['the target groups', { targetStickinessSeconds: 300, ruleStickinessSeconds: 60 }],
      ['a rule', { targetStickinessSeconds: 60, ruleStickinessSeconds: 300 }],
    ])('takes the longest stickiness, of %s', async (_, sticky) => {
      const { targets, setDraining } = await open();
      setDraining({ deregistrationDelaySeconds: 0, ...sticky });
      expect(await targets.readDraining(checkout)).toEqual({ deregistrationDelaySeconds: 0, stickinessSeconds: 300 });
    });
  });
};
