import { serialiseMistakes } from '../adapters/plan-file/mistake.ts';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import { decimalText } from '../domain/number-text.ts';
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
const WINDOW_SECONDS = 60;
/** Each weight, and the minutes that it is baked; the last bake is that of 100 %, and a soak. */
const BAKES = [
  { weight: 10, minutes: 8 },
  { weight: 25, minutes: 5 },
  { weight: 50, minutes: 5 },
] as const;
const SOAK_MINUTES = 5;
const MINUTES = BAKES.reduce((sum, { minutes }) => sum + minutes, SOAK_MINUTES);
/** Requests of the canary that the first step should have: with fewer only a fault of every fifth is sure to be seen. */
const FIRST_REQUESTS = 100;
/**
 * Bad requests of the canary by which the default judge sees at 10 % that they are no chance, late answers included: it
 * takes some 10 nats of evidence, each late answer is ln(1/0.143) = 1.95 of them, and the guard divides that by 4.
 */
const BAD_SEEN = 22;

export interface DefaultPlanOptions {
  usual: Usual;
  perPlanSecond: number;
  mostMinutes: number;
}

/**
 * The plan where a person gives none: several weights, and the default judge for failed requests, answers 4xx, redirects and
 * late answers, each compared with stable over the same seconds, and in the soak with what stable did before. With little
 * traffic its steps last longer, and it is content with seeing larger faults.
 * @param perPlanSecond requests in a second of the plan   @param mostMinutes of the plan, that its steps may take
 */
export function defaultPlan({ usual, perPlanSecond, mostMinutes }: DefaultPlanOptions): Plan {
  const [first] = BAKES;
  const firstRequests = (minutes: number): number => (perPlanSecond * minutes * 60 * first.weight) / 100;
  const wanted = FIRST_REQUESTS / firstRequests(first.minutes);
  const longer = Math.min(Math.max(1, wanted), Math.max(1, mostMinutes / MINUTES));
  const lasting = (minutes: number): number => Math.round(minutes * longer);
  const atLeast = Math.min(0.2, Math.max(0.01, BAD_SEEN / firstRequests(lasting(first.minutes))));
  const text = `apiVersion: sluice/v1
kind: Plan
workload: ${DEFAULT_WORKLOAD}
strategy: canary
window: ${WINDOW_SECONDS}s
deadline: 12h
idleTimeout: ${SLOWEST_MS / 1000}s
progressDeadline: 8m
hold: { atMost: ${lasting(4)}m, then: rollBack }
detect: { atLeast: ${shareText(atLeast)}, gross: ${shareText(Math.min(0.5, 4 * atLeast))} }
metrics:
  # each answer fails by itself here: no guard against failures that come in clumps
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: sequential, ceiling: auto, guard: off }
  - name: answers4xx
    source: { kind: cloudwatch, bad: target4xx }
    judge: { kind: sequential, ceiling: auto, guard: off }
  - name: redirects
    source: { kind: cloudwatch, bad: target3xx }
    judge: { kind: sequential, ceiling: auto, guard: off }
  # a stall of the computer makes answers late in clumps, and a process that has just begun is slower
  - name: slow
    source: { kind: cloudwatch, bad: { slowerThan: [${slowMsOf(usual).map(latencyText).join(', ')}] } }
    judge: { kind: sequential, ceiling: auto, margin: 1.5, warmUp: {} }
steps:
${BAKES.map(({ weight, minutes }) => `  - setWeight: ${weight}\n  - bake: ${lasting(minutes)}m\n`).join('')}  - setWeight: 100
soak: ${lasting(SOAK_MINUTES)}m
`;
  const parsed = parsePlan(text, 'the plan of the lab');
  if (parsed.kind === 'mistakes') throw new Error(serialiseMistakes(parsed.mistakes));
  return parsed.plan;
}

/** As a plan file has it. */
const latencyText = (ms: number): string => (ms < 1_000 ? `${ms}ms` : `${ms / 1000}s`);

/** To a tenth of a per cent. */
const shareText = (share: number): string => `${decimalText(share * 100, 1)}%`;
