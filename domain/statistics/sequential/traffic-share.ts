import { logSumExp } from './comparison.ts';
import type { Profile } from './profile.ts';
import { bernoulli } from './window-evidence.ts';

/** Requests of both versions in one window, and the weight (0 to 1) that the canary had in all of it. */
export interface TrafficWindow {
  canaryRequests: number;
  stableRequests: number;
  weight: number;
}

export interface TrafficShare {
  /** The canary has less than its weight says, or more: the release holds, it never rolls back for that. */
  wrong?: 'tooLittle' | 'tooMuch';
  /** ln of the evidence of the side on which there is more. */
  logE: number;
  /** Requests of the canary and of both over the windows. */
  canaryRequests: number;
  requests: number;
  /** Requests that the weights would have given the canary. */
  expectedRequests: number;
}

/** What the windows so far say of it: plain JSON. */
export interface TrafficSums {
  /** ln of the evidence per alternative that the canary has too little. */
  logs: number[];
  /** The same of too much; absent in sums that an older version kept: it begins where they end. */
  logsMore?: number[];
  canaryRequests: number;
  requests: number;
  expectedRequests: number;
}

type Rule = Pick<Profile, 'trafficShare'>;

export const noTraffic = ({ trafficShare: { alternatives } }: Rule): TrafficSums => ({
  logs: alternatives.map(() => 0),
  logsMore: alternatives.map(() => 0),
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
  const most = mostShare(window.weight, rule.slack);
  const logsMore = sums.logsMore ?? rule.alternatives.map(() => 0);
  for (const [j, part] of rule.alternatives.entries()) {
    const share = most / part < 1 ? most / part : 1 - (1 - most) * part;
    sums.logs[j] = (sums.logs[j] ?? 0) + bernoulli(all, window.canaryRequests, least * part, least) / rule.phi;
    logsMore[j] = (logsMore[j] ?? 0) + bernoulli(all, window.canaryRequests, share, most) / rule.phi;
  }
  sums.logsMore = logsMore;
}

/** The canary's weight and the slack, or as much as leaves stable its own weight less the slack: whichever is nearer. */
const mostShare = (weight: number, slack: number): number =>
  Math.min(weight * (1 + slack), 1 - (1 - weight) * (1 - slack));

/**
 * Is the traffic where the weights say (docs/statistics.md (d))? Two tests of one side each: the canary's share is at least
 * weight x (1 - slack), and at most `mostShare`. The evidence is divided by a dispersion: requests of one connection go the
 * same way.
 */
export function trafficShareIn(sums: TrafficSums, { trafficShare: rule }: Rule): TrafficShare {
  const { logs, logsMore = [], canaryRequests, requests, expectedRequests } = sums;
  const [less, more] = [logMean(logs), logMean(logsMore)];
  const logE = Math.max(less, more);
  const told = { logE, canaryRequests, requests, expectedRequests };
  if (logE < -Math.log(rule.alpha)) return told;
  return { ...told, wrong: less >= more ? 'tooLittle' : 'tooMuch' };
}

/** ln of the mean of what these are the ln of; of none 0, which is no evidence. */
const logMean = (logs: readonly number[]): number => (logs.length === 0 ? 0 : logSumExp(logs) - Math.log(logs.length));
