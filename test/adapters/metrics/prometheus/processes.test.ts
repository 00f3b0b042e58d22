import { expect, it } from 'vitest';
import { processesOf, type RawSeries } from '../../../../adapters/metrics/prometheus/prometheus-series.ts';

const NOON = 1_700_000_000_000;
const REACH = { atEpochMs: NOON, rangeSeconds: 3_600 };
const target = { job: 'shop', instance: 'pod' };
const scrapes = Array.from({ length: 200 }, (_, index) => ({ atEpochMs: NOON + index * 15_000, value: index }));
const nobodySays = { query: async () => ({ kind: 'matrix' as const, series: [] }) };

it('knows the scrape before of a target with more series than a call takes arguments', async () => {
  const series: RawSeries = Array.from({ length: 1_000 }, (_, path) => ({
    labels: { ...target, path: String(path) },
    samples: scrapes,
  }));
  const { scrapedBefore } = await processesOf(nobodySays, series, REACH);
  expect(scrapedBefore(target, NOON + 200 * 15_000)).toBe(NOON + 199 * 15_000);
  expect(scrapedBefore(target, NOON + 30_001)).toBe(NOON + 30_000);
  expect(scrapedBefore(target, NOON + 30_000)).toBe(NOON + 15_000);
  expect(scrapedBefore(target, NOON)).toBeUndefined();
});

it('takes the scrapes of all series of a target together, in whatever order they came, and of no other target', async () => {
  const [first, second, third] = scrapes;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three scrapes');
  const series: RawSeries = [
    { labels: { ...target, code: '500' }, samples: [third] },
    { labels: { ...target, code: '200' }, samples: [first, third] },
    { labels: { ...target, instance: 'other' }, samples: [second] },
    { labels: { job: 'shop' }, samples: [second] },
  ];
  const { scrapedBefore } = await processesOf(nobodySays, series, REACH);
  expect(scrapedBefore(target, third.atEpochMs)).toBe(first.atEpochMs);
  expect(scrapedBefore({ job: 'shop' }, third.atEpochMs)).toBeUndefined();
});
