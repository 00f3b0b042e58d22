import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHandlers } from '../../functions/lambda/handlers.ts';
import { bake, go, planOf, quickPlan, setWeight } from './plans.ts';
import { atRest, openScenarioLab, SCENARIO_WITHIN_MS, type ScenarioLab, server } from './scenario-lab.ts';

let scenarioLab: ScenarioLab;
beforeAll(async () => {
  scenarioLab = await openScenarioLab();
}, SCENARIO_WITHIN_MS);
afterAll(() => scenarioLab.close());

/** Deploys Sluice anew. What its functions are called with from then on is kept, as "name release". */
async function deploySluice(): Promise<string[]> {
  const calls: string[] = [];
  const fresh = Object.entries(makeHandlers(scenarioLab.lab.deps)).map(([name, handler]) => [
    name,
    (event: unknown) => {
      calls.push(`${name} ${(event as { releaseId?: string }).releaseId}`);
      return handler(event);
    },
  ]);
  await scenarioLab.lab.deploy(Object.fromEntries(fresh));
  return calls;
}
const calledFor = (calls: string[], releaseId: string) =>
  new Set(calls.flatMap(call => (call.endsWith(` ${releaseId}`) ? (call.split(' ')[0] ?? []) : [])));

describe('while a release is on its way, a deployment of Sluice', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('leaves it the functions that it began with, and the next release gets the new ones', async () => {
    // Prepare
    const plan = quickPlan({ steps: [setWeight(20), go, setWeight(100)] });
    const scenario = await scenarioLab.open('kept', { plan });
    await scenario.start();
    await scenario.until('approvalOpened');
    // Act
    const calls = await deploySluice();
    await scenario.go();
    await scenario.ended();
    // Assess: the operation is new, the road is the old one to its end
    expect(calledFor(calls, 'kept-1')).toEqual(new Set(['approve']));
    expect(await scenario.rest('green')).toEqual(atRest('green'));
    const { releaseId } = (await scenarioLab.lab.invoke('undo', { workload: 'kept', by: 'ann' })) as {
      releaseId: string;
    };
    await scenario.ended(releaseId);
    expect(calledFor(calls, releaseId)).toContain('shift-traffic');
    expect((await scenario.row(releaseId)).lost).toBe(0);
  });

  it('sends it back with the newest functions, which read what the old ones wrote', async () => {
    // Prepare
    const plan = planOf({ steps: [setWeight(20), bake(100_000), setWeight(100)] });
    const scenario = await scenarioLab.open('taken', { plan, canary: server('VERSION=v2') });
    await scenario.start();
    await scenario.untilIn(1);
    // Act
    const calls = await deploySluice();
    await scenario.abort('taken-1');
    const end = await scenario.ended();
    // Assess
    expect(end).toMatchObject({ outcome: 'rolledBack', reason: 'aborted' });
    expect(calledFor(calls, 'taken-1')).toEqual(
      new Set(['abort', 'restore-traffic', 'verify-traffic', 'retire-canary', 'close']),
    );
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
    expect((await scenario.row()).lost).toBe(0);
  });
});
