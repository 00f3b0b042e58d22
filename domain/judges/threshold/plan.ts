import { secondsOf } from '../../file/checked-units.ts';
import { durationText } from '../../file/units.ts';
import type { Measure } from '../../sources/measure.ts';
import type { JudgePlanKind } from '../judge-plan-kind.ts';
import { allowedText, conditionText, failureLimitCaveats } from '../words.ts';
import { checkThreshold } from './check.ts';
import { thresholdSchema } from './schema.ts';
import type { ThresholdJudgeSpec } from './spec.ts';

export const thresholdPlan: JudgePlanKind<typeof thresholdSchema, ThresholdJudgeSpec> = {
  kind: 'threshold',
  schema: thresholdSchema,
  reads: ['counts', 'value', 'result'],
  alone: 'always',
  calledElsewhere: {
    'argo argoRollouts analysis analysisTemplate': "threshold: Argo Rollouts' counting",
    'static limit fixed absolute': 'threshold',
  },
  row: { against: 'a fixed limit', reads: 'counts, values, any answer', promise: 'none' },
  normalise(judge, { windowSeconds }) {
    const { kind, interval, initialDelay, failureLimit, inconclusiveLimit, consecutiveErrorLimit } = judge;
    return {
      kind,
      ...(judge.successCondition === undefined ? {} : { successCondition: judge.successCondition }),
      ...(judge.failureCondition === undefined ? {} : { failureCondition: judge.failureCondition }),
      ...(judge.count === undefined ? {} : { count: judge.count }),
      failureLimit,
      inconclusiveLimit,
      consecutiveErrorLimit,
      ...(judge.consecutiveSuccessLimit === 0 ? {} : { consecutiveSuccessLimit: judge.consecutiveSuccessLimit }),
      intervalSeconds: interval === undefined ? windowSeconds : secondsOf(interval),
      initialDelaySeconds: secondsOf(initialDelay),
    };
  },
  check: checkThreshold,
  mostMeasurements: ({ count }) => count,
  text({ judge, source }, what) {
    const conditions = conditionsText(source.measure, judge);
    const limit = judge.failureLimit < 0 ? 'any number of bad windows allowed' : allowedText(judge.failureLimit);
    const inARow =
      judge.consecutiveSuccessLimit === undefined ? '' : `; done after ${judge.consecutiveSuccessLimit} good in a row`;
    return `${what}, ${conditions}; every ${durationText(judge.intervalSeconds)}; ${limit}${inARow}`;
  },
  caveats: ({ judge }) => [
    judge.failureLimit === -1 &&
      'failureLimit -1 never rolls back; it can only hold until enough windows in a row were good.',
    ...failureLimitCaveats(judge),
  ],
};

/** "limit 5 %" of one condition that is a limit; conditions as they are written where there are two. */
function conditionsText(
  measure: Measure,
  { successCondition: good, failureCondition: bad }: ThresholdJudgeSpec,
): string {
  if (good !== undefined && bad !== undefined) return `good if ${good}, bad if ${bad}`;
  if (bad !== undefined) return conditionText(measure, 'bad', bad);
  return good === undefined ? 'no limit' : conditionText(measure, 'good', good);
}
