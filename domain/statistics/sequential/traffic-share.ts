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

/** What the windows so far say of it: plain JSON. */
export interface TrafficSums {
  /** ln of the evidence per alternative. */
  logs: number[];
  canaryRequests: number;
  requests: number;
  expectedRequests: number;
}

type Rule = Pick<Profile, 'trafficShare'>;

export const noTraffic = ({ trafficShare: { alternatives } }: Rule): TrafficSums => ({
  logs: alternatives.map(() => 0),
  ...{ canaryRequests: 0, requests: 0, expectedRequests: 0 },
});

/** One window more, in place. */
export function addTraffic(sums: TrafficSums, window: TrafficWindow, { trafficShare: rule }: Rule): void {
  if (window.weight <= 0 || window.weight >= 1) return;
  const all = window.canaryRequests + window.stableRequests;
  sums.canaryRequests += window.canaryRequests;
  sums.requests += all;
  sums.expectedRequests += all * window.weight;
  const least = window.weight * (1 - rule.slack);
  for (const [j, part] of rule.alternatives.entries()) {
    sums.logs[j] = (sums.logs[j] ?? 0) + bernoulli(all, window.canaryRequests, least * part, least) / rule.phi;
  }
}

/**
 * Is the traffic where the weights say (docs/statistics.md (d))? One-sided: the canary's share is at least weight x
 * (1 - slack). The evidence is divided by a dispersion: requests of one connection go the same way.
 */
export function trafficShareIn(sums: TrafficSums, { trafficShare: rule }: Rule): TrafficShare {
  const { logs, canaryRequests, requests, expectedRequests } = sums;
  const most = Math.max(...logs);
  const mean = logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length;
  const logE = most + Math.log(mean);
  return { tooLittle: logE >= -Math.log(rule.alpha), logE, canaryRequests, requests, expectedRequests };
}
