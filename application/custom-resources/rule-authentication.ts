import { isDeepStrictEqual } from 'node:util';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { FoundRule, RuleKeeper, WantedAuthentication } from '../../adapters/router/alb/rule-keeper.ts';
import type { Secrets } from '../../adapters/secrets/secrets.ts';
import { unguardedProblem } from '../../domain/routers/alb/overlap.ts';
import { requireNoRelease } from './require-no-release.ts';
import type { Wanted } from './wanted-rule.ts';

interface AuthenticationDeps {
  ledger: Ledger;
  rules: RuleKeeper;
  secrets: Secrets;
}

/** @throws Error the rule would open what another one guards */
export function requireGuarded(
  { priority, conditions, authenticate, isOpen }: Wanted,
  others: readonly FoundRule[],
  there?: FoundRule,
): void {
  const authenticates = authenticate !== undefined || (isOpen !== true && there?.authenticates === true);
  const problem = unguardedProblem({ priority, conditions, authenticates }, others);
  if (problem !== undefined) throw new Error(problem);
}

/** Read for the one call that needs it; no error and no line of a log has it. */
export const secretOf = async (
  { secrets }: Pick<AuthenticationDeps, 'secrets'>,
  { clientSecret }: Wanted,
): Promise<string | undefined> =>
  clientSecret === undefined ? undefined : secrets.read(clientSecret.arn, clientSecret.jsonKey);

/**
 * Who is asked is the stack's; but an action is sent, so not while a release may be turning the dial. A stack that says nothing of
 * it leaves what is there: somebody may have put it there by hand, and no deployment opens what was guarded unless it says so.
 */
export async function setAuthentication(deps: AuthenticationDeps, wanted: Wanted, there: FoundRule): Promise<void> {
  const { authenticate, isOpen } = wanted;
  if (authenticate === undefined && isOpen !== true) return;
  if (sameAuthentication(authenticate, there.authentication)) return;
  await requireNoRelease(deps.ledger, wanted.owner.workload);
  await deps.rules.setAuthentication(there.arn, authenticate, await secretOf(deps, wanted));
  const after = await deps.rules.find(there.arn);
  if (after !== undefined && isDeepStrictEqual(after.weights, there.weights)) return;
  throw new Error(
    `the weights of rule ${there.arn} were changed while its log-in was: look at them, then deploy again`,
  );
}

/** ELB fills in what a stack does not say; what it does say has to be there. */
function sameAuthentication(
  wanted: WantedAuthentication | undefined,
  there: WantedAuthentication | undefined,
): boolean {
  if (wanted === undefined || there === undefined) return wanted === there;
  const isSaid = ([key, value]: [string, unknown]) => isDeepStrictEqual(there.config[key], value);
  return wanted.type === there.type && Object.entries(wanted.config).every(isSaid);
}
