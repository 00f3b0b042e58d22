import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Metric } from '../../domain/plan/plan.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import { bake, errors, planOf, setWeight } from './plans.ts';
import {
  atRest,
  openScenarioLab,
  SCENARIO_WITHIN_MS,
  type Scenario,
  type ScenarioLab,
  server,
} from './scenario-lab.ts';

let scenarioLab: ScenarioLab;
beforeAll(async () => {
  // later and less of it at first than elsewhere: what is read too early is wrong by more than half
  scenarioLab = await openScenarioLab({ publishing: { lateSeconds: 40, growsForSeconds: 30, growFrom: 0.4 } });
}, SCENARIO_WITHIN_MS);
afterAll(() => scenarioLab.close());

/** All series of one slot of a workload. */
const seriesOf = ({ workload }: Scenario, slot: 'blue' | 'green') => ({
  targetGroupArn: workload.router.targetGroups[slot],
});

/** The first window of this kind that is kept. */
function windowKept(scenario: Scenario, such: (kept: WindowRecord) => boolean): Promise<WindowRecord> {
  const { ledger } = scenarioLab.lab.deps;
  const find = async () => (await ledger.windows(`${scenario.name}-1`)).find(such);
  return vi.waitUntil(find, { timeout: SCENARIO_WITHIN_MS, interval: 100 });
}

/** The canary may fail half as often again as the stable version. */
const noWorse: Metric = {
  ...errors,
  name: 'no-worse',
  judge: { kind: 'relative', max: 1.5, failureLimit: 0, minRequests: 4, ceiling: 0.9 },
};

describe.concurrent('metrics of a healthy canary', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('that are missing for ever hold the release, and it is never promoted on them', async () => {
    const plan = planOf({ hold: { atMostSeconds: 300, then: 'rollBack' } });
    const scenario = await scenarioLab.open('missing', { plan });
    await scenarioLab.lab.edge.series.missing(seriesOf(scenario, 'green'));

    await scenario.start();
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'noEvidence', weights: [20, 0], failed: 0, lost: 0 });
    expect(row.because).toMatch(
      /^on hold for 5m: errors: no measurement was good yet; the last: the canary has no data/,
    );
    expect(scenario.linesOf('held')[0]?.fact).toMatchObject({ fault: false });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('that are missing for ever let it go on where the plan says so: that is no fault of the source', async () => {
    const plan = planOf({ hold: { atMostSeconds: 60, then: 'proceed' }, soakSeconds: 0 });
    const scenario = await scenarioLab.open('blind', { plan });
    await scenarioLab.lab.edge.series.missing(seriesOf(scenario, 'green'));

    await scenario.start();
    await scenario.ended();

    const done = scenario.linesOf('stepDone')[0]?.fact.because;
    expect(done).toMatch(/^on hold for 1m, then proceeds as the plan says: errors: no /);
    expect(await scenario.row()).toMatchObject({ outcome: 'promoted', weights: [20, 100], failed: 0, lost: 0 });
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });

  it('that are NaN for a while hold it for that while', async () => {
    const scenario = await scenarioLab.open('nan', { plan: planOf() });
    const { series } = scenarioLab.lab.edge;
    await series.nan(seriesOf(scenario, 'green'));

    await scenario.start();
    await scenario.until('held');
    // one whole window was NaN: what is kept of it says nothing of the canary
    const { reading } = await windowKept(scenario, ({ frozenAtEpochMs }) => frozenAtEpochMs !== undefined);
    await series.clear(seriesOf(scenario, 'green'));
    await scenario.ended();

    expect(reading.kind === 'noData' || ('canary' in reading && reading.canary === null)).toBe(true);
    expect(await scenario.row()).toMatchObject({ outcome: 'promoted', weights: [20, 100], failed: 0, lost: 0 });
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });

  it('are not blamed on it while those of the stable version, as bad as it, are not there yet', async () => {
    const program = (version: string) => server(`VERSION=${version}`, 'ERROR_SHARE=0.5');
    const plan = planOf({ metrics: [noWorse], steps: [setWeight(50), bake(60), setWeight(100)], soakSeconds: 0 });
    const scenario = await scenarioLab.open('late', { plan, stable: program('v1'), canary: program('v2') });
    const { series } = scenarioLab.lab.edge;
    await series.missing(seriesOf(scenario, 'blue'));

    await scenario.start();
    // half of what is known has failed, of the other half nothing is known, and that is how the window is judged
    await windowKept(
      scenario,
      ({ reading, frozenAtEpochMs }) =>
        frozenAtEpochMs !== undefined &&
        reading.kind === 'counts' &&
        reading.canary !== null &&
        reading.stable === null,
    );
    await scenario.until('held');
    await series.clear(seriesOf(scenario, 'blue'));
    await scenario.ended();

    expect(scenario.linesOf('judged').map(({ fact }) => fact.verdict.kind)).not.toContain('degraded');
    expect(await scenario.row()).toMatchObject({ outcome: 'promoted', weights: [50, 100], lost: 0 });
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });
});
