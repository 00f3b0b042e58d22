import { describe, expect, it } from 'vitest';
import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import { planReplay } from '../../../domain/replay/plan-replay.ts';
import { type RecordedRelease, releaseOfWindows } from '../../../domain/replay/recorded-release.ts';
import { sequentialReplay } from '../../../domain/replay/sequential.ts';
import { PROFILES } from '../../../domain/statistics/sequential/profile.ts';
import type { WindowRecord } from '../../../domain/windows/reading.ts';
import { BY_THE_BOOK, drawn, type Quadruple, quiet, recordOf, releaseOf, times } from './releases.ts';

const planOf = (...metrics: Metric[]): Plan => ({
  workload: 'shop',
  strategy: 'canary',
  onNewImage: 'queue',
  deadlineSeconds: 7200,
  progressDeadlineSeconds: 600,
  hold: { atMostSeconds: 1800, then: 'rollBack' },
  windowSeconds: 60,
  sequential: { alpha: 0.01, detect: { ratio: 2, power: 0.8 } },
  metrics,
  steps: [
    { kind: 'setWeight', weight: 10 },
    { kind: 'bake', seconds: 600 },
  ],
  soakSeconds: 0,
  notify: [],
});
const errors = (judge: Metric['judge']): Metric => ({
  name: 'errors',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge,
});

describe('a plan over recorded windows', () => {
  it('decides with the window that its sequential metric decides with', () => {
    // Prepare
    const release = releaseOf({ errors: [...times(2, [100, 1, 900, 9]), ...times(8, [100, 20, 900, 9])] });
    const plan = planOf(errors({ kind: 'sequential', margin: 1.25, share: 1, guard: false }));
    // Act
    const byPlan = planReplay('plan', plan).replay(release, quiet);
    const bare = sequentialReplay({ ...BY_THE_BOOK, horizonWindows: 10 }).replay(release, quiet);
    // Assess
    expect(byPlan.decision).toEqual(bare.decision);
    expect(byPlan.excessBad).toBeCloseTo(bare.excessBad, 12);
  });

  it('counts a threshold as Argo does, window by window, though windows begin at odd seconds', () => {
    const judge = {
      kind: 'threshold',
      failureCondition: 'result[0] > 0.02',
      failureLimit: 2,
      inconclusiveLimit: 0,
      consecutiveErrorLimit: 4,
      intervalSeconds: 60,
      initialDelaySeconds: 0,
    } as const;
    const release = releaseOf({ errors: [[1000, 10, 9000, 90], ...times(5, [1000, 50, 9000, 90])] });
    const replay = planReplay('plan', planOf(errors(judge))).replay(release, quiet);
    expect(replay).toMatchObject({ verdict: 'degraded', decision: { window: 4, endEpochMs: 260_000 } });
    expect(replay.logE).toBeUndefined();
  });

  it('takes its ceiling where stable has no request left', () => {
    const ceiling = { kind: 'sequential', margin: 1.25, share: 1, guard: false, ceiling: 0.01 } as const;
    const release = releaseOf({ errors: [...times(5, [1000, 5, 9000, 45]), ...times(5, [10_000, 400, 0, 0])] });
    const replay = planReplay('plan', planOf(errors(ceiling))).replay(release, quiet);
    expect(replay).toMatchObject({ verdict: 'degraded', decision: { window: 6 } });
  });

  it('is inconclusive for a release that lacks a metric which others have', () => {
    const judge = { kind: 'sequential', margin: 1.25, share: 0.5, guard: false } as const;
    const plan = planOf(errors(judge), { ...errors(judge), name: 'slow' });
    const release = releaseOf({ errors: times(30, [1000, 10, 9000, 90]) });
    expect(planReplay('plan', plan).replay(release, quiet).verdict).toBe('inconclusive');
    expect(planReplay('plan', plan, ['slow']).replay(release, quiet).verdict).toBe('healthy');
  });
});

const sequential = (more: Partial<Extract<Metric['judge'], { kind: 'sequential' }>> = {}): Metric['judge'] => ({
  kind: 'sequential',
  margin: 1.25,
  share: 1,
  guard: false,
  ...more,
});
const above = (percent: number, failureLimit = 0): Metric['judge'] => ({
  kind: 'threshold',
  failureCondition: `result[0] > ${percent / 100}`,
  failureLimit,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
  intervalSeconds: 60,
  initialDelaySeconds: 0,
});
const [good, bad] = [
  [100, 1, 900, 9],
  [100, 20, 900, 9],
] as const;

describe('when a plan would have gone back', () => {
  const at = (minute: number, quadruple: Quadruple, frozenAtMinute = minute + 1): WindowRecord => ({
    ...recordOf('errors', minute * 60_000, quadruple),
    frozenAtEpochMs: frozenAtMinute * 60_000,
  });
  const release = (...windows: WindowRecord[]): RecordedRelease =>
    releaseOfWindows('r1', [{ name: 'errors', windows }]);
  const decisionOf = (of: RecordedRelease, ...metrics: Metric[]) =>
    planReplay('plan', planOf(...metrics)).replay(of, quiet).decision;

  it.each([1, 2, 3, 4, 5, 6, 7])('is after the first window that brings it, of %d good ones before it', before => {
    const of = releaseOf({ errors: [...times(before, good), ...times(7 - before, bad), bad] });
    const endEpochMs = 20_000 + (before + 1) * 60_000;
    expect(decisionOf(of, errors(above(5)))).toEqual({ metric: 'errors', window: before + 1, endEpochMs });
  });

  it('is after the first window of all where that is bad', () => {
    expect(decisionOf(releaseOf({ errors: times(5, bad) }), errors(above(5)))).toMatchObject({ window: 1 });
  });

  it('is told of the metric that decided, in the seconds in which it was recorded', () => {
    // Prepare: windows of the second metric begin 7 s later than those of the first
    const slow = { ...errors(above(5)), name: 'slow' };
    const windows = [good, good, bad, good].map((one, i) => recordOf('slow', 27_000 + i * 60_000, one));
    const of = releaseOfWindows('r1', [...releaseOf({ errors: times(4, good) }).metrics, { name: 'slow', windows }]);
    // Act
    const replay = planReplay('plan', planOf(errors(above(5)), slow)).replay(of, quiet);
    // Assess
    expect(replay.decision).toEqual({ metric: 'slow', window: 3, endEpochMs: 207_000 });
    expect(replay).toMatchObject({ release: 'r1', judge: 'plan', because: expect.stringMatching(/^slow: /) });
    // 19 more than stable's share would have been, in the window before none
    expect(replay.excessBad).toBeCloseTo(19, 12);
  });

  it('is when the window that brings it froze: what was known by then is what it is told of', () => {
    // the second window froze 7 minutes late, when the third and the fourth were known
    const of = release(at(0, good), at(1, bad, 9), at(2, good), at(3, good));
    expect(decisionOf(of, errors(above(5)))).toEqual({ metric: 'errors', window: 4, endEpochMs: 240_000 });
  });

  it('is never by a window that did not freeze', () => {
    const { frozenAtEpochMs: _, ...open } = at(1, bad);
    expect(decisionOf(release(at(0, good), open, at(2, good)), errors(above(5)))).toBeUndefined();
    const none = planReplay('plan', planOf(errors(sequential()))).replay(release(open), quiet);
    expect(none).toMatchObject({ verdict: 'inconclusive', decision: undefined });
  });

  it('is not by a metric that the plan has and that is left out', () => {
    const plan = planOf(errors(above(5)), { ...errors(sequential()), name: 'slow' });
    const of = releaseOf({ errors: times(3, bad), slow: times(3, good) });
    expect(planReplay('plan', plan).replay(of, quiet).verdict).toBe('degraded');
    expect(planReplay('plan', plan, ['errors']).replay(of, quiet).verdict).not.toBe('degraded');
  });
});

describe('what a plan is told of the release', () => {
  const replayed = (of: RecordedRelease, judge: Metric['judge']) =>
    planReplay('plan', planOf(errors(judge))).replay(of, drawn);

  it('is the ceiling that was frozen into it', () => {
    const alone = releaseOf({ errors: times(3, [10_000, 400, 0, 0]) });
    expect(replayed(alone, sequential({ ceiling: 'auto' })).verdict).toBe('inconclusive');
    const frozen = { ...alone, ceilings: { errors: [0.01] } };
    expect(replayed(frozen, sequential({ ceiling: 'auto' }))).toMatchObject({
      verdict: 'degraded',
      decision: { window: 1 },
    });
  });

  it('is what the stable version did before it', () => {
    const baseline = { errors: { windows: 90, requests: 81_000, bad: [810], phi: [1.5], assumed: false } };
    const of = releaseOf({ errors: times(3, good) });
    const assumed = /variance assumed \(no history\)/;
    expect(replayed(of, sequential({ guard: true })).because).toMatch(assumed);
    expect(replayed({ ...of, baseline }, sequential({ guard: true })).because).not.toMatch(assumed);
  });

  it('is the weights, where they are known: traffic that is not there holds', () => {
    const of = releaseOf({ errors: times(5, good) });
    expect(replayed(of, sequential()).because).not.toMatch(/weights/);
    expect(replayed({ ...of, steadyWeight: () => 50 }, sequential())).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringMatching(/^the canary got 500 of 5,000 requests, .* it should have had 2,500: /),
    });
  });

  it('is the length of its windows, whatever the plan has: of 10 minutes of bakes there are 20 of half a minute', () => {
    // Prepare
    const windows = times(5, good).map((one, i) => ({
      ...recordOf('errors', i * 30_000, one),
      endEpochMs: (i + 1) * 30_000,
      frozenAtEpochMs: (i + 1) * 30_000,
    }));
    const of = releaseOfWindows('r1', [{ name: 'errors', windows }]);
    const settings = { ...BY_THE_BOOK, profile: PROFILES.information };
    const bare = (horizonWindows: number) => sequentialReplay({ ...settings, horizonWindows }).replay(of, quiet).logE;
    // Act, Assess
    expect(replayed(of, sequential()).logE).toBe(bare(20));
    expect(bare(20)).not.toBe(bare(10));
  });

  it('ends without how many more windows would be enough, which takes long to find out', () => {
    expect(replayed(releaseOf({ errors: [[10, 0, 90, 1]] }), sequential()).because).toBe(
      'errors: too little traffic to decide so far: 0 of 10 canary requests failed, 1 of 90 of stable (0 times the rate) in 1 window (1 min); a canary of which 2.22 % of requests failed would not have been found with 80 %',
    );
  });
});

describe('how sure a plan was', () => {
  it('is the E-values of its sequential metrics by their shares; a metric without a window has 1', () => {
    // Prepare
    const own = (windows: readonly Quadruple[], name: string) =>
      planReplay('plan', planOf({ ...errors(sequential()), name })).replay(releaseOf({ [name]: windows }), quiet)
        .logE ?? 0;
    const [a, b] = [times(3, [500, 6, 4500, 22]), times(3, [500, 2, 4500, 22])] as const;
    const plan = planOf(
      { ...errors(sequential({ share: 0.5 })), name: 'a' },
      { ...errors(sequential({ share: 0.3 })), name: 'b' },
      { ...errors(sequential({ share: 0.2 })), name: 'c' },
      { ...errors(above(50)), name: 'd' },
    );
    // Act
    const { logE } = planReplay('plan', plan).replay(releaseOf({ a, b, d: a }), quiet);
    // Assess
    const expected = 0.5 * Math.exp(own(a, 'a')) + 0.3 * Math.exp(own(b, 'b')) + 0.2;
    expect(logE).toBeCloseTo(Math.log(expected), 12);
  });
});

describe('what a plan draws', () => {
  const linesOf = (of: RecordedRelease, ...metrics: Metric[]) =>
    planReplay('plan', planOf(...metrics)).replay(of, drawn).evidence;

  it('is how many windows were bad, by metric and in the seconds in which they were recorded; a metric that measured nothing is not drawn', () => {
    const of = releaseOf({ errors: [good, bad, good, bad], slow: times(4, good) });
    const [of2, of3] = [
      { ...errors(above(5, 9)), name: 'slow' },
      { ...errors(above(5, 9)), name: 'none' },
    ];
    const points = (...values: number[]) =>
      values.map((value, i) => ({ endEpochMs: 80_000 + i * 60_000, value, limit: Number.NaN }));
    expect(linesOf(of, errors(above(5, 9)), of2, of3)).toEqual([
      { title: 'bad windows so far (errors)', points: points(0, 1, 1, 2) },
      { title: 'bad windows so far (slow)', points: points(0, 0, 0, 0) },
    ]);
  });

  it('is one line of all sequential metrics, and not what their ceilings say', () => {
    // Prepare: 16 % of alpha 1 % is E's, four fifths of it where there is a ceiling
    const windows = [...times(3, [500, 6, 4500, 22] as const), [5000, 40, 0, 0] as const];
    const of = releaseOf({ errors: windows });
    const settings = { ...BY_THE_BOOK, profile: PROFILES.information, horizonWindows: 10 };
    const [bare] = sequentialReplay(settings).replay(of, drawn).evidence;
    // Act
    const lines = linesOf(of, errors(sequential({ ceiling: 0.05 })));
    // Assess
    expect(lines.map(({ title }) => title)).toEqual([
      'ln of all sequential metrics, by their parts of alpha (limit 0)',
    ]);
    const points = lines[0]?.points ?? [];
    expect(points.map(({ endEpochMs, limit }) => [endEpochMs, limit])).toEqual([
      [80_000, 0],
      [140_000, 0],
      [200_000, 0],
    ]);
    for (const [i, { value }] of points.entries()) {
      expect(value).toBeCloseTo((bare?.points[i]?.value ?? Number.NaN) + Math.log(0.8 * 0.16 * 0.01), 12);
    }
  });

  it('is nothing of sequential metrics where nothing was compared, and nothing where nobody asked for it', () => {
    const none = releaseOf({ errors: times(3, [0, 0, 900, 9]) });
    expect(linesOf(none, errors(sequential()))).toEqual([]);
    const plan = planReplay('mine', planOf(errors(above(5))));
    expect(plan.name).toBe('mine');
    expect(plan.replay(releaseOf({ errors: [good, bad] }), quiet).evidence).toEqual([]);
    expect(plan.replay(releaseOf({ errors: [good, bad] }), drawn).evidence).toHaveLength(1);
  });
});
