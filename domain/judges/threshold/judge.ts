import {
  asksWhetherThere,
  evaluateCondition,
  type ParsedCondition,
  parseCondition,
  type ResultType,
} from '../../conditions/condition.ts';
import { type ResultValue, resultOf } from '../../conditions/result-value.ts';
import { gives } from '../../sources/measure.ts';
import type { WindowRecord } from '../../windows/reading.ts';
import type { JudgementContext, Measurement, MetricVerdict } from '../context.ts';
import { type Counted, type FoldedTurns, type Tally, tallyOf } from '../counting.ts';
import { countingJudge } from '../judge-run-kind.ts';
import type { Metric } from '../metric.ts';
import type { Verdict } from '../verdict.ts';
import { badWindowsText, conditionText, countsText, healthySoFar, plural, valueText } from '../words.ts';
import type { ThresholdJudgeSpec } from './spec.ts';

export type ThresholdMetric = Metric & { judge: ThresholdJudgeSpec };

/**
 * Argo Rollouts' counting (docs/features/analysis.md; assessMetricStatus in analysis/analysis.go): a limit is broken when
 * it is EXCEEDED. More failures than `failureLimit`: degraded. More inconclusive ones than `inconclusiveLimit`, or more
 * errors in a row than `consecutiveErrorLimit`: inconclusive. `count` done and no limit broken: healthy; so are
 * `consecutiveSuccessLimit` good ones in a row (since Argo's v1.8), and `count` done without them is inconclusive. A
 * `failureLimit` of -1 allows any number of failures.
 *
 * Where Argo ends the analysis at the first broken limit, Sluice holds and goes on measuring while the canary has
 * traffic: so failures that come later still make it degraded, and errors in a row are over when data come again.
 * @param windows of this metric, in any order; only frozen ones that do not straddle are judged
 * @param before what was folded of those before
 */
export function judgeThreshold(
  metric: ThresholdMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
  before?: FoldedTurns,
): MetricVerdict {
  const sums = tallyOf(countedThreshold(metric), windows, context, before);
  const { inconclusiveLimit, consecutiveErrorLimit } = metric.judge;
  const verdict = verdictOf(metric, sums);
  const broken =
    sums.inconclusive > inconclusiveLimit ||
    sums.consecutiveErrors > consecutiveErrorLimit ||
    sums.done >= (metric.judge.count ?? Number.POSITIVE_INFINITY);
  const { measurements, done } = sums;
  return { verdict, measurements, done, brokeLimit: verdict.kind === 'inconclusive' && broken };
}

const countedThreshold = (metric: ThresholdMetric): Counted => ({
  timing: metric.judge,
  measure: record => measured(metric, record),
  limits: {
    count: metric.judge.count,
    consecutiveSuccesses: metric.judge.consecutiveSuccessLimit,
    failures: metric.judge.failureLimit + 1,
  },
});

function verdictOf({ name, judge }: ThresholdMetric, sums: Tally): Verdict {
  const { consecutiveSuccessLimit = 0 } = judge;
  const inARow = `${sums.consecutiveSuccesses} in a row were good of the ${consecutiveSuccessLimit} wanted`;
  if (judge.failureLimit >= 0 && sums.failed > judge.failureLimit) {
    const because = `${sums.decisive?.because}, ${badWindowsText(judge.failureLimit)}`;
    return { kind: 'degraded', because, metric: name };
  }
  const held = (because: string): Verdict => ({ kind: 'inconclusive', because, fault: false });
  const { last } = sums;
  if (last === undefined) return held('no window was measured yet');
  if (sums.inconclusive > judge.inconclusiveLimit) {
    return held(
      `${plural(sums.inconclusive, 'measurement')} were neither good nor bad, ${judge.inconclusiveLimit} allowed`,
    );
  }
  if (sums.consecutiveErrors > judge.consecutiveErrorLimit) {
    const limit = judge.consecutiveErrorLimit;
    return held(`${plural(sums.consecutiveErrors, 'error')} in a row, ${limit} allowed; the last: ${last.because}`);
  }
  if (consecutiveSuccessLimit > 0 && sums.consecutiveSuccesses >= consecutiveSuccessLimit) {
    return { kind: 'healthy', because: `${plural(sums.consecutiveSuccesses, 'measurement')} in a row were good` };
  }
  if (sums.done >= (judge.count ?? Number.POSITIVE_INFINITY)) {
    if (consecutiveSuccessLimit > 0) return held(`all ${sums.done} measurements are done, ${inARow}`);
    return { kind: 'healthy', because: `${sums.successful} of ${plural(sums.done, 'measurement')} good, all are done` };
  }
  if (sums.successful === 0) return held(`no measurement was good yet; the last: ${last.because}`);
  if (consecutiveSuccessLimit > 0) return held(inARow);
  const bad =
    sums.failed === 0
      ? ''
      : `, ${sums.failed} bad (${judge.failureLimit < 0 ? 'any number' : judge.failureLimit} allowed)`;
  return { kind: 'watching', because: healthySoFar(sums.successful, sums.done, 'window', bad, last.because) };
}

/** One window, measured: `result` is the canary's bad share per threshold, its value, or what the check answered. */
function measured(metric: ThresholdMetric, record: WindowRecord): Measurement {
  const { startEpochMs, endEpochMs, reading } = record;
  const error = (because: string): Measurement => ({ startEpochMs, endEpochMs, phase: 'error', because });
  if (reading.kind === 'noData') return error(`no data: ${reading.reason}`);
  if (reading.kind === 'alarm' || reading.kind === 'band') return error('the reading is none for a condition');
  const { measure } = metric.source;
  const said = (result: ResultValue, text: string): Measurement => {
    const { phase, because } = phaseOf(metric, result);
    return { startEpochMs, endEpochMs, phase, because: `${text}${phase === 'error' ? ';' : ','} ${because}` };
  };
  if (reading.kind === 'result') {
    const result = resultOf(reading.result);
    return said(result, `the check answered ${resultText(result)}`);
  }
  if (reading.canary === null) return error('the canary has no data');
  if (typeof reading.canary === 'number') {
    if (!Number.isFinite(reading.canary)) return error(`the canary's value is ${reading.canary}, which is no number`);
    return said([reading.canary], valueText(measure, reading.canary, 'canary'));
  }
  const { requests, bad } = reading.canary;
  if (requests === 0) return error('the canary had no request, so nothing can be said of its share');
  return said(
    bad.map(count => count / requests),
    countsText(measure, reading.canary, 'canary'),
  );
}

/** An answer as a sentence can have it. */
export function resultText(result: ResultValue): string {
  if (result === null) return 'nil';
  const text = JSON.stringify(result, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
  return text.length <= 120 ? text : `${text.slice(0, 120)}… (${text.length} characters)`;
}

type Phase = Pick<Measurement, 'phase' | 'because'>;

/**
 * EvaluateResult in Argo Rollouts' utils/evaluate/evaluate.go: without a failure condition what is no success is a
 * failure, without a success condition what is no failure is a success, without both it is a success; with both, a
 * failure wins and neither is inconclusive. A condition that cannot be evaluated is an error; so is, other than in Argo,
 * one that does not ask whether there is anything, of an answer that is nothing (`all(result, …)` holds of an empty list).
 */
function phaseOf({ judge, source: { measure } }: ThresholdMetric, result: ResultValue): Phase {
  const type = gives(measure) === 'result' ? 'any' : 'list';
  const good = judge.successCondition === undefined ? [] : [conditionText(measure, 'good', judge.successCondition)];
  const bad = judge.failureCondition === undefined ? [] : [conditionText(measure, 'bad', judge.failureCondition)];
  const success = holds(judge.successCondition, result, type);
  if (success.kind === 'error') return { phase: 'error', because: success.message };
  const failure = holds(judge.failureCondition, result, type);
  if (failure.kind === 'error') return { phase: 'error', because: failure.message };
  if (failure.kind === 'value' ? failure.value : success.kind === 'value' && !success.value) {
    return { phase: 'failed', because: (failure.kind === 'value' ? bad : good).join() };
  }
  if (success.kind === 'value' && !success.value) {
    return { phase: 'inconclusive', because: `good if ${judge.successCondition}, bad if ${judge.failureCondition}` };
  }
  return { phase: 'successful', because: [...good, ...bad, 'no limit'][0] ?? '' };
}

type Holds = { kind: 'absent' } | { kind: 'value'; value: boolean } | { kind: 'error'; message: string };

function holds(condition: string | undefined, result: ResultValue, type: ResultType): Holds {
  if (condition === undefined) return { kind: 'absent' };
  const parsed = parseCondition(condition, type);
  if (parsed.kind === 'mistake') return { kind: 'error', message: mistakeText(condition, parsed) };
  const nothing = result === null || (Array.isArray(result) && result.length === 0);
  if (nothing && !asksWhetherThere(parsed.expression)) {
    return {
      kind: 'error',
      message: `the answer is nothing, and ${condition} does not ask for that: len(result) == 0 does`,
    };
  }
  return evaluateCondition(parsed.expression, result);
}

const mistakeText = (condition: string, { line, column, message }: ParsedCondition & { kind: 'mistake' }): string =>
  `${condition}, ${line === 1 ? '' : `line ${line}, `}column ${column}: ${message}`;

export const thresholdJudge = countingJudge<ThresholdJudgeSpec>({
  kind: 'threshold',
  counted: countedThreshold,
  judgeOne: judgeThreshold,
  asksForNaN: ({ successCondition = '', failureCondition = '' }) =>
    /\bisNaN\b/.test(`${successCondition} ${failureCondition}`),
  // Argo takes no more measurements of a metric that is done, however many the step wants
  doneWhenHealthy: true,
});
