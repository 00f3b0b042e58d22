import { readFile } from 'node:fs/promises';
import { stepFunctionsExecutions } from '../../adapters/executions/step-functions-executions.ts';
import { ecrRegistry } from '../../adapters/images/ecr-registry.ts';
import { dynamoDbLedger } from '../../adapters/ledger/dynamodb-ledger.ts';
import type { NewLine } from '../../adapters/ledger/ledger.ts';
import { linesLog, linesMeter } from '../../adapters/log/lines-log.ts';
import { fakeNotifier } from '../../adapters/notifier/fake-notifier.ts';
import { parsePlan, parseWorkload } from '../../adapters/plan-file/read-plan.ts';
import { dynamoDbWorkloads } from '../../adapters/workloads/dynamodb-workloads.ts';
import type { Entry, Fact, ReleaseImage } from '../../domain/ledger/facts.ts';
import { emptyState, type WorkloadState } from '../../domain/ledger/state.ts';
import { LEDGER_VERSION } from '../../domain/ledger/versions.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Workload } from '../../domain/workload.ts';
import { makeHandler } from '../../functions/reconcile.ts';
import { type Asked, MemoryAws } from './memory-aws.ts';

const HOUR_MS = 3_600_000;
const START_EPOCH_MS = 1_800_000_000_000;
/** As many as a snapshot keeps; what follows it is written line by line, to the end of the next release. */
const RELEASES_BEFORE = 12;
const SNAPSHOT_EVERY = 50;
/** Of the recorded release: it bakes at its first weight. */
const LINES_OF_OPEN = 14;
/** One page of DescribeImages. */
const IMAGES_OF_REPOSITORY = 300;

/** A pass as it was measured. */
export interface Pass extends Asked {
  wallSeconds: number;
  cpuSeconds: number;
  logBytes: number;
  metricLines: number;
}

/** So many workloads with a year's releases behind them, of which so many have one open, and their reconciler. */
export interface Estate {
  /** The pass of the nth minute. @throws Error it failed */
  pass(minute: number): Promise<Pass>;
}

/** The name of the workload whose log the others get as their snapshot. */
const FIRST = 'first-of-all';

export async function openEstate(
  size: { workloads: number; open: number },
  { latencyMs }: { latencyMs: number },
): Promise<Estate> {
  const recorded = { plan: await examplePlan(), workload: await exampleWorkload(), facts: await recordedFacts() };
  const aws = new MemoryAws();
  const clock = { epochMs: START_EPOCH_MS, sinceMs: Number.NaN, now: () => clock.epochMs + passedMs() };
  const passedMs = () => (Number.isNaN(clock.sinceMs) ? 0 : performance.now() - clock.sinceMs);
  const table = { client: aws.client<never>(), table: 'sluice' };
  const ledger = dynamoDbLedger({ ...table, clock });
  const workloads = dynamoDbWorkloads(table);
  const write = async (name: string, from: WorkloadState, lines: { from: number; to: number }) => {
    let state = from;
    for (let line = lines.from; line < lines.to; line += 1) {
      state = await ledger.append(name, state, lineOf(recorded, name, line));
    }
    return state;
  };

  const perRelease = recorded.facts.length;
  const atSnapshot = Math.ceil((RELEASES_BEFORE * perRelease) / SNAPSHOT_EVERY) * SNAPSHOT_EVERY;
  const atRest = Math.ceil(atSnapshot / perRelease) * perRelease;
  const first = await write(FIRST, emptyState(), { from: 0, to: atSnapshot });
  for (const mark of await ledger.listOpen()) await ledger.unmarkOpen(mark);
  for (let index = 0; index < size.workloads; index += 1) {
    const name = `workload-${String(index).padStart(3, '0')}`;
    const { workload, plan } = named(recorded, name);
    await workloads.register({ workload, plan, registeredAtEpochMs: START_EPOCH_MS - 1_000 * HOUR_MS });
    const past: WorkloadState = JSON.parse(JSON.stringify(first).replaceAll(FIRST, name));
    aws.seed(`workload#${name}`, `snapshot#${LEDGER_VERSION}`, { state: { S: JSON.stringify(past) } });
    const lines = index < size.open ? atRest + LINES_OF_OPEN : atRest;
    await write(name, past, { from: atSnapshot, to: lines });
  }
  aws.imagesOf = repository => imagesOf(repository);
  aws.latencyMs = latencyMs;
  aws.take();

  let [logBytes, metricLines] = [0, 0];
  const hearLog = (line: string) => {
    logBytes += Buffer.byteLength(line);
  };
  const hearMetric = () => {
    metricLines += 1;
  };
  const handler = makeHandler({
    clock,
    log: linesLog(hearLog, clock, { service: 'sluice' }),
    meter: linesMeter(hearMetric, clock),
    ledger,
    workloads,
    images: ecrRegistry(() => aws.client()),
    executions: stepFunctionsExecutions(aws.client(), {
      release: 'arn:aws:states:eu-west-1:123456789012:stateMachine:sluice-release',
      rollBack: 'arn:aws:states:eu-west-1:123456789012:stateMachine:sluice-roll-back',
    }),
    notifier: fakeNotifier(),
    topicArn: 'arn:topic',
  });
  return {
    async pass(minute) {
      [logBytes, metricLines] = [0, 0];
      clock.epochMs = START_EPOCH_MS + minute * 60_000;
      clock.sinceMs = performance.now();
      const cpu = process.cpuUsage();
      await handler({ 'detail-type': 'Scheduled Event' });
      const { user, system } = process.cpuUsage(cpu);
      const wallSeconds = (performance.now() - clock.sinceMs) / 1000;
      return { ...aws.take(), wallSeconds, cpuSeconds: (user + system) / 1e6, logBytes, metricLines };
    },
  };
}

interface Recorded {
  plan: Plan;
  workload: Workload;
  facts: Fact[];
}

const named = ({ plan, workload }: Recorded, name: string): { plan: Plan; workload: Workload } => ({
  plan: { ...plan, workload: name },
  workload: { ...workload, name, repositories: [{ name, tags: 'v*' }] },
});

/** Releases that follow each other; the last line of all is a minute old. */
function lineOf(recorded: Recorded, name: string, line: number): NewLine {
  const number = Math.floor(line / recorded.facts.length) + 1;
  const fact = recorded.facts[line % recorded.facts.length];
  if (fact === undefined) throw new RangeError(`no fact of line ${line}`);
  const releaseId = `${name}-${number}`;
  const atEpochMs = START_EPOCH_MS - 60_000;
  return { releaseId, atEpochMs, by: `${releaseId} run 1`, fact: factOf(fact, named(recorded, name), number) };
}

function factOf(fact: Fact, own: { plan: Plan; workload: Workload }, number: number): Fact {
  if (fact.kind === 'requested') {
    const image = { ...Object.values(fact.images)[0], ...imageOf(own.workload.name, number) };
    return { ...fact, ...own, images: { [own.workload.container]: image as ReleaseImage } };
  }
  if (fact.kind !== 'admitted') return fact;
  return { ...fact, admission: { ...fact.admission, deadlineEpochMs: START_EPOCH_MS + 2 * HOUR_MS } };
}

const digestOf = (number: number): string => `sha256:${String(number).padStart(64, '0')}`;
const pushedAt = (number: number): number => START_EPOCH_MS - (500 - number) * HOUR_MS;
const imageOf = (repository: string, number: number) => ({
  repository,
  reference: `v${number}`,
  digest: digestOf(number),
  pushedAtEpochMs: pushedAt(number),
});

/** The newest is the one that was released last. */
const imagesOf = (_: string) =>
  Array.from({ length: IMAGES_OF_REPOSITORY }, (__, index) => RELEASES_BEFORE - index).map(number => ({
    imageDigest: digestOf(Math.abs(number) + (number <= 0 ? 1_000 : 0)),
    imageTags: [`v${number}`],
    imagePushedAt: new Date(pushedAt(number)),
  }));

const root = new URL('../../', import.meta.url);
const textOf = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');

async function examplePlan(): Promise<Plan> {
  const parsed = parsePlan(await textOf('examples/canary.yaml'), 'canary.yaml');
  if (parsed.kind === 'mistakes') throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.plan;
}

async function exampleWorkload(): Promise<Workload> {
  const parsed = parseWorkload(await textOf('examples/workload.yaml'), 'workload.yaml');
  if (parsed.kind === 'mistakes') throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.workload;
}

/** Of a release of the lab from its request to its end. */
async function recordedFacts(): Promise<Fact[]> {
  const { entries } = JSON.parse(await textOf('test/replays/recorded/promoted.json')) as { entries: Entry[] };
  return entries.map(({ fact }) => fact);
}
