import { ElasticLoadBalancingV2Client, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dial } from '../../domain/dial.ts';
import { labClientConfig } from '../../lab/aws/wire-server.ts';
import { emptyTally } from '../../lab/load/report.ts';
import { bake, go, quickPlan, setWeight } from './plans.ts';
import { atRest, openScenarioLab, SCENARIO_WITHIN_MS, type Scenario, type ScenarioLab } from './scenario-lab.ts';

let scenarioLab: ScenarioLab;
let elb: ElasticLoadBalancingV2Client;
beforeAll(async () => {
  scenarioLab = await openScenarioLab();
  elb = new ElasticLoadBalancingV2Client(labClientConfig(scenarioLab.lab.edge.wireUrl));
}, SCENARIO_WITHIN_MS);
afterAll(async () => {
  elb.destroy();
  await scenarioLab.close();
});

/** What somebody with the console does, or a script of another team. */
async function turnByHand({ workload }: Scenario, { blue, green }: Dial): Promise<void> {
  const { rules, targetGroups } = workload.router;
  const TargetGroups = [
    { TargetGroupArn: targetGroups.blue, Weight: blue },
    { TargetGroupArn: targetGroups.green, Weight: green },
  ];
  await elb.send(
    new ModifyRuleCommand({ RuleArn: rules[0], Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] }),
  );
}

const MOVED = 'the traffic weights were changed outside Sluice: blue 50 %, green 50 %';

describe.concurrent('a dial that somebody else turns', { timeout: SCENARIO_WITHIN_MS }, () => {
  it('holds the release, which goes on when it is put back', async () => {
    const plan = quickPlan({ steps: [setWeight(20), go, setWeight(100)] });
    const scenario = await scenarioLab.open('put-back', { plan });

    await scenario.start();
    await scenario.untilIn(1);
    await turnByHand(scenario, { blue: 50, green: 50 });
    const held = await scenario.until('held');
    const weightsWhileHeld = scenario.linesOf('shiftConfirmed').map(({ fact }) => fact.weight);
    await turnByHand(scenario, { blue: 80, green: 20 });
    await scenario.until('resumed');
    await scenario.go();
    await scenario.ended();

    expect(held.fact.because).toBe(MOVED);
    expect(weightsWhileHeld).toEqual([20]);
    expect(await scenario.row()).toMatchObject({ outcome: 'promoted', weights: [20, 100], failed: 0, lost: 0 });
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });

  it('takes the release back when it is left so for as long as the plan holds', async () => {
    const steps = [setWeight(20), bake(36_000), setWeight(100)];
    const plan = quickPlan({ steps, hold: { atMostSeconds: 60, then: 'proceed' } });
    const scenario = await scenarioLab.open('left', { plan });

    await scenario.start();
    await scenario.untilIn(1);
    await turnByHand(scenario, { blue: 50, green: 50 });
    await scenario.ended();

    const because = `on hold for 1m: ${MOVED}`;
    const row = await scenario.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'fault', because, weights: [20, 0], lost: 0 });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('is sent back once more when it is turned to the canary after it went back', async () => {
    const plan = quickPlan({ steps: [setWeight(20), bake(36_000), setWeight(100)] });
    // the canary drains for long enough to be turned to while it does
    const scenario = await scenarioLab.open('turned', { plan, deregistrationDelaySeconds: 300 });

    await scenario.start();
    await scenario.untilIn(1);
    await scenario.abort('turned-1');
    await scenario.until('dialVerified');
    await turnByHand(scenario, { blue: 50, green: 50 });
    await scenario.ended();

    expect(scenario.linesOf('dialRestored')).toHaveLength(2);
    expect(scenario.linesOf('dialVerified')).toHaveLength(2);
    expect(await scenario.row()).toMatchObject({ outcome: 'rolledBack', reason: 'aborted' });
    // what was turned to green may have found no targets there any more; stable has answered everything
    const byStable = (await scenario.report()).groups['turned-blue'];
    expect(byStable).toMatchObject({ ...emptyTally(), answers: byStable?.answers });
    expect(byStable?.answers).toMatchObject({ '5xx': 0 });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('to the canary alone, of which nobody checks stable any more, goes back on an abort', async () => {
    const plan = quickPlan({ steps: [setWeight(20), bake(36_000), setWeight(100)] });
    const scenario = await scenarioLab.open('alone', { plan });
    const { rules, targetGroups } = scenario.workload.router;

    await scenario.start();
    await scenario.untilIn(1);
    await elb.send(
      new ModifyRuleCommand({
        RuleArn: rules[0],
        Actions: [{ Type: 'forward', TargetGroupArn: targetGroups.green }],
      }),
    );
    await expect
      .poll(() => scenarioLab.lab.deps.targets.read(scenario.workload))
      .toMatchObject({ blue: { unused: 1 } });
    await scenario.abort('alone-1');
    await scenario.ended();

    expect(await scenario.row()).toMatchObject({ outcome: 'rolledBack', reason: 'aborted', failed: 0, lost: 0 });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('into a maintenance page holds the release, which goes back when the page is away', async () => {
    const plan = quickPlan({ steps: [setWeight(20), bake(36_000), setWeight(100)] });
    const scenario = await scenarioLab.open('paged', { plan, requestsPerSecond: 0 });
    const [RuleArn] = scenario.workload.router.rules;
    const page = [{ Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '503' } }];

    await scenario.start();
    await scenario.untilIn(1);
    await elb.send(new ModifyRuleCommand({ RuleArn, Actions: page }));
    const held = await scenario.until('held');
    await scenario.abort('paged-1');
    await scenario.until('goingBack');
    const actionOf = async () => (await scenarioLab.lab.edge.rules()).find(({ arn }) => arn === RuleArn)?.action;
    // three looks of the way back
    await new Promise(resolve => setTimeout(resolve, 500));
    const whileItGoesBack = await actionOf();
    await turnByHand(scenario, { blue: 80, green: 20 });
    await scenario.ended();

    expect(held.fact.because).toMatch(/changed outside Sluice: rule .* its actions are \[fixed-response\]/);
    expect(whileItGoesBack).toEqual({ fixedStatus: 503 });
    expect(await scenario.ended()).toMatchObject({ outcome: 'rolledBack', reason: 'aborted' });
    expect(await scenario.rest('blue')).toEqual(atRest('blue'));
  });

  it('to the live group alone before a release begins is none: it gets both groups and is promoted', async () => {
    const scenario = await scenarioLab.open('single', { plan: quickPlan({ progressDeadlineSeconds: 600 }) });
    const { rules, targetGroups } = scenario.workload.router;
    await elb.send(
      new ModifyRuleCommand({ RuleArn: rules[0], Actions: [{ Type: 'forward', TargetGroupArn: targetGroups.blue }] }),
    );

    await scenario.start();
    await scenario.ended();

    expect(await scenario.row()).toMatchObject({ outcome: 'promoted', failed: 0, lost: 0 });
    expect(await scenario.rest('green')).toEqual(atRest('green'));
  });

  it('refuses a release that begins while it is not at rest', async () => {
    const scenario = await scenarioLab.open('half', { plan: quickPlan(), requestsPerSecond: 0 });
    await turnByHand(scenario, { blue: 50, green: 50 });

    await scenario.start();

    const because = 'the traffic weights must be 100 % for one slot and are blue 50 %, green 50 %';
    expect(await scenario.ended()).toMatchObject({ outcome: 'rejected', because });
    expect(await scenarioLab.lab.deps.router.readDial(scenario.workload)).toEqual({ blue: 50, green: 50 });
  });
});
