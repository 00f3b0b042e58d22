import { assertNever } from '../assert-never.ts';
import { durationText } from '../file/units.ts';
import type { Fact, RollBackReason } from '../ledger/facts.ts';
import { PROCEED, type ReleaseState } from '../ledger/state.ts';
import { APPROVAL_WITHIN } from '../steps/approval/plan.ts';
import { approvalEndsEpochMs } from './approvals.ts';
import type { Decision } from './move.ts';

/** While it holds, the metrics are asked again this often: design.md, "looks". */
export const HOLD_LOOK_SECONDS = 10;

/**
 * Holds a release where it is for the plan's `hold.atMost`, then goes on where a gross fault would have been seen
 * (`trouble.unseen`), and does what `end.then` says where not even that.
 * The first look that finds the trouble starts the hold; a look that no longer finds it ends it (`resumed`).
 */
export function holdOr(
  release: ReleaseState,
  trouble: { because: string; fault: boolean; unseen?: string },
  seen: { nowEpochMs: number },
  end: { then: 'rollBack' | 'ask' | 'proceed'; reason: RollBackReason },
): Decision {
  const { because, fault, unseen } = trouble;
  // once per hold: the sentence changes with every count, its kind seldom
  const changed = release.hold?.fault !== fault;
  const facts: Fact[] = changed ? [{ kind: 'held', because, fault }] : [];
  const sinceEpochMs = release.hold?.sinceEpochMs ?? seen.nowEpochMs;
  const { atMostSeconds } = release.plan.hold;
  const over = seen.nowEpochMs >= sinceEpochMs + atMostSeconds * 1000;
  const looking = (text: string, more: Fact[] = []): Decision => ({
    move: { kind: 'lookAgain', seconds: HOLD_LOOK_SECONDS, because: text },
    facts: [...facts, ...more],
    holds: true,
  });
  if (!over) return looking(`on hold: ${because}`);
  const held = `on hold for ${durationText(atMostSeconds)}`;
  if (unseen !== undefined && !fault) {
    return { move: { kind: 'advance', because: `${held}, then goes on: ${unseen}` }, facts };
  }
  switch (end.then) {
    case 'rollBack':
      return {
        move: { kind: 'rollBack', reason: end.reason, because: `${held}: ${because}` },
        facts,
      };
    case 'proceed':
      return {
        move: {
          kind: 'advance',
          because: `${held}, then proceeds as the plan says: ${because}`,
        },
        facts,
      };
    case 'ask': {
      const asked = release.approvals[PROCEED];
      if (asked === undefined)
        return looking(`waiting for a person to decide: ${because}`, [{ kind: 'approvalOpened', name: PROCEED }]);
      const tooLate = seen.nowEpochMs >= approvalEndsEpochMs(release, PROCEED);
      if (asked.completeAtEpochMs === undefined && tooLate) {
        const silence = `nobody answered within ${APPROVAL_WITHIN}: ${because}`;
        return { move: { kind: 'rollBack', reason: end.reason, because: silence }, facts };
      }
      // a person cannot see more than the metrics show: without them the answer waits, until the release's deadline
      const answered = asked.completeAtEpochMs !== undefined;
      return looking(
        answered
          ? `a person approved; waiting until the metrics can be read: ${because}`
          : `waiting for a person to decide: ${because}`,
      );
    }
    default:
      return assertNever(end.then);
  }
}
