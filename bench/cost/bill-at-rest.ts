import { type BillLine, HOURS_OF_A_MONTH } from './prices.ts';

/** Assumed: what is stored. A release leaves about 100 kB in the table, of which the windows go after 30 days. */
const TABLE_GB = 1;
const LOGS_GB = 1;
/** Of a call by the schedule that finds nothing to do: assumed, as in release-cost.ts. */
const CALL_SECONDS = 0.5;
const MEMORY_GB = 0.5;
const CALL_LOG_BYTES = 2_000;
/** `<function>.done` and `<function>.duration` */
const METRICS_OF_A_FUNCTION = 2;

/** Of a synthesised template. */
export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** What these resources cost a month in which nothing is released. @throws Error for a schedule that is no rate */
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
