import { describe, expect, it } from 'vitest';
import { type FlaggerMetric, judgeFlagger } from '../../../../domain/judges/flagger/judge.ts';
import type { FlaggerJudgeSpec } from '../../../../domain/judges/flagger/spec.ts';
import type { Reading, WindowRecord } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';

const metric = (judge: Partial<FlaggerJudgeSpec> = {}): FlaggerMetric => ({
  name: 'success',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: { kind: 'flagger', min: 99, threshold: 3, intervalSeconds: 60, ...judge },
});

/** '+' 99.5 % good, 'x' 97.5 % good, 'o' no request, '~' straddles, ' ' not frozen yet. */
const windows = (text: string): WindowRecord[] =>
  [...text].flatMap((sign, n): WindowRecord[] => {
    if (sign === ' ') return [];
    const canary = counts(sign === 'o' ? 0 : 400, sign === '+' ? 2 : sign === 'o' ? 0 : 10);
    return [frozen(n, { kind: 'counts', canary, stable: counts(3600, 18) }, { straddles: sign === '~' })];
  });
const judged = (text: string, judge: Partial<FlaggerJudgeSpec> = {}) =>
  judgeFlagger(metric(judge), windows(text), context({ nowEpochMs: NOON + text.length * MINUTE }));
const kindOf = (...asked: Parameters<typeof judged>) => judged(...asked).verdict.kind;

describe("Flagger's judge", () => {
  it('rolls back at the failed check that reaches the threshold, and says the value', () => {
    expect(judged('+x+x+x').verdict).toEqual({
      kind: 'degraded',
      metric: 'success',
      because:
        '10 of 400 canary requests failed (2.5 %): 97.5 is below the minimum of 99; 3 failed checks, which is the limit',
    });
    expect(kindOf('x', { threshold: 1 })).toBe('degraded');
  });

  it('adds failed checks up for the whole release: good ones in between take none back', () => {
    expect(kindOf('x++++++++x++++')).toBe('watching');
    expect(kindOf('x++++++++x++++x')).toBe('degraded');
    expect(judged('x++').verdict.because).toBe(
      'within the limit so far: 2 of 3 checks good, 1 failed check (roll back at 3); the last: 2 of 400 canary requests failed (0.5 %)',
    );
  });

  it('does not advance after a failed check, until one is good', () => {
    expect(judged('+x').verdict).toEqual({
      kind: 'inconclusive',
      because:
        '10 of 400 canary requests failed (2.5 %): 97.5 is below the minimum of 99; 1 failed check (roll back at 3), and the last check has to be good',
      fault: false,
    });
    expect(kindOf('+x+')).toBe('watching');
    expect(judged('+++').verdict.because).toBe(
      'healthy so far: 3 of 3 checks good; the last: 2 of 400 canary requests failed (0.5 %)',
    );
  });

  it('never takes a check without a value for a failed one: five in a row hold', () => {
    expect(judged('')).toMatchObject({
      verdict: { kind: 'inconclusive', because: 'no check was made yet', fault: false },
      brokeLimit: false,
    });
    expect(judged('ooo')).toMatchObject({
      verdict: { because: 'no check had a value yet; the last: the canary had no request' },
      brokeLimit: false,
    });
    expect(judged('+oooo')).toMatchObject({ verdict: { kind: 'watching' }, brokeLimit: false });
    expect(judged('+ooooo')).toMatchObject({
      verdict: {
        kind: 'inconclusive',
        because: '5 checks in a row without a value; the last: the canary had no request',
        fault: false,
      },
      brokeLimit: true,
    });
    expect(judged('xxxooooo')).toMatchObject({ verdict: { kind: 'degraded' }, brokeLimit: false });
    expect(kindOf('+ooooo+')).toBe('watching');
    expect(kindOf('xoooooxoooox')).toBe('degraded');
  });

  it('says what the last check lacked', () => {
    const silent = frozen(3, { kind: 'noData', reason: 'no points' });
    const { verdict } = judgeFlagger(metric(), [...windows('ooo'), silent], context({ nowEpochMs: NOON + 4 * MINUTE }));
    expect(verdict.because).toBe('no check had a value yet; the last: no data: no points');
  });

  it('checks once in an interval', () => {
    expect(judged('x+x+x', { intervalSeconds: 120 }).verdict.kind).toBe('degraded');
    expect(judged('+x+x+x', { intervalSeconds: 120 }).verdict.kind).toBe('watching');
  });

  it('does not judge a window that straddles a shift', () => expect(kindOf('x~x~+')).toBe('watching'));

  const check = (reading: Reading, judge: Partial<FlaggerJudgeSpec>, source: FlaggerMetric['source']) =>
    judgeFlagger({ ...metric({ threshold: 1, ...judge }), source }, [frozen(0, reading)], context()).measurements[0];

  it('reads a percentile in milliseconds, as Flagger does', () => {
    const source = { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } } as const;
    const { min: _, ...max } = { ...metric().judge, max: 500 };
    const of = (canary: number | null) =>
      judgeFlagger({ ...metric(), source, judge: max }, [frozen(0, { kind: 'value', canary, stable: 0.2 })], context())
        .measurements[0];
    expect(of(0.5)).toMatchObject({ phase: 'successful', because: "the canary's p99 was 500 ms" });
    expect(of(0.501)).toMatchObject({
      phase: 'failed',
      because: expect.stringContaining('501 is above the maximum of 500'),
    });
    expect(of(null)).toMatchObject({ phase: 'error', because: 'the canary has no value' });
    expect(of(Number.NaN)).toMatchObject({ phase: 'error', because: 'the canary has no value' });
  });

  it('reads any other value as it is', () => {
    const source = { kind: 'prometheus', measure: { kind: 'queryValue', query: 'q' } } as const;
    const of = (canary: number) => check({ kind: 'value', canary, stable: 1 }, { min: 1, max: 2 }, source)?.phase;
    expect([of(1), of(2), of(0.999), of(2.001)]).toEqual(['successful', 'successful', 'failed', 'failed']);
  });

  it('says why a check has no value', () => {
    const { source } = metric();
    const because = (reading: Reading) => check(reading, {}, source)?.because;
    expect(because({ kind: 'noData', reason: 'no points' })).toBe('no data: no points');
    expect(because({ kind: 'counts', canary: null, stable: null })).toBe('the canary had no request');
    expect(because({ kind: 'result', result: 'text' })).toBe('the answer is not one number');
    expect(because({ kind: 'alarm', state: 'OK' })).toBe('a reading of the kind alarm (counts) has no value to check');
  });

  it('reads an answer that is one number as it is', () => {
    const source = { kind: 'prometheus', measure: { kind: 'query', query: 'up', series: 'one' } } as const;
    const range = { min: 1, max: 2 };
    expect(check({ kind: 'result', result: [1.5] }, range, source)?.phase).toBe('successful');
    expect(check({ kind: 'result', result: 2 }, range, source)).toMatchObject({
      ...{ phase: 'successful', because: 'the check answered 2' },
    });
    expect(check({ kind: 'result', result: 0.5 }, range, source)?.phase).toBe('failed');
    expect(check({ kind: 'result', result: 2.5 }, range, source)?.phase).toBe('failed');
    for (const result of [[], [1, 2], 'text', null, { $number: 'NaN' }]) {
      expect(check({ kind: 'result', result }, range, source)?.phase).toBe('error');
    }
    expect(check({ kind: 'alarm', state: 'OK' }, range, source)?.phase).toBe('error');
  });

  it('wants every threshold of slow answers in its range', () => {
    const source: FlaggerMetric['source'] = {
      kind: 'cloudwatch',
      measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] },
    };
    const of = (...bad: number[]) =>
      check({ kind: 'counts', canary: counts(1000, ...bad), stable: null }, { min: 95 }, source);
    expect(of(50, 1)?.phase).toBe('successful');
    expect(of(51, 1)?.phase).toBe('failed');
    expect(of(50, 51)?.phase).toBe('failed');
  });
});
