import { describe, expect, it } from 'vitest';
import { judgeThreshold, resultText, type ThresholdMetric } from '../../../../domain/judges/threshold/judge.ts';
import type { Reading } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';

type Judge = Partial<ThresholdMetric['judge']>;
const failedRequests = { kind: 'cloudwatch', measure: { kind: 'failedRequests' } } as const;
const metric = (judge: Judge, source: ThresholdMetric['source'] = failedRequests): ThresholdMetric => ({
  ...{ name: 'errors', source },
  judge: {
    ...{ kind: 'threshold', failureLimit: 0, inconclusiveLimit: 0, consecutiveErrorLimit: 4 },
    ...{ intervalSeconds: 60, initialDelaySeconds: 0 },
    ...judge,
  },
});
const of = (requests: number, bad: number): Reading => ({
  kind: 'counts',
  canary: counts(requests, bad),
  stable: counts(3600, 18),
});
/** 0.5 %, 2.5 %, 1.5 % and no request. */
const [good, bad, between, quiet] = [of(400, 2), of(400, 10), of(400, 6), of(0, 0)];
const judged = (judge: Judge, readings: Reading[], source = metric({}).source) =>
  judgeThreshold(
    metric(judge, source),
    readings.map((reading, n) => frozen(n, reading)),
    context({ nowEpochMs: NOON + readings.length * MINUTE }),
  );
const below = { successCondition: 'result[0] < 0.01' };
const above = { failureCondition: 'result[0] > 0.02' };

describe('the sentence of the threshold judge', () => {
  it('says which failure was too much', () => {
    expect(judged({ ...below, failureLimit: 1 }, [bad, good, between, bad]).verdict.because).toBe(
      '6 of 400 canary requests failed (1.5 %), limit 1 %, bad window 2, 1 bad window allowed',
    );
  });

  it('says how many were good', () => {
    expect(judged(below, [good, good]).verdict).toEqual({
      kind: 'watching',
      because: 'healthy so far: 2 of 2 windows good; the last: 2 of 400 canary requests failed (0.5 %), limit 1 %',
    });
  });

  const nothing = 'the canary had no request, so nothing can be said of its share';
  it('says what the last one was while none was good', () => {
    expect(judged({ ...below, failureLimit: 3 }, [bad, bad, between]).verdict).toEqual({
      kind: 'inconclusive',
      because: 'no measurement was good yet; the last: 6 of 400 canary requests failed (1.5 %), limit 1 %',
      fault: false,
    });
    expect(judged(below, Array(5).fill(quiet)).verdict.because).toBe(
      `5 errors in a row, 4 allowed; the last: ${nothing}`,
    );
  });

  it('lets a step end only where a limit is broken, and only as inconclusive', () => {
    const broke = (judge: Judge, readings: Reading[]) => judged({ ...below, ...judge }, readings).brokeLimit;
    expect(broke({}, Array(4).fill(quiet))).toBe(false);
    expect(broke({}, Array(5).fill(quiet))).toBe(true);
    expect(broke({ failureLimit: 1, count: 3 }, [bad])).toBe(false);
    expect(broke({ failureLimit: 1 }, [bad])).toBe(false);
    expect(broke(above, [good, between, bad])).toBe(false);
    expect(broke(above, [good, between])).toBe(true);
    expect(broke({ count: 1 }, [good])).toBe(false);
  });

  it.each<[string, Judge, Reading, string, string]>([
    ['success only', below, bad, 'failed', 'limit 1 %'],
    ['success only', below, good, 'successful', 'limit 1 %'],
    ['failure only', above, bad, 'failed', 'limit 2 %'],
    ['failure only', above, good, 'successful', 'limit 2 %'],
    ['both', { ...below, ...above }, bad, 'failed', 'limit 2 %'],
    ['both', { ...below, ...above }, good, 'successful', 'limit 1 %'],
    ['both', { ...below, ...above }, between, 'inconclusive', 'good if result[0] < 0.01, bad if result[0] > 0.02'],
    ['neither', {}, bad, 'successful', 'no limit'],
    ['a least', { successCondition: 'result[0] >= 0.1' }, bad, 'failed', 'at least 10 %'],
    ['a most', { failureCondition: 'result[0] < 0.01' }, bad, 'successful', 'at least 1 %'],
    ['more than a limit', { successCondition: 'max(result) < 0.01' }, bad, 'failed', 'good if max(result) < 0.01'],
  ])('names the condition that decided: with %s (%j)', (_, judge, reading, phase, because) => {
    const [measurement] = judged(judge, [reading]).measurements;
    expect(measurement?.phase).toBe(phase);
    expect(measurement?.because.split(/ %\), (.*)/)[1]).toBe(because);
  });

  const percentile = { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } } as const;
  it.each<[string, Reading, ThresholdMetric['source']]>([
    ['no data: no points', { kind: 'noData', reason: 'no points' }, failedRequests],
    ['the canary has no data', { kind: 'counts', canary: null, stable: null }, failedRequests],
    [nothing, quiet, failedRequests],
    ['the canary has no data', { kind: 'value', canary: null, stable: 1 }, percentile],
    ["the canary's value is NaN, which is no number", { kind: 'value', canary: Number.NaN, stable: 1 }, percentile],
    ['the reading is none for a condition', { kind: 'alarm', state: 'OK' }, failedRequests],
    ['the reading is none for a condition', { kind: 'band', value: 1, low: 0, high: 2 }, failedRequests],
  ])('"%s" is an error', (because, reading, source) => {
    expect(judged(below, [reading], source).measurements[0]).toMatchObject({ phase: 'error', because });
  });

  it('says where a condition is wrong, be it the one for good or the one for bad', () => {
    const because = (judge: Judge) => judged(judge, [good]).measurements[0];
    expect(because({ successCondition: 'result[1 < 1' })).toMatchObject({
      phase: 'error',
      because: expect.stringMatching(/^2 of 400 canary requests failed \(0\.5 %\); result\[1 < 1, column \d+: \S/),
    });
    expect(because({ ...below, failureCondition: 'true &&\n  result[1 < 1' })).toMatchObject({
      phase: 'error',
      because: expect.stringMatching(/; true &&\n {2}result\[1 < 1, line 2, column \d+: \S/),
    });
    expect(because({ ...below, failureCondition: 'result[1] > 1' })).toMatchObject({
      phase: 'error',
      because: expect.stringMatching(/\(0\.5 %\); \S/),
    });
  });

  it('knows that shares are a list, before it has any', () => {
    const [measurement] = judged({ successCondition: 'result < 1' }, [good]).measurements;
    expect(measurement).toMatchObject({ phase: 'error', because: expect.stringContaining('result < 1, column ') });
  });
});

describe('the text of an answer', () => {
  it('is nil where it is nothing, and else as it is up to 120 characters', () => {
    expect(resultText(null)).toBe('nil');
    expect(resultText([1, 'a', Number.NaN])).toBe('[1,"a","NaN"]');
    expect(resultText('x'.repeat(118))).toBe(`"${'x'.repeat(118)}"`);
    expect(resultText('x'.repeat(119))).toBe(`"${'x'.repeat(119)}… (121 characters)`);
  });
});
