import type * as z from 'zod';
import type { Draft } from '../file/draft.ts';
import type { Issue, Path } from '../file/issue.ts';
import type { AnyMeasure, ReadingKind, SourceFacts } from './source-facts.ts';

/** Whether a key of the source is in the file, mistaken or not. */
export type Given = (key: string) => boolean;

/** A source in the words of its file, part by part valid or absent, of which only the kind is looked at. */
export interface AnySourceDraft {
  kind?: string | undefined;
}

/** Keys that say what is measured: they belong together, and a source has those of exactly one group. */
export interface MeasureGroup {
  readonly keys: readonly [string, ...string[]];
  /** What it can give; which of them it does is the judge's choice. */
  readonly gives: readonly ReadingKind[];
  /** Whether its values are response times, in seconds. */
  readonly isTime?: boolean;
  /** Whether it is measured of what the workload's router counts, and so only where that is counted. */
  readonly ofRouter?: boolean;
}

/** A text with variables in it, by its place inside the source. */
export interface TemplateText {
  path: Path;
  text: string;
  /** The variables that it may have. */
  known: readonly string[];
}

/** Texts of which one at least has to say something else of the canary than of stable. */
export interface ComparedTexts {
  path: Path;
  texts: readonly string[];
  known: readonly string[];
}

/** A metric of a plan, as far as its source goes. */
export interface MeasuredBy<Measure extends AnyMeasure = AnyMeasure> {
  name: string;
  source: { kind: string; measure: Measure };
}

/** What the functions of a control plane that read metrics are allowed to do, in IAM's words, whatever workloads there are. */
export interface Permission {
  actions: readonly string[];
  /** Resources of one type that carry the control plane's tag, in any region; or all, where AWS knows no narrower permission. */
  on: { all: true } | { tagged: { service: string; resource: string } };
  /** Why its resource has a wildcard. */
  because: string;
}

/**
 * What is true of a kind of source before anything runs. A folder has one (plan.ts), plan-registry.ts has all of them, and
 * nothing else knows which there are. Methods, so that the registry can hold kinds with different keys.
 */
export interface SourcePlanKind<
  Kind extends string = string,
  Schema extends z.ZodObject = z.ZodObject,
  Measure extends AnyMeasure = AnyMeasure,
> {
  readonly facts: SourceFacts<Kind, Measure>;
  /** What it is called in a sentence. */
  readonly title: string;
  readonly schema: Schema;
  readonly groups: readonly [MeasureGroup, ...MeasureGroup[]];
  /** Every text with variables in it. */
  templates(source: Draft<z.input<Schema>>): TemplateText[];
  /** What compares both versions. @param byValue whether the judge compares the values of both */
  compared?(source: Draft<z.input<Schema>>, byValue: boolean): ComparedTexts[];
  /** Mistakes that no key shows alone, besides those of `groups`. */
  checkKeys?(at: Path, given: Given): Issue[];
  /** Mistakes in texts all of whose variables are known. */
  checkTexts?(source: Draft<z.input<Schema>>, at: Path): Issue[];
  /** Addresses that a release would ask, by their place inside the source. */
  addresses?(source: Draft<z.input<Schema>>): [path: Path, url: string][];
  /** The unit of the response times that it measures; undefined: it measures something else, or it is not known. */
  timeUnit?(source: Draft<z.input<Schema>>): 'seconds' | 'milliseconds' | undefined;
  /** Limits of response times among its keys. */
  latencies?(source: Draft<z.input<Schema>>): [path: Path, text: string | undefined][];
  /** What is measured, of a source that has been checked. @param bandWidth where its judge wants a band: of how many standard deviations */
  measureOf(source: z.output<Schema>, bandWidth: number | undefined): Measure;
  /** Windows are multiples of so many seconds. Absent: a window may have any length. */
  readonly period?: { seconds: number; inWords: string; because: string };
  /** How long after a window's end its verdict is there, in seconds. */
  readonly verdictSeconds: { earliest: number; latest: number };
  /** Each a sentence: what metrics of this source do not see. @param all of the plan   @param hasHook whether it calls a hook */
  caveats(own: readonly MeasuredBy<Measure>[], all: readonly MeasuredBy[], hasHook: boolean): string[];
  /** What of the workload's file is its: `sources.KIND`. Absent: it needs nothing there. */
  readonly ofWorkload?: {
    readonly schema: z.ZodType;
    check(server: unknown, path: Path, where: { loopback: boolean }): Issue[];
  };
  /** What reading its metrics needs. Constant: a workload adds nothing to a role that all of them share. */
  readonly permissions?: readonly Permission[];
  /** Whether it says of a window long ago what it said then: what a backtest can read. */
  readonly keepsPast: boolean;
  /** What is measured where nobody says what; absent: somebody has to. */
  readonly usualMeasure?: Measure;
}
