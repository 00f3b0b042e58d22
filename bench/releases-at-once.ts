import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { overriding } from '../adapters/overriding.ts';
import { fixedText } from '../domain/number-text.ts';
import { randomOf } from '../lab/simulation/random.ts';
import type { FaultRates, Scenario } from '../lab/simulation/scenario.ts';
import { type SimulationReport, simulateAtOnce, type Wrap } from '../lab/simulation/simulate.ts';
import type { Quality } from '../lab/simulation/world/quality.ts';
import { type Figure, figureOf } from './figure.ts';

const SEED = 20_261_121;
const MIB = 1_048_576;
const MINUTE_MS = 60_000;

/** How many of what; of those with faults every other one is bad. */
const MIX = { good: 120, bad: 60, faulty: 20 };
/** Of the process after 200 releases, by what it was after the first 50. */
const GROWTH_MAX = 1.15;
const MEASURED_AFTER = 50;

type Kind = keyof typeof MIX;

/**
 * 200 releases at once in one world, in virtual time: each has to end as it should, and what a release leaves behind must not
 * add up: the process when all have ended, by what it was when the first 50 had.
 */
export async function releasesAtOnce(_: number, say: (line: string) => void): Promise<Figure[]> {
  const all = kinds();
  say(`  seed ${SEED}: ${MIX.good} good, ${MIX.bad} bad, ${MIX.faulty} with faults`);
  // first one that nobody measures: what is compiled and cached once is no growth
  await runAll(all.slice(0, MEASURED_AFTER), () => {});
  let ended = 0;
  let before = Number.NaN;
  const startedAtMs = performance.now();
  const wrong = await runAll(all, () => {
    ended += 1;
    if (ended === MEASURED_AFTER) before = memoryMiB();
  });
  const after = memoryMiB();
  const seconds = (performance.now() - startedAtMs) / 1000;
  for (const line of wrong) say(`  WRONG ${line}`);
  say(
    `  ${ended} releases took ${fixedText(seconds, 1)} s; ${fixedText(before, 0)} MiB after ${MEASURED_AFTER}, ${fixedText(after, 0)} after all`,
  );
  return [
    figureOf({
      name: '200 releases at once: did not end as they should',
      unit: 'releases',
      values: [wrong.length],
      limit: 0,
    }),
    figureOf({
      name: 'memory after 200 releases by that after 50',
      unit: 'times',
      values: [after / before],
      limit: GROWTH_MAX,
    }),
  ];
}

/** The kinds in an order that mixes them, the same in every run. */
function kinds(): Kind[] {
  const random = randomOf(SEED, 'kinds');
  return (Object.keys(MIX) as Kind[])
    .flatMap(kind => Array.from({ length: MIX[kind] }, () => ({ kind, at: random.next() })))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }) => kind);
}

/**
 * @param ended told at the end of each
 * @returns a line for each release that did not end as it should
 */
async function runAll(all: readonly Kind[], ended: () => void): Promise<string[]> {
  const scenarios = all.map((kind, index) => scenarioOf(kind, index));
  const [first, ...others] = scenarios;
  if (first === undefined) return [];
  const wrap: Wrap = {
    deps(deps) {
      const ledger = overriding(deps.ledger, {
        async append(workload, after, line) {
          const next = await deps.ledger.append(workload, after, line);
          if (line.fact.kind === 'closed') ended();
          return next;
        },
      });
      return { ...deps, ledger };
    },
  };
  const report = await simulateAtOnce([first, ...others], wrap);
  const broken = report.violations.map(({ rule, how }) => `${rule}: ${how}`);
  return [...broken, ...scenarios.flatMap((scenario, index) => problemOf(report, scenario, all[index]))];
}

function problemOf({ ends }: SimulationReport, scenario: Scenario, kind: Kind | undefined): string[] {
  const { name } = scenario.workload;
  const mine = ends.filter(({ releaseId }) => releaseId === `${name}-1`);
  const end = mine.map(({ outcome, reason }) => [outcome, reason].filter(word => word !== undefined).join(' ')).join();
  const isBad = scenario.images[0]?.quality.kind === 'bad';
  // with faults a release may also go back for one; what is bad is never promoted
  const right = isBad ? ['rolledBack degraded'] : ['promoted'];
  const alsoRight =
    kind === 'faulty' ? ['rolledBack fault', 'rolledBack deadline', 'rolledBack notReady', 'rejected fault'] : [];
  return [...right, ...alsoRight].includes(end)
    ? []
    : [`${name} (${kind}, ${isBad ? 'bad' : 'good'}): ${end || 'did not end'}`];
}

const RATE = 0.005;
const FAULTS: FaultRates = {
  call: { refused: RATE, answerLost: RATE, diesBefore: RATE, diesAfter: RATE, slow: RATE },
  invocation: { throttled: RATE, answerLost: RATE, twice: 4 * RATE, again: 4 * RATE, slowStart: RATE, halfway: RATE },
  event: { lost: 0.1, twice: 0.1, late: 0.1 },
};
const NO_FAULTS: FaultRates = {
  call: { refused: 0, answerLost: 0, diesBefore: 0, diesAfter: 0, slow: 0 },
  invocation: { throttled: 0, answerLost: 0, twice: 0, again: 0, slowStart: 0, halfway: 0 },
  event: { lost: 0, twice: 0, late: 0 },
};

function scenarioOf(kind: Kind, index: number): Scenario {
  const isBad = kind === 'bad' || (kind === 'faulty' && index % 2 === 0);
  const quality: Quality = isBad ? { kind: 'bad', afterMs: 0, failureShare: 0.3 } : { kind: 'good' };
  const name = `shop${index}`;
  return {
    seed: SEED,
    startEpochMs: 1_700_000_040_000,
    workload: {
      name,
      cluster: { name: 'prod', namespace: 'default' },
      deployment: name,
      container: 'app',
      repositories: [{ name, tags: 'v*' }],
      router: {
        kind: 'alb',
        rules: [`arn:rule/${name}`],
        targetGroups: { blue: `arn:tg/${name}-blue`, green: `arn:tg/${name}-green` },
      },
      backgroundWork: 'none',
      connections: 'cut',
      maxDrainSeconds: 60,
    },
    plan: planOf(name),
    images: [{ tag: 'v1', digest: `sha256:${'1'.repeat(64)}`, quality }],
    stableReplicas: 4,
    podTimes: { readyMs: [2_000, 20_000], healthyMs: [1_000, 10_000] },
    draining: { connectionsSeconds: 30, clientsSeconds: 0 },
    traffic: {
      requestsPerSecond: 50,
      lateMs: [60_000, 100_000],
      growsForMs: 5_000,
      missingShare: 0,
      noiseShare: 0.3,
    },
    hookAnswers: ['passed'],
    acts: [{ atMs: 1_000, action: { kind: 'start', image: 0, by: 'bench' } }],
    faults: kind === 'faulty' ? FAULTS : NO_FAULTS,
    outages: [],
    quietAtMs: 30 * MINUTE_MS,
    eventsBefore: 0,
  };
}

const planOf = (workload: string): Scenario['plan'] => ({
  workload,
  strategy: 'canary',
  onNewImage: 'queue',
  deadlineSeconds: 7_200,
  progressDeadlineSeconds: 600,
  hold: { atMostSeconds: 1_200, then: 'rollBack' },
  windowSeconds: 60,
  metrics: [
    {
      name: 'errors',
      source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
      judge: {
        kind: 'threshold',
        failureCondition: 'result[0] > 0.05',
        failureLimit: 0,
        inconclusiveLimit: 0,
        consecutiveErrorLimit: 4,
        intervalSeconds: 60,
        initialDelaySeconds: 0,
      },
    },
  ],
  steps: [
    { kind: 'setWeight', weight: 10 },
    { kind: 'bake', seconds: 300 },
    { kind: 'setWeight', weight: 50 },
    { kind: 'bake', seconds: 300 },
    { kind: 'setWeight', weight: 100 },
  ],
  soakSeconds: 300,
  notify: [],
});

/** What the process holds once what nobody needs is gone. */
function memoryMiB(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage.rss() / MIB;
}
