import type { Slot } from '../../domain/dial.ts';
import { UnreachableError } from '../../domain/errors.ts';
import type { Metric } from '../../domain/plan/plan.ts';
import type { Reading } from '../../domain/windows/reading.ts';
import type { Settled } from '../../domain/windows/windows.ts';
import type { Workload } from '../../domain/workload.ts';

export interface ReadRequest {
  workload: Workload;
  canary: Slot;
  /** What runs in each slot, for queries that tell versions apart by it. */
  revisions: Record<Slot, string>;
  metrics: Metric[];
  /** Windows wanted, for every metric. All have the same length, a multiple of the source's period. */
  windows: { startEpochMs: number; endEpochMs: number }[];
  /** Whoever asks waits for so long; absent: as long as a call may take. What was read by then is answered. */
  withinMs?: number;
}

export interface MetricReading {
  metric: string;
  startEpochMs: number;
  endEpochMs: number;
  reading: Reading;
  /** Of which versions the source knows that the window cannot change any more; absent: it does not know. */
  settled?: Settled;
}

export interface MetricSource {
  /**
   * One reading per metric and window, whatever is there by now: a series that is not published yet is `null`, NaN is
   * `noData` with the reason. One round trip for all metrics where the source allows it.
   * @throws MetricSourceUnreachableError no answer, throttled, refused: the fault of the source, not of the canary. What could
   * be read all the same is in its `readings`
   */
  read(request: ReadRequest): Promise<MetricReading[]>;
}

export class MetricSourceUnreachableError extends UnreachableError {
  override readonly name = 'MetricSourceUnreachableError';
  /** Of the metrics that could be read. */
  readonly readings: readonly MetricReading[];

  constructor(message: string, options: ErrorOptions & { readings?: readonly MetricReading[] } = {}) {
    super(message, options);
    this.readings = options.readings ?? [];
  }
}
