import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeRuleKeeper } from '../../../adapters/router/alb/fake-rule-keeper.ts';
import { makeHandler } from '../../../functions/custom-resources/listener-rule.ts';
import { groupTags, openCloudFormation } from './cloud-formation.ts';

const elb = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const listenerArn = `${elb}:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2`;
const [blueArn, greenArn] = [`${elb}:targetgroup/checkout-blue/1`, `${elb}:targetgroup/checkout-green/2`];

async function openListener(options: { takesAnswers?: boolean } = {}) {
  const cloudFormation = await openCloudFormation(options);
  const rules = fakeRuleKeeper(listenerArn);
  rules.tags.set(blueArn, groupTags('blue')).set(greenArn, groupTags('green'));
  return { ...cloudFormation, rules, deps: { ...cloudFormation.deps, rules } };
}

let lab: Awaited<ReturnType<typeof openListener>>;
beforeEach(async () => {
  lab = await openListener();
});
afterEach(() => lab.close());

const properties = (more: object = {}) => ({
  Workload: 'checkout',
  ListenerArn: listenerArn,
  Priority: '20', // CloudFormation makes texts of numbers
  Conditions: JSON.stringify([{ Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com'] } }]),
  Blue: blueArn,
  Green: greenArn,
  Carries: 'dial',
  StickinessSeconds: '0',
  ...more,
});
const call = (type: string, props: object, physicalId?: string) =>
  makeHandler(lab.deps)(lab.request(type, props, physicalId));
const ruleOf = (arn: string) => lab.rules.rules.get(arn);
const weights = (blue: number, green: number) => [
  { arn: blueArn, weight: blue },
  { arn: greenArn, weight: green },
];
const makeRule = async (more: object = {}) => (await call('Create', properties(more))).PhysicalResourceId;
/** As a release leaves it in the middle. */
const turnTo = (arn: string, blue: number, green: number) => {
  const rule = ruleOf(arn);
  if (rule === undefined) throw new Error(`no rule ${arn}`);
  Object.assign(rule, { weights: weights(blue, green), stickinessSeconds: 300 });
};
const someTargets = () => lab.rules.targets.set(greenArn, 1);

describe('the first deployment', () => {
  it('makes the rule with everything on blue, and tells CloudFormation its ARN', async () => {
    const { Status, PhysicalResourceId, Data } = await call('Create', properties());
    expect(Status).toBe('SUCCESS');
    expect(Data).toEqual({ RuleArn: PhysicalResourceId });
    expect(ruleOf(PhysicalResourceId)).toMatchObject({
      priority: 20,
      conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com'] } }],
      weights: weights(100, 0),
      stickinessSeconds: 0,
    });
    expect(lab.answers[0]).toMatchObject({ answer: { Status: 'SUCCESS', RequestId: 'request-1' } });
  });

  it('makes the rule of a preview with green alone', async () => {
    const arn = await makeRule({ Carries: 'preview' });
    expect(ruleOf(arn)?.weights).toEqual([{ arn: greenArn, weight: 1 }]);
  });

  it('keeps clients on their slot where the workload asks for it', async () => {
    const arn = await makeRule({ StickinessSeconds: '300' });
    expect(ruleOf(arn)).toMatchObject({ stickinessSeconds: 300 });
  });

  it('finds the rule of a try whose answer was lost, and makes no second one', async () => {
    const first = await makeRule();
    turnTo(first, 0, 100);
    expect(await makeRule()).toBe(first);
    expect(ruleOf(first)?.weights).toEqual(weights(0, 100));
    expect(lab.rules.made).toBe(1);
  });

  it.each([
    ['elbv2.k8s.aws/cluster', 'listener'],
    ['ingress.k8s.aws/stack', 'listener'],
    ['ingress.k8s.aws/resource', 'load balancer'],
  ] as const)(
    'makes no rule where a controller keeps them (%s on the %s), and names the road that is open',
    async (tag, of) => {
      const loadBalancer = listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');
      lab.rules.tags.set(of === 'listener' ? listenerArn : loadBalancer, { [tag]: 'prod' });
      const { Status, Reason } = await call('Create', properties());
      expect(Status).toBe('FAILED');
      expect(Reason).toMatch(
        new RegExp(
          `^${of} .+ belongs to a load balancer controller in a cluster .tag ${tag}: prod.+ Use a listener, rules`,
        ),
      );
      expect(lab.rules.made).toBe(0);
    },
  );

  it('refuses a priority that is taken, and says by whom', async () => {
    const other = `${listenerArn.replace(':listener/', ':listener-rule/')}/other`;
    lab.rules.tags.set(other, {});
    lab.rules.rules.set(other, { listenerArn, priority: 20, conditions: [], weights: [], stickinessSeconds: 0 });
    const { Status, Reason, PhysicalResourceId } = await call('Create', properties());
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/priority 20 of .+ is taken by .+\/other/);
    // and its Delete, which CloudFormation sends next, removes nothing
    const before = lab.rules.rules.size;
    expect((await call('Delete', properties(), PhysicalResourceId)).Status).toBe('SUCCESS');
    expect(lab.rules.rules.size).toBe(before);
  });
});

it('a first deployment that failed for its properties can be taken back, whatever else goes on', async () => {
  const { Status, PhysicalResourceId } = await call('Create', properties({ Priority: '0' }));
  expect(Status).toBe('FAILED');
  await lab.beginRelease();
  expect((await call('Delete', properties({ Priority: '0' }), PhysicalResourceId)).Status).toBe('SUCCESS');
});

describe('a later deployment', () => {
  it('in the middle of a release changes conditions and priority, and no weight', async () => {
    const arn = await makeRule();
    await lab.beginRelease();
    turnTo(arn, 75, 25);
    const Conditions = JSON.stringify([{ Field: 'path-pattern', PathPatternConfig: { Values: ['/shop/*'] } }]);
    const { Status, PhysicalResourceId } = await call('Update', properties({ Conditions, Priority: '30' }), arn);
    expect(Status).toBe('SUCCESS');
    expect(PhysicalResourceId).toBe(arn);
    expect(ruleOf(arn)).toMatchObject({
      priority: 30,
      conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/shop/*'] } }],
      weights: weights(75, 25),
      stickinessSeconds: 300,
    });
  });

  it('that asks for other target groups is refused: it would move traffic', async () => {
    const arn = await makeRule();
    const { Status, Reason } = await call('Update', properties({ Blue: `${blueArn}0` }), arn);
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/target groups cannot be replaced/);
  });

  it('that asks for another listener is refused', async () => {
    const arn = await makeRule();
    const ListenerArn = listenerArn.replace(/.$/, 'f0');
    expect((await call('Update', properties({ ListenerArn }), arn)).Reason).toMatch(/cannot move/);
  });

  it('that failed elsewhere is taken back to what there is', async () => {
    const arn = await makeRule();
    await call('Update', properties({ Blue: `${blueArn}0` }), arn);
    expect((await call('Update', properties(), arn)).Status).toBe('SUCCESS');
  });
});

describe('removing the stack', () => {
  it('leaves a rule with targets behind it as it is', async () => {
    const arn = await makeRule();
    someTargets();
    turnTo(arn, 0, 100);
    expect((await call('Delete', properties(), arn)).Status).toBe('SUCCESS');
    expect(ruleOf(arn)).toMatchObject({ weights: weights(0, 100), stickinessSeconds: 300 });
  });

  it('removes a rule that nobody is behind', async () => {
    const arn = await makeRule();
    expect((await call('Delete', properties(), arn)).Status).toBe('SUCCESS');
    expect(ruleOf(arn)).toBeUndefined();
  });

  it('is refused during a release, and names it', async () => {
    const arn = await makeRule();
    await lab.beginRelease();
    const { Status, Reason } = await call('Delete', properties(), arn);
    expect(Status).toBe('FAILED');
    expect(Reason).toContain('checkout-1 is in progress');
    expect(ruleOf(arn)).toBeDefined();
  });

  it('is refused while both groups get requests', async () => {
    const arn = await makeRule();
    someTargets();
    turnTo(arn, 75, 25);
    expect((await call('Delete', properties(), arn)).Reason).toMatch(/more than one group/);
  });

  it('twice is removing it once', async () => {
    const arn = await makeRule();
    await call('Delete', properties(), arn);
    expect((await call('Delete', properties(), arn)).Status).toBe('SUCCESS');
  });
});

describe('a tag that was written a moment ago, which IAM does not know everywhere yet', () => {
  const denied = () => Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
  const denySetConditions = (times: number) => {
    const { setConditions } = lab.deps.rules;
    let refusals = times;
    lab.deps.rules.setConditions = async (...args) => {
      if (refusals-- > 0) throw new Error('ModifyRule', { cause: denied() });
      return setConditions(...args);
    };
  };

  it('is waited for', async () => {
    const arn = await makeRule();
    denySetConditions(2);
    expect((await call('Update', properties(), arn)).Status).toBe('SUCCESS');
    expect(lab.pauses).toEqual([10_000, 10_000]);
  });

  it('is waited for 80 s at most, and then told: with what was asked, how often and for how long', async () => {
    const arn = await makeRule();
    denySetConditions(Number.POSITIVE_INFINITY);
    const { Status, Reason } = await call('Update', properties(), arn);
    expect(Status).toBe('FAILED');
    expect(Reason).toBe('ModifyRule (asked 9 times within 80 s)');
    expect(lab.pauses).toEqual(Array.from({ length: 8 }, () => 10_000));
  });

  it('is not waited for where something else is wrong', async () => {
    const arn = await makeRule();
    lab.deps.rules.setConditions = async () => {
      throw new Error('ModifyRule: too many conditions');
    };
    expect((await call('Update', properties(), arn)).Reason).toBe('ModifyRule: too many conditions');
    expect(lab.pauses).toEqual([]);
  });
});

it('an answer that was not taken is a fault, so that Lambda calls again', async () => {
  const deaf = await openListener({ takesAnswers: false });
  const handler = makeHandler(deaf.deps);
  await expect(handler(deaf.request('Create', properties()))).rejects.toThrow(/403/);
  await deaf.close();
});

it('the address of the answer is in no log', async () => {
  await call('Create', properties({ Priority: '0' }));
  expect(lab.lines.length).toBeGreaterThan(0);
  expect(lab.lines.join('\n')).not.toContain('secret-of-the-stack');
});

describe('a permission that never comes', () => {
  const denied = () =>
    new Error('CreateRule', { cause: Object.assign(new Error('not authorized'), { name: 'AccessDenied' }) });

  it.each([
    ['as long as there is time to answer, which it says', 120_000, 8, 'CreateRule (asked 9 times within 80 s)'],
    ['for less where there is less, which it says', 70_000, 3, 'CreateRule (asked 4 times within 30 s)'],
    ['not at all where the time is nearly over', 40_000, 0, 'CreateRule'],
  ])('is waited for %s', async (_, functionMs, pauses, reason) => {
    let leftMs = functionMs;
    const deps = {
      ...lab.deps,
      pause: async (ms: number) => {
        leftMs -= ms;
        return lab.pauses.push(ms);
      },
    };
    lab.deps.rules.readAll = async () => {
      throw denied();
    };
    const context = { getRemainingTimeInMillis: () => leftMs };
    const { Status, Reason } = await makeHandler(deps)(lab.request('Create', properties()), context);
    expect({ Status, Reason }).toEqual({ Status: 'FAILED', Reason: reason });
    expect(lab.pauses).toHaveLength(pauses);
  });

  it('has a reason, whatever was thrown: a failure without one is not taken', async () => {
    for (const [thrown, reason] of [
      [new RangeError(), 'RangeError'],
      ['', 'nobody said why'],
    ] as const) {
      lab.deps.rules.readAll = async () => {
        throw thrown;
      };
      expect(await call('Create', properties())).toMatchObject({ Status: 'FAILED', Reason: reason });
    }
  });
});
