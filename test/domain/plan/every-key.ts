import { parse } from 'yaml';
import { expectedText, explain } from '../../../domain/file/explain.ts';
import { pathText } from '../../../domain/file/issue.ts';
import { planJsonSchema } from '../../../domain/plan/check-plan.ts';
import { planSchema } from '../../../domain/plan/plan-schema.ts';
import { PLAN_NOT_YET } from '../../../domain/plan/unsupported.ts';

/** A valid plan with almost every key that there is. */
const EVERY_KEY = `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: canary
onNewImage: queue
deadline: 2h
progressDeadline: 10m
hold: { atMost: 30m, then: rollBack }
window: 60s
preview: { header: { name: x-sluice-preview, value: canary } }
alpha: 1%
detect: { ratio: 2, power: 80% }
promoteEarly: { beta: 5%, nonInferiority: 2, after: 5m }
kayenta: { pass: 95, marginal: 75, groups: { all: 100 } }
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: sequential, margin: 1.25, share: 1, ceiling: 5%, floor: 1%, guard: on, warmUp: { margin: 8, for: 60s } }
  - name: slow
    source: { kind: cloudwatch, bad: { slowerThan: [300ms] } }
    judge: { kind: threshold, successCondition: 'result[0] < 1', failureCondition: 'result[0] > 2', interval: 60s,
      initialDelay: 0s, count: 10, failureLimit: 0, consecutiveSuccessLimit: 0, inconclusiveLimit: 0, consecutiveErrorLimit: 4 }
  - name: p99
    source: { kind: cloudwatch, value: { percentile: 99 } }
    judge: { kind: relative, max: 1.2, failureLimit: 0, minRequests: 10 }
  - name: orders
    source: { kind: cloudwatch, metric: { namespace: Shop, name: Orders, dimensions: { Slot: '\${slot}' }, stat: Sum } }
    judge: { kind: anomalyBand, width: 2, bad: outside, failureLimit: 1 }
  - name: burn
    source: { kind: cloudwatch, alarm: burn }
    judge: { kind: alarm, failureLimit: 0 }
  - name: hits
    source: { kind: prometheus, requests: 'hits{s="\${slot}"}', bad: 'bad{s="\${slot}"}' }
    judge: { kind: flagger, thresholdRange: { min: 99, max: 100 }, threshold: 1, interval: 60s }
  - name: lasting
    source: { kind: prometheus, histogram: 'd_bucket{s="\${slot}"}', slowerThan: [1s] }
    judge: { kind: relative, min: 0.99, ceiling: 5% }
  - name: cpu
    source: { kind: prometheus, value: 'cpu{s="\${slot}"}' }
    judge: { kind: mannWhitney, interval: 10m, direction: increase, tolerance: 0.25, confidence: 98%, nanStrategy: remove,
      outliers: keep, outlierFactor: 3, critical: false, groups: [all],
      effectSize: { measure: meanRatio, allowedIncrease: 1, allowedDecrease: 1, criticalIncrease: 1, criticalDecrease: 1 } }
  - name: depth
    source: { kind: prometheus, query: depth, series: one }
    judge: { kind: threshold, failureCondition: 'result > 1' }
  - name: fine
    source: { kind: json, url: 'https://a.example', jsonPath: $.ok, headers: { accept: application/json } }
    judge: { kind: threshold, successCondition: 'result' }
steps:
  - hook: { name: smoke, url: 'https://hooks.example.com/smoke', timeout: 5m, retries: 0 }
  - setWeight: 5
  - bake: 5m
  - analysis: { metrics: [slow], count: 10 }
  - approval: { name: go-live, groups: [leads], required: 1, notTheStarter: false, within: 4h }
  - setWeight: 100
soak: 15m
notify: [{ kind: sns, on: [started], topicArn: 'arn:aws:sns:eu-west-1:123456789012:releases' }]
`;

const PLAN: object = parse(EVERY_KEY);
const SHAPE = planJsonSchema();

/** The plan with another value at a place such as `metrics[0].judge.margin`. */
function withValue(place: string, value: unknown): object {
  const plan = structuredClone(PLAN);
  const keys = place.split(/[.[\]]+/).filter(key => key !== '');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Record<string, unknown>>(
    (here, key) => here[key] as Record<string, unknown>,
    plan as Record<string, unknown>,
  );
  if (!Object.hasOwn(parent, last)) throw new Error(`the plan has no ${place}`);
  parent[last] = value;
  return plan;
}

/** Whether the value may stand there, by itself. */
export const isTaken = (place: string, value: unknown): boolean =>
  planSchema.safeParse(withValue(place, value)).success;

/** What is expected there, or in it, instead of the value: the first mistake, which is the one that a person gets to see. */
export function expectedInstead(place: string, value: unknown): string | undefined {
  const input = withValue(place, value);
  const { error } = planSchema.safeParse(input, { error: expectedText });
  const issues = error === undefined ? [] : explain(error, { input, shape: SHAPE, notYet: PLAN_NOT_YET });
  return issues.find(({ path }) => pathText(path).startsWith(place))?.expected;
}

/** How many mistakes the schema finds in the plan with that value. */
export const mistakesIn = (place: string, value: unknown): number =>
  planSchema.safeParse(withValue(place, value)).error?.issues.length ?? 0;

/** A place, what is expected there, values that may stand there and values that may not. */
export type KeyRow = [place: string, expected: string, taken: unknown[], refused: unknown[]];
