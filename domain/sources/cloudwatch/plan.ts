import type * as z from 'zod';
import { latencySecondsOf } from '../../file/checked-units.ts';
import type { Draft } from '../../file/draft.ts';
import { isResponseTime } from '../../routers/request-metrics-registry.ts';
import type { SourcePlanKind, TemplateText } from '../source-plan-kind.ts';
import { DIMENSION_VARIABLES, TEMPLATE_VARIABLES } from '../template.ts';
import { cloudwatchCaveats } from './caveats.ts';
import { type CloudWatchMeasure, cloudwatchFacts } from './facts.ts';
import { cloudwatchSchema } from './schema.ts';

type Source = Draft<z.input<typeof cloudwatchSchema>>;

const EVERY_METRIC = 'CloudWatch has no permission by resource for reading metrics';
const EVERY_ALARM =
  'CloudWatch describes composite alarms, and what became of them, only to those who may describe every alarm; it reads and changes nothing';

export const cloudwatch = {
  facts: cloudwatchFacts,
  title: 'CloudWatch',
  schema: cloudwatchSchema,
  groups: [
    { keys: ['bad'], gives: ['counts'], ofRouter: true },
    { keys: ['value'], gives: ['value'], isTime: true, ofRouter: true },
    // a value of each version or, for the judge of bands, of the canary beside the band
    { keys: ['metric'], gives: ['value', 'band'] },
    { keys: ['alarm'], gives: ['alarm'] },
  ],
  templates: ({ alarm, metric }) => [
    ...(alarm === undefined ? [] : [{ path: ['alarm'], text: alarm, known: TEMPLATE_VARIABLES }]),
    ...Object.entries(metric?.dimensions ?? {}).flatMap(([key, text]): TemplateText[] =>
      text === undefined ? [] : [{ path: ['metric', 'dimensions', key], text, known: DIMENSION_VARIABLES }],
    ),
  ],
  compared: ({ metric }, byValue) =>
    metric === undefined || !byValue
      ? []
      : [
          {
            path: ['metric', 'dimensions'],
            texts: Object.values(metric.dimensions ?? {}).flatMap(text => text ?? []),
            known: DIMENSION_VARIABLES,
          },
        ],
  timeUnit: ({ value, metric }) => {
    const { namespace, name, stat = '' } = metric ?? {};
    return value !== undefined || (isResponseTime(namespace, name) && !/^(?:SampleCount|Sum|PR|TC)/i.test(stat))
      ? 'seconds'
      : undefined;
  },
  latencies: ({ bad }: Source) =>
    typeof bad === 'object' ? (bad.slowerThan ?? []).map((text, index) => [['bad', 'slowerThan', index], text]) : [],
  measureOf: ({ bad, value, metric, alarm }, bandWidth) => {
    if (value !== undefined) return { kind: 'percentile', percentile: value.percentile };
    if (alarm !== undefined) return { kind: 'alarm', alarm };
    if (metric !== undefined) {
      return bandWidth === undefined ? { kind: 'metricValue', metric } : { kind: 'band', metric, width: bandWidth };
    }
    if (bad === undefined) throw new Error('a source that measures nothing passed the checks');
    if (typeof bad === 'string') return { kind: bad };
    return { kind: 'slowerThan', thresholdsSeconds: bad.slowerThan.map(latencySecondsOf) };
  },
  period: {
    seconds: 60,
    inWords: 'whole minutes',
    because: "CloudWatch keeps the load balancer's metrics by the minute",
  },
  // points arrive 1 to 3 minutes after the minute, and a window is judged once two reads agree (docs/design.md)
  verdictSeconds: { earliest: 120, latest: 240 },
  caveats: cloudwatchCaveats,
  permissions: [
    { actions: ['cloudwatch:GetMetricData'], on: { all: true }, because: EVERY_METRIC },
    {
      actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'],
      on: { all: true },
      because: EVERY_ALARM,
    },
  ],
  keepsPast: true,
  usualMeasure: { kind: 'failedRequests' },
} as const satisfies SourcePlanKind<'cloudwatch', typeof cloudwatchSchema, CloudWatchMeasure>;
