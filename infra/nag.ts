import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

interface Suppressions {
  rules_to_suppress: { id: string; reason: string }[];
}

/**
 * One finding of cdk-nag that is meant to be so, and why; for the construct and what it is made of. It is written in cdk-nag's
 * own form (metadata `cdk_nag` of each resource), so that who deploys Sluice needs cdk-nag only to check it.
 */
export function suppress(construct: IConstruct, id: string, reason: string): void {
  for (const child of construct.node.findAll()) {
    if (!CfnResource.isCfnResource(child)) continue;
    const others = (child.getMetadata('cdk_nag') as Suppressions | undefined)?.rules_to_suppress ?? [];
    if (others.some(other => other.id === id && other.reason === reason)) continue;
    child.addMetadata('cdk_nag', { rules_to_suppress: [...others, { id, reason }] } satisfies Suppressions);
  }
}
