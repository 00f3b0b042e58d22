import * as z from 'zod';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { loadBalancerOf } from '../../adapters/router/alb/routing-facts.ts';
import type { RuleKeeper, WantedRule } from '../../adapters/router/alb/rule-keeper.ts';
import type { Workloads } from '../../adapters/workloads/workloads.ts';
import { CARRIES_TAG, type Owner, ownerTags } from '../../domain/routers/alb/ownership.ts';
import { controllerProblem } from '../../domain/routers/alb/routing-problem.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { type CloudFormationRequest, type Made, NOTHING_MADE } from './request.ts';
import { requireNoRelease } from './require-no-release.ts';
import { forwardsToOurs, requireOwnGroups, requireOwnName, requireOwnRule } from './rule-ownership.ts';

export interface ListenerRuleDeps extends SharedDeps {
  ledger: Ledger;
  rules: RuleKeeper;
  workloads: Workloads;
  controlPlane: string;
}

/** A rule that somebody wants, and who. */
interface Wanted extends WantedRule {
  owner: Owner;
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
  .transform((given): Omit<WantedRule, 'tags'> & { workload: string } => ({
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
 * outlives its stack. Only the workload and the stack that its tags name may change or remove it.
 */
export async function keepListenerRule(deps: ListenerRuleDeps, request: CloudFormationRequest): Promise<Made> {
  // before its properties are read: they may be why nothing was made
  if (request.RequestType === 'Delete' && request.PhysicalResourceId === NOTHING_MADE) {
    return { physicalId: NOTHING_MADE };
  }
  const wanted = wantedBy(request, deps);
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
}

const made = (arn: string): Made => ({ physicalId: arn, attributes: { RuleArn: arn } });

function wantedBy(request: CloudFormationRequest, { controlPlane }: ListenerRuleDeps): Wanted {
  const { workload, ...rule } = propertiesSchema.parse(request.ResourceProperties);
  const owner = { controlPlane, workload, stack: request.StackId };
  return { ...rule, owner, tags: { ...ownerTags(owner), [CARRIES_TAG]: rule.carries } };
}

async function create(deps: ListenerRuleDeps, wanted: Wanted): Promise<string> {
  const { rules } = deps;
  const { listenerArn, owner } = wanted;
  const all = await deps.workloads.readAll();
  requireOwnName(
    all.find(({ workload }) => workload.name === owner.workload),
    owner,
  );
  await requireOwnGroups(deps, wanted, owner);
  await requireNoController(deps, listenerArn);
  const there = await rules.findAt(listenerArn, wanted.priority);
  if (there === undefined) return rules.create(wanted);
  // a first try that made it and whose answer was lost
  const tags = (await rules.readTags([there.arn]))[there.arn] ?? {};
  const isOurs = Object.entries(wanted.tags).every(([key, value]) => tags[key] === value);
  if (isOurs && forwardsToOurs(there, wanted) && there.weights.length > 0) return there.arn;
  throw new Error(`priority ${wanted.priority} of ${listenerArn} is taken by ${there.arn}`);
}

/** A controller deletes rules that it does not know. */
async function requireNoController({ rules }: ListenerRuleDeps, listenerArn: string): Promise<void> {
  const loadBalancer = loadBalancerOf(listenerArn);
  const tags = await rules.readTags([listenerArn, loadBalancer]);
  const problem =
    controllerProblem(`listener ${listenerArn}`, tags[listenerArn] ?? {}) ??
    controllerProblem(`load balancer ${loadBalancer}`, tags[loadBalancer] ?? {});
  if (problem !== undefined) throw new Error(problem);
}

async function update(deps: ListenerRuleDeps, wanted: Wanted, arn: string): Promise<string> {
  const { rules } = deps;
  // compared with the world, not with the old properties: an update that is rolled back comes with the two exchanged
  const there = await rules.find(arn);
  if (there === undefined) throw new Error(`rule ${arn} is not there any more`);
  const own = await requireOwnRule(deps, there, { wanted, owner: wanted.owner });
  if (!isOn(arn, wanted.listenerArn)) {
    throw new Error(
      `rule ${arn} cannot move to ${wanted.listenerArn}: that would move traffic; make a second workload`,
    );
  }
  if (own.carries !== wanted.carries) {
    throw new Error(`rule ${arn} carries the ${own.carries} of its workload and cannot carry its ${wanted.carries}`);
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
async function leave(deps: ListenerRuleDeps, wanted: Wanted, arn: string): Promise<void> {
  const { rules, log } = deps;
  const there = await rules.find(arn);
  if (there === undefined) return;
  const { carries } = await requireOwnRule(deps, there, { wanted, owner: wanted.owner });
  await requireNoRelease(deps.ledger, wanted.owner.workload);
  // the groups that it forwards to, whatever the request says they are
  const groups = [...there.weights.map(group => group.arn), wanted.targetGroups.blue, wanted.targetGroups.green];
  if (carries === 'preview' || !(await rules.hasTargets(groups))) return rules.remove(arn);
  const serving = there.weights.filter(({ weight }) => weight > 0);
  if (serving.length !== 1) {
    const found = serving.map(group => `${group.weight} to ${group.arn}`).join(', ');
    throw new Error(`rule ${arn} sends requests to more than one group (${found}): somebody is moving traffic`);
  }
  log.warn('the rule stays: there are targets behind it', { rule: arn, live: serving[0]?.arn });
}

const isOn = (ruleArn: string, listenerArn: string): boolean =>
  ruleArn.startsWith(`${listenerArn.replace(':listener/', ':listener-rule/')}/`);
