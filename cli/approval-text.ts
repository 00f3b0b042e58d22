import { PROCEED } from '../domain/ledger/state.ts';
import type { OpenApproval } from '../domain/release/approvals.ts';

/**
 * What gives this approval and no other, without `npx sluice`: pasted twice, or after it was given, it does nothing more.
 */
export const approveCommandOf = (
  releaseId: string,
  { name, opening, groups }: Pick<OpenApproval, 'name' | 'opening' | 'groups'>,
): string =>
  [
    `approve ${releaseId} ${shellWord(name)} --opening ${opening}`,
    ...(groups[0] === undefined ? [] : [`--group ${shellWord(groups[0])}`]),
  ].join(' ');

/** `approval go-live: 0 of 1, from payments-leads` */
export function approvalText({ name, approvedBy, required, groups }: OpenApproval): string {
  const from = groups.length === 0 ? '' : `, from ${groups.join(' or ')}`;
  if (name === PROCEED) return `a decision (approve to proceed)${from}`;
  const by = approvedBy.length === 0 ? '' : ` (${approvedBy.join(', ')})`;
  return `approval ${name}: ${approvedBy.length} of ${required}${by}${from}`;
}

/** As a shell reads it as one word. */
const shellWord = (text: string): string =>
  /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
