import { OWNER_TAG, TAG_COMMAND } from '../../../domain/routers/alb/ownership.ts';
import { describeFailure } from '../../aws-client-config.ts';
import { isDenied } from '../../denied.ts';
import { RouterRuleError } from '../errors.ts';

export type UnreachableError = new (message: string, options?: ErrorOptions) => Error;

/** ELB's refusals that no repetition cures: the call or the rule is wrong. By error code and by the SDK's class name. */
const RULE_ERRORS =
  /^(RuleNotFound|TargetGroupNotFound|ListenerNotFound|LoadBalancerNotFound|InvalidLoadBalancerAction|TargetGroupAssociationLimit|TooManyActions|TooManyUniqueTargetGroupsPerLoadBalancer|OperationNotPermitted|UnsupportedProtocol|IncompatibleProtocols|ValidationError)(Exception)?$/;

/** Reading is allowed everywhere; what changes something, where a tag gives it to this control plane. */
const hintFor = (what: string, error: unknown): string =>
  isDenied(error) && !what.startsWith('Describe')
    ? `; IAM allows it where the tag ${OWNER_TAG} names a workload of this control plane, some seconds after it was written: ${TAG_COMMAND}`
    : '';

/**
 * Runs calls to ELB and names what went wrong: RouterRuleError for a rule that cannot do it, `Unreachable` for everything
 * that may be otherwise next time (throttled after the SDK's own retries, time-out, 5xx, no connection, no
 * permission yet).
 * @param what for the message: `DescribeRules of arn:...`
 */
export async function asElbErrors<T>(what: string, Unreachable: UnreachableError, calls: () => Promise<T>): Promise<T> {
  try {
    return await calls();
  } catch (error) {
    const message = `${what}: ${describeFailure(error)}${hintFor(what, error)}`;
    if (error instanceof Error && RULE_ERRORS.test(error.name)) throw new RouterRuleError(message, { cause: error });
    throw new Unreachable(message, { cause: error });
  }
}
