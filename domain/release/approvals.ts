import { parseDurationSeconds } from '../file/units.ts';
import type { Entry } from '../ledger/facts.ts';
import { openingOf } from '../ledger/opening.ts';
import { type EndedRelease, PROCEED, type ReleaseState, type WorkloadState } from '../ledger/state.ts';
import { stepsOf } from '../ledger/steps-of.ts';
import { type ApprovalRule, approvalRule } from '../plan/approval-rule.ts';
import { APPROVAL_WITHIN } from '../steps/approval/plan.ts';
import { factsOf } from '../steps/plan-registry.ts';
import { currentStep } from './next-step.ts';

/** Open questions do not count against the deadline, so that of a hold has an end too: that of an approval which names none. */
const ANSWER_WITHIN_SECONDS = parseDurationSeconds(APPROVAL_WITHIN) ?? 0;

/** An approval that a release waits for. */
export interface OpenApproval extends ApprovalRule {
  name: string;
  opening: number;
  approvedBy: string[];
}

/** One approval, and one time that it was asked for. */
export interface ApprovalMeant {
  releaseId: string;
  name: string;
  opening: number;
}

/** What a release waits for people to approve; none once it is rolling back. */
export function openApprovals(release: ReleaseState | EndedRelease): OpenApproval[] {
  if (!('approvals' in release) || release.rollBack !== undefined) return [];
  const step = currentStep(release);
  return Object.entries(release.approvals)
    .filter(([name]) => name === PROCEED || (step !== undefined && factsOf(step).asks?.name === name))
    .filter(([, { completeAtEpochMs }]) => completeAtEpochMs === undefined)
    .map(([name, approval]) => ({
      ...{ name, opening: openingOf(approval), approvedBy: approval.approvedBy },
      ...approvalRule(stepsOf(release), name),
    }));
}

/**
 * When a step's approval, or a hold's question, has been open for so long that the release goes back: what is said after that
 * comes too late, whether or not somebody has looked since.
 */
export function approvalEndsEpochMs(release: ReleaseState, name: string): number {
  const openedAtEpochMs = release.approvals[name]?.openedAtEpochMs ?? 0;
  const asked = stepsOf(release).steps.flatMap(step => factsOf(step).asks ?? []);
  const { withinSeconds } = asked.find(one => one.name === name) ?? { withinSeconds: ANSWER_WITHIN_SECONDS };
  return openedAtEpochMs + withinSeconds * 1000;
}

/** Why this person may not give it; undefined: they may. */
export function whyNotBy(
  release: ReleaseState,
  name: string,
  approver: { by: string; groups: string[] },
): string | undefined {
  const { releaseId, requestedBy } = release;
  const { groups, notTheStarter } = approvalRule(stepsOf(release), name);
  const { by } = approver;
  if (notTheStarter && by === requestedBy) return `${by} started ${releaseId}, and ${name} wants somebody else`;
  if (groups.length === 0 || groups.some(group => approver.groups.includes(group))) return undefined;
  return `${name} is for ${groups.join(' or ')}; ${by} is in ${approver.groups.join(', ') || 'no group'}`;
}

/** What a person's approval comes to. */
export type ApprovalDecision =
  /** `isNew`: it is to be written down; twice by one person is once. */
  | { kind: 'give'; isNew: boolean }
  /** This very opening had all its approvals before. */
  | { kind: 'complete' }
  /** It is not waited for now; the log may still say that it was given. */
  | { kind: 'notOpen'; because: string }
  | { kind: 'refused'; because: string };

/**
 * Which approval is open, and whether this person may give it: an approval is for nothing but what its giver looked at, so one
 * that names another release, step or opening is none.
 */
export function considerApproval(
  { active }: WorkloadState,
  meant: ApprovalMeant,
  approver: { by: string; groups: string[] },
  nowEpochMs: number,
): ApprovalDecision {
  const { releaseId, name, opening } = meant;
  if (active?.releaseId !== releaseId) return { kind: 'notOpen', because: `${releaseId} is not in progress` };
  const found = active.approvals[name];
  if (found?.completeAtEpochMs !== undefined && openingOf(found) === opening) return { kind: 'complete' };
  const open = openApprovals(active).find(one => one.name === name && one.opening === opening);
  if (open === undefined) return { kind: 'notOpen', because: whyNotOpen(active, meant) };
  const endsEpochMs = approvalEndsEpochMs(active, name);
  if (nowEpochMs >= endsEpochMs) {
    const until = new Date(endsEpochMs).toISOString();
    return { kind: 'refused', because: `${name} of ${releaseId} could be given until ${until}: it goes back` };
  }
  const because = whyNotBy(active, name, approver);
  return because === undefined
    ? { kind: 'give', isNew: !open.approvedBy.includes(approver.by) }
    : { kind: 'refused', because };
}

/** An approval that comes late must not look like one that was heard. */
function whyNotOpen(active: ReleaseState, { releaseId, name, opening }: ApprovalMeant): string {
  if (active.rollBack !== undefined) return `${releaseId} is rolling back: ${active.rollBack.because}`;
  const [open] = openApprovals(active);
  if (open === undefined) return `${releaseId} waits for no approval`;
  const asked = `approval ${open.name}, opening ${open.opening}`;
  return open.name === name
    ? `${name} of ${releaseId} was asked for again since: it waits for ${asked}, not for opening ${opening}`
    : `${releaseId} waits for ${asked}, not for ${name}`;
}

/**
 * Whether this very opening was approved by as many as had to: what the state no longer tells of a question that is over.
 * @param lines of the ledger from the opening on
 */
export function wasGiven(lines: readonly Entry[], meant: ApprovalMeant, required: number): boolean {
  const isMeant = ({ releaseId, fact }: Entry) =>
    releaseId === meant.releaseId &&
    (fact.kind === 'approvalOpened' || fact.kind === 'approved') &&
    fact.name === meant.name;
  const [opened, ...later] = lines.filter(isMeant);
  if (opened?.seq !== meant.opening || opened.fact.kind !== 'approvalOpened') return false;
  const next = later.findIndex(({ fact }) => fact.kind === 'approvalOpened');
  const givers = new Set(later.slice(0, next === -1 ? later.length : next).map(({ by }) => by));
  return givers.size >= required;
}
