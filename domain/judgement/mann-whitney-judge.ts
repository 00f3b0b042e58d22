import type { MannWhitneyJudgeSpec } from '../plan/other-judges-spec.ts';
import type { Metric } from '../plan/plan.ts';
import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import { type Classification, classify } from './kayenta/classify.ts';
import { type Score, scoreOf } from './kayenta/score.ts';
import { type Counts, isNumber, type WindowRecord } from './reading.ts';
import { everyWindow, type Turn } from './turns.ts';
import type { Verdict } from './verdict.ts';
import { limitText, plural } from './words.ts';

export type MannWhitneyMetric = Omit<Metric, 'judge'> & { judge: MannWhitneyJudgeSpec };

interface Judged {
  metric: MannWhitneyMetric;
  /** One for every window in which both versions get traffic; up to the first that is not frozen yet. */
  windows: WindowValues[];
  measurements: Measurement[];
  /** Stable gets no traffic in the newest window, so there is nothing to compare with. */
  silent: boolean;
}

/** NaN where there is none; one of each per threshold of the metric. */
interface WindowValues {
  canary: number[];
  stable: number[];
}

/**
 * Kayenta's judge (kayenta-judge, NetflixACAJudge.scala), for all metrics of a plan that it judges: they are scored
 * together. A value is a window's bad share, or its value. After every interval there is a run: each metric's windows
 * since the first weight are compared, and the runs' scores decide: below `marginal` in any run: degraded; below `pass` in
 * the last: inconclusive; else watching (never healthy: not to have found a difference is no evidence of none).
 *
 * A metric without data in the last run is inconclusive by itself, where Kayenta would leave it out or fail it.
 * @returns by the metric's name
 */
export function judgeMannWhitney(
  metrics: readonly MannWhitneyMetric[],
  windowsByMetric: Readonly<Record<string, readonly WindowRecord[]>>,
  context: JudgementContext,
): Record<string, MetricVerdict> {
  const [first] = metrics;
  if (first === undefined) return {};
  const judged = metrics.map(metric => valuesOf(metric, windowsByMetric[metric.name] ?? [], context));
  const runWindows = Math.max(...metrics.map(({ judge }) => Math.ceil(judge.intervalSeconds / context.windowSeconds)));
  const windows = Math.min(...judged.map(metric => metric.windows.length));
  let last: Run | undefined;
  for (let number = 1; number * runWindows <= windows; number += 1) {
    last = runOf(judged, number, runWindows, first.judge.scores);
    // Degraded is final: what later runs say does not matter.
    if (last.score.kind === 'fail') break;
  }
  const found =
    last?.classified.map(classified => ({ ...classified, verdict: verdictOf(classified, last) })) ??
    judged.map(each => ({ each, verdict: beforeFirstRun(each, { windows, runWindows }) }));
  return Object.fromEntries(
    found.map(({ each: { metric, measurements }, verdict }) => [
      metric.name,
      { verdict, measurements, brokeLimit: false },
    ]),
  );
}

interface Run {
  /** From 1. */
  number: number;
  score: Score;
  classified: Classified[];
}

interface Classified {
  each: Judged;
  classification: Classification;
}

function runOf(
  judged: readonly Judged[],
  number: number,
  runWindows: number,
  scores: MannWhitneyJudgeSpec['scores'],
): Run {
  const classified = judged.map(each => ({ each, classification: worstOf(each, number * runWindows) }));
  const score = scoreOf(
    classified.map(({ each: { metric }, classification }) => ({
      ...{ name: metric.name, groups: metric.judge.groups, classification },
    })),
    scores.weights,
    scores,
  );
  return { number, score, classified };
}

/** The values of the windows that both versions get traffic in; a window that is not frozen yet ends them. */
function valuesOf(metric: MannWhitneyMetric, records: readonly WindowRecord[], context: JudgementContext): Judged {
  const turns = everyWindow(records, context);
  const compared = turns.filter(turn => context.expects(windowOf(turn)).stable);
  const newest = turns.at(-1);
  const judged: Judged = {
    ...{ metric, windows: [], measurements: [] },
    silent: newest !== undefined && !context.expects(windowOf(newest)).stable,
  };
  for (const turn of compared) {
    if (turn.kind === 'open' && !turn.missed) break;
    const values = turn.kind === 'open' ? { canary: [Number.NaN], stable: [Number.NaN] } : valuesIn(turn.record);
    judged.windows.push(values);
    judged.measurements.push(measurementOf(windowOf(turn), values, metric));
  }
  return judged;
}

const windowOf = (turn: Turn) => (turn.kind === 'window' ? turn.record : turn.window);

function valuesIn({ reading }: WindowRecord): WindowValues {
  const none = { canary: [Number.NaN], stable: [Number.NaN] };
  if (reading.kind === 'counts') return { canary: sharesOf(reading.canary), stable: sharesOf(reading.stable) };
  if (reading.kind !== 'value') return none;
  return { canary: [numberOrNaN(reading.canary)], stable: [numberOrNaN(reading.stable)] };
}

const numberOrNaN = (value: number | null): number => (isNumber(value) ? value : Number.NaN);

const sharesOf = (counts: Counts | null): number[] =>
  counts === null || counts.requests === 0 ? [Number.NaN] : counts.bad.map(bad => bad / counts.requests);

function measurementOf(
  window: { startEpochMs: number; endEpochMs: number },
  values: WindowValues,
  metric: MannWhitneyMetric,
): Measurement {
  const { startEpochMs, endEpochMs } = window;
  const shown = (list: readonly number[]): string =>
    list.map(value => (Number.isNaN(value) ? 'nothing' : limitText(metric.source.measure, value))).join(' and ');
  const both = ![...values.canary, ...values.stable].some(Number.isNaN);
  const because = `the canary had ${shown(values.canary)}, the stable version ${shown(values.stable)}`;
  return { startEpochMs, endEpochMs, phase: both ? 'successful' : 'inconclusive', because };
}

const ORDER = ['high', 'low', 'noData', 'pass'] as const;

/** Of several thresholds the one that says the worst. */
function worstOf({ metric, windows }: Judged, count: number): Classification {
  const used = windows.slice(0, count);
  const thresholds = Math.max(1, ...used.map(({ canary, stable }) => Math.max(canary.length, stable.length)));
  const all = Array.from({ length: thresholds }, (_, at) =>
    classify(
      used.map(({ canary }) => canary[at] ?? Number.NaN),
      used.map(({ stable }) => stable[at] ?? Number.NaN),
      metric.judge,
    ),
  );
  const order = (a: Classification, b: Classification) =>
    Number(b.critical) - Number(a.critical) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
  return all.toSorted(order)[0] as Classification; // there is at least one threshold
}

/** Where there is nothing to compare with, what was said before stands, and it holds nothing up. */
const held = ({ silent }: Judged, because: string): Verdict =>
  silent
    ? { kind: 'watching', because: `${because}; at weight 100 there is no stable traffic to compare with` }
    : { kind: 'inconclusive', because, fault: false };

function beforeFirstRun(each: Judged, have: { windows: number; runWindows: number }): Verdict {
  const last = each.measurements.at(-1);
  const missing = last?.phase === 'inconclusive' ? `; the last: ${last.because}` : '';
  return held(each, `${have.windows} of the ${plural(have.runWindows, 'window')} of the first run${missing}`);
}

function verdictOf({ each, classification }: Classified, { number, score }: Run): Verdict {
  const { name, judge } = each.metric;
  const { pass, marginal } = judge.scores;
  const critical = score.critical === undefined ? '' : ` (${score.critical} is critical)`;
  const because = `${classifiedText(classification)}; run ${number}: score ${score.score}${critical}, ${marginal} is marginal and ${pass} passes`;
  const failed = classification.kind === 'high' || classification.kind === 'low';
  if (score.kind === 'fail' && failed) return { kind: 'degraded', because, metric: name };
  if (classification.kind === 'noData') return held(each, because);
  if (score.kind === 'marginal' && failed) return held(each, because);
  return { kind: 'watching', because: `${score.kind === 'pass' ? 'healthy so far: ' : ''}${because}` };
}

function classifiedText({ kind, canaryValues, stableValues, shift }: Classification): string {
  if (kind === 'noData') return 'no data in the windows of the run';
  const sizes = `${canaryValues} values of the canary against ${stableValues} of the stable version`;
  if (shift === undefined) return `${sizes}: the same`;
  const round = (value: number): string => String(Number(value.toPrecision(3)));
  const interval = `shifted by ${round(shift.estimate)}, ${round(shift.low)} to ${round(shift.high)}`;
  return `${sizes}: ${interval}, which is ${kind === 'pass' ? 'within the limit' : kind}`;
}
