import { expect, it } from 'vitest';
import { MinuteMetrics } from '../../../lab/load-balancer/minute-metrics.ts';

const MINUTE_MS = 60_000;

it('counts in the minute of the outcome, and publishes no zeros', () => {
  let nowEpochMs = 10 * MINUTE_MS + 59_999;
  const metrics = new MinuteMetrics(() => nowEpochMs);
  metrics.answered('arn:blue', 204, 0.02);
  nowEpochMs += 1;
  metrics.answered('arn:blue', 404, 0.03);
  metrics.notAnswered('arn:blue', { connectionFailed: true });
  metrics.ownAnswer(502);
  expect(metrics.count('RequestCount', 'arn:blue', 10 * MINUTE_MS)).toBe(1);
  expect(metrics.count('HTTPCode_Target_2XX_Count', 'arn:blue', 10 * MINUTE_MS)).toBe(1);
  expect(metrics.responseTimes('arn:blue', 10 * MINUTE_MS)).toEqual([0.02]);
  expect(metrics.count('RequestCount', 'arn:blue', 11 * MINUTE_MS)).toBe(2);
  expect(metrics.count('HTTPCode_Target_4XX_Count', 'arn:blue', 11 * MINUTE_MS)).toBe(1);
  expect(metrics.count('TargetConnectionErrorCount', 'arn:blue', 11 * MINUTE_MS)).toBe(1);
  expect(metrics.count('HTTPCode_ELB_5XX_Count', undefined, 11 * MINUTE_MS)).toBe(1);
  expect(metrics.count('HTTPCode_ELB_502_Count', undefined, 11 * MINUTE_MS)).toBe(1);
  for (const [name, arn] of [
    ['HTTPCode_Target_5XX_Count', 'arn:blue'],
    ['HTTPCode_ELB_504_Count', undefined],
    ['RequestCount', 'arn:green'],
  ] as const)
    expect(metrics.count(name, arn, 11 * MINUTE_MS)).toBeUndefined();
  expect(metrics.responseTimes('arn:green', 11 * MINUTE_MS)).toEqual([]);
});

it('forgets what is more than four hours old', () => {
  let nowEpochMs = 0;
  const metrics = new MinuteMetrics(() => nowEpochMs);
  metrics.answered('arn:blue', 200, 0.01);
  nowEpochMs = 239 * MINUTE_MS;
  metrics.answered('arn:blue', 200, 0.01);
  expect(metrics.count('RequestCount', 'arn:blue', 0)).toBe(1);
  nowEpochMs = 240 * MINUTE_MS;
  metrics.answered('arn:blue', 200, 0.01);
  expect(metrics.count('RequestCount', 'arn:blue', 0)).toBeUndefined();
});
