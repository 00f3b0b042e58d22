import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../domain/forecast/model.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import { drawPasts, endedSo, type PlayedRelease, playReleases } from '../../../domain/forecast/trial.ts';
import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import type { Detect } from '../../../domain/statistics/sequential/detect.ts';
import { bake, errors, planOf, weight } from '../../support/ledger-lines.ts';

/*
 * By hand: 50 % from second 18 on; the first whole window begins at 60 and is known at 220, the next ones every minute after
 * that, the tenth at 760, when the bake is over.
 */
const steps = [weight(50), bake(740)];
const knownAt = (index: number) => 220 + 60 * index;
/** Half of the requests fail at x50, and none or so at x1. */
const traffic: Traffic = { requestsPerSecond: 20, failureRate: 0.01, slowRate: 0.01, dispersion: 1 };

const above = (share: number, failureLimit: number, name = 'errors'): Metric => ({
  ...errors,
  name,
  judge: {
    kind: 'threshold',
    failureCondition: `result[0] > ${share}`,
    failureLimit,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 4,
    intervalSeconds: 60,
    initialDelaySeconds: 0,
  },
});
const sequential: Metric = { ...errors, judge: { kind: 'sequential', margin: 1.25, share: 1, guard: true } };
const slow = { ...errors.source, measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } } as Metric['source'];
const DEFAULT: Detect = { ratio: 2, atLeast: 0.01, power: 0.8, gross: 0.1 };
const judging = (...metrics: Metric[]): Plan => planOf({ metrics, steps });
const watching = (...metrics: Metric[]): Plan =>
  planOf({ metrics, steps, sequential: { alpha: 0.01, detect: DEFAULT } });

interface Played {
  of?: Traffic;
  releases?: number;
  seed?: number;
}
const play = (plan: Plan, ratio: number, { of = traffic, releases = 20, seed = 1 }: Played = {}) => {
  const fault = { name: `x${ratio}`, failureRate: Math.min(1, of.failureRate * ratio) };
  return playReleases(drawPasts(modelOf(plan, of), { seed }), fault, { releases, seed });
};
const endOf = ({ end, endSeconds }: PlayedRelease) => `${end} at ${endSeconds}`;
/** How all of them ended; one answer where they ended alike. */
const endsOf = (...played: Parameters<typeof play>) => [...new Set(play(...played).releases.map(endOf))];
const degradedAt = (index: number) => [`degraded at ${knownAt(index)}`];
const PROMOTED = ['promoted at 760'];

describe('releases that are played', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'go back with the window that breaks a limit of %d bad ones',
    failureLimit => {
      const trials = play(judging(above(0.3, failureLimit)), 50);
      expect([trials.fault, trials.releases.length]).toEqual([{ name: 'x50', failureRate: 0.5 }, 20]);
      expect([...new Set(trials.releases.map(endOf))]).toEqual(degradedAt(failureLimit));
      expect([endedSo(trials, 'degraded'), endedSo(trials, 'promoted')]).toEqual([1, 0]);
    },
  );

  it.each([
    [42, 0],
    [43, 1],
    [120, 2],
  ])('are measured from the first window that begins %d s after the first weight', (initialDelaySeconds, index) => {
    // the first weight is at second 18, and the windows begin at 60, 120 and 180
    const late = { ...above(0.3, 0), judge: { ...above(0.3, 0).judge, initialDelaySeconds } } as Metric;
    expect(endsOf(judging(late), 50)).toEqual(degradedAt(index));
  });

  it('are promoted at their end where no limit is broken', () => {
    expect(endsOf(judging(above(0.3, 0)), 1)).toEqual(PROMOTED);
    expect(endsOf(judging(above(0.9, 0)), 50)).toEqual(PROMOTED);
    expect(endsOf(judging(), 50)).toEqual(PROMOTED);
  });

  it('hold as the product does while a judge has nothing good to go by, and go back with the hold or with what it brings', () => {
    // no measurement was good by 760, and the eleventh window is one too many
    expect(endsOf(judging(above(0.3, 10)), 50)).toEqual(degradedAt(10));
    // all ten minutes of the hold
    expect(endsOf(judging(above(0.3, 99)), 50)).toEqual(['noEvidence at 1360']);
    // nothing is known when a bake of 199 s is over at 219: the next look finds the first window
    const early = { ...judging(above(0.3, 0)), steps: [weight(50), bake(199)] };
    expect(endsOf(early, 50)).toEqual(degradedAt(0));
    expect(endsOf(early, 1)).toEqual(['promoted at 229']);
  });

  it('go back by the sequential judge as soon as two windows agree', () => {
    expect(endsOf(watching(sequential), 50)).toEqual(degradedAt(1));
    expect(play(watching(sequential), 1).releases.map(({ end }) => end)).not.toContain('degraded');
  });

  it('go back with the first of their judges', () => {
    expect(endsOf(watching(sequential, above(0.3, 0, 'share')), 50)).toEqual(degradedAt(0));
    expect(endsOf(watching(above(0.3, 4, 'late'), sequential), 50)).toEqual(degradedAt(1));
    expect(endsOf(judging(above(0.3, 4), above(0.3, 2, 'b')), 50)).toEqual(degradedAt(2));
    // one that finds nothing keeps nothing from the other
    expect(endsOf(watching({ ...sequential, name: 'slow', source: slow }, above(0.3, 3)), 50)).toEqual(degradedAt(3));
    expect(endsOf(watching(sequential, above(0.9, 0, 'most')), 50)).toEqual(degradedAt(1));
  });

  it('have no values: a judge of those finds nothing', () => {
    const p99: Metric = {
      ...above(-1, 0),
      source: { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } },
    };
    expect(endsOf(judging(p99), 50)).toEqual(PROMOTED);
  });

  it('fail more often and are not slower, whatever the thresholds', () => {
    expect(endsOf(judging({ ...above(0.3, 0), source: slow }), 50)).toEqual(PROMOTED);
    const slower = { ...traffic, slowRate: 0.5 };
    expect(endsOf(judging({ ...above(0.3, 1), source: slow }), 1, { of: slower })).toEqual(degradedAt(1));
    // the second threshold is counted too
    const second = {
      ...above(0.3, 1),
      source: slow,
      judge: { ...above(0, 1).judge, failureCondition: 'result[1] > 0.3' },
    };
    expect(endsOf(judging(second as Metric), 1, { of: slower })).toEqual(degradedAt(1));
  });

  it('never have more failures than requests', () => {
    expect(endsOf(judging(above(1, 0)), 5_000)).toEqual(PROMOTED);
    expect(endsOf(judging(above(0.8, 0)), 5_000)).toEqual(degradedAt(0));
    expect(endsOf(watching(sequential), 5_000, { of: { ...traffic, dispersion: 9 } })).toEqual(degradedAt(1));
  });

  it('compare with a stable version that fails as it always did, while it has traffic', () => {
    // at 100 requests a second and 50 % both have 3,000 in a window, of which half and 30 fail
    const of = { ...traffic, requestsPerSecond: 100 };
    const relative = (max: number): Metric => ({
      ...errors,
      judge: { kind: 'relative', max, failureLimit: 0, minRequests: 1, ceiling: 0.3 },
    });
    expect(endsOf(judging(relative(10)), 50, { of })).toEqual(degradedAt(0));
    expect(endsOf(judging(relative(10)), 1, { of })).toEqual(PROMOTED);
    // at weight 100 there is nothing to compare with, and the ceiling judges: from 320 on, by the window that begins at 360
    const alone = { ...judging(relative(100_000)), steps: [weight(50), bake(300), weight(100), bake(600)] };
    expect(endsOf(alone, 50, { of })).toEqual(['degraded at 520']);
    const ceiling = { ...sequential, judge: { ...sequential.judge, ceiling: 0.02 } } as Metric;
    expect(endsOf({ ...watching(ceiling), steps: [weight(100), bake(740)] }, 50)).toEqual(degradedAt(1));
  });

  it('are the same with the same seed, and others with another seed or another fault', () => {
    // a coin is thrown for each window: more than 1 % or not
    const coin = judging(above(0.01, 2));
    const slowCoin = judging({ ...above(0.01, 2), source: slow });
    const ends = (plan: Plan, ratio: number, seed: number) =>
      play(plan, ratio, { seed, releases: 50 }).releases.map(endOf);
    expect(ends(coin, 1, 7)).toEqual(ends(coin, 1, 7));
    expect(ends(coin, 1, 8)).not.toEqual(ends(coin, 1, 7));
    // slow answers do not depend on the fault, but the numbers that are drawn do
    expect(ends(slowCoin, 1.5, 7)).not.toEqual(ends(slowCoin, 2, 7));
    expect(new Set(ends(coin, 1, 7)).size).toBeGreaterThan(2);
  });
});

describe('a release that holds for want of data', () => {
  /** At 10 % in 10 minutes of bake, which end at 620, and in half an hour of holding. */
  const held = (then: Plan['hold']['then'], requestsPerSecond: number) => {
    const plan = { ...watching(sequential), steps: [weight(10), bake(600)], hold: { atMostSeconds: 1_800, then } };
    return play(plan, 1, { of: { ...traffic, requestsPerSecond }, releases: 12 }).releases;
  };
  const stayOf = ({ schedule }: PlayedRelease) => schedule.stays[0];

  it('goes back only where not even a gross fault would have been seen', () => {
    // one request of the canary in a window
    for (const then of ['rollBack', 'ask'] as const) {
      const released = held(then, 0.15);
      expect([...new Set(released.map(endOf))]).toEqual(['noEvidence at 2420']);
      expect(released.every(release => stayOf(release)?.holdSeconds === null)).toBe(true);
    }
  });

  it('goes on at the end of its hold where a gross fault would have been seen', () => {
    // 18 in a window: too few for a point more, enough for ten
    const released = held('rollBack', 3);
    expect(released.every(({ end }) => end !== 'noEvidence')).toBe(true);
    const unseen = released.filter(release => stayOf(release)?.unseen === true);
    expect(unseen.length).toBeGreaterThan(0);
    expect(new Set(unseen.map(({ endSeconds }) => endSeconds))).toEqual(new Set([2_420]));
  });

  it('goes on without knowing where the plan says so', () => {
    const released = held('proceed', 0.15);
    expect([...new Set(released.map(endOf))]).toEqual(['promoted at 2420']);
    expect(released.map(release => stayOf(release)?.unseen)).not.toContain(true);
  });

  it('holds no longer than it needs: until a window shows enough, and not at all where it did before', () => {
    const released = held('rollBack', 40).filter(({ end }) => end === 'promoted');
    const ends = released.map(release => stayOf(release)?.untilSeconds ?? 0);
    // some have enough in time, and the others go on when another window is known: second 40 of a minute
    expect(ends).toContain(620);
    const later = ends.filter(seconds => seconds > 620);
    expect(later.length).toBeGreaterThan(0);
    expect(later.every(seconds => seconds % 60 === 40 && seconds < 2_420)).toBe(true);
  });
});

describe('the pasts of the stable version', () => {
  const model = modelOf(watching(sequential), traffic);
  const known = (seed: number, pasts?: number) =>
    drawPasts(model, { seed, ...(pasts !== undefined && { pasts }) }).drawn.map(
      ({ model: { watched } }) => watched[0]?.sequential.baseline.errors,
    );

  it('are a few that chance made, and the same with the same seed', () => {
    expect(known(3)).toHaveLength(8);
    expect(new Set(known(3).map(past => past?.bad[0])).size).toBeGreaterThan(4);
    expect(known(3)).toEqual(known(3));
    expect(known(4)).not.toEqual(known(3));
    expect(known(3, 2)).toEqual(known(3).slice(0, 2));
  });

  it('are the same for all faults, and what one fault did changes nothing of another', () => {
    const of = { ...traffic, requestsPerSecond: 5 };
    const faults = [0.01, 0.02, 0.11].map(failureRate => ({ name: 'fault', failureRate }));
    const options = { releases: 16, seed: 5 };
    const together = drawPasts(modelOf(watching(sequential), of), options);
    const inOrder = faults.map(fault => playReleases(together, fault, options));
    const alone = faults.map(fault =>
      playReleases(drawPasts(modelOf(watching(sequential), of), options), fault, options),
    );
    expect(inOrder).toEqual(alone);
  });
});
