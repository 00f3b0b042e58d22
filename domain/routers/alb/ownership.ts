/*
 * Whose a rule, a target group or a registered workload is. The tags stand on the resources themselves, so that another
 * control plane, which has another table, reads them too, and so that IAM limits roles by them: without its owner's tag
 * nothing of Sluice may change a rule or a group (infra/functions/permissions.ts).
 */

/** `CONTROL_PLANE/WORKLOAD`: control planes of one account and region have different names. */
export const OWNER_TAG = 'sluice:owner';
/** The CloudFormation stack that made it. */
export const STACK_TAG = 'sluice:stack';
/** What a rule is for: `dial` or `preview`. */
export const CARRIES_TAG = 'sluice:carries';
/** On target groups, since before there were owners. */
export const WORKLOAD_TAG = 'sluice:workload';
export const SLOT_TAG = 'sluice:slot';
/** CloudFormation's own, which nobody else can write. */
const CLOUDFORMATION_STACK_TAG = 'aws:cloudformation:stack-id';

export type Tags = Readonly<Record<string, string>>;

export interface Owner {
  controlPlane: string;
  workload: string;
  /** ARN of the stack. */
  stack: string;
}

export const ownerText = ({ controlPlane, workload }: Pick<Owner, 'controlPlane' | 'workload'>): string =>
  `${controlPlane}/${workload}`;

export const ownerTags = (owner: Owner): Record<string, string> => ({
  [OWNER_TAG]: ownerText(owner),
  [STACK_TAG]: owner.stack,
});

/**
 * Why nobody here may change it; undefined: it has an owner's tag. Whose that is, othersProblem says.
 * @param what for the sentence: `rule arn:…`
 */
export function untaggedProblem(
  what: string,
  tags: Tags,
  owner: Pick<Owner, 'controlPlane' | 'workload'>,
): string | undefined {
  if (tags[OWNER_TAG] !== undefined) return undefined;
  return `${what} has no tag ${OWNER_TAG}, without which IAM lets nothing of Sluice change it. Whoever owns it writes ${OWNER_TAG} = ${ownerText(owner)} on it: ${TAG_COMMAND}`;
}

/** Why this owner may not change it: it is somebody else's, or nothing says whose it is. @param what as `rule arn:…` */
export const ownershipProblem = (what: string, tags: Tags, owner: Owner): string | undefined =>
  othersProblem(what, tags, owner) ?? untaggedProblem(what, tags, owner);

/** What writes tags with the credentials of who calls it. */
export const TAG_COMMAND = '`npx sluice tag` writes it (docs/deploy.md, "Whose a resource is")';

/**
 * Why it is not the one of this owner: both are named. Undefined: nothing says that it is somebody else's, which is less
 * than that it is ours.
 * @param what for the sentence: `rule arn:…`
 */
export function othersProblem(what: string, tags: Tags, owner: Owner): string | undefined {
  const own = ownerText(owner);
  const found = tags[OWNER_TAG] ?? own;
  const stack = tags[STACK_TAG] ?? tags[CLOUDFORMATION_STACK_TAG] ?? owner.stack;
  if (found === own && stack === owner.stack) return undefined;
  return `${what} belongs to ${found} of stack ${stack}, and this is ${own} of stack ${owner.stack}`;
}
