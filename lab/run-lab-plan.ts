import { serialiseMistakes } from '../adapters/plan-file/mistake.ts';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { answeredOf, failedOf, type LoadReport } from './load/report.ts';

/** What stable does before the release, for a plan that fits it. */
export interface Usual {
  /** Of its requests, 0 to 1. */
  failedShare: number;
  /** Of its answers, 0 to 1: slower than SLOW_MS. */
  slowShare: number;
  /** Undefined where nothing was answered. */
  p50Ms?: number;
  p99Ms?: number;
}

/** Below it nobody calls an answer slow, and a busy computer makes answers late by nearly as much. */
export const SLOW_MS = 250;

/** @param report of a load whose `slowMs` is SLOW_MS */
export function usualOf(report: LoadReport, groupName: string): Usual {
  const tally = report.groups[groupName];
  const answered = answeredOf(report);
  return {
    failedShare: report.sent === 0 ? 0 : failedOf(report) / report.sent,
    slowShare: tally === undefined || answered === 0 ? 0 : tally.slow / answered,
    ...(tally?.p50Ms === undefined ? {} : { p50Ms: tally.p50Ms }),
    ...(tally?.p99Ms === undefined ? {} : { p99Ms: tally.p99Ms }),
  };
}

/** One failed request of the few that a small weight brings is already more; a stable version that fails itself is no reason. */
const FAILED_SHARE = 0.05;
/** A stall of the computer makes some answers slow; a version that has become slow makes many. */
const SLOW_SHARE = 0.25;
/** Requests of the canary that a window should have at least, so that it says something. */
const REQUESTS_A_WINDOW = 3;
const WINDOW_SECONDS = 60;

/** Far enough below SLOW_SHARE: stable itself would not be called slow. */
const SLOW_SHARE_USUAL = 0.1;
/** The longest latency that a plan can name, nearly. */
const SLOWEST_MS = 900_000;

/** From what on an answer is slow: SLOW_MS, or far from what stable takes where that is slow already. */
export function slowMsOf({ slowShare, p50Ms = 0, p99Ms = 0 }: Usual): number {
  if (slowShare < SLOW_SHARE_USUAL) return SLOW_MS;
  return Math.round(Math.min(Math.max(SLOW_MS, 3 * p50Ms, 1.5 * p99Ms), SLOWEST_MS));
}

/**
 * The plan where a person gives none: several weights, as many as the traffic is enough for; failed and slow requests
 * judged against fixed limits that what stable does is far from.
 */
export function defaultPlan(options: {
  workload: string;
  usual: Usual;
  requestsPerSecond: number;
  compress: number;
}): Plan {
  const { workload, usual, requestsPerSecond, compress } = options;
  const requestsAWindow = (requestsPerSecond * WINDOW_SECONDS) / compress;
  const weights = [10, 25].filter(weight => (requestsAWindow * weight) / 100 >= REQUESTS_A_WINDOW);
  const failedShare = share(Math.max(FAILED_SHARE, 2 * usual.failedShare));
  const text = `apiVersion: sluice/v1
kind: Plan
workload: ${workload}
strategy: canary
window: ${WINDOW_SECONDS}s
deadline: 30m
idleTimeout: ${SLOWEST_MS / 1000}s
progressDeadline: 8m
hold: { atMost: 8m, then: rollBack }
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: threshold, failureCondition: 'result[0] > ${failedShare}', failureLimit: 0 }
  - name: slow
    source: { kind: cloudwatch, bad: { slowerThan: [${latency(slowMsOf(usual))}] } }
    judge: { kind: threshold, failureCondition: 'result[0] > ${SLOW_SHARE}', failureLimit: 1 }
steps:
${[...weights, 50].map(weight => `  - setWeight: ${weight}\n  - bake: ${weight === 10 ? '3m' : '2m'}\n`).join('')}  - setWeight: 100
soak: 3m
`;
  const parsed = parsePlan(text, 'the plan of the lab');
  if (parsed.kind === 'mistakes') throw new Error(serialiseMistakes(parsed.mistakes));
  return parsed.plan;
}

const share = (value: number): number => Number(value.toFixed(3));
const latency = (ms: number): string => (ms < 1_000 ? `${ms}ms` : `${(ms / 1000).toFixed(3)}s`);
