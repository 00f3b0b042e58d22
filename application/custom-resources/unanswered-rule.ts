import * as z from 'zod';
import type { FoundRule, RuleKeeper } from '../../adapters/router/alb/rule-keeper.ts';
import { RouterRuleError } from '../../adapters/router/errors.ts';
import type { Workloads } from '../../adapters/workloads/workloads.ts';
import type { CloudFormationRequest } from './request.ts';
import { forwardsToOurs, roleIn } from './rule-ownership.ts';
import { type Wanted, wantedBy } from './wanted-rule.ts';

interface Deps {
  rules: RuleKeeper;
  workloads: Workloads;
  controlPlane: string;
}

/** ELB's name of a rule. A Create that failed has another one, and so has one that never answered: CloudFormation made it up. */
export const isRuleArn = (physicalId: string): boolean => physicalId.includes(':listener-rule/');

/**
 * What a Create made whose answer nobody has: it failed, or its answer was lost, before it made the rule or afterwards. Such a
 * rule has all of its tags at its place; left there it would keep the next try from its priority. Undefined: it made none.
 */
export async function madeUnanswered(
  deps: Deps,
  request: CloudFormationRequest,
): Promise<{ wanted: Wanted; arn: string } | undefined> {
  const wanted = wantedIfReadable(request, deps.controlPlane);
  if (wanted === undefined || wanted.adopts !== undefined) return undefined;
  const there = await findMade(deps.rules, wanted);
  if (there === undefined) return undefined;
  // another construct of this stack has it: a workload that is registered stands on it
  const all = await deps.workloads.readAll();
  return all.some(({ workload }) => roleIn(workload, there.arn) !== undefined) ? undefined : { wanted, arn: there.arn };
}

/** Whether a Create of exactly this made it. */
export async function isMadeFor(rules: RuleKeeper, there: FoundRule, wanted: Wanted): Promise<boolean> {
  const tags = (await rules.readTags([there.arn]))[there.arn] ?? {};
  const isOurs = Object.entries(wanted.tags).every(([key, value]) => tags[key] === value);
  return isOurs && forwardsToOurs(there, wanted) && there.weights.length > 0;
}

/** With properties that cannot be read nothing was made: they are why the Create failed. */
function wantedIfReadable(request: CloudFormationRequest, controlPlane: string): Wanted | undefined {
  try {
    return wantedBy(request, controlPlane);
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function findMade(rules: RuleKeeper, wanted: Wanted): Promise<FoundRule | undefined> {
  try {
    const all = await rules.readAll(wanted.listenerArn);
    const there = all.find(({ priority }) => priority === wanted.priority);
    return there !== undefined && (await isMadeFor(rules, there, wanted)) ? there : undefined;
  } catch (error) {
    // no such listener: there is no rule at it
    if (error instanceof RouterRuleError) return undefined;
    throw error;
  }
}
