import type { MetricVerdict } from './context.ts';
import { WITHOUT_EVIDENCE_LIMIT } from './counting.ts';
import type { WindowRecord } from './reading.ts';
import type { Alarm, WindowEvidence } from './sequential/detector.ts';
import { healthyIn, type JudgedMetric, moreWindows, sightOf } from './sequential-power.ts';
import { type KnownWindow, type ScoredWindow, scoredWindows } from './sequential-windows.ts';
import {
  alarmText,
  comparedText,
  faultText,
  grouped,
  lookedText,
  oddsText,
  strongestEnd,
  totalsOf,
} from './sequential-words.ts';
import { everyWindow } from './turns.ts';
import type { Verdict } from './verdict.ts';
import { percentText } from './words.ts';

/** All that one metric's verdict is made of. */
export interface Judged extends JudgedMetric {
  records: readonly WindowRecord[];
  windows: readonly KnownWindow[];
  /** The release's, where it is this metric's. */
  alarm: Alarm | undefined;
  /** Of this metric, in the order in which its windows became known. */
  evidence: readonly WindowEvidence[];
  /** Counts that cannot be. */
  problem: string | undefined;
}

/** From evidence to a verdict (docs/statistics.md), in one sentence. */
export function metricVerdict(judged: Judged): Omit<MetricVerdict, 'measurements'> {
  const { metric, problem, alarm, windows, evidence } = judged;
  if (alarm !== undefined) return kept({ kind: 'degraded', because: degradedText(judged, alarm), metric: metric.name });
  if (problem !== undefined) {
    return kept({ kind: 'inconclusive', because: `counts that cannot be judged: ${problem}`, fault: true });
  }
  const compared = scoredWindows(windows, evidence, 'comparison');
  const alone = scoredWindows(windows, evidence, 'ceiling');
  const without = withoutEvidence(judged);
  const brokeLimit = without.count > WITHOUT_EVIDENCE_LIMIT;
  if (compared.length + alone.length === 0) {
    const because = without.last ?? 'waiting for the first window of data';
    return { verdict: { kind: 'inconclusive', because, fault: false }, brokeLimit };
  }
  if (brokeLimit) {
    const because = `${without.count} windows in a row without evidence; the last: ${without.last}`;
    return { verdict: { kind: 'inconclusive', because, fault: false }, brokeLimit };
  }
  return kept(evidenceVerdict(judged, compared, alone));
}

const kept = (verdict: Verdict) => ({ verdict, brokeLimit: false });

/** At least one window was scored. */
function evidenceVerdict(judged: Judged, compared: ScoredWindow[], alone: ScoredWindow[]): Verdict {
  const { sequential, state } = judged;
  const seen = `${seenText(judged, compared, alone)}${assumedText(judged)}`;
  const last = judged.evidence.at(-1) as WindowEvidence; // there is one for each window that was scored
  if (state.healthy) {
    const sure = oddsText(Math.max(last.logHealthy, last.logHealthyLimit)); // it has been there, and that stays
    const because = `healthy: ${seen}; surely not ${sequential.nonInferiority} times as bad as stable (odds ${sure}, limit ${oddsText(last.logHealthyLimit)})`;
    return { kind: 'healthy', because };
  }
  const { enough, effect, smallest } = sightOf(judged, { compared, alone });
  const fault = faultText(judged.metric.source.measure, effect);
  if (enough) {
    const because = `healthy so far: ${seen}; ${fault} would have been found by now${healthyIn(last, compared.length)}`;
    return { kind: 'watching', because };
  }
  const because = `too little traffic to decide so far: ${seen}; ${fault} would not have been found with ${percentText(sequential.detect.power)}${moreWindows(judged, compared)}`;
  if (smallest === undefined) return { kind: 'inconclusive', because, fault: false };
  const unseen = `no fault seen: ${seen}; a fault below ${percentText(smallest)} of requests would not have been seen here`;
  return { kind: 'inconclusive', because, fault: false, unseen };
}

/** How many of the last windows that were due were no evidence, and why the last was not. */
function withoutEvidence({ records, evidence, context, metric }: Judged): { count: number; last: string | undefined } {
  const byStart = new Map(evidence.map(one => [one.startEpochMs, one]));
  let count = 0;
  let last: string | undefined;
  for (const turn of everyWindow(records, context).toReversed()) {
    if (turn.kind === 'open' && !turn.missed) continue;
    const window = turn.kind === 'open' ? turn.window : turn.record;
    const one = byStart.get(window.startEpochMs);
    if (one !== undefined && one.scored !== 'not') break;
    // at weight 100 without a ceiling nothing is expected of it: what it said before stands
    if (!context.expects(window).stable && metric.judge.ceiling === undefined) break;
    count += 1;
    last ??= one?.because ?? 'the window was not read';
  }
  return { count, last };
}

/** Of the windows up to the alarm: what came later changes nothing of what is told. */
function degradedText(judged: Judged, alarm: Alarm): string {
  const { metric, state, context, windows, evidence } = judged;
  const { settings } = state.comparison;
  const until = evidence.slice(0, evidence.indexOf(alarm.evidence) + 1);
  if (alarm.channel === 'ceiling' && state.ceiling !== undefined) {
    const alone = scoredWindows(windows, until, 'ceiling');
    const worst = worstOf(state.ceiling.channels);
    const how = alarmText(alarm, { ...settings, ceiling: state.ceiling.settings.limits[worst] });
    return `${aloneText(alone, worst)}, ${how}; seen ${lookedText(alone.length, context.windowSeconds)}`;
  }
  const compared = scoredWindows(windows, until, 'comparison');
  const worst = worstOf(state.comparison.e);
  // the S-channel counts from the first window on, and is told so
  const told = alarm.channel === 's' ? compared : strongestEnd(compared, worst, state.comparison);
  const text = comparedText(metric.source.measure, totalsOf(told, worst), worst);
  const looked = lookedText(told.length, context.windowSeconds);
  return `${text}, ${alarmText(alarm, { ...settings, ceiling: undefined })}; seen ${looked}${assumedText(judged)}`;
}

/** The threshold with most evidence against it; the first where several have as much. */
function worstOf(channels: readonly { logE: number }[]): number {
  const logs = channels.map(({ logE }) => logE);
  return logs.indexOf(Math.max(...logs));
}

/** "12 of 480 canary requests were bad (2.5 %)" */
function aloneText(windows: readonly ScoredWindow[], threshold: number): string {
  const { canaryBad, canaryRequests } = totalsOf(windows, threshold);
  return `${grouped(canaryBad)} of ${grouped(canaryRequests)} canary requests were bad (${percentText(canaryBad / canaryRequests)})`;
}

function seenText({ metric, state, context }: Judged, compared: ScoredWindow[], alone: ScoredWindow[]): string {
  const parts: string[] = [];
  if (compared.length > 0) {
    const worst = worstOf(state.comparison.e);
    parts.push(
      `${comparedText(metric.source.measure, totalsOf(compared, worst), worst)} ${lookedText(compared.length, context.windowSeconds)}`,
    );
  }
  if (alone.length > 0 && state.ceiling !== undefined) {
    const worst = worstOf(state.ceiling.channels);
    const ceiling = percentText(state.ceiling.settings.limits[worst] ?? 0);
    parts.push(
      `without stable traffic ${aloneText(alone, worst)}, the ceiling is ${ceiling}, ${lookedText(alone.length, context.windowSeconds)}`,
    );
  }
  const note = [...compared, ...alone].at(-1)?.canary.note;
  return parts.concat(note ?? []).join('; ');
}

function assumedText({ metric, sequential }: Judged): string {
  if (!metric.judge.guard) return '';
  const baseline = sequential.baseline[metric.name];
  return baseline === undefined || baseline.assumed ? '; variance assumed (no history)' : '';
}
