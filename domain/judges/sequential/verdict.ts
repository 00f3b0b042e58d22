import { groupedText, percentText } from '../../number-text.ts';
import { type Alarm, type MetricState, scoring } from '../../statistics/sequential/detector.ts';
import type { WindowRecord } from '../../windows/reading.ts';
import type { JudgementContext, MetricVerdict } from '../context.ts';
import { WITHOUT_EVIDENCE_LIMIT } from '../counting.ts';
import { everyWindow, type MeasurementDue, settledTurns, type TurnPlace, turnsOf } from '../measurements-due.ts';
import type { Verdict } from '../verdict.ts';
import type { MetricSums, SequentialFold } from './fold.ts';
import { healthyIn, type JudgedMetric, moreWindows, sightOf } from './power.ts';
import type { SeenWindows } from './seen-windows.ts';
import { knownWindow, type SequentialMetric } from './windows.ts';
import { alarmText, comparedText, faultText, oddsText, strongestSuffix, totalsIn, windowsPhrase } from './words.ts';

/** All that one metric's verdict is made of. */
type Judged = JudgedMetric & { sums: MetricSums };

/** From evidence to a verdict (docs/statistics.md), in one sentence. */
export function metricVerdict({
  metric,
  fold,
  without,
  ...rest
}: Omit<JudgedMetric, 'state'> & { fold: SequentialFold; without: Without }): Omit<MetricVerdict, 'measurements'> {
  const { name } = metric;
  const { alarm } = fold.detector;
  const state = fold.detector.metrics.get(name) as MetricState; // the detector is made of these metrics
  const sums = fold.sums.get(name) as MetricSums;
  const judged: Judged = { metric, state, sums, ...rest };
  const done = sums.compared.windows + sums.alone.windows;
  const kept = (verdict: Verdict) => ({ verdict, done, brokeLimit: false });
  if (alarm?.metric === name) {
    return kept({ kind: 'degraded', because: degradedText(judged, alarm, fold.told ?? sums), metric: name });
  }
  if (sums.problem !== undefined) {
    return kept({ kind: 'inconclusive', because: `counts that cannot be judged: ${sums.problem}`, fault: true });
  }
  const brokeLimit = without.count > WITHOUT_EVIDENCE_LIMIT;
  if (done === 0) {
    const because = without.last ?? 'waiting for the first window of data';
    return { verdict: { kind: 'inconclusive', because, fault: false }, done, brokeLimit };
  }
  if (brokeLimit) {
    const because = `${without.count} windows in a row without evidence; the last: ${without.last}`;
    return { verdict: { kind: 'inconclusive', because, fault: false }, done, brokeLimit };
  }
  return kept(evidenceVerdict(judged));
}

/** At least one window was scored. */
function evidenceVerdict(judged: Judged): Verdict {
  const { sequential, state, sums } = judged;
  const seen = `${seenText(judged)}${assumedText(judged)}`;
  const last = { logHealthy: state.comparison.logHealthy, logHealthyLimit: -Math.log(sequential.beta) };
  if (state.healthy) {
    const sure = oddsText(Math.max(last.logHealthy, last.logHealthyLimit)); // it has been there, and that stays
    const because = `healthy: ${seen}; surely not ${sequential.nonInferiority} times as bad as stable (odds ${sure}, limit ${oddsText(last.logHealthyLimit)})`;
    return { kind: 'healthy', because };
  }
  const { enough, effect, smallest } = sightOf(judged, sums);
  const fault = faultText(judged.metric.source.measure, effect);
  if (enough) {
    const because = `healthy so far: ${seen}; ${fault} would have been found by now${healthyIn(last, sums.compared.windows)}`;
    return { kind: 'watching', because };
  }
  const because = `too little traffic to decide so far: ${seen}; ${fault} would not have been found with ${percentText(sequential.detect.power)}${moreWindows(judged, sums.compared)}`;
  if (smallest === undefined) return { kind: 'inconclusive', because, fault: false };
  const unseen = `no fault seen: ${seen}; a fault below ${percentText(smallest)} of requests would not have been seen here`;
  return { kind: 'inconclusive', because, fault: false, unseen };
}

/** How many of the last windows that were due were no evidence, and why the last was not. */
export interface Without {
  count: number;
  last?: string;
}

/** The same of those that are settled, and where the rest begins. Plain JSON. */
export interface KeptWithout extends Without {
  place: TurnPlace;
}

interface Looked {
  metric: SequentialMetric;
  records: readonly WindowRecord[];
  context: JudgementContext;
  /** Whether its ceilings are known by now. */
  hasCeiling: boolean;
}

export function withoutEvidence(looked: Looked, before?: KeptWithout): Without {
  const { records, context } = looked;
  return countWithout(looked, turnsOf(records, context, everyWindow(context), before?.place), before);
}

export function foldWithout(looked: Looked, untilEpochMs: number, before?: KeptWithout): KeptWithout {
  const { records, context } = looked;
  const until = { untilEpochMs, from: before?.place };
  const { turns, place } = settledTurns(records, context, everyWindow(context), until);
  return { ...countWithout(looked, turns, before), place };
}

const NONE: Without = { count: 0 };

function countWithout(
  { metric, context, hasCeiling }: Looked,
  turns: readonly MeasurementDue[],
  before: Without = NONE,
): Without {
  let { count, last }: { count: number; last?: string | undefined } = before;
  for (const turn of turns) {
    if (turn.kind === 'open' && !turn.missed) continue;
    const window = turn.kind === 'open' ? undefined : knownWindow(turn.record, context);
    const found = window === undefined ? undefined : scoring(window, hasCeiling);
    const isEvidence = found !== undefined && found.scored !== 'not';
    const at = turn.kind === 'open' ? turn.window : turn.record;
    // at weight 100 without a ceiling nothing is expected of it: what it said before stands
    const isSilent = !context.expects(at).stable && metric.judge.ceiling === undefined;
    if (isEvidence || isSilent) [count, last] = [0, undefined];
    else [count, last] = [count + 1, found?.because ?? 'the window was not read'];
  }
  return { count, ...(last !== undefined && { last }) };
}

/** @param told the sums up to the alarm */
function degradedText(judged: Judged, alarm: Alarm, told: MetricSums): string {
  const { metric, state, context } = judged;
  const { settings } = state.comparison;
  if (alarm.channel === 'ceiling' && state.ceiling !== undefined) {
    const worst = worstOf(state.ceiling.channels);
    const how = alarmText(alarm, { ...settings, ceiling: state.ceiling.settings.limits[worst] });
    return `${aloneText(told.alone, worst)}, ${how}; seen ${windowsPhrase(told.alone.windows, context.windowSeconds)}`;
  }
  const worst = worstOf(state.comparison.e);
  // the S-channel counts from the first window on, and is told so
  const end = strongestSuffix(told.ends[worst] ?? []);
  const totals = alarm.channel === 's' ? totalsIn(told.compared, worst) : end;
  const windows = alarm.channel === 's' ? told.compared.windows : end.windows;
  const text = comparedText(metric.source.measure, totals, worst);
  const looked = windowsPhrase(windows, context.windowSeconds);
  return `${text}, ${alarmText(alarm, { ...settings, ceiling: undefined })}; seen ${looked}${assumedText(judged)}`;
}

/** The threshold with most evidence against it; the first where several have as much. */
function worstOf(channels: readonly { logE: number }[]): number {
  const logs = channels.map(({ logE }) => logE);
  return logs.indexOf(Math.max(...logs));
}

/** "12 of 480 canary requests were bad (2.5 %)" */
function aloneText(seen: SeenWindows, threshold: number): string {
  const { canaryBad, canaryRequests } = totalsIn(seen, threshold);
  return `${groupedText(canaryBad)} of ${groupedText(canaryRequests)} canary requests were bad (${percentText(canaryBad / canaryRequests)})`;
}

function seenText({ metric, state, sums, context }: Judged): string {
  const { compared, alone } = sums;
  const parts: string[] = [];
  if (compared.windows > 0) {
    const worst = worstOf(state.comparison.e);
    parts.push(
      `${comparedText(metric.source.measure, totalsIn(compared, worst), worst)} ${windowsPhrase(compared.windows, context.windowSeconds)}`,
    );
  }
  if (alone.windows > 0 && state.ceiling !== undefined) {
    const worst = worstOf(state.ceiling.channels);
    const ceiling = percentText(state.ceiling.settings.limits[worst] ?? 0);
    parts.push(
      `without stable traffic ${aloneText(alone, worst)}, the ceiling is ${ceiling}, ${windowsPhrase(alone.windows, context.windowSeconds)}`,
    );
  }
  const { note } = alone.windows > 0 ? alone : compared;
  return parts.concat(note ?? []).join('; ');
}

function assumedText({ metric, sequential }: JudgedMetric): string {
  if (!metric.judge.guard) return '';
  const baseline = sequential.baseline[metric.name];
  return baseline === undefined || baseline.assumed ? '; variance assumed (no history)' : '';
}
