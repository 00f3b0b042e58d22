import { expect, it } from 'vitest';
import { Latencies } from '../../../lab/load/latencies.ts';

it('has no quantile without a latency', () => {
  expect(new Latencies().quantile(0.5)).toBeUndefined();
});

it('has quantiles that are right to within 2 %, and never too small', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 1000; ms += 1) latencies.add(ms);
  for (const [share, exact] of [
    [0.5, 500],
    [0.99, 990],
    [1, 1000],
  ] as const) {
    const quantile = latencies.quantile(share) ?? 0;
    expect(quantile).toBeGreaterThanOrEqual(exact * 0.9999);
    expect(quantile).toBeLessThanOrEqual(exact * 1.0201);
  }
});

it('takes a latency of 0', () => {
  const latencies = new Latencies();
  latencies.add(0);
  expect(latencies.quantile(0.5)).toBeCloseTo(0.01);
});
