import { assertNever } from '../assert-never.ts';
import type { Measure } from '../plan/plan.ts';
import type { Comparison } from './sequential/comparison.ts';
import type { Alarm } from './sequential/detector.ts';
import { logRatioEvidence } from './sequential/window-evidence.ts';
import type { ScoredWindow } from './sequential-windows.ts';
import { percentText, plural, secondsText } from './words.ts';

/** 9520 is "9,520". */
export const grouped = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Odds of e-values: 20123 is "20,000 to 1"; two digits are enough for somebody who bets. */
export function oddsText(log: number): string {
  if (log > Math.log(1e12)) return 'more than 1,000,000,000,000 to 1';
  const odds = Math.exp(log);
  return `${odds < 10 ? Number(odds.toPrecision(2)) : grouped(Number(odds.toPrecision(odds < 1000 ? 3 : 2)))} to 1`;
}

export interface Totals {
  canaryRequests: number;
  canaryBad: number;
  stableRequests: number;
  stableBad: number;
}

export function totalsOf(windows: readonly ScoredWindow[], threshold: number): Totals {
  const totals: Totals = { canaryRequests: 0, canaryBad: 0, stableRequests: 0, stableBad: 0 };
  for (const { canary, stable } of windows) {
    totals.canaryRequests += canary.requests;
    totals.canaryBad += canary.bad[threshold] ?? 0;
    totals.stableRequests += stable.requests;
    totals.stableBad += stable.bad[threshold] ?? 0;
  }
  return totals;
}

/**
 * The last windows, as many of them as make the strongest case: a fault that began after a long healthy time is told by
 * what it did since, not thinned by what was before.
 */
export function strongestEnd(
  windows: readonly ScoredWindow[],
  threshold: number,
  { settings }: Pick<Comparison, 'settings'>,
): ScoredWindow[] {
  const { alternatives } = settings.profile;
  const sums: number[] = [];
  let [best, from] = [Number.NEGATIVE_INFINITY, 0];
  for (const [i, { canary, stable }] of [...windows.entries()].toReversed()) {
    const share = canary.requests / (canary.requests + stable.requests);
    const [xc, xb] = [canary.bad[threshold] ?? 0, stable.bad[threshold] ?? 0];
    for (const [j, alternative] of alternatives.entries()) {
      sums[j] = (sums[j] ?? 0) + logRatioEvidence(xc, xc + xb, share, settings.margin, settings.margin * alternative);
    }
    const most = Math.max(...sums);
    if (most > best) [best, from] = [most, i];
  }
  return windows.slice(from);
}

/** "12 of 480 canary requests failed, 31 of 9,520 of stable (7.7 times the rate)" */
export function comparedText(measure: Measure, totals: Totals, threshold: number): string {
  const { canaryRequests, canaryBad, stableRequests, stableBad } = totals;
  const counts = `${grouped(canaryBad)} of ${grouped(canaryRequests)} canary requests ${deedText(measure, threshold)}, ${grouped(stableBad)} of ${grouped(stableRequests)} of stable`;
  if (stableBad === 0) return counts;
  const ratio = Number((canaryBad / canaryRequests / (stableBad / stableRequests)).toPrecision(2));
  return `${counts} (${ratio === 1 ? 'the same' : `${ratio} times the`} rate)`;
}

/** "a canary of which 1 % of requests failed": the fault that is looked for. @param share 0 to 1 */
export const faultText = (measure: Measure, share: number): string =>
  `a canary of which ${percentText(share)} of requests ${deedText(measure, 0)}`;

function deedText(measure: Measure, threshold: number): string {
  switch (measure.kind) {
    case 'failedRequests':
      return 'failed';
    case 'target5xxAndConnectionErrors':
      return 'got a 5xx or no connection';
    case 'target4xx':
      return 'got a 4xx';
    case 'target3xx':
      return 'got a 3xx';
    case 'slowerThan':
    case 'histogram':
      return `took longer than ${secondsText(measure.thresholdsSeconds[threshold] ?? 0)}`;
    default:
      return 'were bad';
  }
}

/** "in 12 windows (12 min)" */
export function lookedText(windows: number, windowSeconds: number): string {
  const minutes = (windows * windowSeconds) / 60;
  const time = minutes < 1 ? `${windows * windowSeconds} s` : `${Number(minutes.toFixed(1))} min`;
  return `in ${plural(windows, 'window')} (${time})`;
}

/** How sure an alarm is, and what its limit was. @param settings of the channel that has fired */
export function alarmText(
  { channel, evidence }: Alarm,
  settings: { margin: number; sAlpha: number; ceiling: number | undefined },
): string {
  const { logE, logELimit, x = 0, boundary = 0, spent = 0 } = evidence;
  const odds = (log: number, limit: number) => `odds against chance ${oddsText(log)} (limit ${oddsText(limit)})`;
  switch (channel) {
    case 'ceiling':
      return `above the ceiling of ${percentText(settings.ceiling ?? 0)}, ${odds(evidence.logCeiling ?? 0, evidence.logCeilingLimit ?? 0)}`;
    case 's':
      return `${grouped(x)} bad ones since the start; a canary at the margin of ${settings.margin} times has ${grouped(boundary)} or more in 1 of ${grouped(Math.floor(1 / spent))} releases (limit 1 of ${grouped(Math.floor(1 / settings.sAlpha))})`;
    case 'e':
      return logE >= logELimit
        ? odds(logE, logELimit)
        : `odds against chance ${oddsText(logE)} (limit of this metric alone ${oddsText(logELimit)}), too much together with the other metrics`;
    default:
      return assertNever(channel);
  }
}
