import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { slotLabels } from '../../domain/slot/slot-labels.ts';
import { go, quickPlan, setWeight } from './plans.ts';
import { atRest, openScenarioLab, SCENARIO_WITHIN_MS, type ScenarioLab } from './scenario-lab.ts';

let scenarioLab: ScenarioLab;
beforeAll(async () => {
  scenarioLab = await openScenarioLab();
}, SCENARIO_WITHIN_MS);
afterAll(() => scenarioLab.close());

const pods = (workload: string) =>
  (
    scenarioLab.lab.kubernetes.list('Pod', 'default') as unknown as { metadata: { name: string }; status: object }[]
  ).filter(({ metadata }) => metadata.name.startsWith(`${workload}-`));
describe.concurrent('a workload', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('that is new gets its first release: asked about first, then all of the traffic at once', async () => {
    // Prepare: nothing is live, and who asks gets a 503
    const plan = quickPlan({ steps: [setWeight(20), go, setWeight(100)], soakSeconds: 600 });
    const scenario = await scenarioLab.open('new', { plan, replicas: 0, requestsPerSecond: 0 });
    // Act
    await scenario.start();
    await scenario.until('approvalOpened');
    const asked = await scenario.rest('blue');
    await scenario.go();
    const end = await scenario.ended();
    // Assess
    expect(asked).toMatchObject({ dial: { blue: 100, green: 0 }, idle: 1 });
    expect(end).toMatchObject({ outcome: 'promoted' });
    expect(scenario.linesOf('shiftConfirmed').map(({ fact }) => fact.weight)).toEqual([100]);
    expect(await scenario.versionAnswered()).toBe('v2');
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });

  it('whose first release is aborted has nothing left of it, and nothing live', async () => {
    const plan = quickPlan({ steps: [go, setWeight(100)] });
    const scenario = await scenarioLab.open('unborn', { plan, replicas: 0, requestsPerSecond: 0 });
    await scenario.start();
    await scenario.until('approvalOpened');
    await scenario.abort('unborn-1');
    expect(await scenario.ended()).toMatchObject({ outcome: 'rejected', reason: 'aborted' });
    expect(await scenario.rest('blue')).toMatchObject({
      dial: { blue: 100, green: 0 },
      live: 0,
      idle: 0,
      ledgerIsWhole: true,
    });
  });

  it('whose template is scaled up again by GitOps gets no traffic on those pods', async () => {
    // Prepare
    const plan = quickPlan({ steps: [setWeight(20), go, setWeight(100)] });
    const scenario = await scenarioLab.open('tidied', { plan });
    await scenario.start();
    await scenario.until('approvalOpened');
    // Act: the template's pods run v1
    scenarioLab.lab.kubernetes.patch('Deployment', 'default', 'tidied', { spec: { replicas: 2 } }, 'argocd');
    await vi.waitFor(() => expect(pods('tidied')).toHaveLength(4), { timeout: 20_000 });
    const { blue, green } = await scenarioLab.lab.deps.targets.read(scenario.workload);
    expect([blue, green].map(({ healthy, initial, unhealthy }) => healthy + initial + unhealthy)).toEqual([1, 1]);
    await scenario.go();
    await scenario.ended();
    // Assess
    expect(await scenario.rest('green')).toEqual(atRest('green'));
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => scenario.versionAnswered())))).toEqual(
      new Set(['v2']),
    );
    expect((await scenario.row()).lost).toBe(0);
  });

  it('with a Service of its own has it follow the live slot when it is promoted, and not before', async () => {
    // Prepare
    const plan = quickPlan({ steps: [setWeight(20), go, setWeight(100)] });
    const scenario = await scenarioLab.open('called', { plan, service: 'called' });
    const selector = () => {
      const services = scenarioLab.lab.kubernetes.list('Service', 'default') as unknown as {
        metadata: { name: string };
        spec: { selector: Record<string, string> };
      }[];
      return services.find(({ metadata }) => metadata.name === 'called')?.spec.selector;
    };
    await scenario.start();
    await scenario.until('approvalOpened');
    expect(selector()).toEqual({ app: 'called' });
    // Act
    await scenario.go();
    await scenario.ended();
    // Assess
    expect(selector()).toEqual(slotLabels(scenario.workload, 'green'));
  });
});
