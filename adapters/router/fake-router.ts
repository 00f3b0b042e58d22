import { type Dial, SLOTS, type Slot } from '../../domain/dial.ts';
import type { StandingRule } from '../../domain/routers/alb/overlap.ts';
import { OWNER_TAG, ownerText } from '../../domain/routers/alb/ownership.ts';
import { type AlbRouting, ruleArnsOf } from '../../domain/routers/alb/plan.ts';
import type { GroupFacts } from '../../domain/routers/alb/routing-facts.ts';
import { groupsOwnerProblem, routingProblem } from '../../domain/routers/alb/routing-problem.ts';
import type { WorkloadOf } from '../../domain/workload.ts';
import { asksFor, forEachSettled, worstOf } from './alb/reading-rules.ts';
import { ruleText } from './alb/rule.ts';
import { parseWayBack, wayBackOf } from './alb/way-back.ts';
import { albWeightsOf, dialOf } from './alb/weights.ts';
import { RouterRuleError, RouterUnreachableError } from './errors.ts';
import type { TrafficRouter } from './router.ts';

/** A listener rule of the fake: which groups it forwards to, with ALB weights. */
export interface FakeRule {
  /** None: it answers by itself. */
  groups: { arn: string; weight: number }[];
  stickinessSeconds: number;
  /** What stands in front of the forward; absent: anybody may come. */
  authenticate?: 'authenticate-oidc' | 'authenticate-cognito';
  httpHeaders: { name: string; values: string[] }[];
}

export interface FakeRouter extends TrafficRouter<WorkloadOf<'alb'>> {
  /** By ARN; tests change them as someone else would. */
  readonly rules: Map<string, FakeRule>;
  /** Of rules, listeners, load balancers and target groups, by ARN; tests tag them as their owners would. */
  readonly tags: Record<string, Record<string, string>>;
  /** Other rules of its listener; tests put them there. */
  readonly standing: StandingRule[];
  /** What the groups are; tests change them. */
  readonly groups: Record<Slot, GroupFacts>;
  /** The next calls that would reach the load balancer fail. */
  failNext(times: number, error?: Error): void;
}

/** On which all of its rules are. */
export const FAKE_LISTENER = 'arn:listener/fake';
const FAKE_LOAD_BALANCER = 'arn:loadbalancer/fake';
const FAKE_CONTROL_PLANE = 'sluice';

/** The router in memory, held to the same contract as the real one. All rules start with everything on `live`. */
export function fakeRouter(workload: WorkloadOf<'alb'>, live: Slot = 'blue'): FakeRouter {
  const rules = new Map<string, FakeRule>();
  const tags: Record<string, Record<string, string>> = {};
  const group = (): GroupFacts => ({
    targetType: 'ip',
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    vpcId: 'vpc-fake',
    loadBalancers: [FAKE_LOAD_BALANCER],
  });
  const groups = { blue: group(), green: group() };
  const standing: StandingRule[] = [];
  const failures: Error[] = [];
  const { router } = workload;
  // as the stack of the workload tags them
  for (const arn of [...ruleArnsOf(router), ...SLOTS.map(slot => router.targetGroups[slot])]) {
    tags[arn] = { [OWNER_TAG]: ownerText({ controlPlane: FAKE_CONTROL_PLANE, workload: workload.name }) };
  }
  for (const arn of router.rules) {
    const groups = SLOTS.map(slot => ({ arn: router.targetGroups[slot], weight: slot === live ? 100 : 0 }));
    rules.set(arn, { groups, stickinessSeconds: 0, httpHeaders: [] });
  }
  if (router.previewRule !== undefined) {
    rules.set(router.previewRule, {
      groups: [{ arn: router.targetGroups[live], weight: 1 }],
      stickinessSeconds: 0,
      httpHeaders: [{ name: 'x-sluice-preview', values: ['canary'] }],
    });
  }

  const reach = (arn: string): FakeRule => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    const rule = rules.get(arn);
    if (rule === undefined) throw new RouterRuleError(`rule ${arn} is not there`);
    return rule;
  };
  const read = (arn: string, routing: AlbRouting): FakeRule => {
    const rule = reach(arn);
    const known = rule.groups.every(group => SLOTS.some(slot => routing.targetGroups[slot] === group.arn));
    if (known && (rule.groups.length === 1 || rule.groups.length === 2)) return rule;
    throw new RouterRuleError(
      `rule ${arn} forwards to ${rule.groups.map(group => group.arn).join(', ') || 'no group'}`,
    );
  };

  const factsOf = (routing: AlbRouting) => {
    const arns = ruleArnsOf(routing);
    for (const arn of arns) reach(arn);
    return {
      rules: arns.map(arn => ({ arn, listener: FAKE_LISTENER, loadBalancer: FAKE_LOAD_BALANCER })),
      groups,
      tags,
      standing: [...arns.map((arn, index) => standingOf(arn, reach(arn), index)), ...standing],
    };
  };

  return {
    rules,
    tags,
    standing,
    groups,
    failNext(times, error = new RouterUnreachableError('the fake was asked to fail')) {
      for (let i = 0; i < times; i += 1) failures.push(error);
    },

    async readDial({ router: routing }) {
      return worstOf(routing.rules.map(arn => sharesOf(arn, read(arn, routing), routing)));
    },

    async setDial({ router: routing }, dial) {
      const weights = albWeightsOf(dial);
      for (const arn of routing.rules) read(arn, routing);
      for (const arn of routing.rules) {
        reach(arn).groups = SLOTS.map(slot => ({ arn: routing.targetGroups[slot], weight: weights[slot] }));
      }
    },

    async joinGroups({ router: routing }) {
      for (const arn of routing.rules) {
        const rule = read(arn, routing);
        if (rule.groups.length === SLOTS.length) continue;
        rule.groups = SLOTS.map(slot => {
          const isNamed = rule.groups.some(group => group.arn === routing.targetGroups[slot]);
          return { arn: routing.targetGroups[slot], weight: isNamed ? 1 : 0 };
        });
      }
    },

    async readPages({ router: routing }) {
      return routing.rules
        .filter(arn => reach(arn).groups.length === 0)
        .map(arn => ({ what: ruleText(arn), answers: 'fixed-response' }));
    },

    async readProblem({ name, router: routing, cluster }, owner) {
      const { standing: all, ...facts } = factsOf(routing);
      const seen = owner.stack === undefined ? facts : { ...facts, standing: all };
      return routingProblem(routing, seen, { workload: name, cluster: cluster.name, ...owner });
    },

    async readOthers({ name, router: routing }, owner) {
      return groupsOwnerProblem(routing, factsOf(routing), { workload: name, ...owner });
    },

    async planWayBack({ router: routing }, stable) {
      const arns = ruleArnsOf(routing);
      for (const arn of arns) read(arn, routing);
      const actions = [{ Type: 'forward', TargetGroupArn: routing.targetGroups[stable] }];
      return wayBackOf(
        stable,
        arns.map(arn => ({ arn, actions })),
      );
    },

    async goBack(_, wayBack, { pages = [] } = {}) {
      const back = parseWayBack(wayBack).rules.filter(({ arn }) => pages.every(({ what }) => what !== ruleText(arn)));
      await forEachSettled(back, async ({ arn, actions }) => {
        const [forward] = actions as { TargetGroupArn: string }[];
        if (forward === undefined) throw new RouterRuleError(`way back of rule ${arn} has no action`);
        reach(arn).groups = [{ arn: forward.TargetGroupArn, weight: 1 }];
      });
    },

    async setPreview({ name, router: routing }, slot, header) {
      if (routing.previewRule === undefined) throw new RouterRuleError(`workload ${name} has no preview rule`);
      const rule = read(routing.previewRule, routing);
      if (!asksFor(rule.httpHeaders, header)) {
        throw new RouterRuleError(
          `preview rule ${routing.previewRule} does not ask for ${header.name}: ${header.value}`,
        );
      }
      rule.groups = [{ arn: routing.targetGroups[slot], weight: 1 }];
    },
  };
}

const standingOf = (arn: string, { authenticate, httpHeaders }: FakeRule, index: number): StandingRule => ({
  arn,
  priority: 10 + index,
  authenticates: authenticate !== undefined,
  conditions: httpHeaders.map(({ name, values }) => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: name, Values: values },
  })),
});

function sharesOf(arn: string, { groups }: FakeRule, routing: AlbRouting): Dial {
  const weightOf = (slot: Slot) => {
    const group = groups.find(({ arn: groupArn }) => groupArn === routing.targetGroups[slot]);
    return groups.length === 1 && group !== undefined ? 1 : (group?.weight ?? 0);
  };
  const dial = dialOf({ blue: weightOf('blue'), green: weightOf('green') });
  if (dial === undefined) throw new RouterRuleError(`rule ${arn} sends requests nowhere: all its weights are 0`);
  return dial;
}
