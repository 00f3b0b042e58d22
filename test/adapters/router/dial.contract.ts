import { describe, expect, it } from 'vitest';
import { RouterRuleError } from '../../../adapters/router/errors.ts';
import type { TrafficRouter } from '../../../adapters/router/router.ts';
import { type Dial, dialFor, SLOTS, type Slot } from '../../../domain/dial.ts';
import { abilitiesOf } from '../../../domain/routers/plan-registry.ts';
import type { Workload } from '../../../domain/workload.ts';

/** What stands behind any router, with the dial at blue. */
export interface DialSetup {
  router: TrafficRouter;
  workload: Workload;
  /** Somebody turns it past Sluice. */
  turnByHand(slot: Slot): Promise<void>;
  /** Somebody makes of it what is no dial. */
  spoil(): Promise<void>;
}

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** What every kind of router keeps, whatever it turns. */
export const keepsDialContract = (open: () => Promise<DialSetup>) => {
  describe('the dial of any router', () => {
    it.each<Dial>([
      { blue: 0, green: 100 },
      { blue: 100, green: 0 },
    ])('reads back as it was set, once or twice: %o', async dial => {
      const { router, workload } = await open();
      for (const position of [1, 2]) {
        await router.setDial(workload, dial, position);
        expect(await router.readDial(workload)).toEqual(dial);
      }
    });

    it('takes a weight between, or refuses it and stays as it is: what it can is said by its kind', async () => {
      const { router, workload } = await open();
      const set = () => router.setDial(workload, { blue: 75, green: 25 }, 1);
      if (abilitiesOf(workload.router).weights) {
        await set();
        expect(await router.readDial(workload)).toEqual({ blue: 75, green: 25 });
      } else {
        await expect(set()).rejects.toThrow(RangeError);
        expect(await router.readDial(workload)).toEqual({ blue: 100, green: 0 });
      }
    });

    it.each([
      { blue: 50, green: 49 },
      { blue: 101, green: -1 },
      { blue: Number.NaN, green: 0 },
    ])('refuses what is none: %o', async dial => {
      const { router, workload } = await open();
      await expect(router.setDial(workload, dial, 1)).rejects.toThrow('is not a dial');
      expect(await router.readDial(workload)).toEqual({ blue: 100, green: 0 });
    });

    it('is what somebody else has set, never what was set last', async () => {
      const { router, workload, turnByHand } = await open();
      await router.setDial(workload, dialFor('green', 0), 1);
      await turnByHand('green');
      expect(await router.readDial(workload)).toEqual({ blue: 0, green: 100 });
    });

    it('that is none is a RouterRuleError, and nobody’s requests are guessed', async () => {
      const { router, workload, spoil } = await open();
      await spoil();
      await expect(router.readDial(workload)).rejects.toThrow(RouterRuleError);
    });
  });

  describe('the way back of any router', () => {
    it.each(SLOTS)('to %s is planned before, travels as JSON, and is done twice', async stable => {
      const { router, workload } = await open();
      const wayBack = json(await router.planWayBack(workload, stable));
      expect(wayBack.kind).toBe(workload.router.kind);
      await router.setDial(workload, { blue: stable === 'blue' ? 0 : 100, green: stable === 'blue' ? 100 : 0 }, 1);
      for (const _ of [1, 2]) await router.goBack(workload, wayBack, { position: 2 });
      expect(await router.readDial(workload)).toEqual(dialFor(stable, 100));
    });

    it('needs no line of the ledger', async () => {
      const { router, workload } = await open();
      const wayBack = await router.planWayBack(workload, 'blue');
      await router.setDial(workload, { blue: 0, green: 100 }, 7);
      await router.goBack(workload, wayBack);
      expect(await router.readDial(workload)).toEqual({ blue: 100, green: 0 });
    });

    it('of another kind is refused, and turns nothing', async () => {
      const { router, workload } = await open();
      await expect(router.goBack(workload, { kind: 'another' })).rejects.toThrow(RouterRuleError);
      expect(await router.readDial(workload)).toEqual({ blue: 100, green: 0 });
    });
  });
};
