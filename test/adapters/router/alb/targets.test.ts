import { afterEach, describe, expect, it } from 'vitest';
import { countTargets, drainingOf, reasonsOf } from '../../../../adapters/router/alb/target-shapes.ts';
import { openAlbTargets } from '../../../../adapters/router/alb/targets.ts';
import { RouterRuleError } from '../../../../adapters/router/errors.ts';
import { TargetsUnreachableError } from '../../../../adapters/router/targets.ts';
import { SLOTS } from '../../../../domain/dial.ts';
import { openElbv2Endpoint } from '../../../../lab/aws/elbv2-endpoint.ts';
import type { ControlledLoadBalancer, TargetGroupAttributes } from '../../../../lab/aws/elbv2-targets.ts';
import { openWireServer } from '../../../../lab/aws/wire-server.ts';
import { openLabClock } from '../../../../lab/clock.ts';
import { openLoadBalancer } from '../../../../lab/load-balancer/load-balancer.ts';
import {
  blueArn,
  forward,
  greenArn,
  mainRuleArn,
  openMemoryLoadBalancer,
  sticky,
} from '../../../lab/aws/memory-load-balancer.ts';
import { keepsTargetsContract } from '../targets.contract.ts';
import { checkout } from './rules.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function openTargets(loadBalancer: ControlledLoadBalancer, attributes: TargetGroupAttributes = {}) {
  const server = await openWireServer({ endpoints: [openElbv2Endpoint({ loadBalancer, attributes })] });
  closers.push(() => server.close());
  const targets = openAlbTargets({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL: server.url,
  });
  return { server, targets };
}

type MemoryLoadBalancer = ReturnType<typeof openMemoryLoadBalancer>;

function delayBy(loadBalancer: MemoryLoadBalancer, deregistrationDelaySeconds: number): void {
  for (const group of loadBalancer.targetGroups()) {
    loadBalancer.putTargetGroup({ ...group, deregistrationDelaySeconds });
  }
}

function stickTo(loadBalancer: MemoryLoadBalancer, seconds: number): void {
  const rule = loadBalancer.rules().find(({ arn }) => arn === mainRuleArn);
  if (rule === undefined) throw new Error(`no rule ${mainRuleArn}`);
  loadBalancer.putRule({ ...rule, action: sticky(forward([blueArn, 1], [greenArn, 0]), seconds) });
}

describe("the load balancer's targets, over the wire", () => {
  keepsTargetsContract(async () => {
    const loadBalancer = openMemoryLoadBalancer();
    const { targets } = await openTargets(loadBalancer);
    return {
      targets,
      setTargets(slot, states) {
        const health = states.map((state, i) => ({ host: '127.0.0.1', port: 8000 + i, state }));
        loadBalancer.setHealth(checkout.router.targetGroups[slot], health);
      },
      setDraining({ connectionsSeconds, clientsSeconds }) {
        delayBy(loadBalancer, connectionsSeconds);
        if (clientsSeconds > 0) stickTo(loadBalancer, clientsSeconds);
      },
    };
  });

  it.each([
    ['the target groups', { ofGroups: 300, ofRule: 60 }],
    ['a rule', { ofGroups: 60, ofRule: 300 }],
  ])('keep a client for the longest stickiness, of %s', async (_, { ofGroups, ofRule }) => {
    const loadBalancer = openMemoryLoadBalancer();
    const attributes: TargetGroupAttributes = {
      [greenArn]: { 'stickiness.enabled': 'true', 'stickiness.lb_cookie.duration_seconds': String(ofGroups) },
    };
    const { targets } = await openTargets(loadBalancer, attributes);
    delayBy(loadBalancer, 0);
    stickTo(loadBalancer, ofRule);
    expect(await targets.readDraining(checkout)).toEqual({ connectionsSeconds: 0, clientsSeconds: 300 });
  });

  it('whose programs do not answer are unhealthy after their checks, and unused in no rule', async () => {
    const clock = openLabClock({ startEpochMs: Date.now(), compress: 50 });
    const loadBalancer = await openLoadBalancer({ clock, random: () => 0 });
    closers.push(() => loadBalancer.close());
    for (const group of openMemoryLoadBalancer().targetGroups()) loadBalancer.putTargetGroup(group);
    loadBalancer.putRule({
      arn: mainRuleArn,
      listenerArn: loadBalancer.listenerArn,
      priority: 10,
      conditions: [],
      action: forward([blueArn, 1]),
    });
    // a port that was free a moment ago: whoever listened there is gone
    const gone = await openLoadBalancer({ clock, random: () => 0 });
    const port = Number(new URL(gone.url).port);
    await gone.close();
    for (const slot of SLOTS) {
      loadBalancer.register(checkout.router.targetGroups[slot], { host: '127.0.0.1', port });
    }
    const { targets } = await openTargets(loadBalancer);
    const none = { healthy: 0, initial: 0, unhealthy: 0, draining: 0, unused: 0 };
    await expect
      .poll(() => targets.read(checkout), { timeout: 10_000 })
      .toEqual({
        blue: { ...none, unhealthy: 1, because: '1 unhealthy: Target.FailedHealthChecks' },
        green: { ...none, unused: 1, because: '1 unused: Target.NotInUse' },
      });
  });

  it('of a target group that is not there are a RouterRuleError that names it', async () => {
    const { targets } = await openTargets(openMemoryLoadBalancer());
    const gone = blueArn.replace('checkout-blue', 'gone');
    const workload = { ...checkout, router: { ...checkout.router, targetGroups: { blue: gone, green: greenArn } } };
    const error = await targets.read(workload).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RouterRuleError);
    expect((error as Error).message).toContain(gone);
    await expect(targets.readDraining(workload)).rejects.toThrow(RouterRuleError);
  });

  it('throttled once: the SDK tries again; throttled for ever: a TargetsUnreachableError', async () => {
    const { server, targets } = await openTargets(openMemoryLoadBalancer());
    server.faults.throttle('DescribeTargetHealth', 1);
    await targets.read(checkout);
    server.faults.throttle('DescribeTargetHealth', Number.POSITIVE_INFINITY);
    await expect(targets.read(checkout)).rejects.toThrow(TargetsUnreachableError);
    server.faults.throttle('DescribeRules', Number.POSITIVE_INFINITY);
    await expect(targets.readDraining(checkout)).rejects.toThrow(TargetsUnreachableError);
  });
});

describe('what ELB says', () => {
  it('in other words is counted too: unavailable is not checked, draining is draining, the unknown is not known', () => {
    expect(countTargets(['unavailable', 'unhealthy.draining', 'something-new', undefined])).toEqual({
      healthy: 0,
      initial: 0,
      unhealthy: 0,
      draining: 1,
      unused: 3,
    });
  });

  it("about an application's own cookie counts as stickiness", () => {
    const attributes = {
      'deregistration_delay.timeout_seconds': '300',
      'stickiness.enabled': 'true',
      'stickiness.type': 'app_cookie',
      'stickiness.app_cookie.duration_seconds': '7200',
      'stickiness.lb_cookie.duration_seconds': '86400',
    };
    expect(drainingOf('arn:group', attributes)).toEqual({ connectionsSeconds: 300, clientsSeconds: 7200 });
  });

  it('without a deregistration delay is a RouterRuleError that names the group', () => {
    expect(() => drainingOf('arn:group', {})).toThrow(/target group arn:group/);
  });
});

describe('why targets are not healthy', () => {
  const mismatch = {
    State: 'unhealthy',
    Reason: 'Target.ResponseCodeMismatch',
    Description: 'Health checks failed with these codes: [404]',
  };

  it('is said in the load balancer’s words, most of them first; those that are healthy or leave have no reason', () => {
    const registering = { State: 'initial', Reason: 'Elb.RegistrationInProgress' };
    const leaving = { State: 'draining', Reason: 'Target.DeregistrationInProgress' };
    expect(reasonsOf([{ State: 'healthy' }, registering, mismatch, mismatch, leaving])).toBe(
      '2 unhealthy: Target.ResponseCodeMismatch (Health checks failed with these codes: [404]); 1 initial: Elb.RegistrationInProgress',
    );
    expect(reasonsOf([{ State: 'healthy' }, leaving])).toBeUndefined();
    expect(reasonsOf([])).toBeUndefined();
  });

  it('is bounded, however many reasons there are', () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map(Reason => ({ State: 'unhealthy', Reason, Description: 'x'.repeat(900) }));
    expect(reasonsOf(all)?.length).toBeLessThan(700);
    expect(reasonsOf(all)).toMatch(/; and 2 more reasons$/);
    expect(reasonsOf([{}])).toBe('1 of an unknown state');
  });
});
