import { type MetricSourceSpec, SOURCE_FACTS } from './facts-registry.ts';
import type { AnyMeasure, MeasureFacts, ReadingKind } from './source-facts.ts';

export type { MetricSourceSpec } from './facts-registry.ts';
export type { ReadingKind } from './source-facts.ts';

export type SourceKind = MetricSourceSpec['kind'];
export type Measure = MetricSourceSpec['measure'];

const FACTS: Readonly<Record<string, MeasureFacts>> = Object.assign({}, ...SOURCE_FACTS.map(one => one.measures));

/** @throws RangeError a frozen plan names a measure that this version does not have */
export function factsOf(measure: AnyMeasure): MeasureFacts {
  const facts = Object.hasOwn(FACTS, measure.kind) ? FACTS[measure.kind] : undefined;
  if (facts === undefined) throw new RangeError(`nothing is called ${measure.kind} that a source measures`);
  return facts;
}

export const gives = (measure: Measure): ReadingKind => factsOf(measure).gives;

/** What a metric measures, for people: "failed requests", "p99 of the response time". */
export const measureText = (measure: Measure): string => factsOf(measure).text(measure);

/** What bad requests did, for people: "failed", "took longer than 300 ms". @param limit of a measure with thresholds */
export const badText = (measure: Measure, limit: string): string => factsOf(measure).bad?.(limit) ?? 'were bad';

/** Whether a measure counts requests that got no answer at all. */
export const seesUnanswered = (measure: AnyMeasure): boolean => factsOf(measure).seesUnanswered === true;

/** Whether answers 4xx make the measure worse, as far as is known: a query of the team's own may see them. */
export const sees4xx = (measure: AnyMeasure): boolean => factsOf(measure).sees4xx?.(measure) === true;

/** What a response time is called, whose values are in seconds: "p99"; undefined: the measure is none. */
export const timeName = (measure: Measure): string | undefined => factsOf(measure).time?.(measure);

/**
 * How late the quickest of these sources usually is, in seconds: looks begin for it, and the others are waited for. Of a plan
 * without metrics the latest of all: nothing is waited for.
 */
export function usualLatenessSeconds(kinds: readonly string[]): number {
  const each = SOURCE_FACTS.filter(({ kind }) => kinds.includes(kind)).map(one => one.usualLatenessSeconds);
  return each.length > 0 ? Math.min(...each) : Math.max(...SOURCE_FACTS.map(one => one.usualLatenessSeconds));
}
