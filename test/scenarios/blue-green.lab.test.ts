import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Metric, Plan, Step } from '../../domain/plan/plan.ts';
import { openSmokeHook } from '../../lab/demo/smoke-hook.ts';
import { errors, go, planOf, setWeight } from './plans.ts';
import { atRest, openStories, STORY_WITHIN_MS, type Stories, type Story } from './stories.ts';

/** Half of the usual: a pause for an approval then takes two seconds of the wall unless the approval ends it. */
const COMPRESS = 30;
/** AwaitApproval's TimeoutSeconds, on the lab's clock: a pause that nobody ends. */
const PAUSE_SECONDS = 60;
const HEADER = { name: 'x-sluice-preview', value: 'canary' };
const PREVIEW = { [HEADER.name]: HEADER.value };

let stories: Stories;
const hooks: { close(): void }[] = [];
beforeAll(async () => {
  stories = await openStories({ compress: COMPRESS });
}, STORY_WITHIN_MS);
afterAll(async () => {
  for (const hook of hooks) hook.close();
  await stories.close();
});

/** A team's smoke test that asks the preview, and passes where this version answers. */
async function smoke(name: string, version: string): Promise<Step> {
  const hook = await openSmokeHook({ url: stories.lab.edge.url, host: `${name}.lab`, header: HEADER, version });
  hooks.push(hook);
  return { kind: 'hook', name: 'smoke', url: hook.url, timeoutSeconds: 600, retries: 2 };
}

const blueGreen = (steps: Step[], more: Partial<Plan> = {}) =>
  planOf({ strategy: 'blueGreen', preview: { header: HEADER }, metrics: [errors], soakSeconds: 0, steps, ...more });

const approve = (story: Story, by: string, groups = ['leads']) => {
  const opening = story.linesOf('approvalOpened')[0]?.seq;
  return stories.lab.invoke('approve', { releaseId: `${story.name}-1`, name: 'go', opening, by, groups });
};

/** The pause has begun: its token is where an approval finds it. */
async function untilAsked(story: Story): Promise<void> {
  await story.until('approvalOpened');
  const token = () => stories.lab.deps.ledger.readToken(`${story.name}-1`);
  await vi.waitUntil(async () => (await token()) !== undefined, { timeout: STORY_WITHIN_MS });
}

describe.concurrent('a blue-green release', { timeout: STORY_WITHIN_MS }, () => {
  it('is previewed, checked and approved before anybody sees it, then takes over in one turn', async () => {
    const steps = [await smoke('approved', 'v2'), go, setWeight(100)];
    const story = await stories.open('approved', { plan: blueGreen(steps), previewHeader: HEADER });

    await story.start('v2', 'ann');
    await untilAsked(story);
    const seen = { byAll: await story.versionAnswered(), byPreview: await story.versionAnswered(PREVIEW) };
    const asked = (await story.report()).groups;
    await expect(approve(story, 'ann')).rejects.toThrow('ann started approved-1, and go wants somebody else');
    await expect(approve(story, 'eve', ['guests'])).rejects.toThrow('go is for leads; eve is in guests');
    const approval = await approve(story, 'bea');
    await story.ended();

    expect(seen).toEqual({ byAll: 'v1', byPreview: 'v2' });
    expect(asked).not.toHaveProperty('approved-green');
    expect(approval).toEqual({ kind: 'approved', name: 'go' });
    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'promoted', weights: [100], failed: 0, lost: 0 });
    expect(row.steps).toEqual(['hook smoke', 'approval go', 'weight 100 %']);
    expect(await story.rest('green')).toEqual(atRest('green'));
  });

  it('goes on at once when it is approved, not when the pause is over', async () => {
    const story = await stories.open('prompt', {
      plan: blueGreen([go, setWeight(100)]),
      previewHeader: HEADER,
      requestsPerSecond: 0,
    });

    await story.start('v2', 'ann');
    await untilAsked(story);
    await approve(story, 'bea');
    const { atEpochMs: doneEpochMs } = await story.until('stepDone');

    const { atEpochMs: approvedEpochMs } = await story.until('approved');
    expect((doneEpochMs - approvedEpochMs) / 1000).toBeLessThan(PAUSE_SECONDS * 0.75);
    expect(story.linesOf('stepDone')[0]?.fact.because).toBe('go was approved');
  });

  it('never gets traffic when its smoke test fails, and the preview shows the old version again', async () => {
    const steps = [await smoke('failing', 'v3'), setWeight(100)];
    const story = await stories.open('failing', { plan: blueGreen(steps), previewHeader: HEADER });

    await story.start();
    await story.ended();

    expect(await story.versionAnswered(PREVIEW)).toBe('v1');
    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'degraded', steps: [], failed: 0, lost: 0 });
    expect(row.because).toMatch(/^hook smoke failed: POST http.* answered 422$/);
    expect((await story.report()).groups).not.toHaveProperty('failing-green');
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('that keeps a control compares through its soak and moves the last requests at its end', async () => {
    const metrics: Metric[] = [{ ...errors, judge: { kind: 'relative', max: 2, failureLimit: 0, minRequests: 10 } }];
    const { preview: _, ...plan } = blueGreen([setWeight(100)], { metrics, soakSeconds: 120, control: 5 });
    const story = await stories.open('controlled', { plan });

    await story.start();
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'promoted', weights: [95, 100], failed: 0, lost: 0 });
    expect(row.steps).toEqual(['weight 95 %', 'soak 2m, 5 % of the requests stay on stable', 'weight 100 %']);
    expect(await story.rest('green')).toEqual(atRest('green'));
  });

  it('is refused where the plan wants a preview and the workload has no rule for one', async () => {
    const plan = blueGreen([setWeight(100)]);
    const story = await stories.open('unseen', { plan, requestsPerSecond: 0 });

    await story.start();
    const closed = await story.ended();

    const because = 'the plan wants a preview by header, and workload unseen has no previewRule';
    expect(closed).toMatchObject({ outcome: 'rejected', because });
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });
});
