import type { Clock } from '../../adapters/clock.ts';
import type { LoadBalancerMetrics } from '../load-balancer/model.ts';
import type { Samples } from './cloudwatch-statistics.ts';

const MINUTE_MS = 60_000;

/** How late points are, on the lab's clock, as they are on AWS: 1 to 3 minutes, and growing for a while after that. */
export interface Publishing {
  /** From the end of a minute until it can be seen at all. */
  lateSeconds: number;
  /** From then until it is whole; 0: it is whole at once. */
  growsForSeconds: number;
  /** Share of the minute's counts, 0 to 1, with which it is first seen. */
  growFrom: number;
}

export interface SeriesName {
  metricName: string;
  /** Undefined: the load balancer as a whole. */
  targetGroupArn: string | undefined;
}

const COUNTERS = [
  'RequestCount',
  ...['2XX', '3XX', '4XX', '5XX'].map(family => `HTTPCode_Target_${family}_Count`),
  'TargetConnectionErrorCount',
  ...['5XX', '502', '503', '504'].map(code => `HTTPCode_ELB_${code}_Count`),
];

/**
 * Makes `samplesOf(series, period, untilEpochMs)`: what CloudWatch shows of one period at this instant; undefined: no
 * data point. With `untilEpochMs` it shows what it showed then: a source that has stopped.
 */
export function openPublisher({
  metrics,
  clock,
  publishing: { lateSeconds, growsForSeconds, growFrom },
}: {
  metrics: LoadBalancerMetrics;
  clock: Clock;
  publishing: Publishing;
}) {
  /** Deterministic: the same instant always shows the same share, 0 to 1. */
  function shareAt(minuteEpochMs: number, nowEpochMs: number): number {
    const visibleForSeconds = (nowEpochMs - minuteEpochMs - MINUTE_MS) / 1000 - lateSeconds;
    if (visibleForSeconds < 0) return 0;
    if (visibleForSeconds >= growsForSeconds) return 1;
    return growFrom + (1 - growFrom) * (visibleForSeconds / growsForSeconds);
  }

  return function samplesOf(
    { metricName, targetGroupArn }: SeriesName,
    { startEpochMs, periodMs }: { startEpochMs: number; periodMs: number },
    untilEpochMs?: number,
  ): Samples | undefined {
    const nowEpochMs = Math.min(clock.now(), untilEpochMs ?? Number.POSITIVE_INFINITY);
    const values: number[] = [];
    let count = 0;
    for (let minute = startEpochMs; minute < startEpochMs + periodMs; minute += MINUTE_MS) {
      const share = shareAt(minute, nowEpochMs);
      if (metricName === 'TargetResponseTime') {
        const times = targetGroupArn === undefined ? [] : metrics.responseTimes(targetGroupArn, minute);
        for (let index = 0; index < Math.floor(times.length * share); index += 1) values.push(times[index] ?? 0);
      } else if (COUNTERS.includes(metricName)) {
        count += Math.floor((metrics.count(metricName, targetGroupArn, minute) ?? 0) * share);
      }
    }
    // an ALB publishes no zeros: each of these has "reporting criteria: there is a nonzero value"
    if (metricName === 'TargetResponseTime') return values.length === 0 ? undefined : { kind: 'values', values };
    return count === 0 ? undefined : { kind: 'counter', count };
  };
}
