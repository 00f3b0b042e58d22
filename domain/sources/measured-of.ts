import type { MetricSourceSpec } from './measure.ts';
import { type SourceInput, sourcePlanOf } from './plan-registry.ts';

/**
 * What is measured, as a plan keeps it. Everything in `source` has been checked, alone and with its judge.
 * @param bandWidth in standard deviations, where the judge compares with the band of a metric and not with its values
 * @throws Error a source that measures nothing: a fault of the checks, not a mistake in the plan
 */
export function measuredOf(source: SourceInput, bandWidth?: number): MetricSourceSpec {
  const { kind } = source;
  return { kind, measure: sourcePlanOf(kind).measureOf(source, bandWidth) } as MetricSourceSpec;
}
