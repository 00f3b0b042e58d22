import type { FindingKind } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { isDueAgain } from './waiting.ts';

/** From one page about a finding that lasts to the next. */
const AGAIN_SECONDS = 3_600;

/** What was found wrong beside the road of a release: it goes on, and a person is called. */
export interface Finding {
  what: FindingKind;
  /** One sentence, with the way out. */
  because: string;
  sinceEpochMs: number;
}

/** What lasts, as far as it is looked for: past the point of no return and on the way back nobody reads it again. */
export function findingsOf({ findings = {}, rollBack, retiringAtEpochMs }: ReleaseState): Finding[] {
  if (rollBack !== undefined || retiringAtEpochMs !== undefined) return [];
  return (Object.entries(findings) as [FindingKind, Omit<Finding, 'what'>][]).map(([what, found]) => ({
    what,
    ...found,
  }));
}

/** Whether what is found now is other than what was written down last. @param because undefined: all is well */
export function isFindingNews(release: ReleaseState, what: FindingKind, because: string | undefined): boolean {
  return release.findings?.[what]?.because !== because;
}

/** Whether a person is to be called now: at once, and then each hour. */
export const isFindingDue = ({ what, sinceEpochMs }: Finding, release: ReleaseState, nowEpochMs: number): boolean =>
  isDueAgain(release.findingsPaged?.[what], { sinceEpochMs, againSeconds: AGAIN_SECONDS }, nowEpochMs);
