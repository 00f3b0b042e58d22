import { expect, it } from 'vitest';
import { baselineOf, baselineWindows } from '../../../domain/judgement/baseline.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import { counts, MINUTE, NOON } from './records.ts';

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
  ].map(one => ({ startEpochMs: 0, endEpochMs: MINUTE, ...one }));
  expect(baselineOf(metric, [...broken, ...rest])).toMatchObject({ windows: 59, assumed: true });
});
