import { type Alarm, type Detector, type DetectorSettings, newDetector } from './detector.ts';
import type { EChannel } from './e-channel.ts';

/**
 * A detector after some windows as plain JSON: a cache of a pure function of the frozen windows. Restored, with one more
 * window it says what it would have said from the first on; lost, nothing is lost.
 */
export interface DetectorCheckpoint {
  alarm?: Alarm;
  metrics: Record<string, MetricCheckpoint>;
}

interface ChannelCheckpoint {
  k: number;
  /** -Infinity has no place in JSON: null. */
  logS: (number | null)[];
  logE: number;
}

interface MetricCheckpoint {
  healthy: boolean;
  spans: { startEpochMs: number; endEpochMs: number }[];
  k: number;
  logE: number;
  logHealthy: number;
  sCrossed: boolean;
  e: ChannelCheckpoint[];
  floors: ChannelCheckpoint[];
  health: ChannelCheckpoint[];
  stableBad: number[];
  stableRequests: number[];
  s?: {
    k: number;
    x: number;
    boundary: number;
    spent: number;
    crossings: number;
    cell: number;
    variance: number;
    expected: number;
    first: number;
    mass: number[];
  };
  ceiling?: { k: number; logE: number; channels: ChannelCheckpoint[] };
}

export function checkpointOf(detector: Detector): DetectorCheckpoint {
  const metrics: Record<string, MetricCheckpoint> = {};
  for (const [name, { comparison, ceiling, healthy, spans }] of detector.metrics) {
    const { k, logE, logHealthy, sCrossed, e, floors, health, s, stableBad, stableRequests } = comparison;
    metrics[name] = {
      healthy,
      spans: spans.map(span => ({ ...span })),
      k,
      logE,
      logHealthy,
      sCrossed,
      e: e.map(saved),
      floors: floors.map(saved),
      health: health.map(saved),
      stableBad: [...stableBad],
      stableRequests: [...stableRequests],
      ...(s === undefined
        ? {}
        : {
            s: {
              k: s.k,
              x: s.x,
              boundary: s.boundary,
              spent: s.spent,
              crossings: s.crossings,
              cell: s.cell,
              variance: s.variance,
              expected: s.expected,
              first: s.first,
              mass: [...s.mass.subarray(0, s.length)],
            },
          }),
      ...(ceiling === undefined
        ? {}
        : { ceiling: { k: ceiling.k, logE: ceiling.logE, channels: ceiling.channels.map(saved) } }),
    };
  }
  return { metrics, ...(detector.alarm === undefined ? {} : { alarm: detector.alarm }) };
}

/**
 * The detector as it was. A metric that the checkpoint does not have begins with no window, as does a ceiling that was not
 * known then.
 */
export function restoreDetector(settings: DetectorSettings, checkpoint: DetectorCheckpoint): Detector {
  const detector = newDetector(settings);
  detector.alarm = checkpoint.alarm;
  for (const [name, state] of detector.metrics) {
    const from = checkpoint.metrics[name];
    if (from === undefined) continue;
    const { comparison, ceiling } = state;
    state.healthy = from.healthy;
    for (const span of from.spans) {
      state.seen.set(span.startEpochMs, span.endEpochMs);
      state.spans.push({ ...span });
    }
    comparison.k = from.k;
    comparison.logE = from.logE;
    comparison.logHealthy = from.logHealthy;
    comparison.sCrossed = from.sCrossed;
    restoreAll(comparison.e, from.e);
    restoreAll(comparison.floors, from.floors);
    restoreAll(comparison.health, from.health);
    comparison.stableBad.set(from.stableBad);
    comparison.stableRequests.set(from.stableRequests);
    if (comparison.s !== undefined && from.s !== undefined) {
      const { mass, ...rest } = from.s;
      Object.assign(comparison.s, rest, { length: mass.length });
      if (comparison.s.mass.length < mass.length) comparison.s.mass = new Float64Array(2 * mass.length);
      comparison.s.mass.set(mass);
    }
    if (ceiling !== undefined && from.ceiling !== undefined) {
      ceiling.k = from.ceiling.k;
      ceiling.logE = from.ceiling.logE;
      restoreAll(ceiling.channels, from.ceiling.channels);
    }
  }
  return detector;
}

const saved = ({ k, logS, logE }: EChannel): ChannelCheckpoint => ({
  k,
  logS: Array.from(logS, value => (value === Number.NEGATIVE_INFINITY ? null : value)),
  logE,
});

function restoreAll(channels: readonly EChannel[], from: readonly ChannelCheckpoint[]): void {
  for (const [i, channel] of channels.entries()) {
    const one = from[i];
    if (one === undefined) continue;
    channel.k = one.k;
    channel.logE = one.logE;
    channel.logS.set(one.logS.map(value => value ?? Number.NEGATIVE_INFINITY));
  }
}
