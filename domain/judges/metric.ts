import type { MetricOf } from './metric-of.ts';
import type { JudgeSpec } from './plan-registry.ts';

/** What a plan measures, and what judges it. */
export type Metric = MetricOf<JudgeSpec>;
