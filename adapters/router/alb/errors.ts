import { describeFailure } from '../../aws-client-config.ts';
import { RouterRuleError } from '../errors.ts';

export type UnreachableError = new (message: string, options?: ErrorOptions) => Error;

/** ELB's refusals that no repetition cures: the call or the rule is wrong. By error code and by the SDK's class name. */
const RULE_ERRORS =
  /^(RuleNotFound|TargetGroupNotFound|ListenerNotFound|LoadBalancerNotFound|InvalidLoadBalancerAction|TargetGroupAssociationLimit|TooManyActions|TooManyUniqueTargetGroupsPerLoadBalancer|OperationNotPermitted|UnsupportedProtocol|IncompatibleProtocols|ValidationError)(Exception)?$/;

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
    const message = `${what}: ${describeFailure(error)}`;
    if (error instanceof Error && RULE_ERRORS.test(error.name)) throw new RouterRuleError(message, { cause: error });
    throw new Unreachable(message, { cause: error });
  }
}
