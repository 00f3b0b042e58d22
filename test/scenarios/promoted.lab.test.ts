import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bake, planOf, quickPlan, setWeight } from './plans.ts';
import { atRest, openScenarioLab, SCENARIO_WITHIN_MS, type ScenarioLab, server } from './scenario-lab.ts';

let scenarioLab: ScenarioLab;
beforeAll(async () => {
  scenarioLab = await openScenarioLab();
}, SCENARIO_WITHIN_MS);
afterAll(() => scenarioLab.close());

/** `settings` of the template's pods come from this ConfigMap. */
const settingsOf = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `${name}-settings`, namespace: 'default' },
  data,
});

const withSettings = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'set-by-a-push',
            ports: [{ name: 'http', containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 10 },
            envFrom: [{ configMapRef: { name: `${name}-settings` } }],
          },
        ],
      },
    },
  },
});

describe.concurrent('a release that is promoted', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('goes through its four weights, takes over for good, and those who asked for it are told', async () => {
    const steps = [setWeight(10), bake(60), setWeight(25), bake(60), setWeight(50), bake(60), setWeight(100)];
    const plan = planOf({ steps, notify: [{ kind: 'sns', on: ['started', 'promoted', 'rolledBack'] }] });
    const scenario = await scenarioLab.open('healthy', { plan, replicas: 2 });

    await scenario.start();
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'promoted', failed: 0, lost: 0 });
    expect(row.weights.map(Math.round)).toEqual([10, 25, 50, 100]);
    expect(row.steps).toHaveLength(7);
    expect(row.because).toMatch(/^revision [0-9a-f]{12} is live in green$/);
    expect(await scenario.rest('green')).toEqual({ ...atRest('green'), live: 2 });
    const told = scenarioLab.lab.sns.messages.filter(({ message }) => JSON.parse(message).workload === 'healthy');
    expect(told.map(({ subject }) => subject)).toEqual(['healthy-1: started', 'healthy-1: promoted']);
    expect(JSON.parse(told[1]?.message ?? '')).toMatchObject({ because: row.because, images: { app: 'v2' } });
  });

  it('cannot be aborted any more once the old version retires; an undo takes it back in one turn', async () => {
    const scenario = await scenarioLab.open('undone', { plan: quickPlan() });

    await scenario.start();
    await scenario.until('retiring');

    await expect(scenario.abort('undone-1')).rejects.toThrow('undone-1 is promoted; use undo');
    expect(await scenario.ended()).toMatchObject({ outcome: 'promoted' });
    expect(await scenario.rest('green')).toEqual(atRest('green'));
    await expect(scenario.abort('undone-1')).rejects.toThrow('undone-1 is promoted; use undo');

    const undo = await scenarioLab.lab.invoke('undo', { workload: 'undone', by: 'ann' });
    await scenario.ended('undone-2');

    expect(undo).toEqual({ releaseId: 'undone-2' });
    expect(await scenario.row('undone-2')).toMatchObject({ outcome: 'promoted', weights: [100], failed: 0, lost: 0 });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
    const before = scenario.linesOf('admitted', 'undone-1')[0]?.fact.admission;
    expect(scenario.linesOf('admitted', 'undone-2')[0]?.fact.admission).toMatchObject({
      canary: 'blue',
      revision: before?.stableRevision,
      stableRevision: before?.revision,
    });
  });

  it('may change nothing but a ConfigMap; what is live already is not released again', async () => {
    // the server says in its answers what VERSION is in its environment
    const scenario = await scenarioLab.open('settings', { plan: quickPlan(), stable: server() });
    const { kubernetes } = scenarioLab.lab;
    kubernetes.apply(settingsOf('settings', { VERSION: 'before' }), 'team');
    kubernetes.apply(withSettings('settings'), 'team', { force: true });

    await scenario.start('stable');
    expect(await scenario.ended('settings-1')).toMatchObject({ outcome: 'promoted' });
    expect(await scenario.versionAnswered()).toBe('before');
    await scenario.start('stable');
    const nothingNew = await scenario.ended('settings-2');
    kubernetes.apply(settingsOf('settings', { VERSION: 'after' }), 'team');
    await scenario.start('stable');
    await scenario.ended('settings-3');

    const revision = scenario.linesOf('admitted', 'settings-1')[0]?.fact.admission.revision;
    expect(nothingNew).toMatchObject({
      outcome: 'rejected',
      because: `revision ${revision} is live already, in green`,
    });
    expect(await scenario.row('settings-3')).toMatchObject({ outcome: 'promoted', weights: [20, 100], lost: 0 });
    expect(await scenario.versionAnswered()).toBe('after');
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });
});
