import { fakeAlarms } from '../../adapters/alarms/fake-alarms.ts';
import type { Template } from '../../adapters/cluster/cluster.ts';
import { fakeCluster } from '../../adapters/cluster/fake-cluster.ts';
import { fakeExecutions } from '../../adapters/executions/fake-executions.ts';
import { fakeHooks } from '../../adapters/hooks/fake-hooks.ts';
import { fakeRegistry } from '../../adapters/images/fake-registry.ts';
import { type FakeLedger, fakeLedger } from '../../adapters/ledger/fake-ledger.ts';
import type { NewLine } from '../../adapters/ledger/ledger.ts';
import { linesLog, linesMeter } from '../../adapters/log/lines-log.ts';
import { fakeSource } from '../../adapters/metrics/fake-source.ts';
import { fakeNotifier } from '../../adapters/notifier/fake-notifier.ts';
import { fakeRouter } from '../../adapters/router/fake-router.ts';
import { fakeTargets } from '../../adapters/router/fake-targets.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { fakeSleepers } from '../../adapters/sleepers/fake-sleepers.ts';
import { fakeWorkloads } from '../../adapters/workloads/fake-workloads.ts';
import type { Entry, Fact } from '../../domain/ledger/facts.ts';
import { fold } from '../../domain/ledger/fold.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { type AllDeps, makeHandlers } from '../../functions/lambda/handlers.ts';
import { admissionOf, at, imageOf, type Line, NOON, planOf, requested, shop } from '../support/ledger-lines.ts';

/** The team's own Deployment. */
export const template: Template = {
  podTemplate: { spec: { containers: [{ name: 'app', image: 'shop:latest', ports: [{ containerPort: 8080 }] }] } },
  configMaps: {},
  minReadySeconds: 0,
  containers: ['app'],
  replicas: 0,
};

/** A ledger in which somebody else can be quicker. */
interface RacingLedger extends FakeLedger {
  /** Written just before the next append of anyone else. */
  quicker: NewLine | undefined;
  /** As functions of a newer version would, which know the line. What reads it here does not. */
  appendOfNewer(workload: string, after: WorkloadState, line: object): Promise<void>;
}

function racingLedger(): RacingLedger {
  const kept = fakeLedger();
  const newer = new Map<string, Entry>();
  const own: Pick<RacingLedger, 'quicker' | 'appendOfNewer' | 'read' | 'append'> = {
    quicker: undefined,
    async appendOfNewer(workload, after, line) {
      newer.set(workload, { ...line, seq: after.seq + 1, previousHash: after.lastHash } as Entry);
    },
    async read(workload) {
      const entry = newer.get(workload);
      const state = await kept.read.call(racing, workload);
      return entry === undefined ? state : fold(state, entry, sha256);
    },
    async append(workload, after, line) {
      const { quicker } = racing;
      racing.quicker = undefined;
      if (quicker !== undefined) await kept.append.call(racing, workload, await racing.read(workload), quicker);
      return kept.append.call(racing, workload, after, line);
    },
  };
  // all else is the kept one's, and what a test puts in a method's place is what that one calls
  const racing: RacingLedger = Object.assign(Object.create(kept) as FakeLedger, own);
  return racing;
}

/**
 * Every handler on fakes, with a clock that stands still: blue is live with 4 replicas of revision `old`.
 * @param isNew nothing is live: the dial is at blue, which was never written
 */
export async function openFakes(plan: Partial<Plan> = {}, { isNew = false } = {}) {
  const clock = { epochMs: at(0), now: () => clock.epochMs };
  const lines: Record<string, unknown>[] = [];
  const sink = (line: string) => void lines.push(JSON.parse(line));
  const ledger = racingLedger();
  const workloads = fakeWorkloads();
  const router = fakeRouter(shop);
  const targets = fakeTargets();
  const cluster = fakeCluster();
  const images = fakeRegistry();
  const executions = fakeExecutions(clock);
  const notifier = fakeNotifier();
  const hooks = fakeHooks();
  const metrics = fakeSource();
  const alarms = fakeAlarms();
  const pauses: number[] = [];
  const sleepers = fakeSleepers();
  const deps: AllDeps = {
    clock,
    log: linesLog(sink, clock),
    meter: linesMeter(() => {}, clock),
    ledger,
    workloads,
    router,
    targets,
    cluster,
    images,
    executions,
    notifier,
    topicArn: 'arn:topic/control-plane',
    machineArns: { release: 'arn:stateMachine:release', rollBack: 'arn:stateMachine:roll-back' },
    hooks,
    metrics,
    alarms,
    sleepers,
    propagationSeconds: 30,
    pause: async (ms: number) => void pauses.push(ms),
    controlPlane: 'sluice',
    clusters: ['prod'],
    ownRegistry: { account: '123456789012', region: 'eu-west-1' },
  };
  const functions = makeHandlers(deps);
  const registeredPlan = planOf(plan);

  cluster.putTemplate(shop, template);
  if (!isNew) {
    await cluster.writeSlot(shop, 'blue', { revision: 'old', images: { app: imageOf('1').uri }, template }, 0);
    await cluster.scaleSlot(shop, 'blue', 4, 0);
    targets.counts.blue.healthy = 4;
  }
  for (const digit of ['1', '2', '3', '4']) {
    images.push({ repository: 'shop', tag: `v${digit}`, digest: imageOf(digit).digest, atEpochMs: NOON - 60_000 });
  }
  await workloads.register({ workload: shop, plan: registeredPlan, registeredAtEpochMs: NOON });

  return {
    deps,
    clock,
    /** What was logged, oldest first. */
    lines,
    ledger,
    workloads,
    router,
    targets,
    cluster,
    images,
    executions,
    notifier,
    hooks,
    metrics,
    alarms,
    sleepers,
    /** What handlers waited by themselves, in milliseconds. */
    pauses,
    run(name: string, input: unknown): Promise<unknown> {
      const found = functions[name];
      if (found === undefined) throw new Error(`there is no handler ${name}`);
      return found(input);
    },
    /** Lets time pass, until so many seconds after NOON. */
    wait(seconds: number): void {
      clock.epochMs = at(seconds);
    },
    /** What happened before the test: lines of the ledger, by the clock's instants of their own. */
    async tell(...ledgerLines: Line[]): Promise<void> {
      for (const [seconds, fact, { releaseId = 'shop-1', by = 'ann' } = {}] of ledgerLines) {
        const state = await ledger.read('shop');
        await ledger.append('shop', state, { releaseId, atEpochMs: at(seconds), by, fact });
      }
    },
    /** shop-1 requested, its first execution started, and admitted with the way back that the router plans. */
    async admitted(...ledgerLines: Line[]): Promise<void> {
      await this.tell(
        [0, requested({ plan: registeredPlan })],
        [0, { kind: 'runClaimed', run: 1 }],
        [0, { kind: 'admitted', admission: admissionOf({ wayBack: await router.planWayBack(shop, 'blue') }) }],
        ...ledgerLines,
      );
      await executions.start('release', 'shop-1-1', { releaseId: 'shop-1', run: 1 });
    },
    /** The canary is written into green, with so many replicas that are healthy. */
    async canary(replicas: number): Promise<void> {
      const { seq } = await ledger.read('shop');
      await cluster.writeSlot(shop, 'green', { revision: 'new', images: { app: imageOf('2').uri }, template }, seq);
      await cluster.scaleSlot(shop, 'green', replicas, seq);
      targets.counts.green.healthy = replicas;
    },
    async facts(): Promise<Fact[]> {
      return (await ledger.entries('shop')).map(entry => entry.fact);
    },
    async kinds(): Promise<string[]> {
      return (await this.facts()).map(fact => fact.kind);
    },
    /** All that a handler can change. */
    async everything() {
      return structuredClone({
        entries: await ledger.entries('shop'),
        open: await ledger.listOpen(),
        windows: await ledger.windows('shop-1'),
        token: await ledger.readToken('shop-1'),
        rules: [...router.rules],
        targets: targets.counts,
        blue: await cluster.readSlot(shop, 'blue'),
        green: await cluster.readSlot(shop, 'green'),
        executions: executions.started,
        answers: executions.answers,
        notices: notifier.notices,
        calls: hooks.calls,
      });
    },
  };
}
export type Fakes = Awaited<ReturnType<typeof openFakes>>;

/** An error that AWS would know by this name. */
export const named = (name: string, message: RegExp = /./) => ({
  name,
  message: { asymmetricMatch: (text: string) => message.test(text) },
});
