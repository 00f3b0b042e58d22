import { roundedText } from '../../number-text.ts';
import { type Classification, classify } from '../../statistics/kayenta/classify.ts';
import { type Score, scoreOf } from '../../statistics/kayenta/score.ts';
import { type Counts, isNumber, type WindowRecord } from '../../windows/reading.ts';
import type { JudgementContext, Measurement, MetricVerdict } from '../context.ts';
import type { JudgeRunKind } from '../judge-run-kind.ts';
import { everyWindow, type MeasurementDue, settledTurns, type TurnPlace, turnsOf } from '../measurements-due.ts';
import type { MetricOf } from '../metric-of.ts';
import type { Verdict } from '../verdict.ts';
import { limitText, plural } from '../words.ts';
import type { MannWhitneyJudgeSpec } from './spec.ts';

export type MannWhitneyMetric = MetricOf<MannWhitneyJudgeSpec>;

/**
 * A run compares no more windows than the last of these (six hours of minutes): what a run costs is bounded however old the
 * release is, and a fault of an hour is not thinned by a year of health.
 */
const RUN_WINDOWS = 360;

interface Judged {
  metric: MannWhitneyMetric;
  /** One for every window in which both versions get traffic, up to the first that is not frozen yet; without those of before `first`. */
  windows: WindowValues[];
  /** Number of the first of them that is kept, from 0. */
  first: number;
  measurements: Measurement[];
  done: number;
  last: Measurement | undefined;
  /** Stable gets no traffic in the newest window, so there is nothing to compare with. */
  silent: boolean;
}

/** NaN where there is none; one of each per threshold of the metric. */
interface WindowValues {
  canary: number[];
  stable: number[];
}

/** What is kept of the metrics after some windows: plain JSON. */
export interface KeptRuns {
  run?: { number: number; score: Score; classified: Classification[] };
  byMetric: Record<
    string,
    Pick<Judged, 'windows' | 'first' | 'done' | 'silent'> & { last?: Measurement; place: TurnPlace }
  >;
}

/**
 * Kayenta's judge (kayenta-judge, NetflixACAJudge.scala), for all metrics of a plan that it judges: they are scored
 * together. A value is a window's bad share, or its value. After every interval there is a run: each metric's windows
 * since the first weight are compared (of many the last, RUN_WINDOWS), and the runs' scores decide: below `marginal` in any
 * run: degraded; below `pass` in the last: inconclusive; else watching (never healthy: not to have found a difference is no
 * evidence of none).
 *
 * A metric without data in the last run is inconclusive by itself, where Kayenta would leave it out or fail it.
 * @param before what was folded of the windows before
 * @returns by the metric's name
 */
export function judgeMannWhitney(
  metrics: readonly MannWhitneyMetric[],
  windowsByMetric: Readonly<Record<string, readonly WindowRecord[]>>,
  context: JudgementContext,
  before?: KeptRuns,
): Record<string, MetricVerdict> {
  if (metrics.length === 0) return {};
  const judged = metrics.map(metric => {
    const kept = before?.byMetric[metric.name];
    const turns = turnsOf(windowsByMetric[metric.name] ?? [], context, everyWindow(context), kept?.place);
    return valuesOf(metric, turns, context, kept);
  });
  const last = runsOf(judged, context, before);
  const windows = windowsIn(judged);
  const runWindows = runWindowsOf(metrics, context);
  const verdictOfEach = (each: Judged, index: number) =>
    last === undefined
      ? beforeFirstRun(each, { windows, runWindows })
      : verdictOf({ each, classification: last.classified[index] as Classification }, last);
  return Object.fromEntries(
    judged.map((each, index) => {
      const { metric, measurements, done } = each;
      return [metric.name, { verdict: verdictOfEach(each, index), measurements, done, brokeLimit: false }];
    }),
  );
}

/** The same, kept after the windows that begin before `untilEpochMs`. @throws RangeError one of those is not frozen */
function foldMannWhitney(
  metrics: readonly MannWhitneyMetric[],
  windowsByMetric: Readonly<Record<string, readonly WindowRecord[]>>,
  context: JudgementContext,
  untilEpochMs: number,
  before?: KeptRuns,
): KeptRuns {
  const settled = metrics.map(metric => {
    const kept = before?.byMetric[metric.name];
    const until = { untilEpochMs, from: kept?.place };
    const { turns, place } = settledTurns(windowsByMetric[metric.name] ?? [], context, everyWindow(context), until);
    return { each: valuesOf(metric, turns, context, kept), place };
  });
  const judged = settled.map(({ each }) => each);
  const run = runsOf(judged, context, before);
  const next = ((run?.number ?? 0) + 1) * runWindowsOf(metrics, context);
  const byMetric = settled.map(({ each: { metric, windows, first, done, silent, last }, place }) => {
    const drop = run?.score.kind === 'fail' ? windows.length : Math.max(0, next - RUN_WINDOWS - first);
    const kept = { windows: windows.slice(drop), first: first + Math.min(drop, windows.length), done, silent, place };
    return [metric.name, { ...kept, ...(last !== undefined && { last }) }] as const;
  });
  return { ...(run !== undefined && { run }), byMetric: Object.fromEntries(byMetric) };
}

type Run = NonNullable<KeptRuns['run']>;

const runWindowsOf = (metrics: readonly MannWhitneyMetric[], { windowSeconds }: JudgementContext): number =>
  Math.max(...metrics.map(({ judge }) => Math.ceil(judge.intervalSeconds / windowSeconds)));

const windowsIn = (judged: readonly Judged[]): number =>
  Math.min(...judged.map(({ first, windows }) => first + windows.length));

/** The last run that there is by now. */
function runsOf(judged: readonly Judged[], context: JudgementContext, before: KeptRuns | undefined): Run | undefined {
  const [first] = judged;
  if (first === undefined) return undefined;
  const { scores } = first.metric.judge;
  const metrics = judged.map(({ metric }) => metric);
  const runWindows = runWindowsOf(metrics, context);
  const windows = windowsIn(judged);
  let last = before?.run;
  // Degraded is final: what later runs say does not matter.
  for (let number = (last?.number ?? 0) + 1; number * runWindows <= windows; number += 1) {
    if (last?.score.kind === 'fail') break;
    last = runOf(judged, number, runWindows, scores);
  }
  return last;
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
  const classified = judged.map(each => worstOf(each, number * runWindows));
  const score = scoreOf(
    judged.map(({ metric }, index) => ({
      ...{ name: metric.name, groups: metric.judge.groups, classification: classified[index] as Classification },
    })),
    scores.weights,
    scores,
  );
  return { number, score, classified };
}

/** The values of the windows that both versions get traffic in; a window that is not frozen yet ends them. */
function valuesOf(
  metric: MannWhitneyMetric,
  turns: readonly MeasurementDue[],
  context: JudgementContext,
  kept: KeptRuns['byMetric'][string] | undefined,
): Judged {
  const compared = turns.filter(turn => context.expects(windowOf(turn)).stable);
  const newest = turns.at(-1);
  const judged: Judged = {
    ...{ metric, measurements: [], last: kept?.last },
    ...{ windows: [...(kept?.windows ?? [])], first: kept?.first ?? 0, done: kept?.done ?? 0 },
    silent: newest === undefined ? kept?.silent === true : !context.expects(windowOf(newest)).stable,
  };
  for (const turn of compared) {
    if (turn.kind === 'open' && !turn.missed) break;
    const values = turn.kind === 'open' ? { canary: [Number.NaN], stable: [Number.NaN] } : valuesIn(turn.record);
    const measurement = measurementOf(windowOf(turn), values, metric);
    judged.windows.push(values);
    judged.measurements.push(measurement);
    judged.last = measurement;
    judged.done += measurement.phase === 'successful' ? 1 : 0;
  }
  return judged;
}

const windowOf = (turn: MeasurementDue) => (turn.kind === 'window' ? turn.record : turn.window);

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
function worstOf({ metric, windows, first }: Judged, count: number): Classification {
  const used = windows.slice(Math.max(0, count - RUN_WINDOWS - first), count - first);
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
  const { last } = each;
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
  const round = (value: number): string => roundedText(value, 3);
  const interval = `shifted by ${round(shift.estimate)}, ${round(shift.low)} to ${round(shift.high)}`;
  return `${sizes}: ${interval}, which is ${kind === 'pass' ? 'within the limit' : kind}`;
}

/** Where its fold stands in Folded. */
const RUNS = 'runs';

export const mannWhitneyJudge: JudgeRunKind<MannWhitneyJudgeSpec> = {
  kind: 'mannWhitney',
  keptAs: RUNS,
  judge: (metrics, windows, context, before) => ({
    byMetric: judgeMannWhitney(metrics, windows, context, before?.[RUNS] as KeptRuns | undefined),
  }),
  fold: (metrics, windows, context, { untilEpochMs }, before) =>
    foldMannWhitney(metrics, windows, context, untilEpochMs, before?.[RUNS] as KeptRuns | undefined),
};
