import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Metric, Plan, Step } from '../../domain/plan/plan.ts';
import { openSmokeHook } from '../../lab/demo/smoke-hook.ts';
import { errors, go, planOf, setWeight } from './plans.ts';
import { atRest, openScenarioLab, SCENARIO_WITHIN_MS, type Scenario, type ScenarioLab } from './scenario-lab.ts';

/** Half of the usual: a pause for an approval then takes two seconds of the wall unless the approval ends it. */
const COMPRESS = 30;
/** AwaitApproval's TimeoutSeconds, on the lab's clock: a pause that nobody ends. */
const PAUSE_SECONDS = 60;
const HEADER = { name: 'x-sluice-preview', value: 'canary' };
const PREVIEW = { [HEADER.name]: HEADER.value };

let scenarioLab: ScenarioLab;
const hooks: { close(): void }[] = [];
beforeAll(async () => {
  scenarioLab = await openScenarioLab({ compress: COMPRESS });
}, SCENARIO_WITHIN_MS);
afterAll(async () => {
  for (const hook of hooks) hook.close();
  await scenarioLab.close();
});

/** A team's smoke test that asks the preview, and passes where this version answers. */
async function smoke(name: string, version: string): Promise<Step> {
  const hook = await openSmokeHook({ url: scenarioLab.lab.edge.url, host: `${name}.lab`, header: HEADER, version });
  hooks.push(hook);
  return { kind: 'hook', name: 'smoke', url: hook.url, timeoutSeconds: 600, retries: 2 };
}

const blueGreen = (steps: Step[], more: Partial<Plan> = {}) =>
  planOf({ strategy: 'blueGreen', preview: { header: HEADER }, metrics: [errors], soakSeconds: 0, steps, ...more });

const approve = (scenario: Scenario, by: string, groups = ['leads']) => {
  const opening = scenario.linesOf('approvalOpened')[0]?.seq;
  return scenarioLab.lab.invoke('approve', { releaseId: `${scenario.name}-1`, name: 'go', opening, by, groups });
};

/** The pause has begun: its token is where an approval finds it. */
async function untilAsked(scenario: Scenario): Promise<void> {
  await scenario.until('approvalOpened');
  const token = () => scenarioLab.lab.deps.ledger.readToken(`${scenario.name}-1`);
  await vi.waitUntil(async () => (await token()) !== undefined, { timeout: SCENARIO_WITHIN_MS });
}

describe.concurrent('a blue-green release', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('is previewed, checked and approved before anybody sees it, then takes over in one turn', async () => {
    const steps = [await smoke('approved', 'v2'), go, setWeight(100)];
    const scenario = await scenarioLab.open('approved', { plan: blueGreen(steps), previewHeader: HEADER });

    await scenario.start('v2', 'ann');
    await untilAsked(scenario);
    const seen = { byAll: await scenario.versionAnswered(), byPreview: await scenario.versionAnswered(PREVIEW) };
    const asked = (await scenario.report()).groups;
    await expect(approve(scenario, 'ann')).rejects.toThrow('ann started approved-1, and go wants somebody else');
    await expect(approve(scenario, 'eve', ['guests'])).rejects.toThrow('go is for leads; eve is in guests');
    const approval = await approve(scenario, 'bea');
    await scenario.ended();

    expect(seen).toEqual({ byAll: 'v1', byPreview: 'v2' });
    expect(asked).not.toHaveProperty('approved-green');
    expect(approval).toEqual({ kind: 'approved', name: 'go' });
    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'promoted', weights: [100], failed: 0, lost: 0 });
    expect(row.steps).toEqual(['hook smoke', 'approval go', 'weight 100 %']);
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });

  it('goes on at once when it is approved, not when the pause is over', async () => {
    const scenario = await scenarioLab.open('prompt', {
      plan: blueGreen([go, setWeight(100)]),
      previewHeader: HEADER,
      requestsPerSecond: 0,
    });

    await scenario.start('v2', 'ann');
    await untilAsked(scenario);
    await approve(scenario, 'bea');
    const { atEpochMs: doneEpochMs } = await scenario.until('stepDone');

    const { atEpochMs: approvedEpochMs } = await scenario.until('approved');
    expect((doneEpochMs - approvedEpochMs) / 1000).toBeLessThan(PAUSE_SECONDS * 0.75);
    expect(scenario.linesOf('stepDone')[0]?.fact.because).toBe('go was approved');
  });

  it('never gets traffic when its smoke test fails, and the preview shows the old version again', async () => {
    const steps = [await smoke('failing', 'v3'), setWeight(100)];
    const scenario = await scenarioLab.open('failing', { plan: blueGreen(steps), previewHeader: HEADER });

    await scenario.start();
    await scenario.ended();

    expect(await scenario.versionAnswered(PREVIEW)).toBe('v1');
    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'degraded', steps: [], failed: 0, lost: 0 });
    expect(row.because).toMatch(/^hook smoke failed: POST http.* answered 422$/);
    expect((await scenario.report()).groups).not.toHaveProperty('failing-green');
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('that keeps a control compares through its soak and moves the last requests at its end', async () => {
    const metrics: Metric[] = [{ ...errors, judge: { kind: 'relative', max: 2, failureLimit: 0, minRequests: 10 } }];
    const { preview: _, ...plan } = blueGreen([setWeight(100)], { metrics, soakSeconds: 120, control: 5 });
    const scenario = await scenarioLab.open('controlled', { plan });

    await scenario.start();
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'promoted', weights: [95, 100], failed: 0, lost: 0 });
    expect(row.steps).toEqual(['weight 95 %', 'soak 2m, 5 % of the requests stay on stable', 'weight 100 %']);
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });

  it('is refused where the plan wants a preview and the workload has no rule for one', async () => {
    const plan = blueGreen([setWeight(100)]);
    const scenario = await scenarioLab.open('unseen', { plan, requestsPerSecond: 0 });

    await scenario.start();
    const closed = await scenario.ended();

    const because = 'the plan wants a preview by header, and workload unseen has no previewRule';
    expect(closed).toMatchObject({ outcome: 'rejected', because });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });
});
