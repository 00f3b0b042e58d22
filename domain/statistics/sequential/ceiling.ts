import { upperBound } from './clopper-pearson.ts';
import type { Profile } from './profile.ts';

/**
 * One window against a fixed rate (docs/statistics.md (b)): x ln(p_j/p) + (n - x) ln((1-p_j)/(1-p)) with
 * p_j = 1 - (1 - p)^w, so that (1-p_j)/(1-p) = (1-p)^(w-1).
 * @param limit p_max, above 0 and below 1  @param ratio w, above 1
 */
export const logRateEvidence = (bad: number, requests: number, limit: number, ratio: number): number =>
  bad * Math.log(-Math.expm1(ratio * Math.log1p(-limit)) / limit) + (requests - bad) * (ratio - 1) * Math.log1p(-limit);

/** Counts of the stable version in one window. */
export interface RateWindow {
  requests: number;
  bad: number;
}

/**
 * `ceiling: auto`: margin x the upper 99 % bound of the stable version's rate over its last 60 windows, and at least as
 * much as leaves room for 10 failures in the requests that are expected until the end. Below 1 always.
 * @param windows of the stable version while it had traffic, oldest first
 * @param expectedRequests of the canary while it has all the traffic
 * @returns undefined where the stable version had no request: there is nothing to take a ceiling from
 */
export function autoCeiling(
  windows: readonly RateWindow[],
  margin: number,
  expectedRequests: number,
  { autoCeiling: rule }: Pick<Profile, 'autoCeiling'>,
): number | undefined {
  const last = windows.filter(({ requests }) => requests > 0).slice(-rule.windows);
  const requests = last.reduce((sum, window) => sum + window.requests, 0);
  if (requests === 0) return undefined;
  const bad = last.reduce((sum, window) => sum + window.bad, 0);
  const floor = expectedRequests > 0 ? rule.leastFailures / expectedRequests : 0;
  return Math.min(Math.max(margin * upperBound(bad, requests, rule.confidence), floor), HIGHEST);
}

/** A ceiling of 1 could never be exceeded, and its logarithm does not exist. */
const HIGHEST = 0.999;
