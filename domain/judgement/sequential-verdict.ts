import type { JudgementContext, MetricVerdict } from './context.ts';
import { WITHOUT_EVIDENCE_LIMIT } from './counting.ts';
import type { WindowRecord } from './reading.ts';
import { type Detector, marginAt, type WindowEvidence } from './sequential/detector.ts';
import { ceilingFinds, powerOf, type SeenWindow } from './sequential/power.ts';
import type { SequentialContext } from './sequential-context.ts';
import { detectorMetric, type KnownWindow, type SequentialMetric } from './sequential-windows.ts';
import { alarmText, comparedText, grouped, lookedText, oddsText, strongestEnd, totalsOf } from './sequential-words.ts';
import { everyWindow } from './turns.ts';
import type { Verdict } from './verdict.ts';
import { percentText, plural } from './words.ts';

/** All that one metric's verdict is made of. */
export interface Judged {
  metric: SequentialMetric;
  records: readonly WindowRecord[];
  windows: readonly KnownWindow[];
  detector: Detector;
  /** Of this metric, in the order in which its windows became known. */
  evidence: readonly WindowEvidence[];
  /** Counts that cannot be. */
  problem: string | undefined;
  context: JudgementContext;
  sequential: SequentialContext;
}

/** From evidence to a verdict (docs/statistics.md), in one sentence. */
export function metricVerdict(judged: Judged): Omit<MetricVerdict, 'measurements'> {
  const { metric, problem, detector } = judged;
  if (detector.alarm?.metric === metric.name)
    return kept({ kind: 'degraded', because: degradedText(judged), metric: metric.name });
  if (problem !== undefined) {
    return kept({ kind: 'inconclusive', because: `counts that cannot be judged: ${problem}`, fault: true });
  }
  const compared = scoredWindows(judged, 'comparison');
  const alone = scoredWindows(judged, 'ceiling');
  const without = withoutEvidence(judged);
  if (compared.length + alone.length === 0) {
    const because = without.last ?? 'no window was measured yet';
    return {
      verdict: { kind: 'inconclusive', because, fault: false },
      brokeLimit: without.count > WITHOUT_EVIDENCE_LIMIT,
    };
  }
  if (without.count > WITHOUT_EVIDENCE_LIMIT) {
    const because = `${without.count} windows in a row without evidence; the last: ${without.last}`;
    return { verdict: { kind: 'inconclusive', because, fault: false }, brokeLimit: true };
  }
  return kept(evidenceVerdict(judged, compared, alone));
}

const kept = (verdict: Verdict) => ({ verdict, brokeLimit: false });

function evidenceVerdict(judged: Judged, compared: KnownWindow[], alone: KnownWindow[]): Verdict {
  const { sequential, detector, metric } = judged;
  const { ratio, power } = sequential.detect;
  const seen = `${seenText(judged, compared, alone)}${assumedText(judged)}`;
  const state = detector.metrics.get(metric.name);
  const last = judged.evidence.at(-1);
  if (state?.healthy === true) {
    const sure = `sure not to be ${sequential.nonInferiority} times as bad as stable (${oddsText(Math.max(last?.logHealthy ?? 0, last?.logHealthyLimit ?? 0))}; the limit is ${oddsText(last?.logHealthyLimit ?? 0)})`;
    return { kind: 'healthy', because: `${seen}; ${sure}` };
  }
  const found = powerFound(judged, compared, power);
  if (found >= power || ceilingSees(judged, alone, ratio, power)) {
    const because = `${seen}: nothing wrong, and ${ratio} times the failures would have been seen by now${healthyIn(judged, last)}`;
    return { kind: 'watching', because };
  }
  const chance =
    compared.length === 0 ? '' : ` with ${percentText(Number(found.toFixed(2)))}, ${percentText(power)} wanted`;
  const because = `${seen}: too little to tell; ${ratio} times the failures would have been seen${chance === '' ? ' only later' : chance}${moreWindows(judged, compared, found)}`;
  return { kind: 'inconclusive', because, fault: false };
}

function scoredWindows({ windows, evidence }: Judged, scored: WindowEvidence['scored']): KnownWindow[] {
  const starts = new Set(evidence.filter(one => one.scored === scored).map(one => one.startEpochMs));
  return windows.filter(window => starts.has(window.startEpochMs));
}

/** How many of the last windows that were due were no evidence, and why the last was not. */
function withoutEvidence({ records, evidence, context, metric }: Judged): { count: number; last: string | undefined } {
  const bySpan = new Map(evidence.map(one => [one.startEpochMs, one]));
  const turns = everyWindow(records, context);
  let count = 0;
  let last: string | undefined;
  for (const turn of turns.toReversed()) {
    if (turn.kind === 'open' && !turn.missed) continue;
    const window = turn.kind === 'open' ? turn.window : turn.record;
    const one = bySpan.get(window.startEpochMs);
    if (one !== undefined && one.scored !== 'not') break;
    // at weight 100 without a ceiling nothing is expected of it: what it said before stands
    if (!context.expects(window).stable && metric.judge.ceiling === undefined) break;
    count += 1;
    last ??= one?.because ?? 'the window was not read';
  }
  return { count, last };
}

function degradedText(judged: Judged): string {
  const { metric, detector, context } = judged;
  const { alarm } = detector;
  const state = detector.metrics.get(metric.name);
  if (alarm === undefined || state === undefined) throw new Error(`${metric.name} is degraded without an alarm`);
  const until = alarm.evidence;
  const upTo = (windows: KnownWindow[]) => {
    const index = windows.findIndex(window => window.startEpochMs === until.startEpochMs);
    return index < 0 ? windows : windows.slice(0, index + 1);
  };
  if (alarm.channel === 'ceiling') {
    const windows = upTo(scoredWindows(judged, 'ceiling'));
    const worst = worstOf(state.ceiling?.channels.map(({ logE }) => logE) ?? []);
    const text = aloneText(windows, worst);
    return `${text}, ${alarmText(alarm, { ...state.comparison.settings, ceiling: state.ceiling?.settings.limits[worst] })}; seen ${lookedText(windows.length, context.windowSeconds)}`;
  }
  const all = upTo(scoredWindows(judged, 'comparison'));
  const worst = worstOf(state.comparison.e.map(({ logE }) => logE));
  // the S-channel counts from the first window on, and is told so
  const windows = alarm.channel === 's' ? all : strongestEnd(all, worst, state.comparison);
  const text = comparedText(metric.source.measure, totalsOf(windows, worst), worst);
  const looked = lookedText(windows.length, context.windowSeconds);
  return `${text}, ${alarmText(alarm, { ...state.comparison.settings, ceiling: undefined })}; seen ${looked}${assumedText(judged)}`;
}

const worstOf = (logs: readonly number[]): number => Math.max(0, logs.indexOf(Math.max(...logs)));

/** "12 of 480 canary requests were bad (2.5 %)" */
function aloneText(windows: readonly KnownWindow[], threshold: number): string {
  const { canaryBad, canaryRequests } = totalsOf(windows, threshold);
  return `${grouped(canaryBad)} of ${grouped(canaryRequests)} canary requests were bad (${percentText(canaryBad / canaryRequests)})`;
}

function seenText({ metric, detector, context }: Judged, compared: KnownWindow[], alone: KnownWindow[]): string {
  const state = detector.metrics.get(metric.name);
  const parts: string[] = [];
  if (compared.length > 0) {
    const worst = worstOf(state?.comparison.e.map(({ logE }) => logE) ?? []);
    parts.push(
      `${comparedText(metric.source.measure, totalsOf(compared, worst), worst)} ${lookedText(compared.length, context.windowSeconds)}`,
    );
  }
  if (alone.length > 0) {
    const worst = worstOf(state?.ceiling?.channels.map(({ logE }) => logE) ?? []);
    const ceiling = percentText(state?.ceiling?.settings.limits[worst] ?? 0);
    parts.push(
      `without stable traffic ${aloneText(alone, worst)}, the ceiling is ${ceiling}, ${lookedText(alone.length, context.windowSeconds)}`,
    );
  }
  const note = compared.concat(alone).at(-1)?.canary?.note;
  return parts.concat(note ?? []).join('; ');
}

function assumedText({ metric, sequential }: Judged): string {
  if (!metric.judge.guard) return '';
  const baseline = sequential.baseline[metric.name];
  return baseline === undefined || baseline.assumed
    ? " (how much the counts vary is assumed: the stable version's past has too little)"
    : '';
}

/** The chance that the windows so far would have found the plan's `detect`; at `enough` it is not counted on. */
function powerFound(judged: Judged, compared: readonly KnownWindow[], enough: number): number {
  const { metric, sequential, detector } = judged;
  const settings = detector.metrics.get(metric.name)?.comparison.settings;
  if (settings === undefined) return 0;
  return powerOf(
    settings,
    seenWindows(judged, compared),
    { rates: ratesOf(judged, compared), ratio: sequential.detect.ratio },
    enough,
  );
}

function seenWindows({ metric, context, sequential }: Judged, compared: readonly KnownWindow[]): SeenWindow[] {
  const margins = detectorMetric(metric, context, sequential, undefined);
  return compared.map(({ canary, stable, startEpochMs }) => ({
    canaryRequests: canary?.requests ?? 0,
    stableRequests: stable?.requests ?? 0,
    margin: marginAt(margins, startEpochMs),
  }));
}

/** The stable version's rates as they were observed: in the release, and where it had no failure there, before it too. */
function ratesOf({ metric, sequential, detector }: Judged, compared: readonly KnownWindow[]): number[] {
  const thresholds = detector.metrics.get(metric.name)?.metric.thresholds ?? 1;
  const baseline = sequential.baseline[metric.name];
  return Array.from({ length: thresholds }, (_, t) => {
    const { stableBad, stableRequests } = totalsOf(compared, t);
    if (stableBad > 0 || baseline === undefined) return stableRequests === 0 ? 0 : stableBad / stableRequests;
    return (baseline.bad[t] ?? 0) / (baseline.requests + stableRequests);
  });
}

function ceilingSees(
  { metric, detector }: Judged,
  alone: readonly KnownWindow[],
  ratio: number,
  power: number,
): boolean {
  const settings = detector.metrics.get(metric.name)?.ceiling?.settings;
  if (settings === undefined || alone.length === 0) return false;
  return ceilingFinds(
    settings,
    alone.map(({ canary }) => canary?.requests ?? 0),
    ratio,
    power,
  );
}

/** What would settle it: windows like those so far until `healthy`, at the pace of the evidence. */
function healthyIn({ evidence }: Judged, last: WindowEvidence | undefined): string {
  const count = evidence.filter(({ scored }) => scored === 'comparison').length;
  if (last === undefined || last.logHealthy <= 0 || count === 0) return '';
  const more = Math.ceil((last.logHealthyLimit - last.logHealthy) / (last.logHealthy / count));
  return more > 0 && more < 1000 ? `; ${plural(more, 'more window')} like these would prove it healthy` : '';
}

/** More windows than this are not tried: a bake of that length is not what settles it. */
const LONGEST_SOUGHT = 256;

/** Evidence grows about in proportion to the windows: what is missing to the wanted power, found by doubling. */
function moreWindows(judged: Judged, compared: readonly KnownWindow[], found: number): string {
  const { metric, sequential, detector, context } = judged;
  const { power, ratio } = sequential.detect;
  const settings = detector.metrics.get(metric.name)?.comparison.settings;
  const rates = ratesOf(judged, compared);
  if (context.terse || compared.length === 0 || settings === undefined || found >= power) return '';
  if (rates.every(rate => rate === 0) && settings.floor === undefined) {
    return '; without a failure of the stable version no ratio can be seen, a floor would say from where failures matter';
  }
  const seen = seenWindows(judged, compared);
  const times = [2, 4, 8, 16, 32, 64, 128, 256].find(factor => {
    if (seen.length * factor > LONGEST_SOUGHT) return false;
    const longer = Array.from({ length: factor }, () => seen).flat();
    return powerOf(settings, longer, { rates, ratio }, power) >= power;
  });
  if (times === undefined) return '; windows like these would not settle it soon';
  return `; about ${plural((times - 1) * compared.length, 'more window')} like these would settle it`;
}
