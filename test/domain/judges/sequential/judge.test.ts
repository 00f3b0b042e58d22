import { describe, expect, it } from 'vitest';
import type { JudgementContext } from '../../../../domain/judges/context.ts';
import { judgeRelease } from '../../../../domain/judges/judge-release.ts';
import type { Baseline } from '../../../../domain/judges/sequential/baseline.ts';
import type { Reading } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';
import { judged, metric, of, pair, repeat, sequential, verdictOf } from './sequential-records.ts';

describe('from evidence to a verdict', () => {
  it('is inconclusive before the first window, and in a night without requests', () => {
    expect(verdictOf([])).toMatchObject({ kind: 'inconclusive', fault: false });
    expect(verdictOf(repeat(4, of(counts(0, 0), counts(100, 1))))).toMatchObject({
      kind: 'inconclusive',
      because: 'errors: the canary had no request',
    });
  });

  it('watches once a doubling would have been seen, and is inconclusive before', () => {
    // what is not worse than 1.05 times takes long to prove
    const strict = { sequential: sequential({ nonInferiority: 1.05 }) };
    const kinds = [1, 12].map(n => verdictOf(repeat(n, pair(5, 95)), strict).kind);
    expect(kinds).toEqual(['inconclusive', 'watching']);
  });

  it('stays degraded whatever comes later', () => {
    expect(verdictOf([pair(40, 95), ...repeat(9, pair(0, 95))]).kind).toBe('degraded');
  });

  it('goes by the order in which windows froze, so that one that froze late does not undo a decision', () => {
    const late = frozen(0, pair(0, 95), { frozenAtEpochMs: NOON + 20 * MINUTE });
    const windows = { errors: [late, frozen(1, pair(40, 95))] };
    const at = context({ nowEpochMs: NOON + 20 * MINUTE, sequential: sequential() });
    expect(judgeRelease([metric()], windows, at).verdict.kind).toBe('degraded');
  });

  it('scores windows of several metrics as they become known', () => {
    const at = (metricName: string, n: number, minute: number) =>
      frozen(n, pair(5, 95), { metric: metricName, frozenAtEpochMs: NOON + minute * MINUTE });
    const both = [metric({ share: 0.5 }, 'a'), metric({ share: 0.5 }, 'b')];
    const windows = { a: [at('a', 0, 9), at('a', 1, 6)], b: [at('b', 0, 5), at('b', 1, 6), at('b', 2, 7)] };
    const { evidence } = judgeRelease(
      both,
      windows,
      context({ nowEpochMs: NOON + 20 * MINUTE, sequential: sequential() }),
    );
    expect(evidence.map(one => `${one.metric}${(one.startEpochMs - NOON) / MINUTE}`)).toEqual([
      ...['b0', 'a1', 'b1', 'b2', 'a0'],
    ]);
  });

  it('keeps a decision that a window which froze late would not have allowed', () => {
    // 9 of 43 is just enough for the S-channel in a first window, and not after one with 95 of which none was the canary's
    const decided = frozen(1, pair(9, 34));
    const before = frozen(0, pair(0, 95), { frozenAtEpochMs: NOON + MINUTE });
    const late = frozen(0, pair(0, 95), { frozenAtEpochMs: NOON + 20 * MINUTE });
    const at = context({ nowEpochMs: NOON + 20 * MINUTE, sequential: sequential() });
    expect(judgeRelease([metric()], { errors: [decided, late] }, at).verdict.kind).toBe('degraded');
    expect(judgeRelease([metric()], { errors: [decided, before] }, at).verdict.kind).not.toBe('degraded');
  });

  it('needs to know what the plan says of sequential metrics', () => {
    expect(() => judgeRelease([metric()], {}, context())).toThrow(
      new RangeError('sequential metrics, and no plan-level settings for them'),
    );
  });

  it('does not roll back what gets better, nor for an outage that both share', () => {
    expect(verdictOf(repeat(10, pair(0, 95))).kind).toBe('healthy');
    // all requests of a version fail: the same for both
    expect(verdictOf([...repeat(2, pair(5, 95)), ...repeat(5, pair(480, 9520))]).kind).not.toBe('degraded');
  });

  it('is inconclusive again after five windows in a row without evidence', () => {
    const silent = repeat(5, { kind: 'noData', reason: 'no points' });
    expect(verdictOf([...repeat(9, pair(5, 95)), ...silent])).toMatchObject({
      kind: 'inconclusive',
      because: 'errors: 5 windows in a row without evidence; the last: no data: no points',
    });
    expect(verdictOf([...repeat(9, pair(5, 95)), ...silent.slice(1)]).kind).toBe('healthy');
  });

  it('does not judge windows that straddle a shift', () => {
    const straddling = { reading: pair(480, 95), straddles: true };
    expect(judged([metric()], { errors: [straddling, straddling] }).verdict.kind).not.toBe('degraded');
  });

  it.each([
    ['negative', counts(480, -1), 'canary bad requests are -1'],
    ['fractional', counts(480.5, 1), 'canary requests are 480.5'],
    ['NaN', counts(Number.NaN, 1), 'canary requests are NaN'],
    ['infinite', counts(Number.POSITIVE_INFINITY, 1), 'canary requests are Infinity'],
    ['more bad ones than requests', counts(480, 481), 'canary bad requests are 481, more than its 480 requests'],
  ])('never takes counts that cannot be for good ones: %s', (_, canary, problem) => {
    const { verdict, byMetric } = judged([metric({ share: 0.5 }), metric({ share: 0.5 }, 'slow')], {
      errors: [...repeat(9, pair(5, 95)), of(canary, counts(9520, 95))],
      slow: repeat(10, pair(5, 95)),
    });
    expect(verdict).toMatchObject({ kind: 'inconclusive', because: expect.stringContaining(problem) });
    expect(byMetric.errors).toMatchObject({ kind: 'inconclusive', fault: true });
    expect(verdict.because).toContain('errors, window 2023-11-14T22:23:00Z to 2023-11-14T22:24:00Z');
    expect(byMetric.slow?.kind).toBe('healthy');
  });
});

describe('windows of other seconds', () => {
  it.each([
    ['it is 30 s long', { endEpochMs: NOON + 90_000 }],
    ['it overlaps the window', { startEpochMs: NOON + 30_000, endEpochMs: NOON + 90_000 }],
  ])('are never judged as good: %s', (problem, other) => {
    const { verdict } = judged([metric()], { errors: [pair(5, 95), other, ...repeat(9, pair(5, 95)).map(() => ({}))] });
    expect(verdict).toMatchObject({ kind: 'inconclusive', because: expect.stringContaining(problem) });
  });
});

describe('several metrics', () => {
  it('roll back together what none would alone', () => {
    const both = [metric({ share: 0.5 }), metric({ share: 0.5 }, 'slow')];
    const release = judged(both, { errors: repeat(9, pair(5, 95)), slow: [...repeat(8, pair(5, 95)), pair(60, 95)] });
    expect(release.verdict).toMatchObject({ kind: 'degraded', metric: 'slow' });
    expect(release.byMetric.errors?.kind).toBe('healthy');
    expect(release.evidence).toHaveLength(18);
  });
});

describe('at weight 100', () => {
  const alone = (from: number): Partial<JudgementContext> => ({
    expects: ({ startEpochMs }) => ({ canary: true, stable: startEpochMs < NOON + from * MINUTE }),
  });
  const soaking = (bad: number) => of(counts(10_000, bad), null);

  it('the ceiling judges; auto is the margin times the upper bound of what the stable version had', () => {
    const auto = { ceiling: 'auto' as const };
    const release = judged([metric(auto)], { errors: [...repeat(9, pair(5, 95)), soaking(100)] }, alone(9));
    // 855 of 85,680 is 0.998 %; Clopper-Pearson's upper 99 % bound is 1.0798 %, the p of which the
    // binomial sum up to 855 is 1 %
    expect(release.ceilings).toEqual({ errors: [expect.closeTo(1.25 * 0.0107977, 7)] });
    expect(release.verdict.kind).toBe('healthy');
    const bad = judged([metric(auto)], { errors: [...repeat(9, pair(5, 95)), ...repeat(2, soaking(300))] }, alone(9));
    expect(bad.verdict).toMatchObject({ kind: 'degraded' });
    expect(bad.verdict.because).toMatch(/canary requests were bad \(3 %\), above the ceiling of 1\.35 %/);
  });

  it('only automatic ceilings are frozen into the release, once they are known', () => {
    const ceilings = (ceiling: 'auto' | number, readings: Reading[]) =>
      judged([metric({ ceiling })], { errors: readings }, alone(2)).ceilings;
    const before = repeat(2, pair(5, 95));
    expect(ceilings(0.5, [...before, soaking(100)])).toStrictEqual({});
    expect(ceilings('auto', before)).toStrictEqual({});
    expect(Object.keys(ceilings('auto', [...before, soaking(100)]))).toEqual(['errors']);
  });

  it('a ceiling that was frozen into the release stays', () => {
    const known = { ...alone(1), sequential: sequential({ ceilings: { errors: [0.5] } }) };
    const release = judged(
      [metric({ ceiling: 'auto' })],
      { errors: [pair(5, 95), ...repeat(3, soaking(3000))] },
      known,
    );
    expect(release.ceilings).toEqual({ errors: [0.5] });
    expect(release.verdict.kind).not.toBe('degraded');
  });

  it('without any, what was seen before stands', () => {
    expect(
      judged([metric()], { errors: [...repeat(9, pair(5, 95)), ...repeat(9, soaking(9000))] }, alone(9)).verdict.kind,
    ).toBe('healthy');
  });

  it("takes a blue-green's ceiling from before the release, and cannot judge without", () => {
    const known: Baseline = { windows: 90, requests: 900_000, bad: [900], phi: [1], assumed: false };
    const of = (baseline: Record<string, Baseline>) =>
      judged(
        [metric({ ceiling: 'auto' })],
        { errors: repeat(3, soaking(10)) },
        { ...alone(0), sequential: sequential({ baseline }) },
      );
    expect(of({ errors: known }).ceilings.errors?.[0]).toBeCloseTo(1.25 * 0.00108, 4);
    expect(of({}).verdict).toMatchObject({ kind: 'inconclusive' });
  });
});

describe('the traffic', () => {
  const weighed: Partial<JudgementContext> = { steadyWeight: () => 5 };
  const starved = of(counts(100, 1), counts(9900, 99));

  it('that is not where the weights say holds the release, and never rolls it back', () => {
    // by 5 % it should have had 500 a minute
    expect(verdictOf(repeat(9, starved), weighed)).toMatchObject({
      kind: 'inconclusive',
      fault: false,
      because: expect.stringContaining(
        'the canary got 900 of 90,000 requests, and by its weights it should have had 4,500',
      ),
    });
  });

  it('of which the canary has far too much holds it too', () => {
    const flooded = of(counts(9700, 97), counts(300, 3));
    expect(verdictOf(repeat(9, flooded), { steadyWeight: () => 10 })).toMatchObject({
      kind: 'inconclusive',
      fault: false,
      because: expect.stringContaining(
        'the canary got 87,300 of 90,000 requests, and by its weights it should have had 9,000',
      ),
    });
  });

  it('is looked at only where one weight held and both versions were compared', () => {
    const straddling = { reading: starved, straddles: true };
    const silent = { reading: { kind: 'noData', reason: 'none' } } as const;
    const steady: Partial<JudgementContext> = {
      steadyWeight: ({ startEpochMs, endEpochMs }) =>
        startEpochMs === NOON ? undefined : endEpochMs - startEpochMs === MINUTE ? 5 : 50,
    };
    const { verdict } = judged([metric()], { errors: [starved, straddling, silent, ...repeat(9, starved)] }, steady);
    // ln E by docs/statistics.md (d): at 3.75 % of 10,000 a minute 100 is 1 to more than 10^12 long before the ninth
    expect(verdict).toEqual({
      kind: 'inconclusive',
      because:
        'the canary got 900 of 90,000 requests, and by its weights it should have had 4,500: the traffic is not where the weights say (odds against chance more than 1,000,000,000,000 to 1)',
      fault: false,
    });
  });

  it('is that of the metric with most windows', () => {
    const both = [metric({ share: 0.5 }), metric({ share: 0.5 }, 'slow')];
    const of = (errors: number, slow: number) =>
      judged(both, { errors: repeat(errors, starved), slow: repeat(slow, starved) }, weighed).verdict.because;
    expect(of(2, 9)).toContain('900 of 90,000');
    expect(of(9, 2)).toContain('900 of 90,000');
  });

  it('that is a little less is left alone, and so is one that sticky sessions decide', () => {
    expect(verdictOf(repeat(9, pair(5, 95)), weighed).kind).toBe('healthy');
    expect(verdictOf(repeat(9, starved), { steadyWeight: () => undefined }).because).not.toContain('weights');
  });
});
