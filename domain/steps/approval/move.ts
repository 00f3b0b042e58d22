import type { StepRunKind } from '../step-run-kind.ts';
import type { ApprovalStep } from './plan.ts';

export const approvalStep: StepRunKind<ApprovalStep> = {
  kind: 'approval',
  begins: ({ name }, { approvals }) =>
    approvals[name]?.completeAtEpochMs === undefined ? { kind: 'openApproval', name } : undefined,
  move({ name, withinSeconds }, { approvals }, { nowEpochMs, nextReadingSeconds }) {
    const approval = approvals[name];
    if (approval?.completeAtEpochMs !== undefined) return { kind: 'done', because: `${name} was approved` };
    if (approval !== undefined && nowEpochMs >= approval.openedAtEpochMs + withinSeconds * 1000) {
      return { kind: 'rollBack', reason: 'deadline', because: `${name} was not approved within ${withinSeconds} s` };
    }
    return { kind: 'lookAgain', seconds: nextReadingSeconds, because: `waiting for approval ${name}` };
  },
  awaits({ name, withinSeconds }, { approvals }, { movedEpochMs }) {
    const openedEpochMs = approvals[name]?.openedAtEpochMs;
    if (openedEpochMs === undefined) {
      const awaited = `approval ${name} to be asked for`;
      return { kind: 'approval', awaited, sinceEpochMs: movedEpochMs, after: { seconds: 0, of: 'ownWork' } };
    }
    // a reminder while there is still as much time to answer as has passed
    const after = { seconds: withinSeconds / 2, of: 'people' as const };
    return { kind: 'approval', awaited: `approval ${name}`, sinceEpochMs: openedEpochMs, after };
  },
};
