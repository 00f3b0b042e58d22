import type { FoundRule, RuleKeeper, WantedRule } from '../../adapters/router/alb/rule-keeper.ts';
import type { RegisteredWorkload, Workloads } from '../../adapters/workloads/workloads.ts';
import { SLOTS } from '../../domain/dial.ts';
import { CARRIES_TAG, type Owner, ownershipProblem, SLOT_TAG } from '../../domain/routers/alb/ownership.ts';
import { albRoutingOf } from '../../domain/routers/alb/plan.ts';

/*
 * Whose a rule is, asked before every act on it. CloudFormation's request says what somebody wants, and whoever may invoke
 * the function can write one: that a rule is theirs is read from its tags. One without them is nobody's: its owner tags it,
 * or `npx sluice tag` does with its owner's credentials; the functions may tag only what they make.
 */

interface OwnershipDeps {
  rules: RuleKeeper;
  workloads: Workloads;
}

export interface OwnedRule {
  carries: WantedRule['carries'];
}

/** @throws Error it is somebody else's, or nothing says that it is this workload's: both are named */
export async function requireOwnRule(
  deps: OwnershipDeps,
  there: FoundRule,
  { wanted, owner }: { wanted: WantedRule; owner: Owner },
): Promise<OwnedRule> {
  const tags = (await deps.rules.readTags([there.arn]))[there.arn] ?? {};
  const problem = ownershipProblem(`rule ${there.arn}`, tags, owner);
  if (problem !== undefined) throw new Error(problem);
  return { carries: carriedBy(tags[CARRIES_TAG]) ?? (await carriedByAdopted(deps, there, { wanted, owner })) };
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
    const problem = ownershipProblem(what, found, owner);
    if (problem !== undefined) throw new Error(problem);
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

/** Its owner tagged it by hand and did not say what it is for: what the table has it as, else what its conditions say. */
async function carriedByAdopted(
  { workloads }: Pick<OwnershipDeps, 'workloads'>,
  there: FoundRule,
  { wanted, owner }: { wanted: WantedRule; owner: Owner },
): Promise<WantedRule['carries']> {
  const own = (await workloads.readAll()).find(({ workload }) => workload.name === owner.workload);
  requireOwnName(own, owner);
  const recorded = own === undefined ? undefined : roleIn(own.workload, there.arn);
  // a rule of a preview asks for a header, which that of a dial never does
  const asksForHeader = there.conditions.some(({ Field }) => Field === 'http-header');
  return recorded ?? (wanted.carries === 'preview' && asksForHeader ? 'preview' : 'dial');
}

/** What the list of workloads has this rule as; undefined: it is not this workload's. */
export function roleIn({ router }: RegisteredWorkload['workload'], arn: string): WantedRule['carries'] | undefined {
  const routing = albRoutingOf(router);
  if (routing?.rules.includes(arn)) return 'dial';
  return routing?.previewRule === arn ? 'preview' : undefined;
}

const carriedBy = (tag: string | undefined): WantedRule['carries'] | undefined =>
  tag === 'dial' || tag === 'preview' ? tag : undefined;
