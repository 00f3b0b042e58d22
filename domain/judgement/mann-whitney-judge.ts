import type { MannWhitneyJudgeSpec } from '../plan/other-judges-spec.ts';
import type { Metric } from '../plan/plan.ts';
import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import { type Classification, classify } from './kayenta/classify.ts';
import { type Score, scoreOf } from './kayenta/score.ts';
import type { Counts, WindowRecord } from './reading.ts';
import { everyWindow, type Turn } from './turns.ts';
import type { Verdict } from './verdict.ts';
import { percentText, plural } from './words.ts';

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
  if (metrics.length === 0) return {}; // the fewest windows of no metrics would be without end
  const judged = metrics.map(metric => valuesOf(metric, windowsByMetric[metric.name] ?? [], context));
  const runWindows = Math.max(
    1,
    ...metrics.map(({ judge }) => Math.ceil(judge.intervalSeconds / context.windowSeconds)),
  );
  const windows = Math.min(...judged.map(metric => metric.windows.length));
  const runs = Math.floor(windows / runWindows);
  let last: { run: number; score: Score; classified: Classification[] } | undefined;
  for (let run = 1; run <= runs; run += 1) {
    const classified = judged.map(metric => worstOf(metric, run * runWindows));
    const score = scoreOfRun(judged, classified);
    last = { run, score, classified };
    // Degraded is final: what later runs say does not matter.
    if (score.kind === 'fail') break;
  }
  return Object.fromEntries(
    judged.map((each, index) => {
      const verdict = verdictOf(each, index, last, { windows, runWindows });
      return [each.metric.name, { verdict, measurements: each.measurements, brokeLimit: false }];
    }),
  );
}

function scoreOfRun(judged: readonly Judged[], classified: readonly Classification[]): Score {
  const scores = judged[0]?.metric.judge.scores ?? { pass: 0, marginal: 0, weights: {} };
  const metrics = judged.flatMap(({ metric }, index) => {
    const classification = classified[index];
    return classification === undefined ? [] : [{ name: metric.name, groups: metric.judge.groups, classification }];
  });
  return scoreOf(metrics, scores.weights, scores);
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
  return { canary: [finite(reading.canary)], stable: [finite(reading.stable)] };
}

const finite = (value: number | null): number => (value === null || !Number.isFinite(value) ? Number.NaN : value);

const sharesOf = (counts: Counts | null): number[] =>
  counts === null || counts.requests === 0 ? [Number.NaN] : counts.bad.map(bad => bad / counts.requests);

function measurementOf(
  window: { startEpochMs: number; endEpochMs: number },
  values: WindowValues,
  metric: MannWhitneyMetric,
): Measurement {
  const { startEpochMs, endEpochMs } = window;
  const counted = metric.source.measure.kind !== 'percentile';
  const shown = (list: readonly number[]): string =>
    list.map(value => (Number.isNaN(value) ? 'nothing' : counted ? percentOrValue(value) : `${value} s`)).join(' and ');
  const both = ![...values.canary, ...values.stable].some(Number.isNaN);
  const because = `the canary had ${shown(values.canary)}, the stable version ${shown(values.stable)}`;
  return { startEpochMs, endEpochMs, phase: both ? 'successful' : 'inconclusive', because };
}

const percentOrValue = (value: number): string => (value >= 0 && value <= 1 ? percentText(value) : `${value}`);

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
  const worst = all.toSorted(
    (a, b) => Number(b.critical) - Number(a.critical) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind),
  )[0];
  return worst ?? { kind: 'noData', critical: false, canaryValues: 0, stableValues: 0 };
}

function verdictOf(
  { metric, silent, measurements }: Judged,
  index: number,
  last: { run: number; score: Score; classified: Classification[] } | undefined,
  have: { windows: number; runWindows: number },
): Verdict {
  // Where there is nothing to compare with, what was said before stands, and it holds nothing up.
  const held = (because: string): Verdict =>
    silent
      ? { kind: 'watching', because: `${because}; stable gets no traffic, so it says nothing more` }
      : { kind: 'inconclusive', because, fault: false };
  if (last === undefined) {
    const missing = measurements.at(-1)?.phase === 'inconclusive' ? `; the last: ${measurements.at(-1)?.because}` : '';
    return held(`${have.windows} of the ${plural(have.runWindows, 'window')} of the first run${missing}`);
  }
  const classification = last.classified[index];
  const { pass, marginal } = metric.judge.scores;
  const critical = last.score.critical === undefined ? '' : ` (${last.score.critical} is critical)`;
  const score = `run ${last.run}: score ${last.score.score}${critical}, ${marginal} is marginal and ${pass} passes`;
  const because = `${classifiedText(classification)}; ${score}`;
  const failed = classification?.kind === 'high' || classification?.kind === 'low';
  if (last.score.kind === 'fail' && failed) return { kind: 'degraded', because, metric: metric.name };
  if (classification?.kind === 'noData') return held(because);
  if (last.score.kind === 'marginal' && failed) return held(because);
  return { kind: 'watching', because };
}

function classifiedText(classification: Classification | undefined): string {
  if (classification === undefined || classification.kind === 'noData') return 'no data in the windows of the run';
  const { kind, canaryValues, stableValues, shift } = classification;
  const sizes = `${canaryValues} values of the canary against ${stableValues} of the stable version`;
  if (shift === undefined) return `${sizes}: the same`;
  const round = (value: number): string => String(Number(value.toPrecision(3)));
  const interval = `shifted by ${round(shift.estimate)}, ${round(shift.low)} to ${round(shift.high)}`;
  const words = { high: 'high', low: 'low', pass: 'within what is allowed', noData: '' };
  return `${sizes}: ${interval}, which is ${words[kind]}`;
}
