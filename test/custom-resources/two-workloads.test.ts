import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkloadOf } from '../../domain/workload.ts';
import { makeHandler } from '../../functions/custom-resources/registered-workload.ts';
import { ruleArn, targetGroupArn } from '../../lab/aws/elbv2-arns.ts';
import { checkout } from '../adapters/router/alb/rules.contract.ts';
import { forward } from '../lab/aws/memory-load-balancer.ts';
import { OTHER_STACK, openCloudFormationLab, PLAN, ruleTags, SHOP_STACK } from './cloud-formation-lab.ts';

let lab: Awaited<ReturnType<typeof openCloudFormationLab>>;
beforeEach(async () => {
  lab = await openCloudFormationLab();
});
afterEach(() => lab.close());

type Routing = ReturnType<typeof routingOf>;

const stackOf = (name: string) => `${SHOP_STACK}-${name}`;

/** Whose they are, in the tags of the rule and the groups. */
function give({ rules, targetGroups }: Pick<Routing, 'rules' | 'targetGroups'>, owner: string, stack = stackOf(owner)) {
  for (const arn of [...rules, ...Object.values(targetGroups)]) lab.tags[arn] = ruleTags(owner, stack);
}

/** A rule and two target groups on the load balancer, of the workload of this name or of another owner. */
function routingOf(name: string, owner = name, stack = stackOf(owner)) {
  const targetGroups = { blue: targetGroupArn(`${name}-blue`), green: targetGroupArn(`${name}-green`) };
  const rule = ruleArn('lab', name);
  const [group] = lab.loadBalancer.targetGroups();
  if (group === undefined) throw new Error('no group');
  for (const slot of ['blue', 'green'] as const) {
    lab.loadBalancer.putTargetGroup({ ...group, arn: targetGroups[slot], name: `${name}-${slot}` });
  }
  const { listenerArn } = lab.loadBalancer;
  const priority = 100 + lab.loadBalancer.rules().length;
  const action = forward([targetGroups.blue, 100], [targetGroups.green, 0]);
  lab.loadBalancer.putRule({ arn: rule, listenerArn, priority, conditions: [], action });
  const routing = { kind: 'alb' as const, rules: [rule], targetGroups };
  give(routing, owner, stack);
  return routing;
}
const fileOf = (name: string, more: object = {}) => ({
  apiVersion: 'sluice/v1',
  kind: 'Workload',
  name,
  cluster: checkout.cluster,
  deployment: name,
  container: 'app',
  repositories: checkout.repositories,
  ...more,
});
const properties = (file: { name: string }) => ({
  Workload: JSON.stringify(file),
  Plan: JSON.stringify({ ...PLAN, workload: file.name }),
});
const call = (type: string, file: { name: string }, stack = stackOf(file.name), deps = lab.deps) =>
  makeHandler(deps)(lab.request(type, properties(file), type === 'Create' ? undefined : file.name, stack));
const later = (minutes: number) => ({ ...lab.deps, clock: { now: () => lab.deps.clock.now() + minutes * 60_000 } });
const claimsOf = async (name: string) =>
  (await lab.deps.workloads.readClaims(name)).map(({ resource }) => resource).sort();

describe('a second workload', () => {
  it('with the rule of the first is refused at registration, both named, and leaves nothing behind', async () => {
    const router = routingOf('till');
    await call('Create', fileOf('till', { router }));
    const { Status, Reason } = await call('Create', fileOf('api', { router }));
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/rule .+ belongs to sluice\/till \(tag sluice:owner\), and this is sluice\/api$/);
    // and where somebody has written over its tags, the list of workloads still knows
    give(router, 'api');
    expect((await call('Create', fileOf('api', { router }))).Reason).toBe(
      `rule ${router.rules[0]} is in use by workload till: it cannot be workload api's too, each needs its own`,
    );
    expect(await lab.deps.workloads.list()).toEqual(['till']);
    expect(await claimsOf('api')).toEqual([]);
  });

  it('with a target group of the first is refused, also where somebody has written over its tags', async () => {
    const till = routingOf('till');
    await call('Create', fileOf('till', { router: till }));
    const router = {
      ...routingOf('api'),
      targetGroups: { ...routingOf('api').targetGroups, green: till.targetGroups.green },
    };
    const call2 = () => call('Create', fileOf('api', { router }));
    expect((await call2()).Reason).toMatch(/target group .+till-green.+ belongs to sluice\/till/);
    give(router, 'api');
    expect((await call2()).Reason).toMatch(
      /^target group .+till-green.+ is in use by workload till: it cannot be workload api's too/,
    );
    expect(await lab.deps.workloads.list()).toEqual(['till']);
  });

  it('with the Deployment of the first is refused, also where the first was registered before there were claims', async () => {
    const { workload } = { workload: { ...checkout, name: 'till', deployment: 'front', router: routingOf('till') } };
    await lab.deps.workloads.register({ workload, plan: { ...(await planOf()), workload: 'till' } });
    const { Reason } = await call('Create', fileOf('api', { deployment: 'front', router: routingOf('api') }));
    expect(Reason).toMatch(/^Deployment prod\/shop\/front is in use by workload till: it cannot be workload api's too/);
  });

  it('with the repository of the first is ordinary', async () => {
    expect((await call('Create', fileOf('till', { router: routingOf('till') }))).Status).toBe('SUCCESS');
    expect((await call('Create', fileOf('api', { router: routingOf('api') }))).Status).toBe('SUCCESS');
  });
});

async function planOf() {
  await call('Create', fileOf('for-its-plan', { router: routingOf('for-its-plan') }));
  const { plan } = await lab.deps.workloads.read('for-its-plan');
  await call('Delete', fileOf('for-its-plan', { router: routingOf('for-its-plan') }));
  return plan;
}

describe('of two registrations at once', () => {
  it.each([
    ['rule', (_: string, router: object) => ({ router })],
    ['Deployment', (name: string) => ({ deployment: 'front', router: routingOf(name) })],
  ])('one gets the %s, whichever begins first', async (_, more) => {
    const shared = routingOf('shared');
    // what each reads of the other is from before either wrote
    const { workloads } = lab.deps;
    const blind = Object.assign(Object.create(workloads), { readAll: async () => [] });
    // and of tags, which give a rule to one of them anyway
    const router = { ...lab.deps.router, readProblem: async () => undefined };
    const answers = await Promise.all(
      ['till', 'api', 'search'].map(name =>
        call('Create', fileOf(name, more(name, shared)), undefined, { ...lab.deps, workloads: blind, router }),
      ),
    );
    expect(answers.filter(({ Status }) => Status === 'SUCCESS')).toHaveLength(1);
    expect(await workloads.list()).toHaveLength(1);
    const [winner = ''] = await workloads.list();
    for (const { Status, Reason } of answers) {
      if (Status === 'FAILED')
        expect(Reason).toMatch(new RegExp(`workload ${winner} of stack .+ has it, and this is workload `));
    }
  });

  it('with one name from two stacks one is registered, and the other knows whose it is', async () => {
    const [a, b] = [routingOf('a', 'till', SHOP_STACK), routingOf('b', 'till', OTHER_STACK)];
    const answers = await Promise.all([
      call('Create', fileOf('till', { router: a }), SHOP_STACK),
      call('Create', fileOf('till', { router: b, deployment: 'other' }), OTHER_STACK),
    ]);
    expect(answers.map(({ Status }) => Status).sort()).toEqual(['FAILED', 'SUCCESS']);
    expect(answers.find(({ Status }) => Status === 'FAILED')?.Reason).toMatch(
      /workload till of stack .+stack\/shop\/1.+ of stack .+stack\/other\/2/,
    );
  });
});

describe('a workload that changes', () => {
  it('gives up the rule that it no longer has', async () => {
    const [first, second] = [routingOf('first', 'till'), routingOf('second', 'till')];
    await call('Create', fileOf('till', { router: first }));
    const { Status } = await call(
      'Update',
      fileOf('till', { router: { ...second, targetGroups: first.targetGroups } }),
    );
    expect(Status).toBe('SUCCESS');
    const others = { ...first, targetGroups: second.targetGroups };
    give(others, 'api');
    const api = fileOf('api', { router: others });
    expect(await call('Create', api)).toMatchObject({ Status: 'SUCCESS' });
  });

  it('keeps the old rule while a release that froze it is on its way', async () => {
    const [first, second] = [routingOf('first', 'till'), routingOf('second', 'till')];
    await call('Create', fileOf('till', { router: first }));
    await lab.beginRelease((await lab.deps.workloads.read('till')).workload as WorkloadOf<'alb'>);
    await call('Update', fileOf('till', { router: { ...second, targetGroups: first.targetGroups } }));
    const others = { ...first, targetGroups: second.targetGroups };
    give(others, 'api');
    const api = fileOf('api', { router: others });
    expect((await call('Create', api)).Reason).toMatch(/till .+ has it, .+: a release that is on its way uses it/);
  });

  it('gives up everything when it is removed, also where the process died in the middle', async () => {
    const router = routingOf('till');
    const file = fileOf('till', { router });
    await call('Create', file);
    await lab.deps.workloads.remove('till'); // and the process died here
    expect(await claimsOf('till')).toContain(`rule ${router.rules[0]}`);
    expect((await call('Delete', file)).Status).toBe('SUCCESS');
    expect(await claimsOf('till')).toEqual([]);
    give(router, 'api');
    expect((await call('Create', fileOf('api', { router }))).Status).toBe('SUCCESS');
  });

  it('is refused where another one is registering, and may have what was left behind after a quarter of an hour', async () => {
    const router = routingOf('till');
    const resource = `rule ${router.rules[0]}`;
    const atEpochMs = lab.deps.clock.now();
    await lab.deps.workloads.claim({ resource, workload: 'dead', stack: OTHER_STACK, atEpochMs });
    const file = fileOf('till', { router });
    expect((await call('Create', file)).Reason).toMatch(
      /workload dead of stack .+ has it, and this is workload till .+: it may be registering just now\. .+ deploy again in 15 minutes/,
    );
    expect((await call('Create', file, undefined, later(14))).Status).toBe('FAILED');
    expect((await call('Create', file, undefined, later(15))).Status).toBe('SUCCESS');
  });
});

describe('a workload whose routing cannot work is refused at registration', () => {
  const attempt = async (change: (router: Routing) => void) => {
    const router = routingOf('till');
    change(router);
    const { Status, Reason = '' } = await call('Create', fileOf('till', { router }));
    expect(Status).toBe('FAILED');
    expect(await lab.deps.workloads.list()).toEqual([]);
    expect(await claimsOf('till')).toEqual([]);
    return Reason;
  };

  it('because the AWS Load Balancer Controller owns its rule, listener, load balancer or group', async () => {
    const tag = { 'elbv2.k8s.aws/cluster': 'prod' };
    for (const arnOf of [
      ({ rules }: Routing) => rules[0] ?? '',
      ({ targetGroups }: Routing) => targetGroups.green,
      () => lab.loadBalancer.listenerArn,
      () => lab.loadBalancer.arn,
    ]) {
      let tagged = '';
      const reason = await attempt(router => {
        tagged = arnOf(router);
        lab.tags[tagged] = tag;
      });
      expect(reason).toContain(`${tagged} belongs to a load balancer controller`);
      delete lab.tags[tagged];
    }
  });

  it('because a rule behind its own asks people to log in, and its own asks nobody', async () => {
    const file = fileOf('payments', { router: routingOf('payments') });
    const guard = (arn: string) =>
      lab.loadBalancer.putRule({
        arn,
        listenerArn: lab.loadBalancer.listenerArn,
        priority: 500,
        conditions: [],
        authenticate: {
          type: 'authenticate-cognito',
          config: {},
          sessionCookie: 'AWSELBAuthSessionCookie',
          onUnauthenticated: 'deny',
          logInUrl: '',
        },
        action: { fixedStatus: 404 },
      });
    guard(ruleArn('lab', 'guard'));
    const { Status, Reason } = await call('Create', file);
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(
      /workload payments: a rule at priority \d+ that asks nobody to log in would take requests of/,
    );
    expect(await lab.deps.workloads.list()).toEqual([]);
  });

  it('because its rule is on another load balancer than its groups', async () => {
    const routing = routingOf('payments');
    const other = `${lab.loadBalancer.arn.replace('/lab/', '/other/')}`;
    lab.groups[routing.targetGroups.green] = { LoadBalancerArns: [other] };
    const { Status, Reason } = await call('Create', fileOf('payments', { router: routing }));
    expect(Status).toBe('FAILED');
    expect(Reason).toContain(`payments-green`);
    expect(Reason).toContain(`is on load balancer ${other}, and the rules are on ${lab.loadBalancer.arn}`);
  });

  it('because a target group registers instances', async () => {
    const reason = await attempt(({ targetGroups }) => {
      lab.groups[targetGroups.blue] = { TargetType: 'instance' };
    });
    expect(reason).toContain('has targets of type instance');
  });

  it('because a rule or a group has no tag that says whose it is: IAM would let nobody turn it', async () => {
    for (const arnOf of [
      ({ rules }: Routing) => rules[0] ?? '',
      ({ targetGroups }: Routing) => targetGroups.blue,
      ({ targetGroups }: Routing) => targetGroups.green,
    ]) {
      let untagged = '';
      const reason = await attempt(router => {
        untagged = arnOf(router);
        lab.tags[untagged] = { team: 'shop' };
      });
      expect(reason).toContain(`${untagged} has no tag sluice:owner`);
      expect(reason).toMatch(/Whoever owns it writes sluice:owner = sluice\/till on it: `npx sluice tag` writes it/);
    }
  });

  it('because a rule is of another control plane', async () => {
    const reason = await attempt(({ rules }) => {
      lab.tags[rules[0] ?? ''] = { 'sluice:owner': 'staging/till' };
    });
    expect(reason).toMatch(/belongs to staging\/till \(tag sluice:owner\), and this is sluice\/till/);
  });

  it('because nobody could read the tags: not known is not none', async () => {
    lab.deps.router.readProblem = async () => {
      throw new Error('DescribeTags', { cause: Object.assign(new Error('not authorized'), { name: 'AccessDenied' }) });
    };
    expect(await attempt(() => {})).toContain('DescribeTags');
  });
});
