import { assertNever } from '../assert-never.ts';
import type { Measure } from '../plan/plan.ts';
import type { Comparison } from './sequential/comparison.ts';
import type { Alarm } from './sequential/detector.ts';
import { logRatioEvidence } from './sequential/window-evidence.ts';
import type { ScoredWindow } from './sequential-windows.ts';
import { percentText, plural, secondsText } from './words.ts';

/** 9520 is "9,520". */
export const grouped = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Odds of e-values: 20123 is "1 to 20,000", for someone who bets two digits are enough. */
export function oddsText(log: number): string {
  if (log > Math.log(1e12)) return '1 to more than 1,000,000,000,000';
  const odds = Math.exp(log);
  return `1 to ${odds < 10 ? Number(odds.toPrecision(2)) : grouped(Number(odds.toPrecision(odds < 1000 ? 3 : 2)))}`;
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

/** "12 of 480 canary requests failed against 31 of 9,520: 7.7 times the stable version's rate" */
export function comparedText(measure: Measure, totals: Totals, threshold: number): string {
  const { canaryRequests, canaryBad, stableRequests, stableBad } = totals;
  const canary = `${grouped(canaryBad)} of ${grouped(canaryRequests)} canary requests ${deedText(measure, threshold)}`;
  const against = `against ${grouped(stableBad)} of ${grouped(stableRequests)}`;
  if (canaryBad === 0 && stableBad === 0) return `${canary} ${against}`;
  if (stableBad === 0) return `${canary} ${against} of the stable version's`;
  const ratio = canaryBad / canaryRequests / (stableBad / stableRequests);
  const rounded = Number(ratio.toPrecision(2));
  return `${canary} ${against}: ${rounded === 1 ? '' : `${rounded} times `}the stable version's rate`;
}

function deedText(measure: Measure, threshold: number): string {
  switch (measure.kind) {
    case 'failedRequests':
      return 'failed';
    case 'target5xxAndConnectionErrors':
      return 'got a 5xx or no connection';
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
  switch (channel) {
    case 'ceiling':
      return `above the ceiling of ${percentText(settings.ceiling ?? 0)}, ${oddsText(evidence.logCeiling ?? 0)} against chance; the limit is ${oddsText(evidence.logCeilingLimit ?? 0)}`;
    case 's':
      return `${grouped(x)} bad ones since the start, and chance brings ${grouped(boundary)} to a canary within ${settings.margin} times that rate in 1 of ${grouped(Math.floor(1 / spent))} releases at most; the limit is 1 of ${grouped(Math.floor(1 / settings.sAlpha))}`;
    case 'e': {
      const alone = logE >= logELimit;
      return `${oddsText(logE)} against chance${alone ? '' : ', and too much together with the other metrics'}; the limit ${alone ? 'is' : 'alone is'} ${oddsText(logELimit)}`;
    }
    default:
      return assertNever(channel);
  }
}
