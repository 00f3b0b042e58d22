import { type Comparison, classify } from '../statistics/kayenta/classify.ts';

/** Counts of both versions over the same seconds. */
export interface CountWindow {
  canaryRequests: number;
  canaryBad: number;
  stableRequests: number;
  stableBad: number;
}

/** `rollBackAtWindow`: 1-based, the window with which it is decided; null: not rolled back. */
export interface ReferenceDecision {
  rollBackAtWindow: number | null;
}

/** A judge as others set theirs, on the plain counts of one release in their order: for benches, replays and forecasts. */
export type ReferenceJudge = (windows: readonly CountWindow[], options: { windowSeconds: number }) => ReferenceDecision;

/** Argo Rollouts: a fixed limit of 2 %, failureLimit 2. */
export const ARGO_DEFAULTS = { badShare: 0.02, failureLimit: 2 } as const;
/** 1.5 times the stable version's share of the same window, failureLimit 2. */
export const RELATIVE_DEFAULTS = { ratio: 1.5, failureLimit: 2 } as const;
/** Flagger: success rate of at least 99 %, threshold 5, interval 1m. */
export const FLAGGER_DEFAULTS = { badShare: 0.01, threshold: 5, intervalSeconds: 60 } as const;
/** NetflixACAJudge: tolerance 0.25, confidence 0.98; an increase of failures is what is bad. */
export const KAYENTA_DEFAULTS: Comparison = {
  direction: 'increase',
  tolerance: 0.25,
  confidence: 0.98,
  nanStrategy: 'remove',
  effectSize: {
    measure: 'meanRatio',
    allowedIncrease: 1,
    allowedDecrease: 1,
    criticalIncrease: 1,
    criticalDecrease: 1,
  },
  critical: false,
};

export const argoReference: ReferenceJudge = windows =>
  countedReference(windows, ARGO_DEFAULTS.failureLimit + 1, ({ canaryBad, canaryRequests }) =>
    canaryRequests === 0 ? false : canaryBad > ARGO_DEFAULTS.badShare * canaryRequests,
  );

export const relativeReference: ReferenceJudge = windows =>
  countedReference(
    windows,
    RELATIVE_DEFAULTS.failureLimit + 1,
    ({ canaryBad, canaryRequests, stableBad, stableRequests }) =>
      canaryRequests === 0 || stableRequests === 0
        ? false
        : canaryBad * stableRequests > RELATIVE_DEFAULTS.ratio * stableBad * canaryRequests,
  );

function countedReference(
  windows: readonly CountWindow[],
  limit: number,
  isBad: (window: CountWindow) => boolean,
): ReferenceDecision {
  let bad = 0;
  for (const [index, window] of windows.entries()) {
    if (isBad(window)) bad += 1;
    if (bad >= limit) return { rollBackAtWindow: index + 1 };
  }
  return { rollBackAtWindow: null };
}

/**
 * Windows are summed to a check of a minute. Flagger looks at its count of failed checks before it makes the next one
 * (scheduler.go, advanceCanary), so it rolls back one check after the fifth; at the last window where there is none.
 */
export const flaggerReference: ReferenceJudge = (windows, { windowSeconds }) => {
  const perCheck = Math.max(1, Math.round(FLAGGER_DEFAULTS.intervalSeconds / windowSeconds));
  let [requests, bad, failedChecks] = [0, 0, 0];
  for (const [index, window] of windows.entries()) {
    requests += window.canaryRequests;
    bad += window.canaryBad;
    if ((index + 1) % perCheck !== 0) continue;
    if (failedChecks >= FLAGGER_DEFAULTS.threshold) return { rollBackAtWindow: index + 1 };
    if (bad > FLAGGER_DEFAULTS.badShare * requests) failedChecks += 1;
    [requests, bad] = [0, 0];
  }
  return { rollBackAtWindow: failedChecks >= FLAGGER_DEFAULTS.threshold ? windows.length : null };
};

/** One run over the bad shares of all windows, when the release is over. */
export const kayentaReference: ReferenceJudge = windows => {
  const compared = windows.filter(({ canaryRequests, stableRequests }) => canaryRequests > 0 && stableRequests > 0);
  const { kind } = classify(
    compared.map(({ canaryBad, canaryRequests }) => canaryBad / canaryRequests),
    compared.map(({ stableBad, stableRequests }) => stableBad / stableRequests),
    KAYENTA_DEFAULTS,
  );
  return { rollBackAtWindow: kind === 'high' ? windows.length : null };
};
