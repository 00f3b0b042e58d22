import { describe, expect, it } from 'vitest';
import { blindSentences, timeText, windowsToSee } from '../../../domain/forecast/blind.ts';
import { enoughSeenBy, modelOf } from '../../../domain/forecast/model.ts';
import type { ForecastStay } from '../../../domain/forecast/schedule.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import type { Detect } from '../../../domain/statistics/sequential/detect.ts';
import { bake, errors, planOf, weight } from '../../support/ledger-lines.ts';

const sequential: Metric = { ...errors, judge: { kind: 'sequential', margin: 1.25, share: 1, guard: true } };
const of = (requestsPerSecond: number): Traffic => ({
  requestsPerSecond,
  failureRate: 0.00123456,
  slowRate: 0.01,
  dispersion: 1,
});
const watched = (more: Partial<Plan> = {}, detect: Partial<Detect> = {}): Plan =>
  planOf({ metrics: [sequential], sequential: { alpha: 0.01, detect: { ratio: 2, power: 0.8, ...detect } }, ...more });

/** The first count of whole windows after the shift that is enough, counted one by one. */
const counted = (plan: Plan, traffic: Traffic, weight: number, most: number) => {
  const enough = enoughSeenBy(modelOf(plan, traffic));
  const windows = Array.from({ length: most }, (_, i) => {
    const startSeconds = (i + 1) * plan.windowSeconds;
    const endSeconds = startSeconds + plan.windowSeconds;
    return { startSeconds, endSeconds, knownSeconds: endSeconds, weight };
  });
  return windows.findIndex((_, i) => enough(windows.slice(0, i + 1), { atEnd: false }) === 'enough') + 1;
};

describe('how many windows it takes to see what the plan wants to see', () => {
  it.each([20_000, 5_000, 2_000, 1_500, 1_200, 1_000, 800, 700, 600, 500, 400, 300])(
    'is the first count that is enough, at %d requests a second',
    requestsPerSecond => {
      const expected = counted(watched(), of(requestsPerSecond), 10, 64);
      expect(expected).toBeGreaterThan(0);
      expect(windowsToSee(modelOf(watched(), of(requestsPerSecond)), 10)).toBe(expected);
    },
  );

  it('is one where nothing has to be seen', () => {
    expect(windowsToSee(modelOf(planOf(), of(1)), 10)).toBe(1);
  });

  it('is nobody waits for that where 400 are too few', () => {
    expect(windowsToSee(modelOf(watched(), of(2)), 10)).toBeUndefined();
    // more than 256, which the doubling tries before
    const found = windowsToSee(modelOf(watched(), of(40)), 10) ?? 0;
    expect(found).toBeGreaterThan(256);
    expect(found).toBeLessThanOrEqual(400);
  });

  it('is more where the plan warms up, as the first whole window begins within the warm-up', () => {
    const warmUp = { margin: 8, seconds: 60 };
    const warmed = { ...sequential, judge: { ...sequential.judge, warmUp } } as Metric;
    const plan = watched({ metrics: [warmed] });
    expect(windowsToSee(modelOf(plan, of(1_000)), 10)).toBe(counted(plan, of(1_000), 10, 64));
    expect(counted(plan, of(1_000), 10, 64)).toBeGreaterThan(counted(watched(), of(1_000), 10, 64));
  });
});

describe('where a plan is blind', () => {
  const steps: Plan['steps'] = [
    weight(2.5),
    bake(300),
    { kind: 'analysis', metrics: ['errors'], count: 3 },
    weight(100),
  ];
  const stay = (step: number, holdSeconds: number | null, plannedSeconds = 300): ForecastStay => ({
    ...{
      step,
      what: step === 2 ? 'analysis' : step === 4 ? 'soak' : 'bake',
      weight: 2.5,
      fromSeconds: 20,
      plannedSeconds,
      untilSeconds: 999,
      holdSeconds,
      unseen: false,
    },
  });
  const said = (plan: Plan, traffic: Traffic, ...stays: ForecastStay[]) => {
    const schedule = { windows: [], stays, weights: [], endSeconds: null, untilSeconds: 0 };
    return blindSentences(modelOf(plan, traffic), schedule);
  };
  const at = 'at 2 requests a second, 2.5 % weight and 0.123 % failures on stable, it takes';
  /** A doubling of 0.123456 %. */
  const doubling = 'of data to see a canary that fails 0.247 % of requests';

  it.each<[ForecastStay, Partial<Plan>, Partial<Detect>, string]>([
    [
      stay(1, null),
      {},
      {},
      `${at} more than 6 h 40 min ${doubling}; this bake lasts 5 minutes: it holds for 10 minutes and then rolls back (noEvidence)`,
    ],
    [stay(1, 90), {}, {}, `${at} more than 6 h 40 min ${doubling}; this bake lasts 5 minutes: it holds for 90 seconds`],
    [
      stay(2, 600, 208),
      {},
      { ratio: 3 },
      `${at} more than 6 h 40 min of data to see a canary that fails 0.37 % of requests; this analysis lasts 3 minutes: it holds for 10 minutes`,
    ],
    [
      stay(4, 600, 900),
      {},
      { ratio: 1.5 },
      `${at} more than 6 h 40 min of data to see a canary that fails 0.185 % of requests; the soak lasts 15 minutes: it holds for 10 minutes`,
    ],
    [
      stay(1, null),
      { windowSeconds: 300 },
      {},
      `${at} more than 33 h 20 min ${doubling}; this bake lasts 5 minutes: it holds for 10 minutes and then rolls back (noEvidence)`,
    ],
    [
      stay(1, null),
      { hold: { atMostSeconds: 7_200, then: 'ask' } },
      {},
      `${at} more than 6 h 40 min ${doubling}; this bake lasts 5 minutes: it holds for 2 h and then asks a person`,
    ],
    [
      stay(1, null),
      { hold: { atMostSeconds: 60, then: 'proceed' } },
      {},
      `${at} more than 6 h 40 min ${doubling}; this bake lasts 5 minutes: it holds for 60 seconds and then goes on without knowing`,
    ],
    [
      { ...stay(1, 600), unseen: true },
      {},
      { gross: 0.1 },
      `${at} more than 6 h 40 min ${doubling}; this bake lasts 5 minutes: it holds for 10 minutes and then goes on, since a fault of 10.1 % would have been seen`,
    ],
  ])('is one sentence for each stay that holds', (one, more, detect, sentence) => {
    expect(said(watched({ steps, ...more }, detect), of(2), one)).toEqual([sentence]);
  });

  it('is told of the points that matter where stable seldom fails or never', () => {
    // 0.123 % and a point; and a point alone
    const detect = { atLeast: 0.01 };
    const seldom = said(watched({ steps }, detect), of(2), stay(1, 90));
    expect(seldom).toEqual([expect.stringContaining('to see a canary that fails 1.12 % of requests; ')]);
    const never = said(watched({ steps }, detect), { ...of(2), failureRate: 0 }, stay(1, 90));
    expect(never).toEqual([
      expect.stringMatching(
        /^at 2 requests a second, 2\.5 % weight and 0 % failures on stable, it takes .* to see a canary that fails 1 % of requests; /,
      ),
    ]);
  });

  it('is told of a stay that goes on at once with a fault unseen', () => {
    expect(said(watched({ steps }, { gross: 0.1 }), of(2), { ...stay(1, 0), unseen: true })).toHaveLength(1);
  });

  it('says how long it would take where somebody might wait for it, and three digits of the traffic', () => {
    const traffic = of(2_345.6);
    const windows = counted(watched({ steps }), traffic, 2.5, 64);
    expect(windows).toBeGreaterThan(1);
    expect(said(watched({ steps }), traffic, stay(1, 60))).toEqual([
      `at 2350 requests a second, 2.5 % weight and 0.123 % failures on stable, it takes ${windows} minutes ${doubling}; this bake lasts 5 minutes: it holds for 60 seconds`,
    ]);
  });

  it('is not where a stay does not hold, and nowhere in a plan that promises nothing', () => {
    expect(said(watched({ steps }), of(2), stay(1, 0), stay(2, 10), stay(4, 0))).toHaveLength(1);
    expect(said(planOf({ steps }), of(2), stay(1, null))).toEqual([]);
  });
});

it.each([
  [0, '0 seconds'],
  [0.6, '1 seconds'],
  [119.4, '119 seconds'],
  [120, '2 minutes'],
  [149, '2 minutes'],
  [150, '3 minutes'],
  [7_169, '119 minutes'],
  [7_170, '2 h'],
  [8_100, '2 h 15 min'],
  [10_800, '3 h'],
  [86_400, '24 h'],
])('%d seconds are told as %s', (seconds, text) => {
  expect(timeText(seconds)).toBe(text);
});
