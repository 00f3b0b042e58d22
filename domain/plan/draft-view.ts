import { viewOf } from '../file/draft-view.ts';
import type { Path } from '../file/issue.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<PlanDraft['metrics']>[number];

/** The metrics of a plan that are none of them a mistake as a whole, with their places. */
export const metricsOf = ({ metrics = [] }: PlanDraft): { metric: NonNullable<MetricDraft>; path: Path }[] =>
  metrics.flatMap((metric, index) => (metric === undefined ? [] : [{ metric, path: ['metrics', index] }]));

/** Whether a metric, or its judge, is a mistake itself: it may have been of any kind. */
export const isUnknownMetric = (metric: MetricDraft, index: number, input: object): boolean =>
  metric === undefined || viewOf(metric.judge?.kind, input, ['metrics', index, 'judge']).kind === 'mistaken';
