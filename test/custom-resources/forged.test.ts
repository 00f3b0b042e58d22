import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as listenerRule from '../../functions/custom-resources/listener-rule.ts';
import * as registeredWorkload from '../../functions/custom-resources/registered-workload.ts';
import { isCloudFormationsAddress } from '../../functions/lambda/answer-address.ts';
import { checkout } from '../adapters/router/alb/rules.contract.ts';
import { blueArn, forward, greenArn, mainRuleArn } from '../lab/aws/memory-load-balancer.ts';
import { groupTags, OTHER_STACK, openCloudFormationLab, PLAN, SHOP_STACK } from './cloud-formation-lab.ts';

/*
 * Whoever may invoke the functions of the custom resources can write a request. None of them may change what is not theirs:
 * every case here leaves rules, tags and registered workloads as they were.
 */

let lab: Awaited<ReturnType<typeof openCloudFormationLab>>;
const otherBlue = `${blueArn}b`;
const otherGreen = `${greenArn}b`;
beforeEach(async () => {
  lab = await openCloudFormationLab();
  for (const [arn, slot] of [
    [otherBlue, 'blue'],
    [otherGreen, 'green'],
  ] as const) {
    const [group] = lab.loadBalancer.targetGroups();
    if (group === undefined) throw new Error('no group');
    lab.loadBalancer.putTargetGroup({ ...group, arn, name: `evil-${slot}` });
    lab.tags[arn] = groupTags(slot, 'evil', OTHER_STACK);
  }
});
afterEach(() => lab.close());

const dial = (more: object = {}) => ({
  Workload: 'checkout',
  ListenerArn: lab.loadBalancer.listenerArn,
  Priority: '20',
  Conditions: JSON.stringify([{ Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com'] } }]),
  Blue: blueArn,
  Green: greenArn,
  Carries: 'dial',
  ...more,
});
const header = { HttpHeaderName: 'x-preview', Values: ['1'] };
const preview = (more: object = {}) =>
  dial({
    Priority: '19',
    Carries: 'preview',
    Conditions: JSON.stringify([{ Field: 'http-header', HttpHeaderConfig: header }]),
    ...more,
  });
const { name, cluster, deployment, container, repositories, router } = checkout;
const FILE = { apiVersion: 'sluice/v1', kind: 'Workload', name, cluster, deployment, container, repositories, router };
const item = (workload: object = {}, plan: object = {}) => ({
  Workload: JSON.stringify({ ...FILE, ...workload }),
  Plan: JSON.stringify({ ...PLAN, ...plan }),
});
const rule = (type: string, properties: object, id?: string, stack?: string) =>
  listenerRule.makeHandler(lab.deps)(lab.request(type, properties, id, stack));
const workload = (type: string, properties: object, id?: string, stack?: string) =>
  registeredWorkload.makeHandler(lab.deps)(lab.request(type, properties, id, stack));

/** The rule of checkout's dial and that of its preview, with targets behind them, and its item. */
async function checkoutIsLive() {
  const dialRule = (await rule('Create', dial())).PhysicalResourceId;
  const previewRule = (await rule('Create', preview())).PhysicalResourceId;
  const routing = { ...router, rules: [dialRule], previewRule };
  const { Status, Reason } = await workload('Create', item({ router: routing }));
  if (Status !== 'SUCCESS') throw new Error(Reason);
  for (const arn of [blueArn, greenArn]) {
    lab.loadBalancer.setHealth(arn, [{ host: '10.0.0.1', port: 8080, state: 'healthy' }]);
  }
  return { dialRule, previewRule, routing };
}
const everything = async () =>
  structuredClone({
    rules: lab.loadBalancer.rules(),
    tags: lab.tags,
    workloads: await lab.deps.workloads.readAll(),
    claims: await lab.deps.workloads.readClaims('checkout'),
  });
async function refused(call: () => Promise<{ Status: string; Reason?: string }>, reason: RegExp) {
  const before = await everything();
  const { Status, Reason } = await call();
  expect({ Status, Reason }).toEqual({ Status: 'FAILED', Reason: expect.stringMatching(reason) });
  expect(await everything()).toEqual(before);
}

describe("another workload's rule", () => {
  const evil = (more: object = {}) => ({ Workload: 'evil', Blue: otherBlue, Green: otherGreen, ...more });
  const NAMED =
    /belongs to sluice\/checkout of stack .+stack\/shop\/1, and this is sluice\/evil of stack .+stack\/other\/2/;

  it.each(['preview', 'dial'])(
    'is not removed by a Delete that says Carries: %s, also during a release',
    async Carries => {
      const { dialRule, previewRule, routing } = await checkoutIsLive();
      for (const arn of [dialRule, previewRule]) {
        await refused(() => rule('Delete', dial(evil({ Carries })), arn, OTHER_STACK), NAMED);
      }
      await lab.beginRelease({ ...checkout, router: routing });
      await refused(() => rule('Delete', dial(evil({ Carries })), dialRule, OTHER_STACK), NAMED);
    },
  );

  it('is not removed in its own name by another stack, nor in another name by its own stack', async () => {
    const { dialRule } = await checkoutIsLive();
    await refused(() => rule('Delete', preview(), dialRule, OTHER_STACK), /this is sluice\/checkout of stack .+other/);
    await refused(() => rule('Delete', preview(evil()), dialRule, SHOP_STACK), /this is sluice\/evil of stack .+shop/);
  });

  it('is not changed by an Update', async () => {
    const { dialRule } = await checkoutIsLive();
    const Conditions = JSON.stringify([{ Field: 'path-pattern', PathPatternConfig: { Values: ['/nowhere'] } }]);
    await refused(() => rule('Update', dial(evil({ Conditions, Priority: '900' })), dialRule, OTHER_STACK), NAMED);
    await refused(
      () => rule('Update', dial({ Conditions, Priority: '900' }), dialRule, OTHER_STACK),
      /stack\/other\/2/,
    );
  });

  it('of another control plane with the same name of workload and of stack is not touched', async () => {
    const { dialRule } = await checkoutIsLive();
    const other = listenerRule.makeHandler({ ...lab.deps, controlPlane: 'staging' });
    const call = (type: string) => other(lab.request(type, dial({ Priority: '900' }), dialRule));
    await refused(() => call('Update'), /belongs to sluice\/checkout .+, and this is staging\/checkout/);
    await refused(() => call('Delete'), /belongs to sluice\/checkout .+, and this is staging\/checkout/);
  });

  it('that is nobody’s that we know stays as it is, whatever groups the request claims', async () => {
    // made by Terraform, say: no tags, in no list, and its groups have none of ours
    const stranger = { ...forward([otherBlue, 1]) };
    delete lab.tags[otherBlue];
    delete lab.tags[otherGreen];
    const arn = `${lab.loadBalancer.listenerArn.replace(':listener/', ':listener-rule/')}/00000000000000aa`;
    lab.loadBalancer.putRule({
      arn,
      listenerArn: lab.loadBalancer.listenerArn,
      priority: 77,
      conditions: [],
      action: stranger,
    });
    for (const type of ['Update', 'Delete']) {
      await refused(() => rule(type, preview(evil({ Priority: '77' })), arn, OTHER_STACK), /has no tag sluice:owner/);
      await refused(() => rule(type, preview({ Priority: '77' }), arn), /has no tag sluice:owner/);
    }
  });
});

describe("a workload's own rule", () => {
  it('that carries its dial is not removed as a preview while it serves', async () => {
    const { dialRule } = await checkoutIsLive();
    const { Status } = await rule('Delete', preview(), dialRule);
    expect(Status).toBe('SUCCESS');
    expect(lab.loadBalancer.rules().some(({ arn }) => arn === dialRule)).toBe(true);
  });

  it('is not removed because the request names groups in which there is nobody', async () => {
    const { dialRule } = await checkoutIsLive();
    expect((await rule('Delete', dial({ Blue: otherBlue, Green: otherGreen }), dialRule)).Status).toBe('SUCCESS');
    expect(lab.loadBalancer.rules().some(({ arn }) => arn === dialRule)).toBe(true);
  });

  it('that carries the dial does not become that of a preview', async () => {
    const { dialRule } = await checkoutIsLive();
    await refused(() => rule('Update', preview(), dialRule), /carries the dial .+ cannot carry its preview/);
  });
});

describe('a new rule', () => {
  it('is not made for groups of another workload, or for groups of which nobody says whose they are', async () => {
    await checkoutIsLive();
    const stealing = { Priority: '1', Blue: blueArn, Green: greenArn };
    await refused(
      () => rule('Create', dial({ ...stealing, Workload: 'evil' }), undefined, OTHER_STACK),
      /target group .+ belongs to sluice\/checkout/,
    );
    delete lab.tags[otherGreen];
    await refused(
      () =>
        rule(
          'Create',
          dial({ Workload: 'evil', Priority: '1', Blue: otherBlue, Green: otherGreen }),
          undefined,
          OTHER_STACK,
        ),
      /target group .+ has no tag sluice:owner/,
    );
  });

  it('is not made with the groups exchanged: blue would get what green has', async () => {
    await refused(
      () => rule('Create', dial({ Blue: greenArn, Green: blueArn })),
      /is that of green .+ given as that of blue/,
    );
  });

  it('is not taken for the one of a lost answer where it is not ours', async () => {
    const { dialRule } = await checkoutIsLive();
    lab.tags[dialRule] = { ...lab.tags[dialRule], 'sluice:stack': OTHER_STACK };
    await refused(() => rule('Create', dial()), /priority 20 .+ is taken by/);
  });
});

describe('a registered workload', () => {
  it('is not taken over by an Update with its name', async () => {
    const { routing } = await checkoutIsLive();
    const taken = item({ router: routing, cluster: { name: 'prod', namespace: 'evil' } }, { soak: '0s' });
    const BOTH = /checkout is registered already, by stack .+shop\/1, and this is stack .+other\/2/;
    for (const type of ['Create', 'Update', 'Delete']) {
      await refused(() => workload(type, taken, 'checkout', OTHER_STACK), BOTH);
    }
    // with a name of one's own for CloudFormation
    await refused(() => workload('Update', taken, 'evil', OTHER_STACK), /workload evil cannot become checkout/);
  });

  it('is not forgotten in the name of another one', async () => {
    await checkoutIsLive();
    await refused(() => workload('Delete', item({ name: 'evil' }), 'checkout', OTHER_STACK), /by stack .+shop\/1/);
  });

  it('does not get another name: its slots and its ledger have the old one', async () => {
    const { routing } = await checkoutIsLive();
    await refused(
      () => workload('Update', item({ name: 'till', router: routing }, { workload: 'till' }), 'checkout'),
      /checkout cannot become till/,
    );
  });
});

describe('a request that CloudFormation did not write', () => {
  it.each([
    ['StackId', undefined],
    ['StackId', 'shop'],
    ['RequestId', undefined],
    ['LogicalResourceId', undefined],
    ['ResponseURL', undefined],
    ['ResponseURL', 'nowhere'],
    ['PhysicalResourceId', undefined],
    ['PhysicalResourceId', 5],
    ['ResourceProperties', undefined],
    ['RequestType', 'Remove'],
  ])('is refused where its %s is %s, and nobody is answered', async (key, value) => {
    const { dialRule } = await checkoutIsLive();
    const before = await everything();
    const answered = lab.answers.length;
    for (const make of [listenerRule.makeHandler, registeredWorkload.makeHandler]) {
      const event = { ...lab.request('Delete', dial(), dialRule), [key]: value };
      await expect(make(lab.deps)(event)).rejects.toThrow();
    }
    expect(await everything()).toEqual(before);
    expect(lab.answers).toHaveLength(answered);
  });

  it.each(['Create', 'Update', 'Delete'])(
    '%s with an address that is not one of CloudFormation does nothing',
    async type => {
      const { dialRule } = await checkoutIsLive();
      const before = await everything();
      const answered = lab.answers.length;
      const deps = { ...lab.deps, isAnswerAddress: isCloudFormationsAddress };
      await expect(listenerRule.makeHandler(deps)(lab.request(type, dial(), dialRule))).rejects.toThrow(
        /is no address of CloudFormation/,
      );
      expect(await everything()).toEqual(before);
      expect(lab.answers).toHaveLength(answered);
    },
  );

  it.each([undefined, null, 'x', [], 5, {}])('of another form is refused: %j', async event => {
    for (const make of [listenerRule.makeHandler, registeredWorkload.makeHandler]) {
      await expect(make(lab.deps)(event)).rejects.toThrow();
    }
  });

  it.each([
    ['an ARN of something else', 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/lab/1'],
    ['no ARN', 'checkout'],
    ['the ARN of a rule of another listener', mainRuleArn.replace('/app/lab/', '/app/others/')],
  ])('with %s for the rule changes nothing', async (_, arn) => {
    await checkoutIsLive();
    const before = await everything();
    await rule('Update', dial(), arn);
    await rule('Delete', preview(), arn);
    expect(await everything()).toEqual(before);
  });
});

describe('what has no tags, or its owner’s alone', () => {
  /** As Terraform made it, or a version of before. */
  async function untagged() {
    const made = await checkoutIsLive();
    for (const arn of [made.dialRule, made.previewRule]) delete lab.tags[arn];
    return made;
  }

  it('is neither changed nor removed, nor tagged: the functions may tag only what they make', async () => {
    const { dialRule, previewRule, routing } = await untagged();
    const TOLD =
      /has no tag sluice:owner.+Whoever owns it writes sluice:owner = sluice\/checkout on it: `npx sluice tag`/;
    for (const type of ['Update', 'Delete']) {
      await refused(() => rule(type, dial({ Priority: '900' }), dialRule), TOLD);
      await refused(() => rule(type, preview({ Priority: '900' }), previewRule), TOLD);
    }
    await refused(() => workload('Update', item({ router: routing }), 'checkout'), TOLD);
  });

  it('is kept once its owner has tagged it; what it is for, the list of workloads says, or its conditions', async () => {
    const { dialRule, previewRule } = await untagged();
    for (const arn of [dialRule, previewRule]) lab.tags[arn] = { 'sluice:owner': 'sluice/checkout' };
    expect((await rule('Update', dial(), dialRule)).Status).toBe('SUCCESS');
    expect((await rule('Update', preview(), previewRule)).Status).toBe('SUCCESS');
    await refused(() => rule('Update', preview(), dialRule), /carries the dial .+ cannot carry its preview/);
    await lab.deps.workloads.remove('checkout');
    expect((await rule('Update', preview(), previewRule)).Status).toBe('SUCCESS');
    await refused(() => rule('Update', preview(), dialRule), /carries the dial .+ cannot carry its preview/);
    expect(lab.tags[dialRule]).toEqual({ 'sluice:owner': 'sluice/checkout' });
  });

  it('is not another workload’s, nor that of a stack in whose name it is not registered', async () => {
    const { dialRule } = await untagged();
    lab.tags[dialRule] = { 'sluice:owner': 'sluice/checkout' };
    const evil = { Workload: 'evil', Blue: otherBlue, Green: otherGreen };
    for (const type of ['Update', 'Delete']) {
      await refused(
        () => rule(type, preview(evil), dialRule, OTHER_STACK),
        /belongs to sluice\/checkout .+sluice\/evil/,
      );
      await refused(() => rule(type, dial(), dialRule, OTHER_STACK), /workload checkout is of stack .+shop\/1/);
    }
  });

  it('is not forgotten by a stack that did not make its target groups, which CloudFormation’s own tag says', async () => {
    const { routing } = await untagged();
    const { ownedBy: _, ...registered } = await lab.deps.workloads.read('checkout');
    await lab.deps.workloads.register(registered);
    for (const arn of [blueArn, greenArn]) {
      lab.tags[arn] = { 'sluice:owner': 'sluice/checkout', 'aws:cloudformation:stack-id': SHOP_STACK };
    }
    await refused(() => workload('Delete', item({ router: routing }), 'checkout', OTHER_STACK), /of stack .+shop\/1/);
  });
});
