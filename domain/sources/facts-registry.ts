import { cloudwatchFacts } from './cloudwatch/facts.ts';
import { jsonFacts } from './json/facts.ts';
import { prometheusFacts } from './prometheus/facts.ts';
import type { SourceFacts } from './source-facts.ts';

/** Every kind of source, by what is true of it at any time. A line for each; plan-registry.ts has them at plan time. */
const KINDS = [cloudwatchFacts, prometheusFacts, jsonFacts] as const;

type SpecOf<Facts> = Facts extends SourceFacts<infer Kind, infer Measure> ? { kind: Kind; measure: Measure } : never;

/** Where a metric comes from, and what is measured there. */
export type MetricSourceSpec = SpecOf<(typeof KINDS)[number]>;

export const SOURCE_FACTS: readonly SourceFacts[] = KINDS;
