import {
  ARGO_DEFAULTS,
  FLAGGER_DEFAULTS,
  KAYENTA_DEFAULTS,
  RELATIVE_DEFAULTS,
} from '../domain/replay/reference-judges.ts';
import { classify } from '../domain/statistics/kayenta/classify.ts';
import { newComparison, resetComparison, stepComparison } from '../domain/statistics/sequential/comparison.ts';
import { dispersionOf } from '../domain/statistics/sequential/dispersion.ts';
import { profileNamed } from './profiles.ts';
import type { Setting } from './settings.ts';
import type { Window } from './traffic.ts';

/** A judge on counts, made once for a setting and used for release after release. */
export interface Judge {
  /** Whether it wants the stable version's windows before the release. */
  readonly wantsHistory: boolean;
  /** The next release. @param history the stable version's bad requests per window before it, empty where not wanted */
  newRelease(history: readonly number[]): void;
  /** One frozen window. @returns whether the release is rolled back now */
  step(window: Window): boolean;
  /** The release's time is over. @returns whether it is rolled back now */
  end(): boolean;
}

/** Plain data, so that it can be sent to a worker. */
export type JudgeSpec =
  | { kind: 'sequential'; profile: string; margin: number; guard: 'off' | 'measured' | 'assumed' }
  | { kind: 'sprt'; ratio: number }
  | { kind: 'argo' | 'relative' | 'flagger' }
  /** `first`: it judges only so many releases of each setting; its Hodges-Lehmann estimate takes the square of the windows. */
  | { kind: 'kayenta'; first: number };

export interface JudgeContext {
  setting: Setting;
  alpha: number;
  /** K: windows that the plan takes. */
  horizonWindows: number;
  /** Requests of a window of the stable version before the release. */
  historyRequests: number;
}

export function makeJudge(spec: JudgeSpec, context: JudgeContext): Judge {
  switch (spec.kind) {
    case 'sequential':
      return sequential(spec, context);
    case 'sprt':
      return sprt(spec.ratio, context);
    case 'argo':
      return counting({ isBad: isAboveArgos, failureLimit: ARGO_DEFAULTS.failureLimit });
    case 'relative':
      return counting({ isBad: isWorseThanStable, failureLimit: RELATIVE_DEFAULTS.failureLimit });
    case 'flagger':
      return flagger(context);
    case 'kayenta':
      return kayenta();
  }
}

function sequential(
  { profile: name, margin, guard }: Extract<JudgeSpec, { kind: 'sequential' }>,
  { alpha, horizonWindows, historyRequests }: JudgeContext,
): Judge {
  const profile = profileNamed(name);
  const phi = [profile.guard.assumedPhi];
  const eAlpha = profile.eShare * alpha;
  const comparison = newComparison({
    profile,
    margin,
    horizonWindows,
    sAlpha: profile.sShare * alpha,
    eAlpha,
    thresholds: 1,
    phi: guard === 'off' ? undefined : phi,
  });
  const limit = -Math.log(eAlpha);
  const canaryBad = [0];
  const stableBad = [0];
  const counts = { canaryRequests: 0, canaryBad, stableRequests: 0, stableBad };
  return {
    wantsHistory: guard === 'measured',
    newRelease(history) {
      resetComparison(comparison);
      if (guard === 'measured') {
        phi[0] = dispersionOf(
          history.map(bad => ({ requests: historyRequests, bad })),
          profile,
        ).phi;
      }
    },
    step(window) {
      counts.canaryRequests = window.canaryRequests;
      counts.stableRequests = window.stableRequests;
      canaryBad[0] = window.canaryBad;
      stableBad[0] = window.stableBad;
      stepComparison(comparison, counts);
      return comparison.sCrossed || comparison.logE >= limit;
    },
    end: () => false,
  };
}

/**
 * The oracle: Wald's (1945) sequential probability ratio test, told the stable version's rate and the ratio. It never says
 * that a release is good, so its alpha is kept over any time.
 */
function sprt(ratio: number, { setting, alpha }: JudgeContext): Judge {
  const perBad = Math.log(ratio);
  const perGood = Math.log1p(-ratio * setting.baseRate) - Math.log1p(-setting.baseRate);
  const limit = -Math.log(alpha);
  let log = 0;
  return {
    wantsHistory: false,
    newRelease() {
      log = 0;
    },
    step({ canaryRequests, canaryBad }) {
      log += canaryBad * perBad + (canaryRequests - canaryBad) * perGood;
      return log >= limit;
    },
    end: () => false,
  };
}

/** Argo's way: a measurement per window, rolled back when more than `failureLimit` of them are bad. */
function counting({ isBad, failureLimit }: { isBad: (window: Window) => boolean; failureLimit: number }): Judge {
  let bad = 0;
  return {
    wantsHistory: false,
    newRelease() {
      bad = 0;
    },
    step(window) {
      if (window.canaryRequests > 0 && isBad(window)) bad += 1;
      return bad > failureLimit;
    },
    end: () => false,
  };
}

/** Flagger compares its counter of failed checks at the start of the next one: it rolls back a minute after the fifth. */
function flagger({ setting }: JudgeContext): Judge {
  const windowsOfCheck = Math.max(1, Math.round(FLAGGER_DEFAULTS.intervalSeconds / setting.windowSeconds));
  let [seen, requests, bad, failedChecks] = [0, 0, 0, 0];
  return {
    wantsHistory: false,
    newRelease() {
      [seen, requests, bad, failedChecks] = [0, 0, 0, 0];
    },
    step(window) {
      seen += 1;
      requests += window.canaryRequests;
      bad += window.canaryBad;
      if (seen % windowsOfCheck !== 0) return false;
      if (failedChecks >= FLAGGER_DEFAULTS.threshold) return true;
      if (bad > FLAGGER_DEFAULTS.badShare * requests) failedChecks += 1;
      [requests, bad] = [0, 0];
      return false;
    },
    end: () => failedChecks >= FLAGGER_DEFAULTS.threshold,
  };
}

const isAboveArgos = ({ canaryBad, canaryRequests }: Window): boolean =>
  canaryBad > ARGO_DEFAULTS.badShare * canaryRequests;

const isWorseThanStable = ({ canaryBad, canaryRequests, stableBad, stableRequests }: Window): boolean =>
  stableRequests > 0 && canaryBad * stableRequests > RELATIVE_DEFAULTS.ratio * stableBad * canaryRequests;

/** On the failure shares of all windows, at the end. */
function kayenta(): Judge {
  let canary: number[] = [];
  let stable: number[] = [];
  return {
    wantsHistory: false,
    newRelease() {
      canary = [];
      stable = [];
    },
    step({ canaryBad, canaryRequests, stableBad, stableRequests }) {
      if (canaryRequests > 0 && stableRequests > 0) {
        canary.push(canaryBad / canaryRequests);
        stable.push(stableBad / stableRequests);
      }
      return false;
    },
    end: () => classify(canary, stable, KAYENTA_DEFAULTS).kind === 'high',
  };
}
