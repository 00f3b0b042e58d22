import type { FoundRule, RuleKeeper, WantedRule } from '../../adapters/router/alb/rule-keeper.ts';
import type { RegisteredWorkload, Workloads } from '../../adapters/workloads/workloads.ts';
import { SLOTS } from '../../domain/dial.ts';
import {
  CARRIES_TAG,
  OWNER_TAG,
  type Owner,
  othersProblem,
  ownerText,
  SLOT_TAG,
  STACK_TAG,
  type Tags,
  WORKLOAD_TAG,
} from '../../domain/routers/alb/ownership.ts';
import { albRoutingOf } from '../../domain/routers/alb/plan.ts';

/*
 * Whose a rule is, asked before every act on it. CloudFormation's request says what somebody wants, and whoever may invoke
 * the function can write one: that a rule is theirs is read from its tags, and for rules that were made before there were
 * tags from the list of workloads and from the tags of the target groups.
 */

interface OwnershipDeps {
  rules: RuleKeeper;
  workloads: Workloads;
}

export interface OwnedRule {
  carries: WantedRule['carries'];
  /** It has all of its tags; false: it is from before there were any. */
  isTagged: boolean;
}

/** @throws Error it is somebody else's, or nothing says that it is this workload's: both are named */
export async function requireOwnRule(
  deps: OwnershipDeps,
  there: FoundRule,
  { wanted, owner }: { wanted: WantedRule; owner: Owner },
): Promise<OwnedRule> {
  const tags = (await deps.rules.readTags([there.arn]))[there.arn] ?? {};
  const problem = othersProblem(`rule ${there.arn}`, tags, owner);
  if (problem !== undefined) throw new Error(problem);
  const carries = carriedBy(tags[CARRIES_TAG]);
  if (tags[OWNER_TAG] !== undefined && tags[STACK_TAG] !== undefined && carries !== undefined) {
    return { carries, isTagged: true };
  }
  return { carries: await requireAdoptable(deps, there, { wanted, owner }), isTagged: false };
}

/**
 * The two groups are this workload's: their tags say so, which the stack wrote when it made them.
 * @throws Error names the group, whose it is, and whose the request is
 */
export async function requireOwnGroups(
  { rules }: Pick<OwnershipDeps, 'rules'>,
  { targetGroups }: WantedRule,
  owner: Owner,
): Promise<void> {
  const tags = await rules.readTags(SLOTS.map(slot => targetGroups[slot]));
  for (const slot of SLOTS) {
    const arn = targetGroups[slot];
    const found = tags[arn] ?? {};
    const what = `target group ${arn}`;
    const problem = othersProblem(what, found, owner);
    if (problem !== undefined) throw new Error(problem);
    if (!saysOwner(found, owner)) {
      throw new Error(
        `${what} has no tag ${OWNER_TAG}, which would say that it is of ${ownerText(owner)}; a ProgressiveWorkload tags its own`,
      );
    }
    const ofSlot = found[SLOT_TAG] ?? slot;
    if (ofSlot !== slot)
      throw new Error(`${what} is that of ${ofSlot} (tag ${SLOT_TAG}), and is given as that of ${slot}`);
  }
}

/** Another stack has the workload's name. @throws Error names both */
export function requireOwnName(registered: RegisteredWorkload | undefined, { stack, workload }: Owner): void {
  const other = registered?.ownedBy?.stack ?? stack;
  if (other !== stack) throw new Error(`workload ${workload} is of stack ${other}, and this is stack ${stack}`);
}

export const forwardsToOurs = ({ weights }: FoundRule, { targetGroups }: WantedRule): boolean =>
  weights.every(({ arn }) => arn === targetGroups.blue || arn === targetGroups.green);

/** A rule without tags is the workload's where the table says so, or where it forwards to nothing but its groups. */
async function requireAdoptable(
  deps: OwnershipDeps,
  there: FoundRule,
  { wanted, owner }: { wanted: WantedRule; owner: Owner },
): Promise<WantedRule['carries']> {
  const all = await deps.workloads.readAll();
  const other = all.find(
    ({ workload }) => workload.name !== owner.workload && roleIn(workload, there.arn) !== undefined,
  );
  if (other !== undefined) {
    throw new Error(`rule ${there.arn} is of workload ${other.workload.name}, and this is ${ownerText(owner)}`);
  }
  const own = all.find(({ workload }) => workload.name === owner.workload);
  requireOwnName(own, owner);
  const recorded = own === undefined ? undefined : roleIn(own.workload, there.arn);
  if (recorded === undefined && (there.weights.length === 0 || !forwardsToOurs(there, wanted))) {
    throw new Error(
      `rule ${there.arn} has no tag ${OWNER_TAG} and does not forward to the target groups of ${ownerText(owner)}: it is not known to be its own`,
    );
  }
  await requireOwnGroups(deps, own === undefined ? wanted : groupsOf(wanted, own), owner);
  // a rule of a preview asks for a header, which that of a dial never does
  const asksForHeader = there.conditions.some(({ Field }) => Field === 'http-header');
  return recorded ?? (wanted.carries === 'preview' && asksForHeader ? 'preview' : 'dial');
}

const groupsOf = (wanted: WantedRule, { workload }: RegisteredWorkload): WantedRule => ({
  ...wanted,
  targetGroups: albRoutingOf(workload.router)?.targetGroups ?? wanted.targetGroups,
});

function roleIn({ router }: RegisteredWorkload['workload'], arn: string): WantedRule['carries'] | undefined {
  const routing = albRoutingOf(router);
  if (routing?.rules.includes(arn)) return 'dial';
  return routing?.previewRule === arn ? 'preview' : undefined;
}

/** In the tags of today, or in those that target groups had before. */
const saysOwner = (tags: Tags, owner: Owner): boolean =>
  tags[OWNER_TAG] === ownerText(owner) || (tags[OWNER_TAG] === undefined && tags[WORKLOAD_TAG] === owner.workload);

const carriedBy = (tag: string | undefined): WantedRule['carries'] | undefined =>
  tag === 'dial' || tag === 'preview' ? tag : undefined;
