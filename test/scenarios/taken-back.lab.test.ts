import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releaseExecutionName, rollBackExecutionName } from '../../domain/release-id.ts';
import { bake, go, planOf, quickPlan, setWeight } from './plans.ts';
import { atRest, openScenarioLab, SCENARIO_WITHIN_MS, type ScenarioLab, server } from './scenario-lab.ts';

let scenarioLab: ScenarioLab;
beforeAll(async () => {
  scenarioLab = await openScenarioLab();
}, SCENARIO_WITHIN_MS);
afterAll(() => scenarioLab.close());

/** Nobody means to see its end. */
const longBake = planOf({ steps: [setWeight(20), bake(36_000), setWeight(100)] });

describe.concurrent('a release that is taken back', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('loses its traffic when it answers with 500s, and nobody else loses a request', async () => {
    const canary = server('VERSION=v2', 'ERROR_SHARE=0.5');
    const scenario = await scenarioLab.open('errors', { plan: planOf(), canary });

    await scenario.start();
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'degraded', weights: [20, 0], lost: 0 });
    expect(row.because).toMatch(/^errors: \d+ of \d+ canary requests failed \([\d.]+ %\)/);
    expect(row.failedByCanary).toBeGreaterThan(0);
    expect(row.failed).toBe(row.failedByCanary);
    expect(row.secondsFromFirstBadToZero).toBeGreaterThan(0);
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('never gets traffic when its pods do not become ready', async () => {
    const plan = planOf({ progressDeadlineSeconds: 300 });
    const scenario = await scenarioLab.open('never-ready', { plan, canary: server('VERSION=v2', 'NEVER_READY=1') });

    await scenario.start();
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'notReady', steps: [], failed: 0, lost: 0 });
    expect(row.because).toMatch(/^0 of 1 pods ready in green: .*readiness probe GET \/ready.* after 300 s$/);
    expect((await scenario.report()).groups).not.toHaveProperty('never-ready-green');
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('never gets traffic when its pods are ready but all of its targets fail', async () => {
    const plan = planOf({ progressDeadlineSeconds: 300 });
    const canary = server('VERSION=v2', 'NEVER_READY=1');
    // the pods are ready when they listen; what the load balancer asks they answer with 503
    const scenario = await scenarioLab.open('targets', { plan, canary, readyPath: undefined });
    await scenario.askTargets('green', '/ready');

    await scenario.start();
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'notReady', steps: [], failed: 0, lost: 0 });
    expect(row.because).toBe(
      '0 of 1 targets healthy in green: the load balancer says: 1 unhealthy: Target.ResponseCodeMismatch after 300 s',
    );
    expect((await scenario.report()).groups).not.toHaveProperty('targets-green');
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('loses its traffic when it dies for good, though nothing measures it', async () => {
    const steps = [setWeight(20), bake(36_000), setWeight(100)];
    const canary = server('VERSION=v2', 'CRASH_AFTER=10');
    const scenario = await scenarioLab.open('dying', { plan: quickPlan({ steps }), canary });

    await scenario.start();
    const { images } = (await scenario.until('requested')).fact;
    await scenario.until('shiftConfirmed');
    // the process that was started before is ended by its tenth request; those after it end at once
    scenarioLab.lab.programs.set(images.app?.uri ?? '', server('EXIT_AT_ONCE=1'));
    const { atEpochMs: claimedEpochMs } = await scenario.until('rollBackClaimed');
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'notReady', weights: [20, 0] });
    expect(row.because).toBe('no target of green is healthy, and 20 % of the requests go there');
    const [shifted] = scenario.linesOf('shiftConfirmed');
    // ten requests at two in a second of the wall are five minutes of the plan; 42 it was when only metrics were asked
    expect((claimedEpochMs - (shifted?.atEpochMs ?? 0)) / 60_000).toBeLessThan(12);
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('loses its traffic when all of its targets fail while people are asked', async () => {
    const steps = [setWeight(20), go, setWeight(100)];
    const plan = quickPlan({ steps, progressDeadlineSeconds: 600 });
    const canary = server('VERSION=v2', 'NEVER_READY=1');
    const scenario = await scenarioLab.open('fading', { plan, canary, readyPath: undefined });

    await scenario.start();
    await scenario.untilIn(1);
    await scenario.askTargets('green', '/ready');
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'notReady', weights: [20, 0], lost: 0 });
    // what the load balancer says of it stands beside it
    expect(row.because).toMatch(
      /^no target of green is healthy \(1 unhealthy: .+\), and 20 % of the requests go there$/,
    );
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('goes back when another field manager owns a field of its Deployment, and names the manager', async () => {
    const scenario = await scenarioLab.open('owned', { plan: planOf() });
    scenarioLab.lab.kubernetes.apply(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'owned-green', namespace: 'default' },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'owned-green' } },
          template: {
            metadata: { labels: { app: 'owned-green' } },
            spec: { containers: [{ name: 'app', image: 'somebody-elses:1' }] },
          },
        },
      },
      'somebody-else',
    );

    await scenario.start();
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'fault', steps: [], failed: 0, lost: 0 });
    expect(row.because).toMatch(/^FieldOwnedError: .*deployments\/owned-green/);
    expect(row.because).toContain('is owned by the field manager "somebody-else"');
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('goes back once when people abort it twice in a bake', async () => {
    const scenario = await scenarioLab.open('aborted', { plan: longBake });

    await scenario.start();
    await scenario.untilIn(1);
    const answers = await Promise.all([scenario.abort('aborted-1', 'ann'), scenario.abort('aborted-1', 'bea')]);
    await scenario.ended();

    expect(answers).toEqual([
      { kind: 'goesBack', releaseId: 'aborted-1' },
      { kind: 'goesBack', releaseId: 'aborted-1' },
    ]);
    expect(scenario.linesOf('rollBackClaimed')).toHaveLength(1);
    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'aborted', weights: [20, 0], failed: 0, lost: 0 });
    expect(row.because).toMatch(/^(ann|bea) has seen enough$/);
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
    await expect(scenario.abort('aborted-1')).rejects.toThrow('aborted-1 is over: rolledBack');
  });

  it('goes back by itself when its execution is stopped from outside', async () => {
    const scenario = await scenarioLab.open('stopped', { plan: longBake });

    await scenario.start();
    await scenario.untilIn(1);
    await scenarioLab.lab.deps.executions.stop('release', releaseExecutionName('stopped-1', 1), 'by mistake');
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'fault', weights: [20, 0], failed: 0, lost: 0 });
    // the event says who stopped it; the reconciler, where it comes first, only that it ended
    expect(row.because).toMatch(/^stopped-1-1 ended \(ABORTED\) without closing the release(: by mistake)?$/);
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('goes on going back when somebody stops that too', async () => {
    const scenario = await scenarioLab.open('stubborn', { plan: longBake });

    await scenario.start();
    await scenario.untilIn(1);
    await scenario.abort('stubborn-1');
    await scenario.until('dialRestored');
    await scenarioLab.lab.deps.executions.stop('rollBack', rollBackExecutionName('stubborn-1', 1), 'by mistake');
    await scenario.ended();

    expect(scenario.linesOf('rollBackClaimed').map(({ fact }) => fact.attempt)).toEqual([1, 2]);
    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'aborted', failed: 0, lost: 0 });
    expect(row.weights.slice(0, 2)).toEqual([20, 0]); // the second attempt may find the dial at 0 and restore it once more
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('goes back when an alarm of its workload goes into ALARM', async () => {
    const { alarms } = scenarioLab.lab;
    alarms.set('orders-are-lost', 'OK');
    const scenario = await scenarioLab.open('alarmed', { plan: longBake, alarms: ['orders-are-lost'] });

    await scenario.start();
    await scenario.untilIn(1);
    alarms.set('orders-are-lost', 'ALARM', '3 orders were lost');
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'degraded', weights: [20, 0], failed: 0, lost: 0 });
    expect(row.because).toBe('alarm orders-are-lost went into ALARM: 3 orders were lost');
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });
});
