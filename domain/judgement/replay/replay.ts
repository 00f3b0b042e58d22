import type { Verdict } from '../verdict.ts';
import type { Window } from '../windows.ts';
import { countsOf, type RecordedMetric, type RecordedRelease } from './recorded-release.ts';

/** What one judge would have done with one release. */
export interface Replay {
  release: string;
  judge: string;
  verdict: Verdict['kind'];
  /** The window after which it is rolled back; absent: it is not. */
  decision?: Decision | undefined;
  /** See `excessBadOf`. */
  excessBad: number;
  /** ln of the e-value of the sequential comparison, all metrics together, where the judging ended; absent for other judges. */
  logE?: number | undefined;
  because: string;
  /** What there is to draw, where it was asked for. */
  evidence: EvidenceLine[];
}

export interface Decision {
  metric: string;
  /** 1-based, among the metric's recorded windows by their start. */
  window: number;
  endEpochMs: number;
}

/** How near a judge came to its limit, window by window. */
export interface EvidenceLine {
  /** What is drawn, with its unit. */
  title: string;
  points: { endEpochMs: number; value: number; limit: number }[];
}

export interface ReplayJudge {
  readonly name: string;
  /** @param wanted.evidence whether there is something to draw */
  replay(release: RecordedRelease, wanted: { evidence: boolean }): Replay;
}

/**
 * Failed canary requests beyond what the stable version's rate would have given: the sum of xc - nc xb/nb over the judged
 * windows that ended by `untilEpochMs`, with the rate of the same window, or where it has no stable request that of the
 * windows before it; without either nothing is added. It is not cut off at 0, so that chance cancels out over releases.
 * Of several metrics it is the sum: a request that is bad in two of them counts in both.
 */
export function excessBadOf(release: RecordedRelease, untilEpochMs = Number.POSITIVE_INFINITY): number {
  let excess = 0;
  for (const { windows } of release.metrics) {
    let [requests, bad] = [0, 0];
    for (const record of windows) {
      if (record.endEpochMs > untilEpochMs) break;
      const counts = countsOf(release, record);
      if (counts === undefined) continue;
      requests += counts.stableRequests;
      bad += counts.stableBad;
      const rate = counts.stableRequests > 0 ? counts.stableBad / counts.stableRequests : bad / requests;
      if (requests > 0) excess += counts.canaryBad - counts.canaryRequests * rate;
    }
  }
  return excess;
}

/** With the 1-based place of a window among its metric's. */
export const decisionAt = ({ name, windows }: RecordedMetric, { startEpochMs, endEpochMs }: Window): Decision => ({
  metric: name,
  window: windows.findIndex(record => record.startEpochMs === startEpochMs) + 1,
  endEpochMs,
});

/** A verdict with the decision that made it, and what it cost. */
export function replayOf(
  release: RecordedRelease,
  judge: string,
  found: Pick<Replay, 'verdict' | 'because' | 'decision' | 'logE'>,
  evidence: EvidenceLine[],
): Replay {
  return {
    ...found,
    release: release.name,
    judge,
    excessBad: excessBadOf(release, found.decision?.endEpochMs),
    evidence,
  };
}
