import { describe, expect, it } from 'vitest';
import { type BurnRateMetric, judgeBurnRate } from '../../../../domain/judges/burn-rate/judge.ts';
import type { BurnRateJudgeSpec } from '../../../../domain/judges/burn-rate/spec.ts';
import type { Reading, WindowRecord } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';

const HOUR_AND_5M = { longSeconds: 3600, shortSeconds: 300, budget: 0.02 };
const SIX_HOURS = { longSeconds: 21_600, shortSeconds: 1800, budget: 0.05 };

const metric = (more: Partial<BurnRateJudgeSpec> = {}): BurnRateMetric => ({
  name: 'errors',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: {
    ...{ kind: 'burnRate', objective: 0.999, overSeconds: 30 * 86_400, windows: [HOUR_AND_5M], minRequests: 1 },
    ...more,
  },
});

const canary = (requests: number, bad: number): Reading => ({
  kind: 'counts',
  canary: counts(requests, bad),
  stable: null,
});
const NONE: Reading = { kind: 'noData', reason: 'none' };

/** Windows of a minute from NOON on, each with these counts. */
const minutes = (count: number, requests: number, bad: number, from = 0): WindowRecord[] =>
  Array.from({ length: count }, (_, n) => frozen(from + n, canary(requests, bad)));

const judge = (windows: readonly WindowRecord[], more: Partial<BurnRateJudgeSpec> = {}) =>
  judgeBurnRate(metric(more), windows, context({ nowEpochMs: (windows.at(-1)?.endEpochMs ?? NOON) + 2 * MINUTE }));

const kindOf = (windows: readonly WindowRecord[], more: Partial<BurnRateJudgeSpec> = {}) =>
  judge(windows, more).verdict.kind;

describe('by the figures of the workbook, 99.9 % over 30 days,', () => {
  // 2 % of the budget in an hour is 14.4 times too fast: 0.1 % x 14.4 = 1.44 %, which is 18 of 1250
  it('1.44 % of requests may fail in an hour and 5 minutes, and not one more', () => {
    expect(kindOf(minutes(90, 1250, 18))).toBe('watching');
    expect(kindOf([...minutes(90, 1250, 18), ...minutes(1, 1250, 19, 90)])).toBe('degraded');
  });

  // 5 % in six hours is 6 times too fast: 0.6 %, which is 3 of 500
  it('0.6 % may fail in six hours and 30 minutes', () => {
    const windows = [HOUR_AND_5M, SIX_HOURS];
    expect(kindOf(minutes(400, 500, 3), { windows })).toBe('watching');
    expect(kindOf(minutes(400, 500, 4), { windows })).toBe('degraded');
  });

  it('the rate follows from `over`: over 7 days 2 % in an hour is 3.36 times too fast', () => {
    const overSeconds = 7 * 86_400;
    // 0.336 % is 42 of 12,500
    expect(kindOf(minutes(60, 12_500, 42), { overSeconds })).toBe('watching');
    expect(kindOf(minutes(60, 12_500, 43), { overSeconds })).toBe('degraded');
  });

  it('is compared with the decimals that the plan means: 6 times 10 % is 60 %', () => {
    expect(kindOf(minutes(30, 10, 6), { objective: 0.9, windows: [SIX_HOURS] })).toBe('watching');
  });

  it('and from the objective: at 99 % it is 14.4 % of requests', () => {
    expect(kindOf(minutes(60, 1000, 144), { objective: 0.99 })).toBe('watching');
    expect(kindOf(minutes(60, 1000, 145), { objective: 0.99 })).toBe('degraded');
  });
});

describe('both windows must burn', () => {
  it('the long one: a spike of 5 minutes is too little of an hour', () => {
    // 60 minutes of 100, 5 of them with 10 bad: 50 of 6000 are 0.83 %, and 10 % in the last 5
    const windows = [...minutes(55, 100, 0), ...minutes(5, 100, 10, 55)];
    expect(kindOf(windows)).toBe('watching');
    // 87 of 6000 are 1.45 %
    expect(kindOf([...minutes(55, 100, 0), ...minutes(4, 100, 17, 55), ...minutes(1, 100, 19, 59)])).toBe('degraded');
  });

  it('the short one: what burnt an hour ago and stopped is no reason any more', () => {
    // too few requests to say anything while it burns; an hour with 180 bad of 6000, none of them in the last 5 minutes
    const windows = [...minutes(6, 100, 30), ...minutes(54, 100, 0, 6)];
    expect(kindOf(windows, { minRequests: 1200 })).toBe('watching');
    expect(kindOf([...windows, ...minutes(1, 100, 8, 60)], { minRequests: 1200 })).toBe('degraded');
  });

  it('what began before the long window is forgotten', () => {
    // 30 bad ones in the first minute, and one after 59 or after 60: 31 of 620 are 5 %, 1 of 600 is 0.17 %
    const until = (minute: number) => [
      ...minutes(1, 30, 30),
      ...minutes(minute - 1, 10, 0, 1),
      ...minutes(1, 10, 1, minute),
    ];
    expect(kindOf(until(59), { minRequests: 600 })).toBe('degraded');
    expect(kindOf(until(60), { minRequests: 600 })).toBe('watching');
  });
});

describe('a release that is younger than a window', () => {
  it('is judged by what there is, and says so', () => {
    expect(judge(minutes(15, 600, 12), { minRequests: 9000 }).verdict).toEqual({
      kind: 'degraded',
      metric: 'errors',
      because:
        '180 of 9000 canary requests failed (2 %) in its first 15m (younger than 1h) and 60 of 3000 canary requests failed (2 %) in 5m; the budget of 99.9 % over 30d allows 1.44 % (burn rate 14.4)',
    });
  });

  it('says nothing before it has `minRequests`', () => {
    expect(judge(minutes(14, 600, 12), { minRequests: 9000 }).verdict).toEqual({
      kind: 'inconclusive',
      fault: false,
      because: 'the canary had 8400 requests in 14m, fewer than the 9000 wanted',
    });
  });

  it('is told by its age from the first window, however few of them had requests', () => {
    const windows = [frozen(0, NONE), ...minutes(59, 100, 0, 1)];
    expect(judge(windows).verdict).toMatchObject({ because: expect.stringContaining('(0 %) in 1h and') });
    expect(judge(windows.slice(0, -1)).verdict).toMatchObject({
      because: expect.stringContaining('in its first 59m (younger than 1h) and'),
    });
  });
});

describe('windows', () => {
  it('count nothing where they straddle a shift', () => {
    const spoilt = minutes(2, 1000, 900).map(one => ({ ...one, straddles: true }));
    expect(kindOf([...spoilt, ...minutes(10, 100, 1, 2)])).toBe('watching');
  });

  it('that are not frozen end what can be judged', () => {
    const { frozenAtEpochMs: _, ...open } = frozen(3, canary(100, 0));
    const windows = [...minutes(3, 100, 0), open, ...minutes(2, 100, 50, 4)];
    expect(judgeBurnRate(metric(), windows, context({ nowEpochMs: NOON + 7 * MINUTE })).verdict.kind).toBe('watching');
  });

  it('that nobody read are passed by once they are missed', () => {
    const windows = [...minutes(3, 100, 0), ...minutes(2, 100, 50, 4)];
    const at = (minute: number) => judgeBurnRate(metric(), windows, context({ nowEpochMs: NOON + minute * MINUTE }));
    expect(at(7).verdict.kind).toBe('watching');
    expect(at(9).verdict.kind).toBe('degraded');
    expect(at(9).measurements[3]).toMatchObject({ phase: 'inconclusive', because: 'the window was not read' });
  });

  it.each<[string, Reading, string]>([
    ['without data', NONE, 'no data: none'],
    ['without a request', canary(0, 0), 'the canary had no request'],
    ['without a canary', { kind: 'counts', canary: null, stable: counts(9, 0) }, 'the canary had no request'],
    ['of another kind', { kind: 'value', canary: 1, stable: 1 }, 'the reading has no counts'],
  ])('%s are no evidence, and more than four in a row hold', (_, reading, because) => {
    const quiet = (count: number) => [
      ...minutes(20, 100, 0),
      ...Array.from({ length: count }, (_none, n) => frozen(20 + n, reading)),
    ];
    expect(judge(quiet(4)).verdict).toEqual({ kind: 'watching', because: `within the budget before: ${because}` });
    expect(judge(quiet(5))).toMatchObject({
      verdict: {
        kind: 'inconclusive',
        because: `5 windows in a row without evidence; the last: ${because}`,
        fault: false,
      },
      brokeLimit: true,
      done: 20,
    });
    expect(judge([...quiet(5), ...minutes(1, 100, 0, 25)])).toMatchObject({ brokeLimit: false, done: 21 });
  });

  it('of which there is none are waited for', () => {
    expect(judge([]).verdict).toEqual({ kind: 'inconclusive', because: 'no window was measured yet', fault: false });
  });
});

it('stays degraded, with the window that decided', () => {
  const windows = [...minutes(3, 100, 10), ...minutes(90, 100, 0, 3)];
  const { verdict, measurements, done } = judge(windows);
  expect(verdict).toMatchObject({ kind: 'degraded', because: expect.stringContaining('10 of 100') });
  expect([measurements.length, done]).toEqual([93, 93]);
  expect(measurements.map(({ phase }) => phase).indexOf('failed')).toBe(0);
});

it('names the objective with all its digits', () => {
  const { verdict } = judge(minutes(10, 1000, 0), { objective: 0.9995 });
  expect(verdict.because).toContain('the budget of 99.95 % over 30d allows 0.72 % (burn rate 14.4)');
});

it('judges without the stable version, at any weight', () => {
  const alone = context({ nowEpochMs: NOON + 62 * MINUTE, expects: () => ({ canary: true, stable: false }) });
  expect(judgeBurnRate(metric(), minutes(60, 1000, 15), alone).verdict.kind).toBe('degraded');
});

it('of several limits of a response time each has the objective', () => {
  const slow: BurnRateMetric = {
    ...metric(),
    source: { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } },
  };
  const at = (...bad: [number, number]) =>
    judgeBurnRate(
      slow,
      Array.from({ length: 10 }, (_, n) => frozen(n, { kind: 'counts', canary: counts(1000, ...bad), stable: null })),
      context({ nowEpochMs: NOON + 12 * MINUTE }),
    ).verdict;
  expect(at(14, 14).kind).toBe('watching');
  expect(at(15, 0).kind).toBe('degraded');
  expect(at(15, 0)).toMatchObject({ because: expect.stringContaining('took longer than 300 ms (1.5 %)') });
});

it('says how near it came, by the pair that burns fastest', () => {
  const { verdict } = judge(minutes(60, 1000, 5), { windows: [SIX_HOURS, HOUR_AND_5M] });
  expect(verdict).toEqual({
    kind: 'watching',
    because:
      'within the budget so far: 300 of 60000 canary requests failed (0.5 %) in its first 1h (younger than 6h) and 150 of 30000 canary requests failed (0.5 %) in 30m; the budget of 99.9 % over 30d allows 0.6 % (burn rate 6)',
  });
});
