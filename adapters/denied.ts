import { SHARED_TAG } from '../domain/tags/shared-tag.ts';

/** What AWS's services call it when whoever asks may not: ELB, ECR, SNS, in their protocols' spellings. */
const DENIED = /^(AccessDenied|AuthorizationError|NotAuthorized|UnauthorizedOperation)(Exception)?$/;

/** By the service's name for it, wherever in the chain of causes it is. */
export const isDenied = (error: unknown): boolean =>
  error instanceof Error && (DENIED.test(error.name) || isDenied(error.cause));

/**
 * What helps, for the end of a message: what several workloads use is allowed by its tag, and a tag that was just written
 * is not known everywhere at once.
 * @param what `repository checkout`
 */
export const sharedTagHint = (what: string): string =>
  `; IAM allows it where ${what} has the tag ${SHARED_TAG} with this control plane's name, some seconds after it was written: its owner writes it, or \`npx sluice tag\` does (docs/deploy.md, "Whose a resource is")`;
