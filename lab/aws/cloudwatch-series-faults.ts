import type { Clock } from '../../adapters/clock.ts';
import type { SeriesName } from './cloudwatch-publishing.ts';

/** Which series a fault is for; what is left out is any. */
export interface SeriesFilter {
  metricName?: string;
  targetGroupArn?: string;
}

export interface SeriesFaults {
  /** The series has no points at all. */
  missing(filter: SeriesFilter): void;
  /** Every point is NaN. */
  nan(filter: SeriesFilter): void;
  /** Stays as it is at this moment: nothing arrives any more. */
  freeze(filter: SeriesFilter): void;
  /** The series is answered with this status, beside the points that there are. */
  status(filter: SeriesFilter, status: 'PartialData' | 'InternalError'): void;
  /** Ends every fault, or those that were asked for with this very filter. */
  clear(filter?: SeriesFilter): void;
}

export interface SeriesFault {
  missing?: boolean;
  nan?: boolean;
  frozenAtEpochMs?: number;
  status?: 'PartialData' | 'InternalError';
}

export function openSeriesFaults(clock: Clock): SeriesFaults & { of(series: SeriesName): SeriesFault } {
  let faults: { filter: SeriesFilter; fault: SeriesFault }[] = [];
  const add = (filter: SeriesFilter, fault: SeriesFault) => void faults.push({ filter, fault });
  return {
    missing: filter => add(filter, { missing: true }),
    nan: filter => add(filter, { nan: true }),
    freeze: filter => add(filter, { frozenAtEpochMs: clock.now() }),
    status: (filter, status) => add(filter, { status }),
    clear: only => {
      faults = faults.filter(({ filter }) => only !== undefined && !isSame(filter, only));
    },
    of: series =>
      Object.assign(
        {},
        ...faults
          .filter(
            ({ filter: { metricName = series.metricName, targetGroupArn = series.targetGroupArn } }) =>
              metricName === series.metricName && targetGroupArn === series.targetGroupArn,
          )
          .map(({ fault }) => fault),
      ),
  };
}

const isSame = (a: SeriesFilter, b: SeriesFilter): boolean =>
  a.metricName === b.metricName && a.targetGroupArn === b.targetGroupArn;
