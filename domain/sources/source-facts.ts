import type { Reading } from '../windows/reading.ts';

/** The kind of reading that a measure gives, where it gives one at all. */
export type ReadingKind = Exclude<Reading['kind'], 'noData'>;

/** What of a source is measured, as a plan is kept: plain JSON with a kind of its own among all sources. */
export interface AnyMeasure {
  kind: string;
}

/** What is true of one kind of measure, whatever asks: judges at run time, the text of a plan before. */
export interface MeasureFacts<Measure extends AnyMeasure = AnyMeasure> {
  readonly gives: ReadingKind;
  /** What is measured, for people: "failed requests", "p99 of the response time". */
  text(measure: Measure): string;
  /** What a bad request did, for people: "failed". Absent: it was bad. @param limit as text, of a measure with thresholds */
  bad?(limit: string): string;
  /** Of a response time, whose values are in seconds: what it is called, "p99". Absent: a value of any other unit. */
  time?(measure: Measure): string;
  /** Whether requests that got no answer at all are counted among the bad ones. Absent: they are not. */
  readonly seesUnanswered?: boolean;
  /** Whether answers 4xx make it worse, as far as its text tells; a query of the team's own may. Absent: they do not. */
  sees4xx?(measure: Measure): boolean;
}

/**
 * What is true of a kind of source both when a plan is read and while a release runs: so it imports no schema and no client.
 * A folder has one (facts.ts), facts-registry.ts has all of them.
 */
export interface SourceFacts<Kind extends string = string, Measure extends AnyMeasure = AnyMeasure> {
  readonly kind: Kind;
  /** How late its points usually are there, in seconds after the end of their window: looks begin then. */
  readonly usualLatenessSeconds: number;
  readonly measures: { readonly [M in Measure as M['kind']]: MeasureFacts<M> };
}

/** Latency limits for people: "300 ms, 1000 ms". */
export const latenciesText = (seconds: readonly number[]): string =>
  seconds.map(one => `${Math.round(one * 1000)} ms`).join(', ');
