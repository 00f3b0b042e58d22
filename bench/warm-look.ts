import { fakeAlarms } from '../adapters/alarms/fake-alarms.ts';
import { fakeHooks } from '../adapters/hooks/fake-hooks.ts';
import { type FakeLedger, fakeLedger } from '../adapters/ledger/fake-ledger.ts';
import { linesLog, linesMeter } from '../adapters/log/lines-log.ts';
import { fakeSource } from '../adapters/metrics/fake-source.ts';
import { fakeNotifier } from '../adapters/notifier/fake-notifier.ts';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import { fakeRouter } from '../adapters/router/fake-router.ts';
import { fakeTargets } from '../adapters/router/fake-targets.ts';
import { dialFor } from '../domain/dial.ts';
import type { Fact } from '../domain/ledger/facts.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { WorkloadOf } from '../domain/workload.ts';
import { makeHandler } from '../functions/look.ts';
import { type Figure, figureOf, rounded } from './figure.ts';

const WINDOWS = 120;
export const WINDOW_MS = 60_000;
const LOOKS = 200;
const WARM_UP = 50;
export const START = 1_700_000_040_000; // a whole minute

const PLAN = `
apiVersion: sluice/v1
kind: Plan
workload: shop
strategy: canary
deadline: 6h
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: JUDGE
steps:
  - setWeight: 10
  - bake: 4h
  - setWeight: 100
`;

/** The judge by default, which reads all windows at each look, and the one that only counts. */
const JUDGES = {
  sequential: '{ kind: sequential, ceiling: 5% }',
  threshold: "{ kind: threshold, failureCondition: 'result[0] > 0.05' }",
};

/**
 * The real handler of Look two hours into a bake, 120 windows stored and frozen, over ports in memory that answer at once:
 * what Look itself takes, without the network.
 */
export async function warmLook(_: number, say: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [judge, text] of Object.entries(JUDGES)) {
    const parsed = parsePlan(PLAN.replace('JUDGE', text), 'bench');
    if (parsed.kind === 'mistakes') throw new Error(JSON.stringify(parsed.mistakes));
    const values = await looksMs(parsed.plan);
    figures.push(
      figureOf({ name: `warm Look over ${WINDOWS} windows, ${judge} judge`, unit: 'ms', values, limit: 15 }),
    );
  }
  say(`  ${LOOKS} looks each, after ${WARM_UP} that are not counted`);
  return figures;
}

/** A ledger with the release, at 10 % since START. */
export async function recordRelease(ledger: FakeLedger, plan: Plan): Promise<void> {
  for (const fact of factsOf(plan)) {
    const state = await ledger.read('shop');
    await ledger.append('shop', state, { releaseId: 'shop-1', atEpochMs: START, by: 'bench', fact });
  }
}

async function looksMs(plan: Plan): Promise<number[]> {
  const ledger = fakeLedger();
  await recordRelease(ledger, plan);
  for (let index = 0; index < WINDOWS; index += 1) {
    const startEpochMs = START + index * WINDOW_MS;
    await ledger.putWindow('shop-1', {
      metric: 'errors',
      startEpochMs,
      endEpochMs: startEpochMs + WINDOW_MS,
      reading: {
        kind: 'counts',
        canary: { requests: 600 + index, bad: [index % 3] },
        stable: { requests: 5_400 + index, bad: [10 + (index % 7)] },
      },
      readAtEpochMs: startEpochMs + 160_000,
      frozenAtEpochMs: startEpochMs + 160_000,
      straddles: false,
    });
  }
  return timedLooks(ledger, START + WINDOWS * WINDOW_MS + 200_000, LOOKS);
}

/** So many looks at that moment, in milliseconds each, after some that are not counted. */
export async function timedLooks(ledger: FakeLedger, nowEpochMs: number, looks: number): Promise<number[]> {
  const clock = { now: () => nowEpochMs };
  const router = fakeRouter(workload);
  await router.setDial(workload, dialFor('green', 10));
  const targets = fakeTargets();
  targets.counts.green.healthy = 4;
  const look = makeHandler({
    clock,
    log: linesLog(() => {}, clock),
    meter: linesMeter(() => {}, clock),
    ledger,
    router,
    targets,
    metrics: fakeSource(),
    hooks: fakeHooks(),
    alarms: fakeAlarms(),
    notifier: fakeNotifier(),
    topicArn: 'arn:topic',
  });
  const values: number[] = [];
  for (let index = -Math.min(WARM_UP, looks); index < looks; index += 1) {
    const before = performance.now();
    const move = await look({ releaseId: 'shop-1', run: 1 });
    if (move.kind !== 'lookAgain') throw new Error(`not a look to measure: ${JSON.stringify(move)}`);
    if (index >= 0) values.push(rounded(performance.now() - before));
  }
  return values;
}

const workload: WorkloadOf<'alb'> = {
  name: 'shop',
  cluster: { name: 'prod', namespace: 'default' },
  deployment: 'shop',
  container: 'app',
  repositories: [{ name: 'shop', tags: '*' }],
  router: { kind: 'alb', rules: ['arn:rule'], targetGroups: { blue: 'arn:blue', green: 'arn:green' } },
  backgroundWork: 'none',
  connections: 'cut',
  maxDrainSeconds: 900,
};

/** At 10 % since START, in the bake that follows. */
const factsOf = (plan: Plan): Fact[] => [
  {
    kind: 'requested',
    images: {
      app: {
        repository: 'shop',
        reference: 'v2',
        digest: 'sha256:2',
        uri: 'registry/shop@sha256:2',
        pushedAtEpochMs: START,
      },
    },
    plan,
    workload,
  },
  { kind: 'runClaimed', run: 1 },
  {
    kind: 'admitted',
    admission: {
      stable: 'blue',
      canary: 'green',
      revision: 'new',
      stableRevision: 'old',
      stableReplicas: 4,
      deadlineEpochMs: START + plan.deadlineSeconds * 1000,
      propagationSeconds: 30,
      draining: { connectionsSeconds: 30, clientsSeconds: 0 },
      wayBack: { kind: 'alb', stable: 'blue', rules: [] },
    },
  },
  { kind: 'stepStarted', index: 0 },
  { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 10 },
  { kind: 'slotSeen', slot: 'green', desired: 4, available: 4, ready: true },
  { kind: 'readied', weight: 10 },
  { kind: 'shiftIntended', from: dialFor('green', 0), to: dialFor('green', 10), weight: 10 },
  { kind: 'shiftConfirmed', dial: dialFor('green', 10), weight: 10 },
  { kind: 'stepStarted', index: 1 },
];
