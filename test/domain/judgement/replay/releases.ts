import type { WindowRecord } from '../../../../domain/judgement/reading.ts';
import { type RecordedRelease, releaseOfWindows } from '../../../../domain/judgement/replay/recorded-release.ts';

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
