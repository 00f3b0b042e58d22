import type * as z from 'zod';
import { secondsOf } from '../../file/checked-units.ts';
import type { Draft } from '../../file/draft.ts';
import type { Issue } from '../../file/issue.ts';
import { durationText } from '../../file/units.ts';
import { timeName } from '../../sources/measure.ts';
import { checkInterval } from '../check-interval.ts';
import type { DraftedMetric, DraftedPlan } from '../drafted.ts';
import type { JudgePlanKind } from '../judge-plan-kind.ts';
import { outsideOfTimes } from '../response-limits.ts';
import { plural } from '../words.ts';
import { flaggerSchema } from './schema.ts';
import type { FlaggerJudgeSpec } from './spec.ts';

export const flaggerPlan: JudgePlanKind<typeof flaggerSchema, FlaggerJudgeSpec> = {
  kind: 'flagger',
  schema: flaggerSchema,
  reads: ['counts', 'value', 'result'],
  alone: 'always',
  row: { against: 'a fixed range', reads: 'counts, values, one number', promise: 'none' },
  normalise({ kind, thresholdRange, threshold, interval }, { windowSeconds }) {
    const { min, max } = thresholdRange;
    const range = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
    return { kind, ...range, threshold, intervalSeconds: interval === undefined ? windowSeconds : secondsOf(interval) };
  },
  check: (metric, plan) => [...checkRange(metric), ...checkInterval(metric, plan), ...checkRangeEnds(metric, plan)],
  text({ judge, source }, what) {
    const ends = [
      judge.min === undefined ? [] : `at least ${judge.min}`,
      judge.max === undefined ? [] : `at most ${judge.max}`,
    ];
    // Flagger's percentiles are milliseconds, whatever the source measures in
    const isTime = timeName(source.measure) !== undefined;
    const measured = isTime ? what.replace(' in seconds', '') : what;
    const units = isTime ? 'milliseconds' : "Flagger's units";
    return `${measured}, ${ends.flat().join(' and ')} in ${units}; every ${durationText(judge.intervalSeconds)}; roll back at ${plural(judge.threshold, 'failed check')}`;
  },
  caveats: () => [
    'failed checks add up over the whole release: the longer it lasts, the more likely it is rolled back by checks that fail by chance. No false-alarm rate is guaranteed, and an outage of everything rolls back.',
  ],
};

type Drafted = DraftedMetric<Draft<z.input<typeof flaggerSchema>>>;

function checkRange({ judge: { thresholdRange }, path: judge, isGiven }: Drafted): Issue[] {
  const path = [...judge, 'thresholdRange'];
  if (thresholdRange === undefined) return []; // missing, or a mistake itself
  if (!isGiven('thresholdRange', 'min') && !isGiven('thresholdRange', 'max')) {
    return [{ path, at: 'value', found: 'a range without an end', expected: 'min, max or both' }];
  }
  const { min, max } = thresholdRange;
  if (min === undefined || max === undefined || min <= max) return [];
  return [{ path: [...path, 'max'], at: 'value', found: String(max), expected: `min, ${min}, or more` }];
}

/** Flagger's range of a percentile is in milliseconds. */
function checkRangeEnds({ judge, path, source }: Drafted, { timeoutSeconds }: DraftedPlan): Issue[] {
  if (source.unit === undefined || timeoutSeconds === undefined) return [];
  const unit = source.isPercentile ? 'milliseconds' : source.unit;
  return (['min', 'max'] as const).flatMap((key): Issue[] => {
    const end = judge.thresholdRange?.[key];
    // no answer is faster than 0: a range that says so asks nothing more
    if (end === undefined || (key === 'min' && end === 0)) return [];
    const place = { path: [...path, 'thresholdRange', key], at: 'value' as const };
    return outsideOfTimes(end, unit, timeoutSeconds).map(said => ({ ...place, ...said }));
  });
}
