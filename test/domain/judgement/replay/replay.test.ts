import { describe, expect, it } from 'vitest';
import { planReplay } from '../../../../domain/judgement/replay/plan-replay.ts';
import { excessBadOf } from '../../../../domain/judgement/replay/replay.ts';
import { sequentialReplay } from '../../../../domain/judgement/replay/sequential.ts';
import { styleReplay } from '../../../../domain/judgement/replay/style-replay.ts';
import { PROFILES } from '../../../../domain/judgement/sequential/profile.ts';
import type { Metric, Plan } from '../../../../domain/plan/plan.ts';
import { releaseOf, times } from './releases.ts';

const settings = {
  profile: PROFILES.specification,
  alpha: 0.01,
  margin: 1.25,
  guard: false,
  detect: { ratio: 2, power: 0.8 },
  nonInferiority: 2,
  beta: 0.05,
};
const quiet = { evidence: false };

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

describe('what a roll back came too late for', () => {
  it("is what the canary failed beyond the stable version's rate of the same windows", () => {
    // 10 - 100 x 9/900 = 9, then 4 - 100 x 18/900 = 2
    const release = releaseOf({
      errors: [
        [100, 10, 900, 9],
        [100, 4, 900, 18],
      ],
    });
    expect(excessBadOf(release)).toBeCloseTo(11, 12);
    expect(excessBadOf(release, 80_000)).toBeCloseTo(9, 12);
  });

  it('takes the rate of the windows before where stable has no request, and nothing where there is none', () => {
    // a window without stable requests first: nothing; then 2 - 100 x 9/900 = 1; then 3 - 100 x 9/900 = 2
    const release = releaseOf({
      errors: [
        [100, 50, 0, 0],
        [100, 2, 900, 9],
        [100, 3, 0, 0],
      ],
    });
    expect(excessBadOf(release)).toBeCloseTo(3, 12);
  });
});

describe('the sequential judge over recorded windows', () => {
  it('rolls back with the window that the detector fires in, and counts what was served until then', () => {
    // Prepare: 20 of 100 against 9 of 900
    const release = releaseOf({ errors: [...times(2, [100, 1, 900, 9]), ...times(5, [100, 20, 900, 9])] });
    // Act
    const replay = sequentialReplay(settings).replay(release, quiet);
    // Assess
    expect(replay).toMatchObject({
      verdict: 'degraded',
      decision: { metric: 'errors', window: 3, endEpochMs: 200_000 },
    });
    expect(replay.excessBad).toBeCloseTo(19, 12);
  });

  it('says how sure it was when it rolled back, whatever came later', () => {
    const judge = sequentialReplay({ ...settings, horizonWindows: 7 });
    const bad = times(5, [100, 20, 900, 9] as const);
    const whole = judge.replay(releaseOf({ errors: [...times(2, [100, 1, 900, 9]), ...bad] }), quiet);
    const until = judge.replay(releaseOf({ errors: [...times(2, [100, 1, 900, 9]), ...bad.slice(0, 1)] }), quiet);
    expect(whole.logE).toBe(until.logE);
  });

  it('rolls back later where two metrics share alpha, and its E is the mean of theirs', () => {
    // Prepare: at alpha 1 % 24 of 1,000 are enough for the S-channel, at 0.5 % they are not
    const judge = sequentialReplay(settings);
    const [a, b] = [[[1000, 24, 9000, 90]], [[1000, 10, 9000, 90]]] as const;
    const alone = [judge.replay(releaseOf({ a }), quiet), judge.replay(releaseOf({ b }), quiet)];
    // Act
    const both = judge.replay(releaseOf({ a, b }), quiet);
    // Assess
    expect([alone[0]?.verdict, both.verdict]).toEqual(['degraded', 'inconclusive']);
    const mean = alone.reduce((sum, { logE = Number.NaN }) => sum + Math.exp(logE) / 2, 0);
    expect(both.logE).toBeCloseTo(Math.log(mean), 12);
  });

  it('is inconclusive without a window to compare, and where a fault could not have shown yet', () => {
    const judge = sequentialReplay(settings);
    const of = (counts: Parameters<typeof releaseOf>[0]) => judge.replay(releaseOf(counts), quiet).verdict;
    expect(of({ errors: times(5, [0, 0, 900, 9]) })).toBe('inconclusive');
    expect(judge.replay(releaseOf({ errors: times(5, [9, 0, 0, 0]) }), quiet).because).toMatch(/no window could be/);
    expect(of({ errors: times(5, [10, 0, 90, 1]) })).toBe('inconclusive');
    // a metric that has nothing to compare holds up one that is good
    expect(of({ errors: times(30, [1000, 10, 9000, 90]), slow: times(30, [0, 0, 9000, 90]) })).toBe('inconclusive');
  });

  it('is healthy once it is sure, and its metrics share alpha whatever their order', () => {
    const healthy = times(30, [1000, 10, 9000, 90] as const);
    const worse = times(30, [1000, 14, 9000, 90] as const);
    const judge = sequentialReplay(settings);
    expect(judge.replay(releaseOf({ errors: healthy }), quiet).verdict).toBe('healthy');
    const one = judge.replay(releaseOf({ a: healthy, b: worse }), quiet);
    const other = judge.replay(releaseOf({ b: worse, a: healthy }), quiet);
    expect(one.verdict).toBe(other.verdict);
    expect(one.decision).toEqual(other.decision);
    expect(one.logE).toBeCloseTo(other.logE ?? Number.NaN, 12);
  });
});

describe('judges as others set theirs', () => {
  it('roll back with the third bad window (argo, relative), a check after the fifth (flagger), at the end (kayenta)', () => {
    // Prepare: 5 % against 1 %, from the second window on
    const release = releaseOf({ errors: [[1000, 10, 9000, 90], ...times(11, [1000, 50, 9000, 90])] });
    // Act
    const windows = (['argo', 'relative', 'flagger', 'kayenta'] as const).map(
      name => styleReplay(name).replay(release, quiet).decision?.window,
    );
    // Assess: flagger's bad checks are windows 2 to 6
    expect(windows).toEqual([4, 4, 7, 12]);
  });

  it('are inconclusive where they had nothing to look at, and never take that for good', () => {
    const release = releaseOf({ errors: times(10, [0, 0, 9000, 90]) });
    for (const name of ['argo', 'relative', 'flagger', 'kayenta'] as const) {
      expect(styleReplay(name).replay(release, quiet).verdict).toBe('inconclusive');
    }
    // without stable requests those that compare say nothing
    const alone = releaseOf({ errors: times(10, [100, 1, 0, 0]) });
    expect(styleReplay('argo').replay(alone, quiet).verdict).toBe('watching');
    expect(styleReplay('relative').replay(alone, quiet).verdict).toBe('inconclusive');
  });
});

describe('a plan over recorded windows', () => {
  it('decides with the window that its sequential metric decides with', () => {
    // Prepare
    const release = releaseOf({ errors: [...times(2, [100, 1, 900, 9]), ...times(8, [100, 20, 900, 9])] });
    const plan = planOf(errors({ kind: 'sequential', margin: 1.25, share: 1, guard: false }));
    // Act
    const byPlan = planReplay('plan', plan).replay(release, quiet);
    const bare = sequentialReplay({ ...settings, horizonWindows: 10 }).replay(release, quiet);
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
