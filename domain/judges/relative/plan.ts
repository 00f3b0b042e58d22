import type * as z from 'zod';
import { shareOf } from '../../file/checked-units.ts';
import type { Draft } from '../../file/draft.ts';
import type { Issue } from '../../file/issue.ts';
import { timeName } from '../../sources/measure.ts';
import type { DraftedMetric } from '../drafted.ts';
import type { JudgePlanKind } from '../judge-plan-kind.ts';
import { allowedText, exactPercentText, failureLimitCaveats } from '../words.ts';
import { relativeSchema } from './schema.ts';
import type { RelativeJudgeSpec } from './spec.ts';

export const relativePlan: JudgePlanKind<typeof relativeSchema, RelativeJudgeSpec> = {
  kind: 'relative',
  schema: relativeSchema,
  reads: ['counts', 'value'],
  compares: true,
  alone: 'ceiling',
  calledElsewhere: {
    'ratio comparison compare baseline': 'relative, or sequential, which keeps a promise on false alarms',
  },
  row: { against: 'stable, window by window', reads: 'counts, values', promise: 'none' },
  normalise: ({ kind, max, min, failureLimit, minRequests, ceiling }) => ({
    kind,
    ...(max === undefined ? {} : { max }),
    ...(min === undefined ? {} : { min }),
    failureLimit,
    minRequests,
    ...(ceiling === undefined ? {} : { ceiling: shareOf(ceiling) }),
  }),
  check: metric => [...checkMaxOrMin(metric), ...checkOfValues(metric)],
  text({ judge }, what) {
    const limit = judge.max === undefined ? `at least ${judge.min} times` : `at most ${judge.max} times`;
    const ceiling = judge.ceiling === undefined ? '' : `; at weight 100 at most ${exactPercentText(judge.ceiling)}`;
    return `${what}, ${limit} stable's${ceiling}; ${allowedText(judge.failureLimit)}`;
  },
  caveats: ({ judge, source }) => [
    ...failureLimitCaveats(judge),
    judge.ceiling === undefined &&
      'without a ceiling a relative judge sees nothing at weight 100: there is no stable traffic to compare with.',
    (judge.max ?? 1) < 1 && 'max below 1 wants a canary that is better than stable; an equal one is rolled back.',
    timeName(source.measure) !== undefined &&
      'a percentile of few requests varies a lot, and minRequests applies to counts only. `{ slowerThan: [1s] }` counts slow requests instead.',
  ],
};

type Drafted = DraftedMetric<Draft<z.input<typeof relativeSchema>>>;

function checkMaxOrMin({ path, isGiven }: Drafted): Issue[] {
  const expected = 'exactly one of max and min';
  if (isGiven('max') && isGiven('min'))
    return [{ path: [...path, 'min'], at: 'key', found: 'both max and min', expected }];
  if (isGiven('max') || isGiven('min')) return [];
  return [{ path, at: 'missing', found: 'neither max nor min', expected }];
}

/** Of values there is no bad share, and of a response time more is worse. */
function checkOfValues({ judge, path, source }: Drafted): Issue[] {
  const issues: Issue[] = [];
  if (!source.isValue) return issues;
  if (judge.ceiling !== undefined) {
    issues.push({
      path: [...path, 'ceiling'],
      at: 'key',
      found: source.isPercentile ? 'a ceiling for a percentile' : 'a ceiling for a value',
      expected: 'a ceiling with a count of bad requests only: { slowerThan: [1s] } counts slow ones',
    });
  }
  if (judge.min !== undefined && source.isPercentile) {
    const expected = 'max: of a response time more is worse';
    issues.push({ path: [...path, 'min'], at: 'key', found: 'min for a percentile', expected, guess: 'max' });
  }
  return issues;
}
