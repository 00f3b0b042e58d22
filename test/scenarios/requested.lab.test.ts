import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { targetGroupArn } from '../../lab/aws/elbv2-arns.ts';
import { pushImage } from '../../lab/workload.ts';
import { go, quickPlan, setWeight } from './plans.ts';
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
  scenarioLab = await openScenarioLab();
}, SCENARIO_WITHIN_MS);
afterAll(() => scenarioLab.close());

const ruleOf = (scenario: Scenario): string => scenario.workload.router.rules[0] ?? '';

describe.concurrent('a release that is refused before anything moves', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('names the rule that is not there', async () => {
    const scenario = await scenarioLab.open('ruleless', { plan: quickPlan(), requestsPerSecond: 0 });
    await scenarioLab.lab.edge.removeRule(ruleOf(scenario));

    await scenario.start();
    const closed = await scenario.ended();

    expect(closed).toEqual({ kind: 'closed', outcome: 'rejected', because: expect.any(String) });
    expect(closed.because).toMatch(`DescribeRules of ${ruleOf(scenario)}: RuleNotFound`);
    expect(scenario.linesOf('canaryIntended')).toEqual([]);
  });

  it('names the rule that has three groups', async () => {
    const scenario = await scenarioLab.open('crowded', { plan: quickPlan() });
    const { edge } = scenarioLab.lab;
    const third = { ...(await edge.targetGroups())[0], arn: targetGroupArn('crowded-red'), name: 'crowded-red' };
    await edge.putTargetGroup(third as Parameters<typeof edge.putTargetGroup>[0]);
    const rule = (await edge.rules()).find(({ arn }) => arn === ruleOf(scenario));
    if (rule === undefined || !('targetGroups' in rule.action)) throw new Error('there is no such rule');
    const targetGroups = [...rule.action.targetGroups, { arn: third.arn, weight: 0 }];
    await edge.putRule({ ...rule, action: { ...rule.action, targetGroups } });

    await scenario.start();
    await scenario.ended();

    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rejected', weights: [], failed: 0, lost: 0 });
    expect(row.because).toContain(
      `rule ${ruleOf(scenario)} cannot have Sluice's traffic weights: it forwards to 3 target groups`,
    );
    expect(row.reason).toBeNull();
  });

  it('names the Deployment that is not there', async () => {
    const scenario = await scenarioLab.open('templateless', { plan: quickPlan() });
    scenarioLab.lab.kubernetes.remove('Deployment', 'default', 'templateless');

    await scenario.start();
    await scenario.ended();

    const because = 'there is no Deployment templateless in lab/default';
    expect(await scenario.row()).toMatchObject({ outcome: 'rejected', because, weights: [], failed: 0, lost: 0 });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('names the slot and the revision that is live already', async () => {
    const scenario = await scenarioLab.open('same', { plan: quickPlan() });
    const { revision } = await scenarioLab.lab.deps.cluster.readSlot(scenario.workload, 'blue');

    await scenario.start('stable');
    await scenario.ended();

    const because = `revision ${revision} is live already, in blue`;
    expect(await scenario.row()).toMatchObject({ outcome: 'rejected', because, weights: [], failed: 0, lost: 0 });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('is not even requested for a workload or an image that is not there', async () => {
    const scenario = await scenarioLab.open('known', { plan: quickPlan(), requestsPerSecond: 0 });

    const [noWorkload, noImage] = await Promise.allSettled([
      scenarioLab.lab.invoke('start', { workload: 'unknown', image: 'v2', by: 'ann' }),
      scenario.start('v404'),
    ]);

    expect(noWorkload).toMatchObject({ reason: { message: expect.stringContaining('unknown') } });
    expect(noImage).toMatchObject({ reason: { message: expect.stringContaining('v404') } });
    expect(scenario.lines).toEqual([]);
  });
});

describe.concurrent('a push', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('starts a release by itself where its tag matches, and one that rings an alarm is held until it is over', async () => {
    const { lab } = scenarioLab;
    lab.alarms.set('night-shift', 'ALARM', 'somebody is asleep');
    const scenario = await scenarioLab.open('pushed', { plan: quickPlan(), tags: 'auto-*', alarms: ['night-shift'] });

    pushImage(lab, 'pushed', 'v3', server('VERSION=v3'));
    pushImage(lab, 'pushed', 'auto-4', server('VERSION=v4'));
    const held = await scenario.until('held');
    lab.alarms.set('night-shift', 'OK');
    await scenario.ended();

    expect(held.fact.because).toBe('night-shift is in ALARM (somebody is asleep)');
    expect(scenario.linesOf('requested').map(({ by, fact }) => [by, fact.images.app?.reference])).toEqual([
      ['push', 'auto-4'],
    ]);
    expect(await scenario.row()).toMatchObject({ outcome: 'promoted', failed: 0, lost: 0 });
    expect(await scenario.versionAnswered()).toBe('v4');
  });
});

describe.concurrent('a second start during a release', { timeout: SCENARIO_WITHIN_MS }, () => {
  const steps = [setWeight(20), go, setWeight(100)];

  it('waits with onNewImage: queue, and runs by itself when the first is over', async () => {
    const scenario = await scenarioLab.open('queued', { plan: quickPlan({ steps }) });
    pushImage(scenarioLab.lab, 'queued', 'v3', server('VERSION=v3'));

    await scenario.start('v2');
    await scenario.untilIn(1);
    const second = await scenario.start('v3', 'bea');
    await scenario.go('queued-1');
    await scenario.go('queued-2');
    await scenario.ended('queued-2');

    expect(second).toEqual({ kind: 'waiting', releaseId: 'queued-2' });
    expect(await scenario.ended('queued-1')).toMatchObject({ outcome: 'promoted' });
    expect(await scenario.row('queued-2')).toMatchObject({
      outcome: 'promoted',
      weights: [20, 100],
      failed: 0,
      lost: 0,
    });
    expect(await scenario.versionAnswered()).toBe('v3');
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('takes the first back with onNewImage: replace, and runs when that is done', async () => {
    const scenario = await scenarioLab.open('replaced', { plan: quickPlan({ steps, onNewImage: 'replace' }) });
    pushImage(scenarioLab.lab, 'replaced', 'v3', server('VERSION=v3'));

    await scenario.start('v2');
    await scenario.untilIn(1);
    const second = await scenario.start('v3', 'bea');
    await scenario.go('replaced-2');
    await scenario.ended('replaced-2');

    expect(second).toEqual({ kind: 'waiting', releaseId: 'replaced-2' });
    const because = 'replaced by replaced-2';
    expect(await scenario.ended('replaced-1')).toMatchObject({ outcome: 'rolledBack', reason: 'aborted', because });
    expect(await scenario.row('replaced-2')).toMatchObject({ outcome: 'promoted', failed: 0, lost: 0 });
    expect(await scenario.versionAnswered()).toBe('v3');
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });

  it('is refused with onNewImage: reject, and the same image twice is one release', async () => {
    const scenario = await scenarioLab.open('stubborn', { plan: quickPlan({ steps, onNewImage: 'reject' }) });
    pushImage(scenarioLab.lab, 'stubborn', 'v3', server('VERSION=v3'));

    const [first, twice] = await Promise.all([scenario.start('v2', 'ann'), scenario.start('v2', 'bea')]);
    await scenario.untilIn(1);
    const [third, again] = await Promise.allSettled([scenario.start('v3', 'bea'), scenario.start('v2', 'bea')]);

    const because = 'stubborn-1 is in progress, and the plan says onNewImage: reject';
    expect(third).toMatchObject({ status: 'rejected', reason: { message: because } });
    expect([first.releaseId, twice.releaseId]).toEqual(['stubborn-1', 'stubborn-1']);
    expect([first, twice].map(({ kind }) => kind).sort()).toEqual(['alreadyRequested', 'started']);
    expect(again).toMatchObject({ value: { kind: 'alreadyRequested', releaseId: 'stubborn-1' } });
    await scenario.go();
    expect(await scenario.ended()).toMatchObject({ outcome: 'promoted' });
    expect(scenario.linesOf('requested')).toHaveLength(1);
    expect(await scenario.row()).toMatchObject({ weights: [20, 100], failed: 0, lost: 0 });
    expect(await scenario.versionAnswered()).toBe('v2');
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });
});
