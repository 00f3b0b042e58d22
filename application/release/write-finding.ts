import type { FindingKind } from '../../domain/ledger/facts.ts';
import { isFindingNews } from '../../domain/release/findings.ts';
import type { ReleaseCall } from '../release-call.ts';

/** Writes down what is found now, where it is other than what was. @param because undefined: all is well */
export async function writeFinding(call: ReleaseCall, what: FindingKind, because: string | undefined): Promise<void> {
  if (!isFindingNews(call.release, what, because)) return;
  await call.append({ kind: 'finding', what, ...(because !== undefined && { because }) });
}
