import { assertNever } from '../assert-never.ts';
import type { Fact, RollBackReason } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import type { Decision } from './move.ts';

/** While it holds, the metrics are asked again this often: design.md, "looks". */
export const HOLD_LOOK_SECONDS = 10;

/**
 * Holds a release where it is for the plan's `hold.atMost`, then does what `end.then` says.
 * The first look that finds the trouble starts the hold; a look that no longer finds it ends it (`resumed`).
 */
export function holdOr(
  release: ReleaseState,
  trouble: { because: string; fault: boolean },
  seen: { nowEpochMs: number },
  end: { then: 'rollBack' | 'ask' | 'proceed'; reason: RollBackReason },
): Decision {
  const { because, fault } = trouble;
  // once per hold: the sentence changes with every count, its kind seldom
  const changed = release.hold?.fault !== fault;
  const facts: Fact[] = changed ? [{ kind: 'held', because, fault }] : [];
  const sinceEpochMs = release.hold?.sinceEpochMs ?? seen.nowEpochMs;
  const { atMostSeconds } = release.plan.hold;
  const over = seen.nowEpochMs >= sinceEpochMs + atMostSeconds * 1000;
  if (!over) return { move: { kind: 'lookAgain', seconds: HOLD_LOOK_SECONDS, because: `holds: ${because}` }, facts };
  switch (end.then) {
    case 'rollBack':
      return {
        move: { kind: 'rollBack', reason: end.reason, because: `held for ${atMostSeconds} s: ${because}` },
        facts,
      };
    case 'proceed':
      return {
        move: { kind: 'advance', because: `held for ${atMostSeconds} s, and the plan says proceed: ${because}` },
        facts,
      };
    case 'ask': {
      const asked = release.approvals.proceed !== undefined;
      const open: Fact[] = asked ? [] : [{ kind: 'approvalOpened', name: 'proceed' }];
      const move = { kind: 'lookAgain', seconds: HOLD_LOOK_SECONDS, because: `asks a person: ${because}` } as const;
      return { move, facts: [...facts, ...open] };
    }
    default:
      return assertNever(end.then);
  }
}
