import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ControlPlaneStack } from '../../infra/control-plane-stack.ts';
import { ExampleWorkloadStack } from '../../infra/example-workload-stack.ts';
import { type Figure, figureOf } from '../figure.ts';
import { type BillLine, billTable, dollarsOf, dollarText, sumOf } from './prices.ts';

/** Assumed: what is stored. A release leaves about 100 kB in the table, of which the windows go after 30 days. */
const TABLE_GB = 1;
const LOGS_GB = 1;
const HOURS_OF_A_MONTH = 730;
/** Of a call by the schedule that finds nothing to do: assumed, as in release-cost.ts. */
const CALL_SECONDS = 0.5;
const MEMORY_GB = 0.5;
const CALL_LOG_BYTES = 2_000;
/** `<function>.done` and `<function>.duration` */
const METRICS_OF_A_FUNCTION = 2;

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** What an account pays a month in which nothing is released, from the templates that `npm run synth` writes. */
export async function costAtRest(_: number, say: (line: string) => void): Promise<Figure[]> {
  const resources = [...resourcesOf(controlPlane()), ...resourcesOf(new ExampleWorkloadStack(new App(), 'Example'))];
  const lines = billAtRest(resources);
  say('At rest, a month, with one workload:\n');
  for (const line of billTable(lines)) say(line);
  say(`\nFor nothing while nothing runs: ${freeOf(resources)}.\n`);
  say('Not in the sum, and only where the functions that talk to the cluster have to be in a VPC without a way out:');
  for (const line of privateNetwork) say(`  ${line.what}: ${dollarText(dollarsOf(line))} (${line.how})`);
  return [figureOf({ name: 'at rest, a month', unit: 'dollars', values: [sumOf(lines)], limit: 5 })];
}

function controlPlane(): Stack {
  const cluster = { name: 'prod', endpoint: 'https://prod.eks.example.com', certificateAuthority: 'Q0E=' };
  // what a template says does not depend on what is in a function
  return new ControlPlaneStack(new App(), 'Sluice', { code: () => lambda.Code.fromInline('// no code'), cluster });
}

const resourcesOf = (stack: Stack): Resource[] =>
  Object.values((Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> }).Resources);

export function billAtRest(resources: readonly Resource[]): BillLine[] {
  const ofType = (type: string) => resources.filter(resource => resource.Type === type);
  const tables = ofType('AWS::DynamoDB::Table').length;
  const schedules = resources.flatMap(scheduleOf);
  const calls = schedules.map(callsAMonth).reduce((sum, each) => sum + each, 0);
  const alarms = ofType('AWS::CloudWatch::Alarm');
  return [
    {
      what: 'alarms',
      amount: alarms.map(metricsOfAlarm).reduce((sum, metrics) => sum + metrics, 0),
      price: 'alarmMetricMonth',
      how: `${alarms.length} alarms, by the metrics in them`,
    },
    {
      what: 'key',
      // a key that rotates costs once more after its first and its second rotation
      amount: ofType('AWS::KMS::Key').reduce(
        (sum, key) => sum + (key.Properties?.EnableKeyRotation === true ? 3 : 1),
        0,
      ),
      price: 'keyMonth',
      how: 'AWS::KMS::Key; three times where it rotates',
    },
    { what: 'schedule', amount: calls, price: 'scheduledCall', how: schedules.join(', ') || 'none' },
    { what: 'calls by the schedule', amount: calls, price: 'lambdaRequest', how: 'as above' },
    {
      what: 'their time',
      amount: calls * CALL_SECONDS * MEMORY_GB,
      price: 'lambdaArmGbSecond',
      how: `assumed: ${CALL_SECONDS} s each`,
    },
    { what: 'their reads', amount: calls * 4, price: 'readRequestUnit', how: 'assumed: four each' },
    { what: 'their traces', amount: calls, price: 'trace', how: 'one each' },
    { what: 'their logs', amount: (calls * CALL_LOG_BYTES) / 1e9, price: 'logGbIngested', how: 'assumed: 2 kB each' },
    {
      what: 'their metrics',
      amount: schedules.length * METRICS_OF_A_FUNCTION,
      price: 'customMetricMonth',
      how: 'done and duration of a function that is called all the time',
    },
    { what: 'table', amount: tables * TABLE_GB, price: 'tableGbMonth', how: 'assumed: 1 GB' },
    { what: 'point-in-time recovery', amount: tables * TABLE_GB, price: 'pointInTimeGbMonth', how: 'of the same' },
    { what: 'logs kept', amount: LOGS_GB, price: 'logGbMonth', how: 'assumed: 1 GB' },
  ];
}

/** An alarm on an expression is charged for each metric in it. */
function metricsOfAlarm({ Properties = {} }: Resource): number {
  const { Metrics } = Properties as { Metrics?: { MetricStat?: unknown }[] };
  return Metrics === undefined ? 1 : Metrics.filter(metric => metric.MetricStat !== undefined).length;
}

function scheduleOf({ Type, Properties = {} }: Resource): string[] {
  if (Type !== 'AWS::Events::Rule' && Type !== 'AWS::Scheduler::Schedule') return [];
  return typeof Properties.ScheduleExpression === 'string' ? [Properties.ScheduleExpression] : [];
}

/** @throws Error for an expression that is no rate */
function callsAMonth(expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const hours = { minute: 1 / 60, hour: 1, day: 24 }[unit ?? ''];
  if (hours === undefined) throw new Error(`${expression}: expected rate(<number> minutes|hours|days)`);
  return Math.round(HOURS_OF_A_MONTH / (Number(count) * hours));
}

const PAID = /::(Alarm|Key|Schedule|Table)$/;

function freeOf(resources: readonly Resource[]): string {
  const counts = new Map<string, number>();
  for (const { Type } of resources) if (!PAID.test(Type)) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');
}

const privateNetwork: BillLine[] = [
  { what: 'either a NAT gateway', amount: 1, price: 'natGatewayMonth', how: 'and its traffic' },
  {
    what: 'or interface endpoints',
    amount: 4,
    price: 'interfaceEndpointMonth',
    how: 'elasticloadbalancing and sns in two zones; the one of DynamoDB is a gateway and free',
  },
];
