import { fixedText } from '../../domain/number-text.ts';
import { type BillLine, dollarText, sumOf } from '../cost/prices.ts';
import { type Figure, figureOf } from '../figure.ts';
import { openEstate, type Pass } from './estate.ts';

const SIZES = [1, 20, 200];
/** Assumed: a call of AWS inside one region. */
const LATENCY_MS = 15;
/** In five minutes every workload has had its turn for pushes, and a twelfth of them the one for its log. */
const PASSES = 5;
const PASSES_A_MONTH = 43_800;
const MEMORY_GB = 0.5;
/** A Lambda of 512 MB has 512/1769 of a processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const LAMBDA_PROCESSORS = 512 / 1769;
/** START, END and REPORT of a call; a metric in embedded format: as in release-cost.ts. */
const PLATFORM_BYTES = 400;
const METRIC_LINE_BYTES = 450;

/**
 * Published limits, for each account and region, of what a pass calls (the smaller regions'). Of DescribeImages AWS publishes
 * none; the other rates of ECR that it does are 10 a second (PutImage) to 3,000.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const DESCRIBE_EXECUTION = { bucket: 250, perSecond: 10 };
/** Half of it is left to whoever else asks. */
const MOST_TAKEN = DESCRIBE_EXECUTION.bucket / 2;
const PASS_SECONDS = { rest: 3, open: 15 };
/** Of the reconciler alone. All open is no state in which an estate is for a month. */
const MONTH_DOLLARS = { rest: 2, some: 2.5 };

interface Measured {
  workloads: number;
  open: number;
  first: Pass;
  passes: Pass[];
}

/** Passes of the reconciler at 1, 20 and 200 workloads, with no release open, ten, and one of each: time, calls, dollars. */
export async function reconciler(_: number, say: (line: string) => void): Promise<Figure[]> {
  const all: Measured[] = [];
  for (const workloads of SIZES) {
    for (const open of new Set([0, 10, workloads])) {
      if (open <= workloads) all.push(await measure(workloads, open));
    }
  }
  say(`${LATENCY_MS} ms each call; ${PASSES} passes, one a minute, after the first of a process\n`);
  for (const line of tableOf(all)) say(line);
  say('');
  return all.flatMap(figuresOf);
}

async function measure(workloads: number, open: number): Promise<Measured> {
  const estate = await openEstate({ workloads, open }, { latencyMs: LATENCY_MS });
  const first = await estate.pass(0);
  const passes: Pass[] = [];
  for (let minute = 1; minute <= PASSES; minute += 1) passes.push(await estate.pass(minute));
  return { workloads, open, first, passes };
}

const HEAD = [
  'workloads | open | a pass takes | the first one | calls a minute: DynamoDB | ECR | Step Functions | most in a second: DynamoDB | ECR | Step Functions | read units a minute | dollars a month',
];
const SERVICES: Record<string, readonly string[]> = {
  dynamoDb: ['GetItem', 'Query', 'PutItem', 'DeleteItem'],
  ecr: ['DescribeImages', 'BatchGetImage'],
  stepFunctions: ['DescribeExecution', 'StartExecution'],
};

function tableOf(all: readonly Measured[]): string[] {
  const rows = all.map(({ workloads, open, first, passes }) => {
    const services = Object.values(SERVICES);
    const cells = [
      ...[workloads, open, secondsText(slowest(passes)), secondsText(first.wallSeconds)],
      ...services.map(operations => Math.round(mean(passes.map(pass => callsOf(pass, operations).length)))),
      ...services.map(operations => Math.max(...passes.map(pass => mostInASecond(callsOf(pass, operations))))),
      Math.round(mean(passes.map(({ readRequestUnits }) => readRequestUnits))),
      dollarText(sumOf(monthOf(passes))),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [`| ${HEAD} |`, `|${'---:|'.repeat(12)}`, ...rows];
}

function figuresOf({ workloads, open, passes }: Measured): Figure[] {
  const what = `reconciler, ${workloads} workloads, ${open} open`;
  const taken = Math.max(...passes.map(pass => mostTaken(callsOf(pass, ['DescribeExecution']), DESCRIBE_EXECUTION)));
  const dollars = sumOf(monthOf(passes));
  const isAll = open > 10;
  return [
    figureOf({
      name: `${what}: a pass`,
      unit: 'seconds',
      values: passes.map(({ wallSeconds }) => wallSeconds),
      limit: isAll ? PASS_SECONDS.open : PASS_SECONDS.rest,
    }),
    figureOf({
      name: `${what}: most taken out of the bucket of DescribeExecution`,
      unit: 'calls',
      values: [taken],
      limit: MOST_TAKEN,
    }),
    figureOf({
      name: `${what}: a month`,
      unit: 'dollars',
      values: [dollars],
      ...(!isAll && { limit: open === 0 ? MONTH_DOLLARS.rest : MONTH_DOLLARS.some }),
    }),
  ];
}

/** What a month of such passes costs: what they call, the time they take, and what they log. */
function monthOf(passes: readonly Pass[]): BillLine[] {
  const a = (of: (pass: Pass) => number) => mean(passes.map(of)) * PASSES_A_MONTH;
  const how = 'measured';
  // what waits here waits there; what computes takes longer with less of a processor
  const seconds = ({ wallSeconds, cpuSeconds }: Pass) =>
    Math.max(0, wallSeconds - cpuSeconds) + cpuSeconds / LAMBDA_PROCESSORS;
  const bytes = ({ logBytes, metricLines }: Pass) => logBytes + metricLines * METRIC_LINE_BYTES + PLATFORM_BYTES;
  return [
    { what: 'calls', amount: PASSES_A_MONTH, price: 'lambdaRequest', how },
    { what: 'schedule', amount: PASSES_A_MONTH, price: 'scheduledCall', how },
    { what: 'traces', amount: PASSES_A_MONTH, price: 'trace', how },
    { what: 'time', amount: a(seconds) * MEMORY_GB, price: 'lambdaArmGbSecond', how },
    { what: 'reads', amount: a(pass => pass.readRequestUnits), price: 'readRequestUnit', how },
    { what: 'writes', amount: a(pass => pass.writeRequestUnits), price: 'writeRequestUnit', how },
    { what: 'logs', amount: a(bytes) / 1e9, price: 'logGbIngested', how },
  ];
}

const callsOf = ({ calls }: Pass, operations: readonly string[]): number[] =>
  calls.filter(({ operation }) => operations.includes(operation)).map(({ atMs }) => atMs);

/** Of the second that begins with any of the calls. */
const mostInASecond = (atMs: readonly number[]): number =>
  Math.max(0, ...atMs.map(from => atMs.filter(at => at >= from && at < from + 1000).length));

/** The most that is missing in a bucket that is full before the first call. */
function mostTaken(atMs: readonly number[], { perSecond }: { perSecond: number }): number {
  let [taken, most, lastMs] = [0, 0, atMs[0] ?? 0];
  for (const at of atMs) {
    taken = Math.max(0, taken - ((at - lastMs) * perSecond) / 1000) + 1;
    lastMs = at;
    most = Math.max(most, taken);
  }
  return most;
}

const slowest = (passes: readonly Pass[]): number => Math.max(...passes.map(({ wallSeconds }) => wallSeconds));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const secondsText = (seconds: number): string => `${fixedText(seconds, 2)} s`;
