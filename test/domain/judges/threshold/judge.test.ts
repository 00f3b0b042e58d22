import { describe, expect, it } from 'vitest';
import type { StoredResult } from '../../../../domain/conditions/result-value.ts';
import type { JudgementContext } from '../../../../domain/judges/context.ts';
import { judgeThreshold, type ThresholdMetric } from '../../../../domain/judges/threshold/judge.ts';
import type { WindowRecord } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';

const metric = (judge: Partial<ThresholdMetric['judge']> = {}): ThresholdMetric => ({
  name: 'errors',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: {
    kind: 'threshold',
    successCondition: 'result[0] < 0.01',
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 4,
    intervalSeconds: 60,
    initialDelaySeconds: 0,
    ...judge,
  },
});

/** '+' a good window (0.5 %), 'x' a bad one (2.5 %), '?' between (1.5 %), 'o' no requests, '~' straddles, ' ' not frozen. */
const windows = (text: string): WindowRecord[] =>
  [...text].flatMap((sign, n): WindowRecord[] => {
    const share = { '+': 2, x: 10, '?': 6, '~': 400 }[sign];
    if (sign === ' ') return [];
    if (share === undefined) return [frozen(n, { kind: 'counts', canary: counts(0, 0), stable: counts(9, 0) })];
    const reading = { kind: 'counts', canary: counts(400, share), stable: counts(3600, 18) } as const;
    return [frozen(n, reading, { straddles: sign === '~' })];
  });
const judged = (text: string, judge: Partial<ThresholdMetric['judge']> = {}, more: Partial<JudgementContext> = {}) =>
  judgeThreshold(metric(judge), windows(text), context({ nowEpochMs: NOON + text.length * MINUTE, ...more }));
const kindOf = (...asked: Parameters<typeof judged>) => judged(...asked).verdict.kind;
const phases = (...asked: Parameters<typeof judged>) => judged(...asked).measurements.map(({ phase }) => phase);
const startsOf = (...asked: Parameters<typeof judged>) =>
  judged(...asked).measurements.map(({ startEpochMs }) => (startEpochMs - NOON) / MINUTE);

describe('the threshold judge', () => {
  it('rolls back at the first failure where none is allowed, and says why in numbers', () => {
    expect(judged('++x').verdict).toEqual({
      kind: 'degraded',
      metric: 'errors',
      because: '10 of 400 canary requests failed (2.5 %), limit 1 %, 0 bad windows allowed',
    });
  });

  it('breaks a limit of failures only when it is exceeded', () => {
    expect(kindOf('x+x+', { failureLimit: 2 })).toBe('watching');
    expect(kindOf('x+x+x', { failureLimit: 2 })).toBe('degraded');
  });

  it('watches once a measurement was good', () => {
    expect(judged('+x', { failureLimit: 1 }).verdict).toEqual({
      kind: 'watching',
      because:
        'within the limit so far: 1 of 2 windows good, 1 bad (1 allowed); the last: 10 of 400 canary requests failed (2.5 %), limit 1 %',
    });
  });

  it('is inconclusive before anything was measured, or while nothing was good', () => {
    expect(judged('').verdict).toEqual({ kind: 'inconclusive', because: 'no window was measured yet', fault: false });
    expect(kindOf('x', { failureLimit: 1 })).toBe('inconclusive');
  });

  it('is healthy when all measurements wanted are done, and takes no more', () => {
    expect(kindOf('++', { count: 3 })).toBe('watching');
    expect(judged('+++', { count: 3 }).verdict).toEqual({
      kind: 'healthy',
      because: '3 of 3 measurements good, all are done',
    });
    expect(kindOf('+x+xxx', { count: 3, failureLimit: 1 })).toBe('healthy');
  });

  it('does not count an error as a measurement that was done', () => {
    expect(kindOf('+oo+', { count: 3 })).toBe('watching');
    expect(kindOf('+oo++', { count: 3 })).toBe('healthy');
    expect(judgeThreshold(metric(), windows('+o+x'), context()).done).toBe(3);
  });

  it('never takes a window without requests for a bad one: five in a row hold the release', () => {
    expect(kindOf('+oooo')).toBe('watching');
    expect(judged('+ooooo')).toMatchObject({
      verdict: { kind: 'inconclusive', because: expect.stringContaining('5 errors in a row, 4 allowed'), fault: false },
      brokeLimit: true,
    });
    expect(kindOf('oooooooooooo')).toBe('inconclusive');
  });

  it('goes on when data come again after errors', () => {
    expect(kindOf('+ooooo+')).toBe('watching');
    expect(kindOf('+oooo+oooo')).toBe('watching');
  });

  describe('with conditions as Argo Rollouts evaluates them', () => {
    const both = { successCondition: 'result[0] < 0.01', failureCondition: 'result[0] > 0.02' };
    const failureOnly = (failureCondition: string): ThresholdMetric => {
      const { successCondition: _, ...judge } = metric().judge;
      return { ...metric(), judge: { ...judge, failureCondition } };
    };
    it('takes what is no success for a failure', () =>
      expect(phases('+x?')).toEqual(['successful', 'failed', 'failed']));
    it('takes what is no failure for a success', () => {
      const { measurements } = judgeThreshold(failureOnly('result[0] > 0.02'), windows('+x?'), context());
      expect(measurements.slice(0, 3).map(({ phase }) => phase)).toEqual(['successful', 'failed', 'successful']);
    });
    it('takes what is neither for inconclusive', () => {
      expect(phases('+x?', both)).toEqual(['successful', 'failed', 'inconclusive']);
    });
    it('lets a failure win where both hold', () => {
      expect(phases('+', { successCondition: 'true', failureCondition: 'true' })).toEqual(['failed']);
    });
    it('is an error where the condition cannot be evaluated', () => {
      expect(phases('+', { successCondition: 'result[1] < 1' })).toEqual(['error']);
      expect(phases('+', { successCondition: 'result[1 < 1' })).toEqual(['error']);
    });
    it('holds when more measurements than allowed said neither', () => {
      expect(kindOf('+??', { ...both, inconclusiveLimit: 2 })).toBe('watching');
      expect(judged('+???+', { ...both, inconclusiveLimit: 2 })).toMatchObject({
        verdict: { kind: 'inconclusive', because: '3 measurements were neither good nor bad, 2 allowed' },
        brokeLimit: true,
      });
    });
    it('still rolls back a release that is held', () => {
      expect(kindOf('+?x', both)).toBe('degraded');
      expect(kindOf('ooooox')).toBe('degraded');
    });
  });

  it('gives the canary its value in seconds where the metric is a percentile', () => {
    const p99 = { ...metric({ successCondition: 'result[0] < 0.4' }), source: percentile };
    const value = (canary: number | null) => [frozen(0, { kind: 'value', canary, stable: 0.2 })];
    expect(judgeThreshold(p99, value(0.412), context()).verdict).toMatchObject({
      kind: 'degraded',
      because: expect.stringContaining("the canary's p99 was 412 ms"),
    });
    expect(judgeThreshold(p99, value(0.399), context()).measurements[0]?.phase).toBe('successful');
    expect(judgeThreshold(p99, value(null), context()).measurements[0]?.phase).toBe('error');
    expect(judgeThreshold(p99, value(Number.NaN), context()).measurements[0]?.phase).toBe('error');
  });
  const percentile = { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } } as const;

  it('gives one share for every threshold of slow answers', () => {
    const slow: ThresholdMetric = {
      ...metric({ successCondition: 'result[0] < 0.1 && result[1] < 0.01' }),
      source: { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } },
    };
    const window = frozen(0, { kind: 'counts', canary: counts(400, 20, 8), stable: counts(3600, 18, 1) });
    expect(judgeThreshold(slow, [window], context()).measurements[0]).toMatchObject({
      phase: 'failed',
      because: expect.stringContaining(
        '20 of 400 canary requests took longer than 300 ms (5 %) and 8 took longer than 1 s (2 %)',
      ),
    });
  });

  describe('takes its measurements', () => {
    it('of frozen windows that do not straddle only', () => {
      expect(startsOf('~+ +~')).toEqual([1, 3]);
      expect(kindOf('~~')).toBe('inconclusive');
    });
    it('not of a window that still grows', () => {
      const growing = windows('+x').map(({ frozenAtEpochMs: _, ...open }) => open);
      expect(judgeThreshold(metric(), growing, context({ nowEpochMs: NOON + 2 * MINUTE })).measurements).toEqual([]);
    });
    it('of every frozen window, even where the clock of the look is behind', () => {
      expect(startsOf('++', {}, { nowEpochMs: NOON + MINUTE })).toEqual([0, 1]);
    });
    it('every interval, of the next window where the first straddles', () => {
      expect(startsOf('++++++', { intervalSeconds: 120 })).toEqual([0, 2, 4]);
      expect(startsOf('~+++++', { intervalSeconds: 120 })).toEqual([1, 2, 4]);
      expect(startsOf('++++++', { intervalSeconds: 90 })).toEqual([0, 2, 4]);
    });
    it('not of a later window of the interval while the first is open', () => {
      expect(startsOf(' +++', { intervalSeconds: 120 })).toEqual([2]);
    });
    it('from the first window after the initial delay', () => {
      expect(startsOf('xx+++', { initialDelaySeconds: 61 })).toEqual([2, 3, 4]);
      expect(startsOf('xx+++', { initialDelaySeconds: 120 })).toEqual([2, 3, 4]);
    });
    it('not of windows from before the canary had traffic, nor in which it should have none', () => {
      expect(startsOf('x+++', {}, { analysisStartedAtEpochMs: NOON + 1 })).toEqual([1, 2, 3]);
      const expects: JudgementContext['expects'] = ({ startEpochMs }) => ({
        canary: startEpochMs !== NOON,
        stable: true,
      });
      expect(startsOf('o+++', {}, { expects })).toEqual([1, 2, 3]);
    });
    it('and calls a window that nobody read an error, a minute after it should have been frozen', () => {
      // the last of six windows ends at minute 6; the first of the missed ones at minute 2, so 240 s later is minute 6
      expect(phases('+     ')).toEqual(['successful']);
      expect(phases('+     ', {}, { nowEpochMs: NOON + 6 * MINUTE + 1 })).toEqual(['successful', 'error']);
      expect(kindOf('+', {}, { nowEpochMs: NOON + 60 * MINUTE })).toBe('inconclusive');
    });
    it('of a window once, whoever reads it', () => {
      const twice = [...windows('+x'), ...windows('+x').reverse()];
      expect(judgeThreshold(metric({ failureLimit: 1 }), twice, context()).verdict.kind).toBe('watching');
    });
  });

  it('does not let a failure fall out of the count when an earlier window freezes late', () => {
    expect(kindOf('+ x', { count: 3 })).toBe('degraded');
    // the open window may be the second and last measurement: then the bad one after it is none
    expect(kindOf('+ x', { count: 2 })).toBe('watching');
    expect(kindOf('++x', { count: 2 })).toBe('healthy');
    expect(kindOf('+ox', { count: 2 })).toBe('degraded');
  });

  describe('with a limit of good ones in a row, as Argo Rollouts has it since v1.8', () => {
    const four = { consecutiveSuccessLimit: 3, failureLimit: 2 };

    it('is healthy when that many in a row were good, and takes no more', () => {
      expect(judged('+x+++', four).verdict).toEqual({ kind: 'healthy', because: '3 measurements in a row were good' });
      expect(kindOf('+x+++xxx', four)).toBe('healthy');
      expect(phases('+x+++xxx', four)).toHaveLength(5);
    });

    it('is inconclusive until then: neither good nor bad', () => {
      expect(judged('+x++', four).verdict).toEqual({
        kind: 'inconclusive',
        because: '2 in a row were good of the 3 wanted',
        fault: false,
      });
    });

    it('starts again after anything that was not good, an error too', () => {
      const both = { successCondition: 'result[0] < 0.01', failureCondition: 'result[0] > 0.02', inconclusiveLimit: 9 };
      expect(kindOf('++o+', four)).toBe('inconclusive');
      expect(kindOf('++?+', { ...four, ...both })).toBe('inconclusive');
      expect(kindOf('++?+++', { ...four, ...both })).toBe('healthy');
    });

    it('still fails when the limit of failures is broken first', () => expect(kindOf('x+x+x', four)).toBe('degraded'));

    it('waits through any number of failures where their limit is -1', () => {
      expect(kindOf('xxxxxxxxx', { consecutiveSuccessLimit: 2, failureLimit: -1 })).toBe('inconclusive');
      expect(kindOf('xxxxxxxx++', { consecutiveSuccessLimit: 2, failureLimit: -1 })).toBe('healthy');
      expect(kindOf('xxxx+', { failureLimit: -1 })).toBe('watching');
    });

    it('is inconclusive for good when all are done without them', () => {
      const judgement = judged('+x+x', { ...four, count: 4 });
      expect(judgement).toMatchObject({ brokeLimit: true });
      expect(judgement.verdict).toEqual({
        kind: 'inconclusive',
        because: 'all 4 measurements are done, 0 in a row were good of the 3 wanted',
        fault: false,
      });
      expect(kindOf('x+++', { ...four, count: 4 })).toBe('healthy');
    });

    it('counts nothing on one side of a window that is not frozen yet', () => {
      // the open one may be the third good one, after which nothing counts
      expect(kindOf('++ xxx', four)).toBe('inconclusive');
      expect(kindOf('+ ++', four)).toBe('inconclusive');
      expect(kindOf('x xx', four)).toBe('degraded');
    });

    it('is no limit where it is 0', () => expect(kindOf('+++++', { consecutiveSuccessLimit: 0 })).toBe('watching'));
  });

  describe('of a check that answers anything', () => {
    const query = { kind: 'prometheus', measure: { kind: 'query', query: 'up', series: 'many' } } as const;
    const check = (result: StoredResult, judge: Partial<ThresholdMetric['judge']>) =>
      judgeThreshold({ ...metric(judge), source: query }, [frozen(0, { kind: 'result', result })], context())
        .measurements[0];

    it('gives the condition the whole answer', () => {
      const answer = { status: 'ok', servers: [{ busy: 0.4 }, { busy: 0.8 }] };
      expect(
        check(answer, { successCondition: 'all(result.servers, {.busy < 0.9}) && result.status == "ok"' }),
      ).toMatchObject({
        phase: 'successful',
        because: expect.stringContaining('the check answered {"status":"ok","servers"'),
      });
      expect(check(answer, { successCondition: 'all(result.servers, {.busy < 0.7})' })?.phase).toBe('failed');
      expect(check(0.5, { successCondition: 'result < 1' })?.phase).toBe('successful');
    });

    it('knows a NaN that was kept', () => {
      expect(check([{ $number: 'NaN' }], { successCondition: 'isNaN(result[0]) || result[0] < 1' })).toMatchObject({
        phase: 'successful',
        because: expect.stringContaining('the check answered ["NaN"]'),
      });
      expect(check([{ $number: 'NaN' }], { successCondition: 'result[0] < 1' })?.phase).toBe('failed');
    });

    it('takes an answer of another type for an error, never for a failure', () => {
      expect(check('down', { successCondition: 'result < 1' })?.phase).toBe('error');
      expect(check({}, { successCondition: 'result.missing < 1' })?.phase).toBe('error');
      expect(check([], { successCondition: 'result[0] < 1' })?.phase).toBe('error');
    });

    it('is an error of an answer that is nothing, unless the condition asks for that', () => {
      for (const nothing of [[], null]) {
        expect(check(nothing, { successCondition: 'all(result, {# < 1})' })).toMatchObject({
          phase: 'error',
          because: expect.stringContaining('the answer is nothing'),
        });
        expect(check(nothing, { successCondition: 'result == nil || len(result) == 0 || result[0] < 1' })?.phase).toBe(
          'successful',
        );
      }
      expect(check([], { failureCondition: 'any(result, {# > 1})' })?.phase).toBe('error');
    });

    it('shows the beginning of a long answer', () => {
      const because = check('x'.repeat(500), { successCondition: 'result == "x"' })?.because;
      expect(because).toContain('… (502 characters)');
      expect(because?.length).toBeLessThan(250);
    });
  });
});
