import { parsePlan } from '../../adapters/plan-file/read-plan.ts';
import { serverProgram } from '../../lab/demo/releases.ts';
import { openLab } from '../../lab/lab.ts';
import { startLoad } from '../../lab/load/load.ts';
import { watchRelease } from '../../lab/watch-release.ts';
import { addWorkload, pushImage } from '../../lab/workload.ts';
import { type Figure, figureOf } from '../figure.ts';
import { type CalledAws, countCalls } from './count-calls.ts';
import { type BillLine, billTable, HOURS_OF_A_MONTH, sumOf } from './prices.ts';

/**
 * A minute takes two seconds. What a handler takes on the wall is 30 times as long on the lab's clock, about 3 s of the 10 s
 * between two looks at the most, so that AWS sees up to a third more looks while a window waits to freeze.
 */
const COMPRESS = 30;
const REQUESTS_PER_SECOND = 100;
const PUBLISHING = { lateSeconds: 90, growsForSeconds: 10, growFrom: 0.8 };
const WITHIN_MS = 300_000;

/** Ten steps over thirty minutes, three metrics, and a soak of five minutes after them. */
const PLAN = `
apiVersion: sluice/v1
kind: Plan
workload: priced
strategy: canary
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: threshold, failureCondition: 'result[0] > 0.05' }
  - name: slow
    source: { kind: cloudwatch, bad: { slowerThan: [300ms, 1s] } }
    judge: { kind: threshold, failureCondition: 'result[0] > 0.5' }
  - name: p99
    source: { kind: cloudwatch, value: { percentile: 99 } }
    judge: { kind: relative, max: 50, failureLimit: 30 }
steps:
  - setWeight: 5
  - bake: 6m
  - setWeight: 20
  - bake: 6m
  - setWeight: 40
  - bake: 6m
  - setWeight: 70
  - bake: 6m
  - setWeight: 100
  - bake: 6m
soak: 5m
notify: [{ kind: sns, on: [started, promoted, rolledBack] }]
`;

/** Of the workload: read at every look, in one request. */
const ALARM = 'priced-slo';

/** Assumed, because no Lambda ran: a warm call with its round trips inside one region, and a cold start's own time. */
const CALL_SECONDS = 0.3;
const COLD_START_SECONDS = 0.6;
const MEMORY_GB = 0.5;
/** START, END and REPORT of a call; a metric in embedded format; an event of an execution's log without its data. */
const PLATFORM_BYTES = 400;
const METRIC_LINE_BYTES = 450;
const HISTORY_EVENT_BYTES = 450;
/** Of the AWS Load Balancer Controller, which runs with us here. */
const CONTROLLERS_CALLS = ['RegisterTargets', 'DeregisterTargets'];
/** A release of half an hour and its drain touch two hours of the clock, and metrics are counted by the hour. */
const HOURS_TOUCHED = 2;

export async function releaseCost(_: number, say: (line: string) => void): Promise<Figure[]> {
  const counted = await countRelease();
  const lines = billOf(counted);
  const { transitions, functionCalls, aws } = counted;
  const requests = [...aws.calls.values()].reduce((sum, calls) => sum + calls, 0);
  say(`A release of ten steps over thirty minutes: ${transitions} transitions, ${requests} requests to AWS:`);
  say(
    `  ${[...aws.calls]
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, calls]) => `${name} ${calls}`)
      .join(', ')}`,
  );
  say(`  functions: ${[...functionCalls].map(([name, calls]) => `${name} ${calls}`).join(', ')}\n`);
  for (const line of billTable(lines)) say(line);
  return [
    figureOf({
      name: 'transitions of a release of ten steps over 30 minutes',
      unit: 'transitions',
      values: [transitions],
    }),
    figureOf({ name: 'requests to AWS of that release', unit: 'requests', values: [requests] }),
    figureOf({ name: 'price of that release', unit: 'dollars', values: [sumOf(lines)], limit: 0.1 }),
  ];
}

interface Counted {
  transitions: number;
  historyEvents: number;
  functionCalls: Map<string, number>;
  logBytes: number;
  metricLines: number;
  metricNames: Set<string>;
  aws: CalledAws;
}

async function countRelease(): Promise<Counted> {
  const parsed = parsePlan(PLAN, 'bench');
  if (parsed.kind === 'mistakes') throw new Error(JSON.stringify(parsed.mistakes));
  let [logBytes, metricLines, counting] = [0, 0, false];
  const metricNames = new Set<string>();
  const sink = (line: string) => {
    if (!counting) return;
    const { level, name } = JSON.parse(line) as { level: string; name?: string };
    if (level !== 'metric') logBytes += Buffer.byteLength(line);
    else {
      metricLines += 1;
      metricNames.add(String(name));
    }
  };
  const lab = await openLab({ compress: COMPRESS, publishing: PUBLISHING, sink });
  try {
    const stable = serverProgram('v1', []);
    lab.alarms.set(ALARM, 'OK');
    const spec = { name: 'priced', plan: parsed.plan, stable, replicas: 2, readyPath: '/ready', alarms: [ALARM] };
    await addWorkload(lab, spec);
    pushImage(lab, 'priced', 'v2', serverProgram('v2', []));
    const load = await startLoad({ url: lab.edge.url, requestsPerSecond: REQUESTS_PER_SECOND });
    const counter = countCalls();
    counting = true;
    try {
      const ended = watchRelease(lab, { workload: 'priced', signal: AbortSignal.timeout(WITHIN_MS) });
      await lab.invoke('start', { workload: 'priced', image: 'v2', by: 'bench' });
      const closed = (await ended).lines.at(-1)?.fact;
      if (closed?.kind !== 'closed' || closed.outcome !== 'promoted') throw new Error(JSON.stringify(closed));
    } finally {
      counting = false;
      await load.stop();
    }
    const aws = counter.stop();
    for (const others of CONTROLLERS_CALLS) aws.calls.delete(others);
    const machineArn = String(lab.env.RELEASE_MACHINE_ARN);
    const executions = lab.host.listExecutions(machineArn);
    const events = executions.flatMap(({ executionArn }) => [...lab.host.executionHistory(executionArn)]);
    const functionCalls = new Map<string, number>([['start', 1]]);
    for (const { type, details } of events) {
      if (type !== 'TaskScheduled') continue;
      const name = String(details.resource).replace(/^.*:function:([^:]+).*$/, '$1');
      functionCalls.set(name, (functionCalls.get(name) ?? 0) + 1);
    }
    // each retry is a transition more: a state that was tried three times was scheduled three times and entered once
    const entered = events.filter(({ type }) => type.endsWith('StateEntered')).length;
    const tries = events.filter(({ type }) => type === 'TaskScheduled').length;
    const tasks = events.filter(({ type }) => type === 'TaskStateEntered').length;
    const transitions = entered + tries - tasks;
    return { transitions, historyEvents: events.length, functionCalls, logBytes, metricLines, metricNames, aws };
  } finally {
    await lab.close();
  }
}

function billOf(counted: Counted): BillLine[] {
  const { transitions, historyEvents, functionCalls, logBytes, metricLines, metricNames, aws } = counted;
  const calls = [...functionCalls.values()].reduce((sum, each) => sum + each, 0);
  const gbSeconds = MEMORY_GB * (calls * CALL_SECONDS + functionCalls.size * COLD_START_SECONDS);
  const bytes =
    logBytes + metricLines * METRIC_LINE_BYTES + calls * PLATFORM_BYTES + historyEvents * HISTORY_EVENT_BYTES;
  const notices = aws.calls.get('Publish') ?? 0;
  return [
    { what: 'state transitions', amount: transitions, price: 'stateTransition', how: 'entered states and retries' },
    { what: 'function calls', amount: calls, price: 'lambdaRequest', how: 'tasks of the executions, and start' },
    {
      what: 'function time',
      amount: gbSeconds,
      price: 'lambdaArmGbSecond',
      how: `assumed: ${CALL_SECONDS} s a call, ${COLD_START_SECONDS} s for each cold start, ${MEMORY_GB * 1024} MB`,
    },
    {
      what: 'writes',
      amount: aws.writeRequestUnits,
      price: 'writeRequestUnit',
      how: 'PutItem, by the size of its body',
    },
    {
      what: 'reads',
      amount: aws.readRequestUnits,
      price: 'readRequestUnit',
      how: 'GetItem and Query, by their answers',
    },
    { what: 'metrics read', amount: aws.metricsRead, price: 'metricRead', how: 'in the requests of GetMetricData' },
    {
      what: 'alarms read',
      amount: aws.calls.get('DescribeAlarms') ?? 0,
      price: 'cloudWatchRequest',
      how: 'DescribeAlarms, of a workload that names one',
    },
    {
      what: 'metrics of our own',
      amount: (metricNames.size * HOURS_TOUCHED) / HOURS_OF_A_MONTH,
      price: 'customMetricMonth',
      how: `${metricNames.size} metrics in ${HOURS_TOUCHED} hours`,
    },
    {
      what: 'logs',
      amount: bytes / 1e9,
      price: 'logGbIngested',
      how: `${Math.round(bytes / 1e3)} kB: our lines counted; those of Lambda, of metrics and of Step Functions at 400 to 450 bytes`,
    },
    { what: 'traces', amount: calls + 1, price: 'trace', how: 'at most one for each call and execution' },
    { what: 'notices', amount: notices, price: 'notice', how: 'Publish' },
    { what: 'notices encrypted', amount: notices * 2, price: 'keyRequest', how: 'two requests for each at the most' },
  ];
}
