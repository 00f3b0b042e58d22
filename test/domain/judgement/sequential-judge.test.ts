import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../../domain/judgement/baseline.ts';
import type { JudgementContext } from '../../../domain/judgement/context.ts';
import { judgeRelease } from '../../../domain/judgement/judge.ts';
import type { Counts, Reading, WindowRecord } from '../../../domain/judgement/reading.ts';
import type { SequentialContext } from '../../../domain/judgement/sequential-context.ts';
import type { SequentialMetric } from '../../../domain/judgement/sequential-windows.ts';
import { context, counts, frozen, MINUTE, NOON } from './records.ts';

const metric = (judge: Partial<SequentialMetric['judge']> = {}, name = 'errors'): SequentialMetric => ({
  name,
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: { kind: 'sequential', margin: 1.25, share: 1, guard: false, ...judge },
});
const sequential = (more: Partial<SequentialContext> = {}): SequentialContext => ({
  alpha: 0.01,
  detect: { ratio: 2, power: 0.8 },
  nonInferiority: 2,
  beta: 0.05,
  horizonWindows: 30,
  secondsAlone: 600,
  baseline: {},
  ceilings: {},
  ...more,
});
const of = (canary: Counts | null, stable: Counts | null): Reading => ({ kind: 'counts', canary, stable });
/** 480 a minute on the canary, 9,520 on the stable version. */
const pair = (xc: number, xb: number) => of(counts(480, xc), counts(9520, xb));
const repeat = (times: number, reading: Reading) => Array.from({ length: times }, () => reading);

function judged(
  metrics: SequentialMetric[],
  readings: Record<string, (Reading | Partial<WindowRecord>)[]>,
  more: Partial<JudgementContext> = {},
) {
  const windows = Object.fromEntries(
    Object.entries(readings).map(([name, list]) => [
      name,
      list.map((one, n) =>
        'kind' in one ? frozen(n, one, { metric: name }) : { ...frozen(n, pair(5, 95), { metric: name }), ...one },
      ),
    ]),
  );
  const last = Math.max(...Object.values(readings).map(list => list.length));
  return judgeRelease(
    metrics,
    windows,
    context({ nowEpochMs: NOON + last * MINUTE, sequential: sequential(), ...more }),
  );
}
const verdictOf = (readings: Reading[], more: Partial<JudgementContext> = {}, judge = {}) =>
  judged([metric(judge)], { errors: readings }, more).verdict;

describe('the sentence of a verdict', () => {
  it('says of a degraded canary what was seen, against what, how sure and how long', () => {
    expect(verdictOf([pair(12, 31)])).toEqual({
      kind: 'degraded',
      metric: 'errors',
      // 12/480 = 2.5 %, 31/9520 = 0.326 %: 7.7 times. P(Binomial(43, 0.06/1.012) >= 9) = 1/1239.3; 1/(0.84 x 1 %) = 119
      because:
        "errors: 12 of 480 canary requests failed against 31 of 9,520: 7.7 times the stable version's rate, 12 bad ones since the start, and chance brings 9 to a canary within 1.25 times that rate in 1 of 1,239 releases at most; the limit is 1 of 119; seen in 1 window (1 min)",
    });
  });

  it('tells a fault that began late by what it did since', () => {
    const { because } = verdictOf([...repeat(20, pair(5, 95)), ...repeat(3, pair(40, 95))]);
    expect(because).toMatch(/in (1|2|3) windows? \(/);
    expect(because).toMatch(/8\.\d times/);
  });

  it('says of a healthy canary that it is sure not to be twice as bad', () => {
    const verdict = verdictOf(repeat(9, pair(5, 95)));
    expect(verdict.kind).toBe('healthy');
    expect(verdict.because).toContain(
      "45 of 4,320 canary requests failed against 855 of 85,680: the stable version's rate in 9 windows",
    );
    expect(verdict.because).toContain('in 9 windows (9 min); sure not to be 2 times as bad as stable (1 to');
    expect(verdict.because).toContain('the limit is 1 to 20)');
  });

  it('says of too little data how far it is, and what would settle it', () => {
    const verdict = verdictOf([pair(1, 19)]);
    expect(verdict).toMatchObject({ kind: 'inconclusive', fault: false });
    expect(verdict.because).toMatch(
      /2 times the failures would have been seen with \d.*%, 80 % wanted; about \d+ more windows like these/,
    );
  });

  it('says that without a failure of the stable version no ratio can be seen', () => {
    const verdict = verdictOf(repeat(5, pair(0, 0)));
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.because).toContain('a floor would say from where failures matter');
  });

  it('says that the noise is assumed where nobody measured it', () => {
    const guarded = { guard: true };
    expect(verdictOf(repeat(5, pair(5, 95)), {}, guarded).because).toContain('how much the counts vary is assumed');
    const known: Baseline = { windows: 90, requests: 900_000, bad: [9000], phi: [1.2], assumed: false };
    const measured = { sequential: sequential({ baseline: { errors: known } }) };
    expect(verdictOf(repeat(5, pair(5, 95)), measured, guarded).because).not.toContain('assumed');
  });
});

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

  it('that is not where the weights say holds the release, and never rolls it back', () => {
    // by 5 % it should have had 500 a minute
    const starved = repeat(9, of(counts(100, 1), counts(9900, 99)));
    expect(verdictOf(starved, weighed)).toMatchObject({
      kind: 'inconclusive',
      fault: false,
      because: expect.stringContaining(
        'the canary got 900 of 90,000 requests, and by its weights it should have had 4,500',
      ),
    });
  });

  it('that is a little less is left alone, and so is one that sticky sessions decide', () => {
    expect(verdictOf(repeat(9, pair(5, 95)), weighed).kind).toBe('healthy');
    const starved = repeat(9, of(counts(100, 1), counts(9900, 99)));
    expect(verdictOf(starved, { steadyWeight: () => undefined }).because).not.toContain('weights');
  });
});
