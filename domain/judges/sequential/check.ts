import type * as z from 'zod';
import { shareOf } from '../../file/checked-units.ts';
import type { Draft } from '../../file/draft.ts';
import { valueOr, viewOf } from '../../file/draft-view.ts';
import type { Issue } from '../../file/issue.ts';
import { decimalText } from '../../number-text.ts';
import type { DraftedMetric, DraftedPlan } from '../drafted.ts';
import {
  type alphaSchema,
  DEFAULTS,
  type detectSchema,
  PLAN_DEFAULTS,
  type promoteEarlySchema,
  type sequentialSchema,
} from './schema.ts';

type Drafted = DraftedMetric<Draft<z.input<typeof sequentialSchema>>>;

/** The plan's own keys that its metrics share. */
export interface SequentialKeys {
  alpha: z.output<typeof alphaSchema>;
  detect: z.output<typeof detectSchema>;
  promoteEarly?: z.output<typeof promoteEarlySchema>;
}

/** The rules of the keys that all sequential metrics share. */
export const checkSequential = (judged: readonly Drafted[], plan: DraftedPlan<Draft<SequentialKeys>>): Issue[] => [
  ...checkShares(judged, plan),
  ...checkDetect(judged, plan),
  ...checkGross(plan),
];

const ROUNDING = 1e-9;

function checkShares(judged: readonly Drafted[], { hasUnknownMetric }: DraftedPlan): Issue[] {
  // where a metric or a share is a mistake itself, what its share would have been is not known
  if (hasUnknownMetric || judged.some(({ judge, isGiven }) => judge.share === undefined && isGiven('share'))) return [];
  const given = judged.flatMap(({ judge: { share }, path }) =>
    share === undefined ? [] : [{ share: shareOf(share), path }],
  );
  const last = given.at(-1);
  if (last === undefined) return [];
  const sum = given.reduce((all, { share }) => all + share, 0);
  const without = judged.find(({ judge }) => judge.share === undefined);
  const issue = (found: string, expected: string): Issue[] => [
    { path: [...last.path, 'share'], at: 'value', found, expected },
  ];
  const found = `shares that sum to ${decimalText(sum, 9)}`;
  if (without !== undefined) {
    if (sum < 1 - ROUNDING) return [];
    const name = without.name ?? 'another metric';
    return issue(found, `less than 1 in sum: ${name} names no share and has what is left`);
  }
  if (sum === 0) return issue('shares that are all 0', 'shares that sum to 1: nothing would be rolled back');
  return Math.abs(sum - 1) > ROUNDING ? issue(found, 'shares that sum to 1') : [];
}

/** A gross fault is a larger one than the effect that matters. */
function checkGross({ keys: { detect }, input }: DraftedPlan<Draft<SequentialKeys>>): Issue[] {
  const least = valueOr(viewOf(detect?.atLeast, input, ['detect', 'atLeast']), PLAN_DEFAULTS.detect.atLeast);
  const most = valueOr(viewOf(detect?.gross, input, ['detect', 'gross']), PLAN_DEFAULTS.detect.gross);
  if (least === undefined || most === undefined || shareOf(most) >= shareOf(least)) return [];
  const key = detect?.gross === undefined ? 'atLeast' : 'gross';
  return [
    {
      path: ['detect', key],
      at: 'value',
      found: String(detect?.[key]),
      expected:
        key === 'gross'
          ? `${detect?.atLeast ?? PLAN_DEFAULTS.detect.atLeast} or more, which is detect.atLeast: a gross fault is the larger one`
          : `at most ${PLAN_DEFAULTS.detect.gross}, which is detect.gross, or a larger detect.gross: a gross fault is the larger one`,
    },
  ];
}

/** A canary that is not worse than the margin is tolerated: it can never be found. */
function checkDetect(
  judged: readonly Drafted[],
  { keys: { detect }, input }: DraftedPlan<Draft<SequentialKeys>>,
): Issue[] {
  const ratio = valueOr(viewOf(detect?.ratio, input, ['detect', 'ratio']), PLAN_DEFAULTS.detect.ratio);
  if (ratio === undefined) return [];
  const margins = judged.map(({ name, path, judge }) => ({ name, path, margin: judge.margin ?? DEFAULTS.margin }));
  const widest = margins.toSorted((a, b) => b.margin - a.margin)[0];
  if (widest === undefined || ratio > widest.margin) return [];
  if (detect?.ratio === undefined) {
    const found = `${widest.margin}, and detect.ratio is ${ratio}`;
    const expected = `a margin below ${ratio}, or a larger detect.ratio: what the margin tolerates cannot be detected`;
    return [{ path: [...widest.path, 'margin'], at: 'value', found, expected }];
  }
  return [
    {
      path: ['detect', 'ratio'],
      at: 'value',
      found: String(ratio),
      expected: `more than ${widest.margin}, the margin of ${widest.name ?? 'a metric'}: what it tolerates cannot be detected`,
    },
  ];
}
