import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bake, planOf, quickPlan, setWeight } from './plans.ts';
import { atRest, openScenarioLab, SCENARIO_WITHIN_MS, type Scenario, type ScenarioLab } from './scenario-lab.ts';

let scenarioLab: ScenarioLab;
beforeAll(async () => {
  scenarioLab = await openScenarioLab();
}, SCENARIO_WITHIN_MS);
afterAll(() => scenarioLab.close());

describe('AWS that is busy', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('delays the way back and does not stop it', async () => {
    const { edge } = scenarioLab.lab;
    const scenario = await scenarioLab.open('hurried', {
      plan: quickPlan({ steps: [setWeight(20), bake(36_000), setWeight(100)] }),
    });

    await scenario.start();
    await scenario.untilIn(1);
    const before = await edge.wireCalls('ModifyRule');
    await edge.faults.throttle('ModifyRule', Number.POSITIVE_INFINITY);
    await scenario.abort('hurried-1');
    // a call is three attempts of the SDK: the fourth is the next call's
    await vi.waitUntil(async () => (await edge.wireCalls('ModifyRule')) > before + 3, { timeout: SCENARIO_WITHIN_MS });
    const restoredMeanwhile = scenario.linesOf('dialRestored');
    await edge.faults.clear('ModifyRule');
    await scenario.ended();

    expect(restoredMeanwhile).toEqual([]);
    expect(await scenario.row()).toMatchObject({ outcome: 'rolledBack', reason: 'aborted', weights: [20, 0], lost: 0 });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  describe('CloudWatch that refuses to answer', () => {
    let forEver: Scenario;
    let forAWhile: Scenario;
    beforeAll(async () => {
      const { faults } = scenarioLab.lab.edge;
      await faults.throttle('GetMetricData', Number.POSITIVE_INFINITY);
      const hold = { atMostSeconds: 60, then: 'proceed' } as const;
      forEver = await scenarioLab.open('for-ever', { plan: planOf({ hold }) });
      forAWhile = await scenarioLab.open('for-a-while', { plan: planOf() });
      await Promise.all([forEver.start(), forAWhile.start()]);
      await Promise.all([forEver.ended(), forAWhile.until('held')]);
      await faults.clear('GetMetricData');
      await forAWhile.ended();
    }, SCENARIO_WITHIN_MS);

    it('is a fault of the source: nothing goes on without metrics, even where the plan says proceed', async () => {
      const row = await forEver.row();

      expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'fault', weights: [20, 0], failed: 0, lost: 0 });
      expect(row.because).toMatch(
        /^on hold for 1m: the metrics cannot be read: .*CloudWatch did not answer: Throttling/,
      );
      expect(await forEver.rest('blue')).toEqual(atRest('blue'));
    });

    it('holds the release until it answers again, and then it is promoted', async () => {
      const row = await forAWhile.row();

      expect(forAWhile.linesOf('held')[0]?.fact).toMatchObject({ fault: true });
      expect(row).toMatchObject({ outcome: 'promoted', weights: [20, 100], failed: 0, lost: 0 });
      expect(await forAWhile.rest('green')).toEqual(atRest('green'));
    });
  });
});
