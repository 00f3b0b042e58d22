import { expect, it } from 'vitest';
import { judgeMetric } from '../../../../domain/judges/judge-release.ts';
import type { Baseline } from '../../../../domain/judges/sequential/baseline.ts';
import type { Counts, Reading } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';
import { judged, metric, of, pair, repeat, sequential, verdictOf } from './sequential-records.ts';

// As in sequential-verdict.test.ts: worked out apart from the code.
const sentence = (...asked: Parameters<typeof verdictOf>) => verdictOf(...asked).because;

it('the S-channel counts from the first window on, and is told so', () => {
  // X = 52 at a boundary of 51, spent 1/288.8 of it; E is at 405 of 625 then, and strongest without the first window
  expect(sentence([pair(0, 95), ...repeat(4, pair(13, 95))])).toBe(
    'errors: 52 of 2,400 canary requests failed, 475 of 47,600 of stable (2.2 times the rate), 52 bad ones since the start; a canary at the margin of 1.25 times has 51 or more in 1 of 288 releases (limit 1 of 119); seen in 5 windows (5 min)',
  );
});

it('a metric with a ceiling is degraded by the comparison as any other, at its 0.8 of alpha', () => {
  // 1/(0.84 x 0.8 %) = 148.8
  expect(sentence([pair(12, 31)], {}, { ceiling: 0.5 })).toMatch(
    /^errors: 12 of 480 canary requests failed, 31 of 9,520 of stable \(7\.7 times the rate\), .* \(limit 1 of 148\); seen in 1 window \(1 min\)$/,
  );
});

it('a ceiling is told only where the stable version was without traffic', () => {
  // P(Binomial(21, 0.0916) >= 7) = 0.2 %
  expect(sentence([pair(1, 19)], { terse: true }, { ceiling: 0.5 })).toBe(
    'errors: too little traffic to decide so far: 1 of 480 canary requests failed, 19 of 9,520 of stable (the same rate) in 1 window (1 min); a canary of which 0.399 % of requests failed would not have been found with 80 %',
  );
  const alone = {
    expects: ({ startEpochMs }: { startEpochMs: number }) => ({ canary: true, stable: startEpochMs === NOON }),
  };
  expect(sentence([pair(1, 19), of(counts(50, 1), null)], { ...alone, terse: true }, { ceiling: 0.5 })).toMatch(
    /^errors: healthy so far: 1 of 480 .* \(1 min\); without stable traffic 1 of 50 canary requests were bad \(2 %\), the ceiling is 50 %, in 1 window \(1 min\); a canary of which 100 % of requests failed would have been found by now/,
  );
});

it('of a metric alone it is watching, or inconclusive without a fault', () => {
  const alone = (readings: Reading[], judge = {}) =>
    judgeMetric(
      metric(judge),
      readings.map((reading, n) => frozen(n, reading)),
      context({ nowEpochMs: NOON + readings.length * MINUTE, sequential: sequential({ nonInferiority: 1.05 }) }),
    ).verdict;
  expect(alone(repeat(12, pair(5, 95))).kind).toBe('watching');
  expect(alone([pair(1, 19)])).toMatchObject({ kind: 'inconclusive', fault: false });
  // twice the floor would have been found by the eighth window, and not by the fourth
  expect(alone(repeat(8, pair(0, 0)), { floor: 0.01 }).kind).toBe('watching');
  expect(alone(repeat(4, pair(0, 0)), { floor: 0.01 }).kind).toBe('inconclusive');
});

it('what a person must know of the counts is what the last of them says', () => {
  const noted = (note: string): Counts => ({ ...counts(480, 5), note });
  const readings = ['first', 'second', 'last'].map(note => of(noted(note), counts(9520, 95)));
  expect(sentence(readings, { terse: true })).toContain('(3 min); last; surely not');
});

it('the rate of before the release is of all requests until now', () => {
  // 50 of 10,000 + 47,600 is 0.087 %: a doubling is found with 2.8 % after 5 windows, 57 % after 80, 89 % after 160
  const past: Baseline = { windows: 90, requests: 10_000, bad: [50], phi: [1], assumed: false };
  expect(sentence(repeat(5, pair(0, 0)), { sequential: sequential({ baseline: { errors: past } }) })).toMatch(
    /of which 0\.174 % of requests .*; about 155 more windows like these would be enough$/,
  );
});

it('more windows than a bake has are not tried', () => {
  // 160 windows like these find a doubling with 33 %, and 320 are too many
  expect(sentence(repeat(5, pair(0, 3)))).toMatch(/would not have been found with 80 %$/);
});

it('the measurements of a metric are its own', () => {
  const both = [metric({ share: 0.5 }, 'a'), metric({ share: 0.5 }, 'b')];
  const { measurements } = judged(both, { a: [pair(5, 95)], b: [pair(5, 95), pair(5, 95)] });
  expect([measurements.a?.length, measurements.b?.length]).toEqual([1, 2]);
});

it('before the first window there is no traffic to doubt', () => {
  expect(verdictOf([], { steadyWeight: () => 5 }).because).toBe('errors: waiting for the first window of data');
});
