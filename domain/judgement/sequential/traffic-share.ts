import type { Profile } from './profile.ts';
import { bernoulli } from './window-evidence.ts';

/** Requests of both versions in one window, and the weight (0 to 1) that the canary had in all of it. */
export interface TrafficWindow {
  canaryRequests: number;
  stableRequests: number;
  weight: number;
}

export interface TrafficShare {
  /** The canary has less than its weight says: the release holds, it never rolls back for that. */
  tooLittle: boolean;
  logE: number;
  /** Requests of the canary and of both over the windows. */
  canaryRequests: number;
  requests: number;
  /** Requests that the weights would have given the canary. */
  expectedRequests: number;
}

/**
 * Is the traffic where the weights say (docs/statistics.md (d))? One-sided: the canary's share is at least weight x
 * (1 - slack). The evidence is divided by a dispersion: requests of one connection go the same way.
 */
export function trafficShareOf(
  windows: readonly TrafficWindow[],
  { trafficShare: rule }: Pick<Profile, 'trafficShare'>,
): TrafficShare {
  const logs = rule.alternatives.map(() => 0);
  let [canaryRequests, requests, expectedRequests] = [0, 0, 0];
  for (const window of windows) {
    const all = window.canaryRequests + window.stableRequests;
    if (window.weight <= 0 || window.weight >= 1) continue;
    canaryRequests += window.canaryRequests;
    requests += all;
    expectedRequests += all * window.weight;
    const least = window.weight * (1 - rule.slack);
    for (const [j, part] of rule.alternatives.entries()) {
      logs[j] = (logs[j] ?? 0) + bernoulli(all, window.canaryRequests, least * part, least) / rule.phi;
    }
  }
  const most = Math.max(...logs);
  const mean = logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length;
  const logE = most + Math.log(mean);
  return { tooLittle: logE >= -Math.log(rule.alpha), logE, canaryRequests, requests, expectedRequests };
}
