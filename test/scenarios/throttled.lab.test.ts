import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bake, planOf, quickPlan, setWeight } from './plans.ts';
import { atRest, openStories, STORY_WITHIN_MS, type Stories, type Story } from './stories.ts';

let stories: Stories;
beforeAll(async () => {
  stories = await openStories();
}, STORY_WITHIN_MS);
afterAll(() => stories.close());

describe('AWS that is busy', { timeout: STORY_WITHIN_MS }, () => {
  it('delays the way back and does not stop it', async () => {
    const { edge } = stories.lab;
    const story = await stories.open('hurried', {
      plan: quickPlan({ steps: [setWeight(20), bake(36_000), setWeight(100)] }),
    });

    await story.start();
    await story.untilIn(1);
    const before = await edge.wireCalls('ModifyRule');
    await edge.faults.throttle('ModifyRule', Number.POSITIVE_INFINITY);
    await story.abort('hurried-1');
    // a call is three attempts of the SDK: the fourth is the next call's
    await vi.waitUntil(async () => (await edge.wireCalls('ModifyRule')) > before + 3, { timeout: STORY_WITHIN_MS });
    const restoredMeanwhile = story.linesOf('dialRestored');
    await edge.faults.clear('ModifyRule');
    await story.ended();

    expect(restoredMeanwhile).toEqual([]);
    expect(await story.row()).toMatchObject({ outcome: 'rolledBack', reason: 'aborted', weights: [20, 0], lost: 0 });
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  describe('CloudWatch that refuses to answer', () => {
    let forEver: Story;
    let forAWhile: Story;
    beforeAll(async () => {
      const { faults } = stories.lab.edge;
      await faults.throttle('GetMetricData', Number.POSITIVE_INFINITY);
      const hold = { atMostSeconds: 60, then: 'proceed' } as const;
      forEver = await stories.open('for-ever', { plan: planOf({ hold }) });
      forAWhile = await stories.open('for-a-while', { plan: planOf() });
      await Promise.all([forEver.start(), forAWhile.start()]);
      await Promise.all([forEver.ended(), forAWhile.until('held')]);
      await faults.clear('GetMetricData');
      await forAWhile.ended();
    }, STORY_WITHIN_MS);

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
