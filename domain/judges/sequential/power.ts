import type { MetricState, WindowEvidence } from '../../statistics/sequential/detector.ts';
import { effectRate, grossRate, smallestSeen } from '../../statistics/sequential/effect.ts';
import { ceilingFinds, type Fault, windowsUntilFound, wouldFind } from '../../statistics/sequential/power.ts';
import type { JudgementContext } from '../context.ts';
import { plural } from '../words.ts';
import type { SequentialContext } from './context.ts';
import type { SeenWindows } from './seen-windows.ts';
import type { SequentialMetric } from './windows.ts';

/** A metric, what the detector has of it after all windows, and what both were set to. */
export interface JudgedMetric {
  metric: SequentialMetric;
  state: MetricState;
  context: JudgementContext;
  sequential: SequentialContext;
}

/** What the scored windows of a metric add up to: with the stable version beside the canary, and without. */
export interface Scored {
  compared: SeenWindows;
  alone: SeenWindows;
}

/** What the windows so far would have shown of a fault. */
export interface Sight {
  /** Whether the plan's `detect` would have been found with its power. */
  enough: boolean;
  /** The bad share of such a canary, of the first threshold. */
  effect: number;
  /** The smallest bad share that would have been found, where a gross fault would have been; undefined: not even that. */
  smallest: number | undefined;
}

export function sightOf(judged: JudgedMetric, scored: Scored): Sight {
  const { detect } = judged.sequential;
  const byComparison = effectRate(stableRate(judged, scored.compared), detect);
  const fault = faultOf(judged, scored.compared, rate => effectRate(rate, detect));
  const compared = comparisonSees(judged, scored.compared, fault);
  // what the ceiling alone sees is a fault of the ceiling's size
  const effect = compared || scored.alone.windows === 0 ? byComparison : Math.max(byComparison, leastAtCeiling(judged));
  const enough = compared || ceilingSees(judged, scored.alone, fault.faulty);
  if (enough) return { enough, effect, smallest: effect };
  return { enough: false, effect, smallest: smallestFault(judged, scored, effect) };
}

/** Whether a canary with the plan's `detect` would have been found by now, with its power. */
export const seesEffect = (judged: JudgedMetric, scored: Scored): boolean =>
  sees(judged, scored, rate => effectRate(rate, judged.sequential.detect));

/** Whether one with a gross fault would have been; never in a plan that was frozen before there was one. */
export function seesGross(judged: JudgedMetric, scored: Scored): boolean {
  const { detect } = judged.sequential;
  return detect.gross !== undefined && sees(judged, scored, rate => grossRate(rate, detect) ?? 1);
}

/** From where on a fault would have been found; finding that out takes a while, and who is terse gets the gross one. */
function smallestFault(judged: JudgedMetric, scored: Scored, effect: number): number | undefined {
  if (!seesGross(judged, scored)) return undefined;
  const gross = grossRate(stableRate(judged, scored.compared), judged.sequential.detect) ?? 1;
  if (judged.context.terse) return gross;
  return smallestSeen(effect, gross, share => sees(judged, scored, rate => Math.max(rate, share)));
}

/** @param faultyOf the bad share of such a canary, by that of the stable version */
function sees(judged: JudgedMetric, { compared, alone }: Scored, faultyOf: (rate: number) => number): boolean {
  const fault = faultOf(judged, compared, faultyOf);
  return comparisonSees(judged, compared, fault) || ceilingSees(judged, alone, fault.faulty);
}

function faultOf(
  judged: JudgedMetric,
  compared: SeenWindows,
  faultyOf: (rate: number) => number,
): Fault & { faulty: number[] } {
  const { floor = 0 } = judged.state.comparison.settings;
  const rates = ratesOf(judged, compared);
  return { rates, faulty: rates.map(rate => faultyOf(Math.max(rate, floor))) };
}

const comparisonSees = (judged: JudgedMetric, compared: SeenWindows, fault: Fault): boolean =>
  wouldFind(judged.state.comparison.settings, compared.blocks, fault, judged.sequential.detect.power);

/** Of the first threshold: the bad share from which faults are told. */
const stableRate = (judged: JudgedMetric, compared: SeenWindows): number =>
  Math.max(ratesOf(judged, compared)[0] ?? 0, judged.metric.judge.floor ?? 0);

/** The stable version's rates as they were observed: in the release, and where it had no failure there, before it too. */
function ratesOf({ metric, sequential, state }: JudgedMetric, compared: SeenWindows): number[] {
  const baseline = sequential.baseline[metric.name];
  return Array.from({ length: state.metric.thresholds }, (_, t) => {
    const { stableRequests } = compared;
    const stableBad = compared.stableBad[t] ?? 0;
    if (stableBad > 0) return stableBad / stableRequests;
    return baseline === undefined ? 0 : (baseline.bad[t] ?? 0) / Math.max(1, baseline.requests + stableRequests);
  });
}

/** Whether the windows without stable traffic would have shown it. */
function ceilingSees(judged: JudgedMetric, alone: SeenWindows, faulty: readonly number[]): boolean {
  const { ceiling } = judged.state;
  if (ceiling === undefined || alone.windows === 0) return false;
  const least = leastAtCeiling(judged);
  const shares = faulty.map(share => Math.max(share, least));
  return ceilingFinds(ceiling.settings, alone.blocks, shares, judged.sequential.detect.power);
}

/**
 * Against a ceiling that the plan names itself a fault is at least `detect.ratio` times it: what is below was called good
 * enough. 0 where the ceiling is taken from what stable did.
 */
function leastAtCeiling({ metric, sequential }: JudgedMetric): number {
  const { ceiling } = metric.judge;
  return typeof ceiling === 'number' ? Math.min(1, sequential.detect.ratio * ceiling) : 0;
}

/** What would settle it: windows like those so far until `healthy`, at the pace of the evidence. */
export function healthyIn(
  { logHealthy, logHealthyLimit }: Pick<WindowEvidence, 'logHealthy' | 'logHealthyLimit'>,
  compared: number,
): string {
  if (logHealthy <= 0) return '';
  const more = Math.ceil((logHealthyLimit - logHealthy) / (logHealthy / compared));
  return more < 1000 ? `; ${plural(more, 'more window')} like these would prove it healthy` : '';
}

/** More windows than this are not tried: a bake of that length is not what settles it. */
const LONGEST_SOUGHT = 256;

/** Evidence grows about in proportion to the windows: what is missing to the wanted power, found by doubling. */
export function moreWindows(judged: JudgedMetric, compared: SeenWindows): string {
  const { sequential, state, context } = judged;
  if (context.terse || compared.windows === 0) return '';
  const { detect } = sequential;
  const { settings } = state.comparison;
  const rates = ratesOf(judged, compared);
  const faulty = rates.map(rate => effectRate(Math.max(rate, settings.floor ?? 0), detect));
  const seeking = { wanted: detect.power, longest: LONGEST_SOUGHT };
  const needed = windowsUntilFound(settings, compared.blocks, { rates, faulty }, seeking);
  if (needed === undefined) return '';
  return `; about ${plural(needed - compared.windows, 'more window')} like these would be enough`;
}
