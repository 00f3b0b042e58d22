/** The settings that docs/statistics.md compares by: 36, and five effects on each make 180. */
export interface Setting {
  /** The stable version's failures per request, 0 to 1. */
  baseRate: number;
  /** Of both versions together. */
  requestsPerSecond: number;
  /** The canary's part of the requests, 0 to 1. */
  share: number;
  windowSeconds: number;
}

export const SETTINGS: readonly Setting[] = [0.001, 0.005, 0.01].flatMap(baseRate =>
  [50, 500].flatMap(requestsPerSecond =>
    [0.05, 0.1, 0.25].flatMap(share =>
      [15, 60].map(windowSeconds => ({ baseRate, requestsPerSecond, share, windowSeconds })),
    ),
  ),
);

/** How many times the stable version's rate a faulty canary's is; 1 is a healthy release. */
export const FAULTS = [1.5, 2, 5, 10] as const;

/** How long the release of the comparison is. */
const RELEASE_SECONDS = 1800;

export const windowsOfRelease = ({ windowSeconds }: Setting): number => RELEASE_SECONDS / windowSeconds;

export const requestsOfWindow = ({ requestsPerSecond, windowSeconds }: Setting): number =>
  requestsPerSecond * windowSeconds;

/** Expected; the simulation draws which requests are the canary's. */
export const canaryRequestsOfWindow = (setting: Setting): number => requestsOfWindow(setting) * setting.share;

/** "0.5 %, 50 rps, 10 %, 60 s" */
export const settingText = ({ baseRate, requestsPerSecond, share, windowSeconds }: Setting): string =>
  `${baseRate * 100} %, ${requestsPerSecond} rps, ${share * 100} %, ${windowSeconds} s`;

/**
 * The canary requests that no rule with false alarms of at most alpha, and power 1, can need fewer of on average
 * (docs/statistics.md, "The limit"): ln(1/alpha) / I.
 */
export function leastRequests({ baseRate, share }: Setting, ratio: number, margin: number, alpha: number): number {
  const g = 1 + share * (ratio - 1);
  const g0 = 1 + share * (margin - 1);
  const information = (baseRate * (share * ratio * Math.log(ratio / margin) - g * Math.log(g / g0))) / share;
  return -Math.log(alpha) / information;
}

/** The same in whole windows, rounded up. */
export const leastWindows = (setting: Setting, ratio: number, margin: number, alpha: number): number =>
  Math.ceil(leastRequests(setting, ratio, margin, alpha) / canaryRequestsOfWindow(setting) - 1e-9);

/** Excess failed requests before detection cannot average less, as the share goes to 0 with a margin of 1. */
export const leastExcess = (ratio: number, alpha: number): number =>
  ((ratio - 1) * -Math.log(alpha)) / (ratio * Math.log(ratio) - ratio + 1);
