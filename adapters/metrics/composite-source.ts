import type { SourceKind } from '../../domain/sources/measure.ts';
import { type MetricReading, type MetricSource, MetricSourceUnreachableError } from './metric-source.ts';

/**
 * Reads each metric from the source of its kind. One that cannot be reached does not lose what the others said: it is in the
 * error's `readings`, and the error names the metrics that could not be read.
 */
export function compositeSource(sources: Readonly<Record<SourceKind, MetricSource>>): MetricSource {
  return {
    async read(request) {
      const byKind = Map.groupBy(request.metrics, metric => metric.source.kind);
      const outcomes = await Promise.all(
        [...byKind].map(async ([kind, metrics]) => {
          try {
            return { readings: await sources[kind].read({ ...request, metrics }), fault: undefined };
          } catch (error) {
            if (!(error instanceof MetricSourceUnreachableError)) throw error;
            const read = new Set(error.readings.map(({ metric }) => metric));
            const missing = metrics.flatMap(({ name }) => (read.has(name) ? [] : [name]));
            return { readings: error.readings, fault: { cause: error, because: told(missing, error.message) } };
          }
        }),
      );
      const readings: MetricReading[] = outcomes.flatMap(outcome => outcome.readings);
      const faults = outcomes.flatMap(({ fault }) => fault ?? []);
      if (faults.length === 0) return inOrder(request.metrics, readings);
      const because = faults.map(fault => fault.because).join('; ');
      throw new MetricSourceUnreachableError(because, { cause: faults[0]?.cause, readings });
    },
  };
}

/** Which metrics it is that cannot be read, where the fault does not say so itself. */
const told = (missing: readonly string[], message: string): string =>
  missing.every(name => message.includes(`${name}: `)) ? message : `${missing.join(', ')}: ${message}`;

/** As they were asked for, whichever source they came from. */
function inOrder(metrics: readonly { name: string }[], readings: readonly MetricReading[]): MetricReading[] {
  const byMetric = Map.groupBy(readings, reading => reading.metric);
  return metrics.flatMap(({ name }) => byMetric.get(name) ?? []);
}
