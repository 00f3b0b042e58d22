import type { Slot } from '../../domain/dial.ts';
import type { Reading } from '../../domain/judgement/reading.ts';
import type { Metric } from '../../domain/plan/plan.ts';
import type { Workload } from '../../domain/workload.ts';

export interface ReadRequest {
  workload: Workload;
  canary: Slot;
  metrics: Metric[];
  /** Windows wanted, for every metric. All have the same length, a multiple of the source's period. */
  windows: { startEpochMs: number; endEpochMs: number }[];
}

export interface MetricReading {
  metric: string;
  startEpochMs: number;
  endEpochMs: number;
  reading: Reading;
}

export interface MetricSource {
  /**
   * One reading per metric and window, whatever is there by now: a series that is not published yet is `null`, NaN is
   * `noData` with the reason. One round trip for all metrics where the source allows it.
   * @throws MetricSourceUnreachableError no answer, throttled, refused: the fault of the source, not of the canary
   */
  read(request: ReadRequest): Promise<MetricReading[]>;
}

export class MetricSourceUnreachableError extends Error {
  override readonly name = 'MetricSourceUnreachableError';
}
