import { assertNever } from '../../assert-never.ts';
import { decimalText, groupedText, percentText, roundedText } from '../../number-text.ts';
import type { Measure } from '../../sources/measure.ts';
import type { Comparison } from '../../statistics/sequential/comparison.ts';
import type { Alarm } from '../../statistics/sequential/detector.ts';
import { logRatioEvidence } from '../../statistics/sequential/window-evidence.ts';
import { failureText, plural } from '../words.ts';
import type { SeenWindows } from './seen-windows.ts';
import type { ScoredWindow } from './windows.ts';

/** Odds of e-values: 20123 is "20,000 to 1"; two digits are enough for somebody who bets. */
export function oddsText(log: number): string {
  if (log > Math.log(1e12)) return 'more than 1,000,000,000,000 to 1';
  const odds = Math.exp(log);
  return `${odds < 10 ? roundedText(odds, 2) : groupedText(Number(odds.toPrecision(odds < 1000 ? 3 : 2)))} to 1`;
}

export interface Totals {
  canaryRequests: number;
  canaryBad: number;
  stableRequests: number;
  stableBad: number;
}

export const totalsIn = (seen: SeenWindows, threshold: number): Totals => ({
  canaryRequests: seen.canaryRequests,
  canaryBad: seen.canaryBad[threshold] ?? 0,
  stableRequests: seen.stableRequests,
  stableBad: seen.stableBad[threshold] ?? 0,
});

/** The last windows by one alternative, as many of them as make the strongest case. Plain JSON. */
interface End extends Totals {
  windows: number;
  logE: number;
}

/**
 * The last windows, as many of them as make the strongest case, per alternative: a fault that began after a long healthy
 * time is told by what it did since, not thinned by what was before. Empty before the first window.
 */
export type StrongestEnds = End[];

const NO_END: End = { windows: 0, logE: 0, canaryRequests: 0, canaryBad: 0, stableRequests: 0, stableBad: 0 };

/** One window more, in place: what is no evidence so far is no part of the case. */
export function addToEnds(
  ends: StrongestEnds,
  { canary, stable }: ScoredWindow,
  threshold: number,
  { margin, profile: { alternatives } }: Comparison['settings'],
): void {
  const [xc, xb] = [canary.bad[threshold] ?? 0, stable.bad[threshold] ?? 0];
  const share = canary.requests / (canary.requests + stable.requests);
  for (const [j, alternative] of alternatives.entries()) {
    const known = ends[j] ?? NO_END;
    const before = known.logE > 0 ? known : NO_END;
    ends[j] = {
      windows: before.windows + 1,
      logE: before.logE + logRatioEvidence(xc, xc + xb, share, margin, margin * alternative),
      canaryRequests: before.canaryRequests + canary.requests,
      canaryBad: before.canaryBad + xc,
      stableRequests: before.stableRequests + stable.requests,
      stableBad: before.stableBad + xb,
    };
  }
}

/** The strongest case of all alternatives; of two alike the shorter. */
export const strongestSuffix = (ends: StrongestEnds): End =>
  ends.reduce((best, end) => {
    const isStronger = end.logE > best.logE || (end.logE === best.logE && end.windows < best.windows);
    return isStronger ? end : best;
  }, ends[0] ?? NO_END);
/** "12 of 480 canary requests failed, 31 of 9,520 of stable (7.7 times the rate)" */
export function comparedText(measure: Measure, totals: Totals, threshold: number): string {
  const { canaryRequests, canaryBad, stableRequests, stableBad } = totals;
  const counts = `${groupedText(canaryBad)} of ${groupedText(canaryRequests)} canary requests ${failureText(measure, threshold)}, ${groupedText(stableBad)} of ${groupedText(stableRequests)} of stable`;
  if (stableBad === 0) return counts;
  const ratio = Number((canaryBad / canaryRequests / (stableBad / stableRequests)).toPrecision(2));
  return `${counts} (${ratio === 1 ? 'the same' : `${ratio} times the`} rate)`;
}

/** "a canary of which 1 % of requests failed": the fault that is looked for. @param share 0 to 1 */
export const faultText = (measure: Measure, share: number): string =>
  `a canary of which ${percentText(share)} of requests ${failureText(measure, 0)}`;

/** "in 12 windows (12 min)" */
export function windowsPhrase(windows: number, windowSeconds: number): string {
  const minutes = (windows * windowSeconds) / 60;
  const time = minutes < 1 ? `${windows * windowSeconds} s` : `${decimalText(minutes, 1)} min`;
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
      return `${groupedText(x)} bad ones since the start; a canary at the margin of ${settings.margin} times has ${groupedText(boundary)} or more in 1 of ${groupedText(Math.floor(1 / spent))} releases (limit 1 of ${groupedText(Math.floor(1 / settings.sAlpha))})`;
    case 'e':
      return logE >= logELimit
        ? odds(logE, logELimit)
        : `odds against chance ${oddsText(logE)} (limit of this metric alone ${oddsText(logELimit)}), too much together with the other metrics`;
    default:
      return assertNever(channel);
  }
}
