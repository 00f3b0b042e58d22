import { expect, it } from 'vitest';
import { baselineOf, baselineWindows, learningMetrics } from '../../../../domain/judges/sequential/baseline.ts';
import type { Metric } from '../../../../domain/plan/plan.ts';
import { counts, MINUTE, NOON } from '../records.ts';

const metric: Metric = {
  name: 'errors',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: { kind: 'sequential', margin: 1.25, share: 1, guard: true },
};
/** The stable version's windows: bad ones of 1000 requests each. */
const past = (bad: number[]) =>
  bad.map((xb, n) => ({
    startEpochMs: NOON + n * MINUTE,
    endEpochMs: NOON + (n + 1) * MINUTE,
    reading: { kind: 'counts' as const, canary: null, stable: counts(1000, xb) },
  }));
const alternating = (low: number, high: number) => Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? low : high));

it('reads an hour and a half of windows that can no longer change', () => {
  const windows = baselineWindows(NOON + 30_000, 60);
  expect(windows).toHaveLength(90);
  // 180 s before NOON + 30 s is NOON - 150 s: the last whole minute before it ends at NOON - 180 s
  expect(windows.at(-1)).toEqual({ startEpochMs: NOON - 4 * MINUTE, endEpochMs: NOON - 3 * MINUTE });
  expect(windows[0]?.startEpochMs).toBe(NOON - 93 * MINUTE);
});

it('finds how much more than chance the counts vary', () => {
  // 5 and 15 in turn: the first of a pair is 5 off its mean of 10, squared 25, against a variance of 20/4 = 5: 5 times
  // chance, and the default profile takes 1 + 1.5 (5 - 1)
  expect(baselineOf(metric, past(alternating(5, 15)))).toEqual({
    windows: 60,
    requests: 60_000,
    bad: [600],
    phi: [7],
    assumed: false,
  });
});

it('reads none from before 1970', () => {
  // two windows of an hour begin at 0 and later
  expect(baselineWindows(7_200_000 + 180_000, 3600)).toEqual([
    { startEpochMs: 0, endEpochMs: 3_600_000 },
    { startEpochMs: 3_600_000, endEpochMs: 7_200_000 },
  ]);
});

it('is learnt for sequential metrics with the guard or with an automatic ceiling, and for no others', () => {
  const judges: Metric['judge'][] = [
    { kind: 'sequential', margin: 1.25, share: 1, guard: true },
    { kind: 'sequential', margin: 1.25, share: 1, guard: false, ceiling: 'auto' },
    { kind: 'sequential', margin: 1.25, share: 1, guard: false, ceiling: 0.05 },
    { kind: 'sequential', margin: 1.25, share: 1, guard: true, ceiling: 0.05 },
    { kind: 'alarm', failureLimit: 0 },
  ];
  const metrics = judges.map((judge, n) => ({ ...metric, name: `${n}`, judge }));
  expect(learningMetrics(metrics).map(({ name }) => name)).toEqual(['0', '1', '3']);
});

it('compares windows that follow each other, in whatever order they were read', () => {
  // 30 windows with 5 and then 30 with 15: the counts change once, and the differences are no noise
  const stepped = Array.from({ length: 60 }, (_, n) => (n < 30 ? 5 : 15));
  const mixed = past(stepped).map((_, n, all) => all[n % 2 === 0 ? n / 2 : 30 + (n - 1) / 2] as (typeof all)[number]);
  expect(baselineOf(metric, past(stepped)).phi).toEqual([1]);
  expect(baselineOf(metric, mixed).phi).toEqual([1]);
});

it('is assumed where one of several thresholds says too little', () => {
  const slow: Metric = {
    ...metric,
    source: { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } },
  };
  const readings = past(alternating(5, 15)).map(({ reading, ...window }) => ({
    ...window,
    reading: { ...reading, stable: counts(1000, reading.stable.bad[0] ?? 0, 0) },
  }));
  expect(baselineOf(slow, readings)).toEqual({
    ...{ windows: 60, requests: 60_000, bad: [600, 0], phi: [7, 3], assumed: true },
  });
});

it('never takes counts for less noisy than chance', () => {
  expect(baselineOf(metric, past(alternating(10, 10))).phi).toEqual([1]);
});

it.each([
  ['fewer than 60 windows', past(alternating(5, 15)).slice(1)],
  ['no failure in them', past(alternating(0, 0))],
  ['nothing', []],
])('assumes 3 where the past says too little: %s', (_, readings) => {
  expect(baselineOf(metric, readings)).toMatchObject({ phi: [3], assumed: true });
});

it('leaves out windows that lack data or cannot be', () => {
  const [first, ...rest] = past(alternating(5, 15));
  const broken = [
    { ...first, reading: { kind: 'noData' as const, reason: 'none' } },
    { ...first, reading: { kind: 'counts' as const, canary: null, stable: null } },
    { ...first, reading: { kind: 'counts' as const, canary: null, stable: counts(10, 11) } },
    { ...first, reading: { kind: 'counts' as const, canary: null, stable: counts(0, 0) } },
  ].map(one => ({ startEpochMs: 0, endEpochMs: MINUTE, ...one }));
  expect(baselineOf(metric, [...broken, ...rest])).toMatchObject({ windows: 59, assumed: true });
});
