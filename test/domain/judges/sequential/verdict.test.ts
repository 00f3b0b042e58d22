import { describe, expect, it } from 'vitest';
import type { JudgementContext } from '../../../../domain/judges/context.ts';
import { judgeMetric } from '../../../../domain/judges/judge-release.ts';
import type { Baseline } from '../../../../domain/judges/sequential/baseline.ts';
import { healthyIn } from '../../../../domain/judges/sequential/power.ts';
import type { SequentialMetric } from '../../../../domain/judges/sequential/windows.ts';
import type { Reading } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';
import { judged, metric, of, pair, repeat, sequential, verdictOf } from './sequential-records.ts';

/*
 * Odds, powers and boundaries were worked out apart from the code, from the formulas of docs/statistics.md (a), (b) and (e)
 * with the constants of the profile `information`: K = 30, alpha 1 %, so E at 1/0.0016 = 625 and S at 0.84 %.
 */
const sentence = (...asked: Parameters<typeof verdictOf>) => verdictOf(...asked).because;
/** Not worse than 1.4 times is what takes about 17 windows like these to prove; than 1.05 times, longer than anyone waits. */
const sureOf = (nonInferiority: number) => ({ sequential: sequential({ nonInferiority }) });
const past = (bad: number, more: Partial<Baseline> = {}): Baseline => ({
  ...{ windows: 90, requests: 900_000, bad: [bad], phi: [1.2], assumed: false },
  ...more,
});
const ASSUMED = '; variance assumed (no history)';

describe('the sentence of a degraded canary', () => {
  it('says what was seen, against what, how sure and how long', () => {
    expect(verdictOf([pair(12, 31)])).toEqual({
      kind: 'degraded',
      metric: 'errors',
      // 12/480 = 2.5 %, 31/9520 = 0.326 %: 7.7 times. P(Binomial(43, 0.06/1.012) >= 9) = 1/1239.3; 1/(0.84 x 1 %) = 119
      because:
        'errors: 12 of 480 canary requests failed, 31 of 9,520 of stable (7.7 times the rate), 12 bad ones since the start; a canary at the margin of 1.25 times has 9 or more in 1 of 1,239 releases (limit 1 of 119); seen in 1 window (1 min)',
    });
  });

  it('tells a fault that began late by what it did since, and stays as it is when more windows come', () => {
    const late = [...repeat(10, pair(5, 95)), pair(25, 95)];
    const told =
      'errors: 25 of 480 canary requests failed, 95 of 9,520 of stable (5.2 times the rate), odds against chance 13,000 to 1 (limit 625 to 1); seen in 1 window (1 min)';
    expect(sentence(late)).toBe(told);
    expect(sentence([...late, pair(300, 95), pair(0, 95)])).toBe(told);
  });

  it('says when it took the other metrics as well, by the windows up to then', () => {
    // "a" has 1 to 1,174 after its eleventh window, of 1 to 1,562 with 0.4 of E's 0.16 %; "b" then 1 to 382 of 1 to 1,042:
    // 1174/1562 + 382/1042 = 1.1
    const a = [...repeat(10, pair(5, 95)), pair(23, 95), { kind: 'noData', reason: 'none' } as const];
    const b = [...repeat(11, pair(5, 95)), pair(22, 95)];
    const told =
      'a: 23 of 480 canary requests failed, 95 of 9,520 of stable (4.8 times the rate), odds against chance 1,200 to 1 (limit of this metric alone 1,600 to 1), too much together with the other metrics; seen in 1 window (1 min)';
    const both = [metric({ share: 0.4 }, 'a'), metric({ share: 0.6 }, 'b')];
    expect(judged(both, { a: a.slice(0, 11), b: b.slice(0, 11) }).verdict.kind).not.toBe('degraded');
    expect(judged(both, { a, b }).verdict).toEqual({ kind: 'degraded', metric: 'a', because: told });
    const later = judged(both, { a: [...a, pair(60, 95)], b: [...b, pair(5, 95)] });
    expect(later.verdict.because).toBe(told);
    expect(later.byMetric.b?.kind).not.toBe('degraded');
  });

  it('tells the threshold with most against it', () => {
    const slow: SequentialMetric = {
      ...metric({}, 'slow'),
      source: { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } },
    };
    const reading = of(counts(480, 20, 14), counts(9520, 380, 31));
    expect(judged([slow], { slow: [reading] }).verdict.because).toBe(
      'slow: 14 of 480 canary requests took longer than 1 s, 31 of 9,520 of stable (9 times the rate), odds against chance 28,000 to 1 (limit 100 to 1); seen in 1 window (1 min)',
    );
  });

  it('names the ceiling where the stable version gets no traffic, and stays as it is when more windows come', () => {
    const alone = { expects: () => ({ canary: true, stable: false }) };
    const soaking = (bad: number) => of(counts(10_000, bad), null);
    const told =
      'errors: 150 of 10,000 canary requests were bad (1.5 %), above the ceiling of 1 %, odds against chance 5,900 to 1 (limit 500 to 1); seen in 1 window (1 min)';
    expect(sentence([soaking(150)], alone, { ceiling: 0.01 })).toBe(told);
    expect(sentence([soaking(150), soaking(0), soaking(900)], alone, { ceiling: 0.01 })).toBe(told);
  });

  it('says where the noise is assumed', () => {
    const because = sentence(repeat(2, pair(60, 95)), {}, { guard: true });
    expect(because).toMatch(
      /^errors: 120 of 960 canary requests failed, 190 of 19,040 of stable \(13 times the rate\), .* \(2 min\)/,
    );
    expect(because.endsWith(`; seen in 2 windows (2 min)${ASSUMED}`)).toBe(true);
  });
});

describe('the sentence of a canary that is not degraded', () => {
  it('says of a healthy one what it is sure of', () => {
    expect(verdictOf(repeat(9, pair(5, 95)))).toEqual({
      kind: 'healthy',
      because:
        'errors: healthy: 45 of 4,320 canary requests failed, 855 of 85,680 of stable (the same rate) in 9 windows (9 min); surely not 2 times as bad as stable (odds 36,000 to 1, limit 20 to 1)',
    });
  });

  it('stays sure of what it was once sure of', () => {
    // 1 to 93 after the fourth window, 1 to 3.3 after the eighth
    expect(verdictOf([...repeat(4, pair(5, 95)), ...repeat(4, pair(9, 95))])).toEqual({
      kind: 'healthy',
      because:
        'errors: healthy: 56 of 3,840 canary requests failed, 760 of 76,160 of stable (1.5 times the rate) in 8 windows (8 min); surely not 2 times as bad as stable (odds 20 to 1, limit 20 to 1)',
    });
  });

  const twelve =
    'errors: healthy so far: 60 of 5,760 canary requests failed, 1,140 of 114,240 of stable (the same rate) in 12 windows (12 min)';
  it('says of one that is watched when it would be healthy', () => {
    expect(verdictOf(repeat(12, pair(5, 95)), sureOf(1.4))).toEqual({
      kind: 'watching',
      because: `${twelve}; a canary of which 2 % of requests failed would have been found by now; 5 more windows like these would prove it healthy`,
    });
    expect(sentence(repeat(12, pair(5, 95)), sureOf(1.05))).toBe(
      `${twelve}; a canary of which 2 % of requests failed would have been found by now`,
    );
  });

  it.each([
    [1, 3, 5, '; 10 more windows like these would prove it healthy'],
    [2, 3, 2, '; 1 more window like these would prove it healthy'],
    [1, 1000, 1, '; 999 more windows like these would prove it healthy'],
    [1, 1001, 1, ''],
    [0, 3, 5, ''],
    [-1, 3, 5, ''],
  ])('with ln E at %d of %d after %d windows that is "%s"', (logHealthy, logHealthyLimit, compared, text) => {
    expect(healthyIn({ logHealthy, logHealthyLimit }, compared)).toBe(text);
  });

  it('says of too little data what would not have been found, and what would be enough', () => {
    // 19 of 9,520 is 0.2 %, twice that 0.4 %: found with 65 % after 32 windows like this, 91 % after 64
    expect(verdictOf([pair(1, 19)])).toEqual({
      kind: 'inconclusive',
      fault: false,
      because:
        'errors: too little traffic to decide so far: 1 of 480 canary requests failed, 19 of 9,520 of stable (the same rate) in 1 window (1 min); a canary of which 0.399 % of requests failed would not have been found with 80 %; about 63 more windows like these would be enough',
    });
    // 67 % after 8, above 89 % after 16
    expect(sentence(repeat(4, pair(5, 95)), sureOf(1.05))).toBe(
      'errors: too little traffic to decide so far: 20 of 1,920 canary requests failed, 380 of 38,080 of stable (the same rate) in 4 windows (4 min); a canary of which 2 % of requests failed would not have been found with 80 %; about 12 more windows like these would be enough',
    );
  });

  it('leaves out what would be enough where nobody will read it', () => {
    expect(sentence([pair(1, 19)], { terse: true })).toMatch(/would not have been found with 80 %$/);
  });

  it('says nothing of what would be enough where no bake is as long', () => {
    // 256 windows are the most that are tried: a doubling of 4 is found with 71 % after them; of 6 with 60 % after 128, 92 %
    // after 256
    expect(sentence([pair(0, 4)])).toMatch(/would not have been found with 80 %$/);
    expect(sentence([pair(0, 6)])).toMatch(/; about 255 more windows like these would be enough$/);
  });

  const atLeast = (share: number, gross?: number) => ({
    sequential: sequential({
      detect: { ratio: 2, atLeast: share, power: 0.8, ...(gross === undefined ? {} : { gross }) },
    }),
  });

  it('takes a stable version that never fails for an ordinary one', () => {
    // all failures of such a canary are its own: at 1 % 4.8 in a window, where 0.0594^2 is 0.35 % already
    const never = repeat(5, pair(0, 0));
    expect(verdictOf(never, atLeast(0.01))).toEqual({
      kind: 'watching',
      because:
        'errors: healthy so far: 0 of 2,400 canary requests failed, 0 of 47,600 of stable in 5 windows (5 min); a canary of which 1 % of requests failed would have been found by now',
    });
    // without the points there is nothing to multiply, and never would be
    expect(verdictOf(never).kind).toBe('inconclusive');
  });

  it('says what would have gone unseen where a gross fault would not have, and nothing where even that would', () => {
    const few = (windows: number) => repeat(windows, of(counts(18, 0), counts(162, 0)));
    // 18 requests a window: at 10 % 1.8 failures, at 1 % 0.18
    expect(verdictOf(few(8), atLeast(0.01, 0.1))).toMatchObject({
      kind: 'inconclusive',
      unseen: expect.stringMatching(
        /^errors: no fault seen: 0 of 144 canary requests failed, 0 of 1,296 of stable in 8 windows \(8 min\); a fault below \d+ % of requests would not have been seen here$/,
      ),
    });
    expect(verdictOf(few(1), atLeast(0.01, 0.1))).not.toHaveProperty('unseen');
    expect(verdictOf(few(8), atLeast(0.01))).not.toHaveProperty('unseen');
  });

  it('says of a fault from where on it would have been found, rounded up to a share that people think in', () => {
    const told = (windows: number) => {
      const verdict = verdictOf(repeat(windows, of(counts(18, 0), counts(162, 0))), atLeast(0.01, 0.1));
      return verdict.kind === 'inconclusive' ? Number(/below (\d+) %/.exec(verdict.unseen ?? '')?.[1]) : Number.NaN;
    };
    const seen = [4, 6, 9, 14].map(told);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(new Set(seen).size).toBeGreaterThan(1);
    for (const share of seen) expect([2, 3, 4, 5, 6, 8, 10]).toContain(share);
  });

  const nothing =
    'errors: too little traffic to decide so far: 0 of 2,400 canary requests failed, 0 of 47,600 of stable in 5 windows (5 min)';
  it('takes the rate from before the release where the stable version had no failure in it', () => {
    // 900 of 947,600 is 0.095 %: a doubling is found with 2.8 % after 5 windows, 62 % after 80, 92 % after 160
    expect(sentence(repeat(5, pair(0, 0)), { sequential: sequential({ baseline: { errors: past(900) } }) })).toBe(
      `${nothing}; a canary of which 0.19 % of requests failed would not have been found with 80 %; about 155 more windows like these would be enough`,
    );
    const empty = { baseline: { errors: past(0, { windows: 0, requests: 0 }) } };
    expect(sentence(repeat(5, pair(0, 0)), { sequential: sequential(empty) })).toContain('of which 0 % of requests');
  });

  it('counts on the floor where the stable version has no failure', () => {
    expect(sentence(repeat(1, pair(0, 0)), {}, { floor: 0.01 })).toMatch(
      /^errors: too little traffic to decide so far: .*; a canary of which 2 % of requests failed would not have been found with 80 %; about \d+ more windows? like these would be enough$/,
    );
    expect(verdictOf(repeat(8, pair(0, 0)), {}, { floor: 0.01 }).kind).toBe('watching');
  });

  it('says where the noise is assumed, and only there', () => {
    const guarded = (baseline: Record<string, Baseline>) =>
      sentence([pair(0, 0)], { terse: true, sequential: sequential({ baseline }) }, { guard: true });
    const seen = '0 of 480 canary requests failed, 0 of 9,520 of stable in 1 window (1 min)';
    expect(guarded({})).toContain(`${seen}${ASSUMED}; a canary`);
    expect(guarded({ errors: past(9, { assumed: true }) })).toContain(`${seen}${ASSUMED}; a canary`);
    expect(guarded({ errors: past(9) })).toContain(`${seen}; a canary`);
  });

  it('passes on what a person must know of the counts', () => {
    const noted = (xc: number, note?: string): Reading =>
      of({ ...counts(480, xc), ...(note === undefined ? {} : { note }) }, counts(9520, 95));
    const reading = [noted(5), noted(5, 'counted above 250 ms, the nearest bound')];
    expect(sentence(reading, { terse: true })).toContain('(2 min); counted above 250 ms, the nearest bound; a canary');
  });
});

describe('the sentence where the stable version gets no traffic', () => {
  const alone = (from: number): Partial<JudgementContext> => ({
    expects: ({ startEpochMs }) => ({ canary: true, stable: startEpochMs < NOON + from * MINUTE }),
  });
  const soaking = (requests: number, bad: number) => of(counts(requests, bad), null);

  it('says what the ceiling is, and that twice as much would have been seen or not', () => {
    expect(verdictOf([soaking(1000, 10)], alone(0), { ceiling: 0.05 })).toEqual({
      kind: 'watching',
      because:
        'errors: healthy so far: without stable traffic 10 of 1,000 canary requests were bad (1 %), the ceiling is 5 %, in 1 window (1 min); a canary of which 10 % of requests failed would have been found by now',
    });
    expect(verdictOf([soaking(50, 1)], alone(0), { ceiling: 0.05 })).toEqual({
      kind: 'inconclusive',
      fault: false,
      because:
        'errors: too little traffic to decide so far: without stable traffic 1 of 50 canary requests were bad (2 %), the ceiling is 5 %, in 1 window (1 min); a canary of which 10 % of requests failed would not have been found with 80 %',
    });
  });

  it('says both where both were seen', () => {
    const readings = [...repeat(12, pair(5, 95)), soaking(1000, 10)];
    expect(sentence(readings, { ...alone(12), ...sureOf(1.4) }, { ceiling: 0.05 })).toBe(
      'errors: healthy so far: 60 of 5,760 canary requests failed, 1,140 of 114,240 of stable (the same rate) in 12 windows (12 min); without stable traffic 10 of 1,000 canary requests were bad (1 %), the ceiling is 5 %, in 1 window (1 min); a canary of which 2 % of requests failed would have been found by now; 5 more windows like these would prove it healthy',
    );
  });
});

describe('windows without evidence', () => {
  const silent = repeat(5, { kind: 'noData', reason: 'no points' } as const);
  const alone = (readings: Reading[], more: Partial<JudgementContext> = {}, judge = {}) =>
    judgeMetric(
      metric(judge),
      readings.map((reading, n) => frozen(n, reading)),
      context({ nowEpochMs: NOON + readings.length * MINUTE, sequential: sequential(), ...more }),
    );

  it('hold, and five in a row are too many to wait for one more', () => {
    expect(alone([])).toMatchObject({
      verdict: { because: 'waiting for the first window of data' },
      brokeLimit: false,
    });
    expect(alone(silent.slice(1))).toMatchObject({ verdict: { because: 'no data: no points' }, brokeLimit: false });
    expect(alone(silent)).toMatchObject({
      verdict: { kind: 'inconclusive', because: 'no data: no points', fault: false },
      brokeLimit: true,
    });
    const before = repeat(9, pair(5, 95));
    expect(alone([...before, ...silent.slice(1)])).toMatchObject({ verdict: { kind: 'healthy' }, brokeLimit: false });
    expect(alone([...before, ...silent])).toMatchObject({
      verdict: {
        kind: 'inconclusive',
        because: '5 windows in a row without evidence; the last: no data: no points',
        fault: false,
      },
      brokeLimit: true,
    });
  });

  it('are also those that nobody read, a minute after they should have been frozen', () => {
    // the fifth that is missing ends at minute 14, and 240 s later is minute 18; the four after it are still waited for
    const until = (nowEpochMs: number) => alone(repeat(9, pair(5, 95)), { nowEpochMs });
    expect(until(NOON + 18 * MINUTE).verdict.kind).toBe('healthy');
    expect(until(NOON + 18 * MINUTE + 1)).toMatchObject({
      verdict: { because: '5 windows in a row without evidence; the last: the window was not read' },
      brokeLimit: true,
    });
  });

  it('are expected at weight 100 without a ceiling, and with one they hold', () => {
    const soak: Partial<JudgementContext> = {
      expects: ({ startEpochMs }) => ({ canary: true, stable: startEpochMs < NOON + 9 * MINUTE }),
    };
    const readings = [...repeat(9, pair(5, 95)), ...silent];
    expect(alone(readings, soak).verdict.kind).toBe('healthy');
    expect(alone(readings, soak, { ceiling: 0.5 }).verdict.kind).toBe('inconclusive');
  });

  it('and counts that cannot be are a fault', () => {
    expect(alone([pair(481, 95)])).toMatchObject({
      verdict: {
        kind: 'inconclusive',
        because:
          'counts that cannot be judged: errors, window 2023-11-14T22:14:00Z to 2023-11-14T22:15:00Z: canary bad requests are 481, more than its 480 requests',
        fault: true,
      },
      brokeLimit: false,
    });
  });

  it('are measurements that say nothing, and say why', () => {
    const soak: Partial<JudgementContext> = {
      expects: ({ startEpochMs }) => ({ canary: true, stable: startEpochMs < NOON + 2 * MINUTE }),
    };
    const readings = [pair(12, 31), of(counts(0, 0), counts(9520, 95)), of(counts(10_000, 150), null)];
    const at = (n: number) => ({ startEpochMs: NOON + n * MINUTE, endEpochMs: NOON + (n + 1) * MINUTE });
    // ln E of the first: with the start weight 0.02 of S's companion; of the ceiling 1 %: with 0.5
    expect(alone(readings, soak, { ceiling: 0.01 }).measurements).toEqual([
      { ...at(0), phase: 'successful', because: 'against stable: ln E 4.73' },
      { ...at(1), phase: 'inconclusive', because: 'the canary had no request' },
      { ...at(2), phase: 'successful', because: 'against the ceiling: ln E 8.69' },
    ]);
  });
});
