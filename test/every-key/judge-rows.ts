import { PLAN_FILE } from './release-probe.ts';

/** Two plans that differ in the key, whose judges come to other verdicts on some release. */
export type JudgeRow = [a: object, b: object];

const [errors] = PLAN_FILE.metrics;
const counts = { kind: 'cloudwatch', bad: 'failedRequests' };
const value = { kind: 'cloudwatch', value: { percentile: 99 } };
const withMetrics = (metrics: object[], more: object = {}) => ({
  ...PLAN_FILE,
  steps: [{ setWeight: 10 }, { bake: '20m' }, { setWeight: 100 }],
  soak: '0s',
  metrics,
  ...more,
});
const judged =
  (source: object, base: object) =>
  (a: object, b: object, more: object = {}): JudgeRow => [
    withMetrics([{ name: 'm', source, judge: { ...base, ...a } }], more),
    withMetrics([{ name: 'm', source, judge: { ...base, ...b } }], more),
  ];
const threshold = judged(counts, { ...errors?.judge, successCondition: 'result[0] < 0.05' });
const relative = judged(counts, { kind: 'relative', max: 1.5, failureLimit: 0 });
const flagger = judged(counts, { kind: 'flagger', thresholdRange: { min: 98 }, threshold: 2 });
const sequential = judged(counts, { kind: 'sequential', margin: 1.25 });
const burn = judged(counts, { kind: 'burnRate', objective: '99%', over: '1d', minRequests: 1 });
const burnPair = (pair: object) => ({ windows: [{ long: '20m', short: '2m', budget: '2%', ...pair }] });
/** A number of the team's own. */
const ORDERS = {
  kind: 'cloudwatch',
  metric: { namespace: 'Shop', name: 'Orders', dimensions: { Slot: '${slot}' }, stat: 'Sum' },
};
const band = judged(ORDERS, { kind: 'anomalyBand', width: 2 });
const kayenta = judged(value, { kind: 'mannWhitney', interval: '10m', groups: ['all'] });
const inPlan = (a: object, b: object, judge: object = {}): JudgeRow => {
  const metric = { name: 'm', source: counts, judge: { kind: 'sequential', margin: 1.25, ...judge } };
  return [withMetrics([metric], a), withMetrics([metric], b)];
};
const early = (more: object) => ({ promoteEarly: { beta: '5%', nonInferiority: 2, after: '5m', ...more } });
/** One metric that gets worse and one that does not, in a group each. */
const scored = (a: object, b: object, judge: object = {}): JudgeRow => {
  const of = (kayenta: object) =>
    withMetrics(
      [
        { name: 'm', source: value, judge: { kind: 'mannWhitney', interval: '10m', groups: ['slow'], ...judge } },
        {
          name: 'always',
          source: value,
          judge: { kind: 'mannWhitney', interval: '10m', groups: ['many'], direction: 'decrease' },
        },
      ],
      { kayenta },
    );
  return [of(a), of(b)];
};

export const JUDGE_ROWS: Record<string, JudgeRow> = {
  alpha: inPlan({ alpha: '1%' }, { alpha: '40%' }),
  detect: inPlan({}, { detect: { ratio: 40, gross: '90%', atLeast: '50%' } }),
  'detect.ratio': inPlan(
    { detect: { ratio: 1.3, atLeast: '0%' } },
    { detect: { ratio: 40, atLeast: '0%', gross: '90%' } },
  ),
  'detect.atLeast': inPlan(
    { detect: { ratio: 1.3, atLeast: '0%', gross: '90%' } },
    { detect: { ratio: 1.3, atLeast: '50%', gross: '90%' } },
  ),
  'detect.power': inPlan({ detect: { ratio: 1.5, power: '50%' } }, { detect: { ratio: 1.5, power: '99.9%' } }),
  promoteEarly: inPlan({}, early({ beta: '40%', nonInferiority: 4 })),
  'promoteEarly.beta': inPlan(early({ beta: '0.1%' }), early({ beta: '40%' })),
  'promoteEarly.nonInferiority': inPlan(early({ nonInferiority: 1.5 }), early({ nonInferiority: 10 })),
  'metrics[].judge': threshold({}, { failureLimit: 9 }),
  'metrics[].judge.kind': [
    withMetrics([{ name: 'm', source: counts, judge: { kind: 'relative', max: 1.5, failureLimit: 0 } }]),
    withMetrics([{ name: 'm', source: counts, judge: { kind: 'sequential', margin: 1.5 } }]),
  ],
  'metrics[].judge.margin': sequential({ margin: 1.05 }, { margin: 1.95 }),
  'metrics[].judge.ceiling': sequential({ ceiling: '2%' }, { ceiling: '50%' }),
  'metrics[].judge.floor': sequential({ ceiling: '30%', floor: '0.5%' }, { ceiling: '30%', floor: '10%' }),
  'metrics[].judge.guard': sequential({ guard: 'on' }, { guard: 'off' }),
  'metrics[].judge.warmUp': sequential({}, { warmUp: { margin: 40, for: '5m' } }),
  'metrics[].judge.warmUp.margin': sequential(
    { warmUp: { margin: 2, for: '5m' } },
    { warmUp: { margin: 60, for: '5m' } },
  ),
  'metrics[].judge.warmUp.for': sequential(
    { warmUp: { margin: 60, for: '1m' } },
    { warmUp: { margin: 60, for: '10m' } },
  ),
  'metrics[].judge.share': [
    withMetrics([
      { name: 'm', source: counts, judge: { kind: 'sequential', margin: 1.25, share: 0.99 } },
      { name: 'n', source: counts, judge: { kind: 'sequential', margin: 1.25, share: 0.01 } },
    ]),
    withMetrics([
      { name: 'm', source: counts, judge: { kind: 'sequential', margin: 1.25, share: 0.01 } },
      { name: 'n', source: counts, judge: { kind: 'sequential', margin: 1.25, share: 0.99 } },
    ]),
  ],
  'metrics[].judge.successCondition': threshold({}, { successCondition: 'result[0] < 0.01' }),
  'metrics[].judge.failureCondition': threshold(
    { failureCondition: 'result[0] > 0.5' },
    { failureCondition: 'result[0] > 0.1' },
  ),
  'metrics[].judge.interval': threshold({ interval: '1m' }, { interval: '5m' }),
  'metrics[].judge.initialDelay': threshold({ initialDelay: '0s' }, { initialDelay: '10m' }),
  'metrics[].judge.count': threshold({ count: 2, failureLimit: 1 }, { count: 20, failureLimit: 1 }),
  'metrics[].judge.failureLimit': threshold({ failureLimit: 0 }, { failureLimit: 4 }),
  'metrics[].judge.consecutiveSuccessLimit': threshold(
    { failureLimit: 20, consecutiveSuccessLimit: 2 },
    { failureLimit: 20, consecutiveSuccessLimit: 12 },
  ),
  'metrics[].judge.inconclusiveLimit': threshold(
    { failureCondition: 'result[0] > 0.5', inconclusiveLimit: 0 },
    { failureCondition: 'result[0] > 0.5', inconclusiveLimit: 9 },
  ),
  'metrics[].judge.consecutiveErrorLimit': threshold({ consecutiveErrorLimit: 0 }, { consecutiveErrorLimit: 9 }),
  'metrics[].judge.max': relative({ max: 1.1 }, { max: 9 }),
  'metrics[].judge.min': judged(ORDERS, { kind: 'relative', failureLimit: 0 })({ min: 0.9 }, { min: 0.1 }),
  'metrics[].judge.minRequests': relative({ minRequests: 1 }, { minRequests: 500 }),
  'metrics[].judge.thresholdRange': flagger({ thresholdRange: { min: 99 } }, { thresholdRange: { min: 50 } }),
  'metrics[].judge.thresholdRange.min': flagger({ thresholdRange: { min: 99 } }, { thresholdRange: { min: 50 } }),
  'metrics[].judge.thresholdRange.max': flagger({ thresholdRange: { max: 99.9 } }, { thresholdRange: { max: 90 } }),
  'metrics[].judge.threshold': flagger({ threshold: 1 }, { threshold: 9 }),
  'metrics[].judge.failureLimit of a band': band({ failureLimit: 0 }, { failureLimit: 9 }),
  'metrics[].judge.bad': band({ bad: 'above' }, { bad: 'below' }),
  'metrics[].judge.objective': burn({ objective: '99.9%', ...burnPair({}) }, { objective: '70%', ...burnPair({}) }),
  'metrics[].judge.over': burn({ over: '1d', ...burnPair({}) }, { over: '30d', ...burnPair({}) }),
  'metrics[].judge.windows': burn(burnPair({}), burnPair({ budget: '40%' })),
  'metrics[].judge.windows[].long': burn(burnPair({ long: '5m' }), burnPair({ long: '20m' })),
  'metrics[].judge.windows[].short': burn(
    { minRequests: 3000, ...burnPair({ short: '1m' }) },
    { minRequests: 3000, ...burnPair({ short: '19m' }) },
  ),
  'metrics[].judge.windows[].budget': burn(burnPair({ budget: '2%' }), burnPair({ budget: '40%' })),
  'metrics[].judge.minRequests of a burn rate': burn(
    { minRequests: 1, ...burnPair({}) },
    { minRequests: 90_000, ...burnPair({}) },
  ),
  'metrics[].judge.direction': kayenta({ direction: 'increase' }, { direction: 'decrease' }),
  kayenta: scored({ pass: 95, marginal: 75 }, { pass: 40, marginal: 10 }),
  'kayenta.pass': scored({ pass: 95, marginal: 10 }, { pass: 30, marginal: 10 }),
  'kayenta.marginal': scored({ pass: 95, marginal: 5 }, { pass: 95, marginal: 90 }),
  'kayenta.groups': scored({ groups: { slow: 90, many: 10 } }, { groups: { slow: 10, many: 90 } }),
};
