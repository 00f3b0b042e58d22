import type { Verdict } from '../judges/verdict.ts';
import type { WindowEvidence } from '../statistics/sequential/detector.ts';
import type { Window } from '../windows/windows.ts';
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
  /** All of it as one line in per cent of what rolls back, so that releases with other limits can be drawn together. */
  nearness?: EvidenceLine;
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

/** @param shares how near each window came to a roll back: at 1 the judge acts. Of windows that end together the nearest counts */
export function nearnessOf(what: string, shares: readonly { endEpochMs: number; share: number }[]): EvidenceLine {
  const byEnd = new Map<number, number>();
  for (const { endEpochMs, share } of shares) byEnd.set(endEpochMs, Math.max(share, byEnd.get(endEpochMs) ?? 0));
  const inOrder = [...byEnd].sort(([a], [b]) => a - b);
  const points = inOrder.map(([endEpochMs, share]) => ({
    endEpochMs,
    value: 100 * Math.min(share, MOST_SHOWN),
    limit: 100,
  }));
  return { title: `${what}, per cent of what rolls back`, points };
}

/** Further over the limit than this is far over it. */
const MOST_SHOWN = 1.5;

/**
 * How near the sequential judge came, window by window: by the evidence of all metrics, by the S-channel, or by the ceiling.
 * @param agree how many windows of a metric must be over the S-channel's boundary: 2 with the guard, else 1
 */
export function sequentialShares(
  evidence: readonly WindowEvidence[],
  agree: (metric: string) => number,
): { endEpochMs: number; share: number }[] {
  const seen = new Map<string, number[]>();
  return evidence.map(one => {
    const { metric, endEpochMs, x = 0, boundary = 0, logCeiling = 0, logCeilingLimit = 1 } = one;
    const now = boundary > 0 ? x / boundary : 0;
    const all = [...(seen.get(metric) ?? []), now].sort((a, b) => b - a);
    seen.set(metric, all);
    const s = Math.min(now, all[agree(metric) - 1] ?? 0);
    return { endEpochMs, share: Math.max(0, 1 + one.logRelease / one.logELimit, s, logCeiling / logCeilingLimit) };
  });
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
  found: Pick<Replay, 'verdict' | 'because' | 'decision' | 'logE' | 'nearness'>,
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
