import { serialiseMistakes } from '../adapters/plan-file/mistake.ts';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { failedOf, type LoadReport } from './load/report.ts';

/** What stable does before the release, for a plan that fits it. */
export interface Usual {
  /** Of its requests, 0 to 1. */
  failedShare: number;
  /** Of its requests, 0 to 1: answered 4xx. */
  share4xx: number;
  /** Undefined where nothing was answered. */
  p50Ms?: number;
  p99Ms?: number;
}

export function usualOf(report: LoadReport, groupName: string): Usual {
  const tally = report.groups[groupName];
  const of = (count: number): number => (report.sent === 0 ? 0 : count / report.sent);
  return {
    failedShare: of(failedOf(report)),
    share4xx: of(tally?.answers['4xx'] ?? 0),
    ...(tally?.p50Ms === undefined ? {} : { p50Ms: tally.p50Ms }),
    ...(tally?.p99Ms === undefined ? {} : { p99Ms: tally.p99Ms }),
  };
}

/** The longest latency that a plan can name, nearly. */
const SLOWEST_MS = 900_000;

/**
 * From what on an answer is late, and very late, in ms: far enough from stable's median that few of its answers are, above
 * what a busy computer adds to each answer now and then, and close enough that a few times slower is seen.
 */
export function slowMsOf({ p50Ms = 0 }: Pick<Usual, 'p50Ms'>): [late: number, veryLate: number] {
  const late = Math.min(SLOWEST_MS / 2, 50 + 1.5 * p50Ms);
  return [late, Math.max(500, 2 * late)].map(twoDigits) as [number, number];
}

const twoDigits = (ms: number): number => Math.round(Number(ms.toPrecision(2)));

/** The workload of a lab without --plan. */
export const DEFAULT_WORKLOAD = 'app';
/** Requests of the canary that a window should have at least, so that a step says something. */
const REQUESTS_A_WINDOW = 3;
const WINDOW_SECONDS = 60;
const WEIGHTS = [10, 25, 50];

/**
 * The plan where a person gives none: several weights, as many as the traffic is enough for, and the default judge for
 * failed requests, answers 4xx and late answers, each compared with stable over the same seconds.
 * @param perPlanSecond requests in a second of the plan
 */
export function defaultPlan({ usual, perPlanSecond }: { usual: Usual; perPlanSecond: number }): Plan {
  const aWindow = perPlanSecond * WINDOW_SECONDS;
  const weights = WEIGHTS.filter(weight => weight === 50 || (aWindow * weight) / 100 >= REQUESTS_A_WINDOW);
  const text = `apiVersion: sluice/v1
kind: Plan
workload: ${DEFAULT_WORKLOAD}
strategy: canary
window: ${WINDOW_SECONDS}s
deadline: 4h
idleTimeout: ${SLOWEST_MS / 1000}s
progressDeadline: 8m
hold: { atMost: 5m, then: rollBack }
metrics:
  # one process that answers at random fails at random: the guard against clumped failures is not needed here
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: sequential, ceiling: auto, guard: off }
  - name: answers4xx
    source: { kind: cloudwatch, bad: target4xx }
    judge: { kind: sequential, guard: off }
  # a stall of the computer makes answers late in clumps, and a process that has just begun is slower
  - name: slow
    source: { kind: cloudwatch, bad: { slowerThan: [${slowMsOf(usual).map(latencyText).join(', ')}] } }
    judge: { kind: sequential, margin: 1.5, warmUp: {} }
steps:
${weights.map(weight => `  - setWeight: ${weight}\n  - bake: ${weight === 10 ? '8m' : '5m'}\n`).join('')}  - setWeight: 100
soak: 5m
`;
  const parsed = parsePlan(text, 'the plan of the lab');
  if (parsed.kind === 'mistakes') throw new Error(serialiseMistakes(parsed.mistakes));
  return parsed.plan;
}

/** As a plan file has it. */
const latencyText = (ms: number): string => (ms < 1_000 ? `${ms}ms` : `${ms / 1000}s`);
