import { resultOf } from '../../conditions/result-value.ts';
import { gives, timeName } from '../../sources/measure.ts';
import { isNumber, type WindowRecord } from '../../windows/reading.ts';
import type { JudgementContext, Measurement, MetricVerdict } from '../context.ts';
import { type Counted, type FoldedTurns, type Tally, tallyOf, WITHOUT_EVIDENCE_LIMIT } from '../counting.ts';
import { countingJudge } from '../judge-run-kind.ts';
import type { Metric } from '../metric.ts';
import type { Verdict } from '../verdict.ts';
import { countsText, healthySoFar, plural, valueText } from '../words.ts';
import type { FlaggerJudgeSpec } from './spec.ts';
import { flaggerTiming } from './timing.ts';

export type FlaggerMetric = Omit<Metric, 'judge'> & { judge: FlaggerJudgeSpec };

/**
 * Flagger's counting (fluxcd/flagger pkg/controller, scheduler.go and scheduler_metrics.go): a check fails where the value
 * is below min or above max; failed checks add up for the whole release and no good one takes one back; when `threshold`
 * of them are reached it rolls back, and after a failed check the weight is not advanced: that is `inconclusive` here, so
 * that a step that is over holds until a check is good.
 *
 * Flagger fails a check without a value, too. Here it is neither good nor bad, and several in a row hold. And Flagger
 * rolls back one interval after the last failed check; here at once.
 * @param before what was folded of the windows before
 */
export function judgeFlagger(
  metric: FlaggerMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
  before?: FoldedTurns,
): MetricVerdict {
  const sums = tallyOf(countedFlagger(metric), windows, context, before);
  const { verdict, tooLong } = verdictOf(metric, sums);
  const { measurements, successful, failed } = sums;
  return { verdict, measurements, done: successful + failed, brokeLimit: tooLong };
}

const countedFlagger = (metric: FlaggerMetric): Counted => ({
  timing: flaggerTiming.timing(metric.judge),
  measure: record => measured(metric, record),
  limits: { failures: metric.judge.threshold },
});

function verdictOf({ name, judge }: FlaggerMetric, sums: Tally): { verdict: Verdict; tooLong: boolean } {
  if (sums.failed >= judge.threshold) {
    const because = `${sums.decisive?.because}; ${plural(judge.threshold, 'failed check')}, which is the limit`;
    return { verdict: { kind: 'degraded', because, metric: name }, tooLong: false };
  }
  const held = (because: string, tooLong = false) => ({
    verdict: { kind: 'inconclusive', because, fault: false } as const,
    tooLong,
  });
  const { last, lastEvidence: checked, withoutEvidence: without } = sums;
  if (last === undefined) return held('no check was made yet');
  if (checked === undefined) return held(`no check had a value yet; the last: ${last.because}`);
  if (without > WITHOUT_EVIDENCE_LIMIT) {
    return held(`${without} checks in a row without a value; the last: ${last.because}`, true);
  }
  const failed = `${plural(sums.failed, 'failed check')} (roll back at ${judge.threshold})`;
  if (checked.phase === 'failed') return held(`${checked.because}; ${failed}, and the last check has to be good`);
  const bad = sums.failed === 0 ? '' : `, ${failed}`;
  const because = healthySoFar(sums.successful, sums.done, 'check', bad, checked.because);
  return { verdict: { kind: 'watching', because }, tooLong: false };
}

function measured({ judge, source }: FlaggerMetric, record: WindowRecord): Measurement {
  const { startEpochMs, endEpochMs, reading } = record;
  const { measure } = source;
  const said = (phase: Measurement['phase'], because: string): Measurement => ({
    ...{ startEpochMs, endEpochMs, phase, because },
  });
  const none = (because: string) => said('error', because);
  const checked = (values: readonly number[], text: string): Measurement => {
    const broken = values.flatMap(value => brokenBy(judge, value) ?? []);
    return broken[0] === undefined ? said('successful', text) : said('failed', `${text}: ${broken[0]}`);
  };
  switch (reading.kind) {
    case 'noData':
      return none(`no data: ${reading.reason}`);
    case 'counts': {
      if (reading.canary === null || reading.canary.requests === 0) return none('the canary had no request');
      const { requests, bad } = reading.canary;
      const goodPercent = bad.map(count => (100 * (requests - count)) / requests);
      return checked(goodPercent, countsText(measure, reading.canary, 'canary'));
    }
    case 'value': {
      if (!isNumber(reading.canary)) return none('the canary has no value');
      const value = timeName(measure) === undefined ? reading.canary : reading.canary * 1000;
      return checked([value], valueText(measure, reading.canary, 'canary'));
    }
    case 'result': {
      const number = numberOf(resultOf(reading.result));
      return number === undefined
        ? none('the answer is not one number')
        : checked([number], `the check answered ${number}`);
    }
    default:
      return none(`a reading of the kind ${reading.kind} (${gives(measure)}) has no value to check`);
  }
}

/** Of a list, as Prometheus answers, the only entry. */
function numberOf(result: unknown): number | undefined {
  const value = Array.isArray(result) && result.length === 1 ? result[0] : result;
  return Number.isFinite(value) ? value : undefined;
}

function brokenBy({ min, max }: FlaggerJudgeSpec, value: number): string | undefined {
  const shown = Number(value.toPrecision(6));
  if (min !== undefined && value < min) return `${shown} is below the minimum of ${min}`;
  return max !== undefined && value > max ? `${shown} is above the maximum of ${max}` : undefined;
}

export const flaggerJudge = countingJudge<FlaggerJudgeSpec>({
  kind: 'flagger',
  counted: countedFlagger,
  judgeOne: judgeFlagger,
});
