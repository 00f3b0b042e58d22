import { percentText } from '../../number-text.ts';
import { gives } from '../../sources/measure.ts';
import { type Counts, isNumber, type Reading, type WindowRecord } from '../../windows/reading.ts';
import type { JudgementContext, Measurement, MetricVerdict } from '../context.ts';
import { type Counted, type FoldedTurns, type Tally, tallyOf, WITHOUT_EVIDENCE_LIMIT } from '../counting.ts';
import { countingJudge } from '../judge-run-kind.ts';
import { everyWindow } from '../measurements-due.ts';
import type { Metric } from '../metric.ts';
import type { Verdict } from '../verdict.ts';
import { badWindowsText, countsText, healthySoFar, plural, valueText } from '../words.ts';
import type { RelativeJudgeSpec } from './spec.ts';

export type RelativeMetric = Metric & { judge: RelativeJudgeSpec };

/**
 * The canary against the stable version over the same seconds, window by window; more failed windows than `failureLimit`:
 * degraded. A window with fewer canary requests than `minRequests`, or none of a stable version that gets traffic, is no
 * evidence. At weight 100 there is nothing to compare with: counts are judged by the `ceiling`; without one (and for
 * values) the metric says nothing there, and what it said before stands, but it holds nothing up.
 * @param windows of this metric, in any order; only frozen ones that do not straddle are judged
 * @param before what was folded of those before
 */
export function judgeRelative(
  metric: RelativeMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
  before?: FoldedTurns,
): MetricVerdict {
  const sums = tallyOf(countedRelative(metric, context), windows, context, before);
  const verdict = verdictOf(metric, sums);
  const brokeLimit = verdict.kind === 'inconclusive' && sums.withoutEvidence > WITHOUT_EVIDENCE_LIMIT;
  return { verdict, measurements: sums.measurements, done: sums.successful + sums.failed, brokeLimit };
}

const countedRelative = (metric: RelativeMetric, context: JudgementContext): Counted => ({
  timing: everyWindow(context),
  measure: record => measured(metric, record, context.expects(record).stable),
  limits: { failures: metric.judge.failureLimit + 1 },
});

function verdictOf({ name, judge }: RelativeMetric, sums: Tally): Verdict {
  if (sums.failed > judge.failureLimit) {
    const because = `${sums.decisive?.because}, ${badWindowsText(judge.failureLimit)}`;
    return { kind: 'degraded', because, metric: name };
  }
  const { last } = sums;
  const bad = sums.failed === 0 ? '' : `, ${sums.failed} bad (${judge.failureLimit} allowed)`;
  const good = healthySoFar(sums.successful, sums.taken, 'window', bad, last?.because ?? '');
  if (sums.silent) {
    const before = sums.successful === 0 ? 'no window was good before' : good;
    return { kind: 'watching', because: `${before}; at weight 100 there is no stable traffic to compare with` };
  }
  const held = (because: string): Verdict => ({ kind: 'inconclusive', because, fault: false });
  if (last === undefined) return held('no window was measured yet');
  if (sums.successful === 0) return held(`no window was good yet; the last: ${last.because}`);
  const without = sums.withoutEvidence;
  if (without > WITHOUT_EVIDENCE_LIMIT) {
    return held(`${without} windows in a row without evidence; the last: ${last.because}`);
  }
  return { kind: 'watching', because: good };
}

type Said = Pick<Measurement, 'phase' | 'because'>;
const noEvidence = (because: string): Said => ({ phase: 'inconclusive', because });

/** undefined: the metric says nothing about this window, which is not the same as having no data. */
function measured(metric: RelativeMetric, record: WindowRecord, stableExpected: boolean): Measurement | undefined {
  const { judge, source } = metric;
  const silent = !stableExpected && (judge.ceiling === undefined || gives(source.measure) === 'value');
  if (silent) return undefined;
  const { reading, startEpochMs, endEpochMs } = record;
  return { startEpochMs, endEpochMs, ...saidOf(metric, reading, stableExpected) };
}

function saidOf(metric: RelativeMetric, reading: Reading, stableExpected: boolean): Said {
  switch (reading.kind) {
    case 'noData':
      return noEvidence(`no data: ${reading.reason}`);
    case 'counts':
      return comparedCounts(metric, reading.canary, stableExpected ? reading.stable : undefined);
    case 'value':
      return comparedValues(metric, reading.canary, reading.stable);
    default:
      return noEvidence('a result of the canary alone, and nothing to compare it with');
  }
}

function comparedValues({ judge, source }: RelativeMetric, canary: number | null, stable: number | null): Said {
  if (!isNumber(canary)) return noEvidence('the canary has no value');
  if (!isNumber(stable)) return noEvidence('the stable version has no value');
  const text = `${valueText(source.measure, canary, 'canary')}, ${valueText(source.measure, stable, 'stable')}`;
  if (judge.max !== undefined && canary > judge.max * stable) return failed(`${text}: more than ${judge.max} times`);
  if (judge.min !== undefined && canary < judge.min * stable) return failed(`${text}: less than ${judge.min} times`);
  return { phase: 'successful', because: text };
}

const failed = (because: string): Said => ({ phase: 'failed', because });

/** `stable` undefined: it gets no traffic, and the ceiling judges. null or 0 requests: it should have, and has no data. */
function comparedCounts(
  { judge, source }: RelativeMetric,
  canary: Counts | null,
  stable: Counts | null | undefined,
): Said {
  if (canary === null || canary.requests === 0) return noEvidence('the canary had no request');
  const { requests } = canary;
  if (requests < judge.minRequests) {
    return noEvidence(`the canary had ${plural(requests, 'request')}, fewer than the ${judge.minRequests} wanted`);
  }
  const shares = canary.bad.map(bad => bad / requests);
  const canaryText = countsText(source.measure, canary, 'canary');
  if (stable === undefined) {
    const ceiling = judge.ceiling ?? Number.POSITIVE_INFINITY;
    const over = shares.some(share => share > ceiling);
    const text = `${canaryText}, ${over ? 'above' : 'not above'} the ceiling of ${percentText(ceiling)}`;
    return over ? failed(text) : { phase: 'successful', because: text };
  }
  if (stable === null || stable.requests === 0) return noEvidence('the stable version had no request to compare with');
  const text = `${canaryText}, ${countsText(source.measure, stable, 'stable')}`;
  const broken = shares.flatMap((share, threshold) => {
    const why = brokenBy(judge, share, (stable.bad[threshold] ?? 0) / stable.requests);
    return why === undefined ? [] : [why];
  });
  return broken[0] === undefined ? { phase: 'successful', because: text } : failed(`${text}: ${broken[0]}`);
}

/** How a bad share of the canary is too much against the stable version's, or undefined. */
function brokenBy(judge: RelativeJudgeSpec, canary: number, stable: number): string | undefined {
  if (judge.max !== undefined && canary > judge.max * stable) {
    return stable === 0
      ? `the limit is ${judge.max} times the stable version's share, which is 0 %`
      : `more than ${judge.max} times the share`;
  }
  if (judge.min !== undefined && 1 - canary < judge.min * (1 - stable)) {
    return `the share of good ones is less than ${judge.min} times the stable version's`;
  }
  return undefined;
}

export const relativeJudge = countingJudge<RelativeJudgeSpec>({
  kind: 'relative',
  counted: countedRelative,
  judgeOne: judgeRelative,
});
