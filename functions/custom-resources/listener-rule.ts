import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import {
  type FoundRule,
  openAlbRuleKeeper,
  type RuleKeeper,
  type WantedRule,
} from '../../adapters/router/alb-rule-keeper.ts';
import { lazily, openLedger, openShared } from '../shared/open.ts';
import { type CustomResourceDeps, type Made, makeCustomResource, NOTHING_MADE } from './cloud-formation.ts';
import { requireNoRelease } from './require-no-release.ts';

export interface ListenerRuleDeps extends CustomResourceDeps {
  ledger: Ledger;
  rules: RuleKeeper;
}

/** CloudFormation makes texts of all numbers. */
const wholeNumber = z.coerce.number().pipe(z.int().nonnegative());

const conditionSchema = z.looseObject({ Field: z.string() });

const propertiesSchema = z
  .object({
    Workload: z.string().min(1),
    ListenerArn: z.string().startsWith('arn:'),
    Priority: wholeNumber.pipe(z.int().min(1).max(50_000)),
    /** As ELB's RuleCondition, in JSON: CloudFormation would make texts of what is in them. */
    Conditions: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(z.array(conditionSchema).min(1)),
    Blue: z.string().startsWith('arn:'),
    Green: z.string().startsWith('arn:'),
    Carries: z.enum(['dial', 'preview']),
    StickinessSeconds: wholeNumber.default(0),
  })
  .transform((given): WantedRule & { workload: string } => ({
    workload: given.Workload,
    listenerArn: given.ListenerArn,
    priority: given.Priority,
    conditions: given.Conditions,
    targetGroups: { blue: given.Blue, green: given.Green },
    carries: given.Carries,
    stickinessSeconds: given.StickinessSeconds,
  }));

/**
 * A listener rule whose weights are a release's business: a deployment of the stack never moves traffic. Actions are sent
 * when the rule is made and never again; an update is conditions and priority; a rule that carries anybody's requests
 * outlives its stack.
 */
export const makeHandler = (deps: ListenerRuleDeps) =>
  makeCustomResource('listener-rule', deps, async request => {
    // before its properties are read: they may be why nothing was made
    if (request.RequestType === 'Delete' && request.PhysicalResourceId === NOTHING_MADE) {
      return { physicalId: NOTHING_MADE };
    }
    const wanted = propertiesSchema.parse(request.ResourceProperties);
    switch (request.RequestType) {
      case 'Create':
        return made(await create(deps, wanted));
      case 'Update':
        return made(await update(deps, wanted, request.PhysicalResourceId));
      case 'Delete':
        await leave(deps, wanted, request.PhysicalResourceId);
        return { physicalId: request.PhysicalResourceId };
      default:
        return request satisfies never;
    }
  });

const made = (arn: string): Made => ({ physicalId: arn, attributes: { RuleArn: arn } });

async function create({ rules }: ListenerRuleDeps, wanted: WantedRule): Promise<string> {
  const there = await rules.findAt(wanted.listenerArn, wanted.priority);
  if (there === undefined) return rules.create(wanted);
  // a first try that made it and whose answer was lost
  if (forwardsToOurs(there, wanted) && there.weights.length > 0) return there.arn;
  throw new Error(`priority ${wanted.priority} of ${wanted.listenerArn} is taken by ${there.arn}`);
}

async function update({ rules }: ListenerRuleDeps, wanted: WantedRule, arn: string): Promise<string> {
  // compared with the world, not with the old properties: an update that is rolled back comes with the two exchanged
  const there = await rules.find(arn);
  if (there === undefined) throw new Error(`rule ${arn} is not there any more`);
  if (!arn.startsWith(wanted.listenerArn.replace(':listener/', ':listener-rule/'))) {
    throw new Error(
      `rule ${arn} cannot move to ${wanted.listenerArn}: that would move traffic; make a second workload`,
    );
  }
  if (!forwardsToOurs(there, wanted)) {
    const groups = there.weights.map(group => group.arn).join(', ');
    throw new Error(`rule ${arn} forwards to ${groups}: its target groups cannot be replaced without moving traffic`);
  }
  if (there.priority !== wanted.priority) await rules.setPriority(arn, wanted.priority);
  await rules.setConditions(arn, wanted.conditions);
  return arn;
}

/** Removes what serves nobody. A rule with targets behind it stays as it is, on the live group. */
async function leave(
  { rules, ledger, log }: ListenerRuleDeps,
  wanted: WantedRule & { workload: string },
  arn: string,
): Promise<void> {
  await requireNoRelease(ledger, wanted.workload);
  const there = await rules.find(arn);
  if (there === undefined) return;
  if (wanted.carries === 'preview' || !(await rules.hasTargets(wanted.targetGroups))) return rules.remove(arn);
  const serving = there.weights.filter(({ weight }) => weight > 0);
  if (serving.length !== 1) {
    const found = serving.map(group => `${group.weight} to ${group.arn}`).join(', ');
    throw new Error(`rule ${arn} sends requests to more than one group (${found}): somebody is moving traffic`);
  }
  log.warn('the rule stays: there are targets behind it', { rule: arn, live: serving[0]?.arn });
}

const forwardsToOurs = ({ weights }: FoundRule, { targetGroups }: WantedRule): boolean =>
  weights.every(({ arn }) => arn === targetGroups.blue || arn === targetGroups.green);

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), pause, ledger: openLedger(env), rules: openAlbRuleKeeper(env) }),
);
