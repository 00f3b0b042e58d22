import type { MetricReading } from '../../../adapters/metrics/metric-source.ts';
import type { WindowRecord } from '../../../domain/windows/reading.ts';
import type { Stage } from '../stage.ts';
import { AGREE_APART_MS, FROZEN_BY_AGE_MS } from './promises.ts';

interface Read {
  atEpochMs: number;
  counts: string;
}

/** A window is kept as it was read, and is final only when two reads agree, or when it is old. */
export class WindowChecks {
  private readonly reads = new Map<string, Read[]>();
  private readonly frozen = new Set<string>();
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  read(releaseId: string, readings: readonly MetricReading[]): void {
    for (const { metric, startEpochMs, reading } of readings) {
      const key = `${releaseId} ${metric} ${startEpochMs}`;
      if (this.frozen.has(key)) continue;
      const reads = this.reads.get(key) ?? [];
      this.reads.set(key, reads);
      reads.push({ atEpochMs: Date.now(), counts: countsOf(reading) });
    }
  }

  put(releaseId: string, record: WindowRecord): void {
    const key = `${releaseId} ${record.metric} ${record.startEpochMs}`;
    if (this.frozen.has(key)) return;
    const says = (rule: string, how: string) =>
      this.stage.violate(rule, `${releaseId}: ${record.metric} from ${record.startEpochMs}: ${how}`);
    const counts = countsOf(record.reading);
    const same = (this.reads.get(key) ?? []).filter(read => read.counts === counts);
    const [first] = same;
    if (first === undefined) {
      says('a window is kept as it was read', `nobody read ${counts}`);
      return;
    }
    if (record.frozenAtEpochMs === undefined) return;
    this.frozen.add(key);
    this.reads.delete(key);
    const slackMs = 2 * this.stage.clockSkewMs;
    const isOld = Date.now() >= record.endEpochMs + FROZEN_BY_AGE_MS - slackMs;
    const agreed = same.some(({ atEpochMs }) => atEpochMs >= first.atEpochMs + AGREE_APART_MS - slackMs);
    if (isOld || agreed) return;
    says('two reads freeze a window', `${same.length} reads said so, the last one too soon after the first`);
  }
}

/** The counts alone: of no data there are none. */
function countsOf(reading: WindowRecord['reading']): string {
  if (reading.kind !== 'counts') return reading.kind;
  const of = (counts: typeof reading.canary) =>
    counts === null ? 'none' : `${counts.bad.join(' and ')} of ${counts.requests}`;
  return `${of(reading.canary)}; ${of(reading.stable)}`;
}
