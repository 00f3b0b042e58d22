import type * as z from 'zod';
import { secondsOf, shareOf } from '../../file/checked-units.ts';
import type { JudgePlanKind } from '../judge-plan-kind.ts';
import type { AnyJudgeSpec } from '../metric-of.ts';
import { exactPercentText } from '../words.ts';
import { checkSequential, type SequentialKeys } from './check.ts';
import { sequentialSchema } from './schema.ts';
import type { PromoteEarly, SequentialJudgeSpec, SequentialPlan } from './spec.ts';

export const sequentialPlan: JudgePlanKind<typeof sequentialSchema, SequentialJudgeSpec, SequentialKeys> = {
  kind: 'sequential',
  schema: sequentialSchema,
  reads: ['counts'],
  alone: 'ceiling',
  keepsAlpha: true,
  calledElsewhere: { 'sprt msprt bayesian bayes ml ai statistical': 'sequential' },
  row: { against: 'stable, same seconds', reads: 'counts', promise: 'alpha, for the whole release' },
  normalise(judge, { all }) {
    const share = judge.share === undefined ? openShare(all) : shareOf(judge.share);
    const { kind, margin, ceiling, floor, guard, warmUp } = judge;
    return {
      kind,
      margin,
      share,
      ...(ceiling === undefined ? {} : { ceiling: ceiling === 'auto' ? ceiling : shareOf(ceiling) }),
      ...(floor === undefined ? {} : { floor: shareOf(floor) }),
      guard: guard === 'on',
      ...(warmUp === undefined ? {} : { warmUp: { margin: warmUp.margin, seconds: secondsOf(warmUp.for) } }),
    };
  },
  checkTogether: checkSequential,
  text({ judge }, what) {
    const ceiling =
      judge.ceiling === undefined
        ? ''
        : `; at weight 100 at most ${judge.ceiling === 'auto' ? "a ceiling from stable's history" : exactPercentText(judge.ceiling)}`;
    const floor = judge.floor === undefined ? '' : ` and above ${exactPercentText(judge.floor)}`;
    return `${what}, bad if more than ${judge.margin} times stable's share${floor} (sequential test)${ceiling}; ${exactPercentText(judge.share)} of alpha`;
  },
  caveats: ({ judge }, { mostWeight }) => caveatsOf(judge, mostWeight),
};

/** docs/statistics.md: what the judge cannot see. */
const caveatsOf = ({ ceiling, guard }: SequentialJudgeSpec, mostWeight: number): (string | false)[] => [
  ceiling !== undefined &&
    'at weight 100 there is no stable traffic to compare with. Only the ceiling judges there: it misses a fault below the ceiling, and it takes an outage of everything for a fault of the canary.',
  ceiling === undefined && mostWeight === 100 && 'without a ceiling a sequential judge finds no fault at weight 100.',
  !guard &&
    'with the guard off the false-alarm rate is guaranteed for independent failures only, not for retries and failures that come in bursts.',
  'a canary that is worse than stable by less than the margin is tolerated. A difference between slots that lasts the whole release (zone, node type) must stay within the margin too, or it is taken for a fault.',
];

/** The part of alpha of a metric that names none: in equal parts what the others leave. */
function openShare(all: readonly z.output<typeof sequentialSchema>[]): number {
  const given = all.flatMap(({ share }) => (share === undefined ? [] : [shareOf(share)]));
  const left = Math.max(0, 1 - given.reduce((sum, share) => sum + share, 0));
  return left / (all.length - given.length);
}

/** The plan-level keys, where a metric is judged by it; nothing else reads them. */
export function sequentialPart(
  judges: readonly AnyJudgeSpec[],
  { alpha, detect, promoteEarly }: SequentialKeys,
): { sequential?: SequentialPlan; promoteEarly?: PromoteEarly } {
  const early = promoteEarly === undefined ? {} : { promoteEarly: promoteEarlyOf(promoteEarly) };
  if (!judges.some(({ kind }) => kind === 'sequential')) return early;
  const { ratio, atLeast, power, gross } = detect;
  const effect = { ratio, atLeast: shareOf(atLeast), power: shareOf(power), gross: shareOf(gross) };
  return { sequential: { alpha: shareOf(alpha), detect: effect }, ...early };
}

function promoteEarlyOf({ beta, nonInferiority, after }: NonNullable<SequentialKeys['promoteEarly']>): PromoteEarly {
  return { beta: shareOf(beta), nonInferiority, afterSeconds: secondsOf(after) };
}
