import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { loadBalancerOf } from '../../adapters/router/alb/routing-facts.ts';
import { isNamed, type RuleKeeper } from '../../adapters/router/alb/rule-keeper.ts';
import type { Secrets } from '../../adapters/secrets/secrets.ts';
import type { Workloads } from '../../adapters/workloads/workloads.ts';
import { controllerProblem } from '../../domain/routers/alb/routing-problem.ts';
import type { SharedDeps } from '../shared-deps.ts';
import type { CloudFormationRequest, Made } from './request.ts';
import { requireNoRelease } from './require-no-release.ts';
import { requireGuarded, secretOf, setAuthentication } from './rule-authentication.ts';
import { forwardsToOurs, requireOwnGroups, requireOwnName, requireOwnRule } from './rule-ownership.ts';
import { isMadeFor, isRuleArn, madeUnanswered } from './unanswered-rule.ts';
import { type Wanted, wantedBy } from './wanted-rule.ts';

export interface ListenerRuleDeps extends SharedDeps {
  ledger: Ledger;
  rules: RuleKeeper;
  workloads: Workloads;
  secrets: Secrets;
  controlPlane: string;
}

/**
 * A listener rule whose weights are a release's business: a deployment of the stack never moves traffic. Actions are sent
 * when the rule is made and never again; an update is conditions and priority; a rule that carries anybody's requests
 * outlives its stack. Only the workload and the stack that its tags name may change or remove it.
 */
export async function keepListenerRule(deps: ListenerRuleDeps, request: CloudFormationRequest): Promise<Made> {
  if (request.RequestType === 'Delete' && !isRuleArn(request.PhysicalResourceId)) {
    const made = await madeUnanswered(deps, request);
    if (made !== undefined) await leave(deps, made.wanted, made.arn);
    return { physicalId: request.PhysicalResourceId };
  }
  const wanted = wantedBy(request, deps.controlPlane);
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
  if (wanted.adopts !== undefined) return adopt(deps, wanted, wanted.adopts);
  const standing = await rules.readAll(listenerArn);
  const there = standing.find(({ priority }) => priority === wanted.priority);
  if (there === undefined) {
    requireGuarded(wanted, standing);
    return createOnce(deps, wanted);
  }
  // a first try that made it and whose answer was lost
  if (await isMadeFor(rules, there, wanted)) return there.arn;
  throw new Error(`priority ${wanted.priority} of ${listenerArn} is taken by ${there.arn}`);
}

/** The SDK repeats a call whose answer was lost, and then hears that the priority is taken: by the rule of its first try. */
async function createOnce(deps: ListenerRuleDeps, wanted: Wanted): Promise<string> {
  const { rules } = deps;
  try {
    return await rules.create(wanted, await secretOf(deps, wanted));
  } catch (error) {
    if (!isNamed(error, 'PriorityInUse')) throw error;
    const there = (await rules.readAll(wanted.listenerArn)).find(({ priority }) => priority === wanted.priority);
    if (there !== undefined && (await isMadeFor(rules, there, wanted))) return there.arn;
    throw error;
  }
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
  if (wanted.adopts !== undefined) {
    if (wanted.adopts !== arn) throw new Error(`rule ${arn} cannot become ${wanted.adopts}: make a second workload`);
    return arn;
  }
  const others = (await rules.readAll(wanted.listenerArn)).filter(rule => rule.arn !== arn);
  requireGuarded(wanted, others, there);
  // what asks comes first: a rule that moves before others must ask by then
  await setAuthentication(deps, wanted, there);
  if (there.priority !== wanted.priority) await rules.setPriority(arn, wanted.priority);
  await rules.setConditions(arn, wanted.conditions);
  return arn;
}

/**
 * A rule that is there already and that somebody else keeps carries the dial from now on; nothing of it is changed.
 * @throws Error it is somebody else's, elsewhere, or does not forward to the workload's groups yet
 */
async function adopt(deps: ListenerRuleDeps, wanted: Wanted, arn: string): Promise<string> {
  const there = await deps.rules.find(arn);
  if (there === undefined) throw new Error(`rule ${arn} is not there`);
  if (!isOn(arn, wanted.listenerArn)) throw new Error(`rule ${arn} is not on ${wanted.listenerArn}`);
  const { carries } = await requireOwnRule(deps, there, { wanted, owner: wanted.owner });
  if (carries !== wanted.carries) {
    throw new Error(`rule ${arn} carries the ${carries} of its workload and cannot carry its ${wanted.carries}`);
  }
  const { blue, green } = wanted.targetGroups;
  if (there.weights.length === 0 || !forwardsToOurs(there, wanted)) {
    const groups = there.weights.map(group => group.arn).join(', ') || 'no target group';
    throw new Error(
      `rule ${arn} forwards to ${groups}, and its workload has ${blue} and ${green}: whoever keeps the rule lets it forward to one of these first, or Sluice makes a rule of its own before it`,
    );
  }
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
  if (wanted.adopts !== undefined) return; // whoever made it removes it
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
