import type { Style } from '../adapters/terminal/paint.ts';
import type { Verdict } from '../domain/judges/verdict.ts';
import type { Fact, Outcome } from '../domain/ledger/facts.ts';

/** What is good is green, what is bad red, what somebody should look at yellow. */
export const VERDICT_STYLE: Record<Verdict['kind'], Style> = {
  healthy: 'green',
  watching: 'green',
  inconclusive: 'yellow',
  degraded: 'red',
};

export const OUTCOME_STYLE: Record<Outcome, Style> = {
  promoted: 'green',
  rolledBack: 'red',
  rejected: 'yellow',
  superseded: 'yellow',
};

/** How a piece of news is shown; undefined: like any text. */
export function newsStyle(fact: Fact): Style | undefined {
  switch (fact.kind) {
    case 'judged':
      return VERDICT_STYLE[fact.verdict.kind];
    case 'closed':
      return OUTCOME_STYLE[fact.outcome];
    case 'rollBackClaimed':
      return 'red';
    case 'approvalOpened':
    case 'held':
      return 'yellow';
    default:
      return undefined;
  }
}
