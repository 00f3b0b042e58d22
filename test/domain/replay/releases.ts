import { type RecordedRelease, releaseOfWindows } from '../../../domain/replay/recorded-release.ts';
import type { SequentialReplaySettings } from '../../../domain/replay/sequential.ts';
import type { DetectorMetric } from '../../../domain/statistics/sequential/detector.ts';
import { PROFILES } from '../../../domain/statistics/sequential/profile.ts';
import type { WindowRecord } from '../../../domain/windows/reading.ts';

export type Quadruple = readonly [canaryRequests: number, canaryBad: number, stableRequests: number, stableBad: number];

export const recordOf = (
  metric: string,
  startEpochMs: number,
  [canaryRequests, canaryBad, stableRequests, stableBad]: Quadruple,
): WindowRecord => ({
  metric,
  startEpochMs,
  endEpochMs: startEpochMs + 60_000,
  readAtEpochMs: startEpochMs + 60_000,
  frozenAtEpochMs: startEpochMs + 60_000,
  straddles: false,
  reading: {
    kind: 'counts',
    canary: { requests: canaryRequests, bad: [canaryBad] },
    stable: { requests: stableRequests, bad: [stableBad] },
  },
});

/** Windows of a minute that follow each other; it begins 20 s after a full minute. */
export const releaseOf = (metrics: Record<string, readonly Quadruple[]>): RecordedRelease =>
  releaseOfWindows(
    'r1',
    Object.entries(metrics).map(([name, counts]) => ({
      name,
      windows: counts.map((count, index) => recordOf(name, 20_000 + index * 60_000, count)),
    })),
  );

export const times = (count: number, quadruple: Quadruple): Quadruple[] =>
  Array.from({ length: count }, () => quadruple);

/** The constants of docs/statistics.md, without the guard. */
export const BY_THE_BOOK: SequentialReplaySettings = {
  profile: PROFILES.specification,
  alpha: 0.01,
  margin: 1.25,
  guard: false,
  detect: { ratio: 2, power: 0.8 },
  nonInferiority: 2,
  beta: 0.05,
};

/** A replay of which nothing is drawn. */
export const quiet = { evidence: false };
export const drawn = { evidence: true };

/** As the detector takes it, without a plan. */
export const metricOf = (name: string, share: number, more: Partial<DetectorMetric> = {}): DetectorMetric => ({
  name,
  share,
  margin: 1.25,
  thresholds: 1,
  hasCeiling: false,
  ...more,
});
