import type { JudgementContext } from './context.ts';
import { type Detector, marginAt, type WindowEvidence } from './sequential/detector.ts';
import { ceilingFinds, powerOf, type SeenWindow } from './sequential/power.ts';
import type { SequentialContext } from './sequential-context.ts';
import type { ScoredWindow, SequentialMetric } from './sequential-windows.ts';
import { totalsOf } from './sequential-words.ts';
import { plural } from './words.ts';

export type MetricState = NonNullable<ReturnType<Detector['metrics']['get']>>;

/** A metric, what the detector has of it after all windows, and what both were set to. */
export interface JudgedMetric {
  metric: SequentialMetric;
  state: MetricState;
  context: JudgementContext;
  sequential: SequentialContext;
}

/** The chance that the windows so far would have found the plan's `detect`; at `enough` it is not counted on. */
export const powerFound = (judged: JudgedMetric, compared: readonly ScoredWindow[], enough: number): number =>
  powerOf(
    judged.state.comparison.settings,
    seenWindows(judged, compared),
    { rates: ratesOf(judged, compared), ratio: judged.sequential.detect.ratio },
    enough,
  );

const seenWindows = ({ state }: JudgedMetric, compared: readonly ScoredWindow[]): SeenWindow[] =>
  compared.map(({ canary, stable, startEpochMs }) => ({
    canaryRequests: canary.requests,
    stableRequests: stable.requests,
    margin: marginAt(state.metric, startEpochMs),
  }));

/** The stable version's rates as they were observed: in the release, and where it had no failure there, before it too. */
function ratesOf({ metric, sequential, state }: JudgedMetric, compared: readonly ScoredWindow[]): number[] {
  const baseline = sequential.baseline[metric.name];
  return Array.from({ length: state.metric.thresholds }, (_, t) => {
    const { stableBad, stableRequests } = totalsOf(compared, t);
    if (stableBad > 0) return stableBad / stableRequests;
    return baseline === undefined ? 0 : (baseline.bad[t] ?? 0) / Math.max(1, baseline.requests + stableRequests);
  });
}

/** Whether a canary at the plan's `detect` times the ceiling would have been found by now. */
export function ceilingSees({ state, sequential }: JudgedMetric, alone: readonly ScoredWindow[]): boolean {
  if (state.ceiling === undefined) return false;
  const requests = alone.map(({ canary }) => canary.requests);
  return ceilingFinds(state.ceiling.settings, requests, sequential.detect.ratio, sequential.detect.power);
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
export function moreWindows(judged: JudgedMetric, compared: readonly ScoredWindow[]): string {
  const { sequential, state, context } = judged;
  if (context.terse) return '';
  const { power, ratio } = sequential.detect;
  const { settings } = state.comparison;
  const rates = ratesOf(judged, compared);
  if (rates.every(rate => rate === 0) && settings.floor === undefined) {
    return '; without a failure of the stable version no ratio can be seen, a floor would say from where failures matter';
  }
  const seen = seenWindows(judged, compared);
  for (let times = 2; times * seen.length <= LONGEST_SOUGHT; times *= 2) {
    const longer = Array.from({ length: times }, () => seen).flat();
    if (powerOf(settings, longer, { rates, ratio }, power) < power) continue;
    return `; about ${plural((times - 1) * seen.length, 'more window')} like these would settle it`;
  }
  return '; windows like these would not settle it soon';
}
