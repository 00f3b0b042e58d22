import type * as z from 'zod';
import type { Draft } from '../file/draft.ts';
import type { Issue } from '../file/issue.ts';
import type { ReadingKind } from '../sources/measure.ts';
import type { DraftedMetric, DraftedPlan } from './drafted.ts';
import type { AnyJudgeSpec, MetricOf } from './metric-of.ts';

/** What a judge's frozen part of a plan is made from, besides its own keys. */
export interface Normalising<Input, Keys> {
  windowSeconds: number;
  /** The judges of this kind in the plan, this one among them. */
  all: readonly Input[];
  /** The plan's own keys. */
  plan: Keys;
}

/** What else of a plan decides what a judge cannot promise. */
export interface CaveatContext<Spec> {
  /** The metrics that this kind judges, in the plan's order. */
  all: readonly MetricOf<Spec>[];
  /** Per cent that the canary has at most before the release ends. */
  mostWeight: number;
}

/**
 * What is true of a kind of judge while a plan is read, checked and explained. A folder has one (plan.ts), plan-registry.ts
 * has all of them, and nothing else knows which there are. Methods, so that the registry can hold judges of different keys.
 * @typeParam Schema of its keys in the file   @typeParam Spec what a frozen plan has of it   @typeParam Keys the plan's own
 * keys that it reads
 */
export interface JudgePlanKind<
  Schema extends z.ZodType = z.ZodType,
  Spec extends AnyJudgeSpec = AnyJudgeSpec,
  Keys = unknown,
> {
  readonly kind: Spec['kind'];
  /** Its keys in the file, `kind` among them. */
  readonly schema: Schema;
  /** The kinds of readings that it can judge. */
  readonly reads: readonly ReadingKind[];
  /** It compares the versions, so that what it reads must tell them apart. */
  readonly compares?: boolean;
  /** Whether it judges where stable gets no requests: always, with a `ceiling`, or never. */
  readonly alone: 'always' | 'ceiling' | 'never';
  /** Words for it in other tools, several with a space between, and what a person is told to use. */
  readonly calledElsewhere?: Readonly<Record<string, string>>;
  /** Its row in docs/judges.md. */
  readonly row: { against: string; reads: string; promise: string };
  /** Rules between its keys, a sentence each, for docs/plan-reference.md, where the general ones do not have them. */
  readonly rules?: readonly string[];
  /** Its false roll backs have a limit that is kept: the plan's alpha. */
  readonly keepsAlpha?: boolean;
  /** What a frozen plan has of it. Everything has been checked. */
  normalise(judge: z.output<Schema>, shared: Normalising<z.output<Schema>, Keys>): Spec;
  /** Standard deviations, where it compares a metric with its band instead of its value. */
  bandWidth?(judge: z.output<Schema>): number;
  /** What no key of one metric can break alone. */
  check?(metric: DraftedMetric<Draft<z.input<Schema>>>, plan: DraftedPlan<Draft<Keys>>): Issue[];
  /** What no metric can break alone; asked of every plan, also of one without such a metric. */
  checkTogether?(metrics: readonly DraftedMetric<Draft<z.input<Schema>>>[], plan: DraftedPlan<Draft<Keys>>): Issue[];
  /** After how many measurements it takes no more; undefined: it goes on. */
  mostMeasurements?(judge: Draft<z.input<Schema>>): number | undefined;
  /** What it does with a metric, for the timeline. @param what what is measured, in words */
  text(metric: MetricOf<Spec>, what: string): string;
  /**
   * What somebody might think it promises of this metric and it does not, a sentence each; those of several metrics are told
   * once. Each sentence has its place in the list, with false where it does not concern this metric.
   */
  caveats(metric: MetricOf<Spec>, context: CaveatContext<Spec>): readonly (string | false)[];
}

/** Whether it judges a metric where stable gets no requests. */
export const judgesAlone = ({ alone }: JudgePlanKind, judge: AnyJudgeSpec & { ceiling?: unknown }): boolean =>
  alone === 'always' || (alone === 'ceiling' && judge.ceiling !== undefined);
