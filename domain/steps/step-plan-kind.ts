import type * as z from 'zod';
import type { Draft } from '../file/draft.ts';
import type { Issue } from '../file/issue.ts';

/** What a step does that others go by, whichever kind it is. */
export interface StepFacts {
  /** Per cent of requests that the canary has from here on. */
  weight?: number;
  /** How long it lasts, as planned. */
  seconds?: number;
  /** It is the soak of a plan that keeps so many per cent on the stable version. */
  control?: number;
  /** It lasts until these metrics have so many measurements each. */
  measures?: { metrics: string[]; count: number };
  /** It asks somebody and wants no requests for that: it is kept where everything is turned at once. */
  isGate?: true;
  /** It sees what an answer holds, which counts and times do not show. */
  seesAnswers?: true;
  /** People are asked, and who of them may answer. */
  asks?: { name: string; groups: string[]; required: number; notTheStarter: boolean; withinSeconds: number };
}

/** The steps of a file, part by part valid or absent, with what else of the plan their rules read. */
export interface DraftedSteps<Value = unknown> {
  /** In the plan's order; `value` is undefined where the step is of another kind, or a mistake. */
  steps: readonly { index: number; value: Draft<Value> | undefined }[];
  /** Whether nothing of this step is a mistake: one that is may have been of any kind. */
  isWhole(index: number): boolean;
  isBlueGreen: boolean;
  /** The weight that a step sets; undefined: none, or a mistake. */
  weightOf(index: number): number | undefined;
}

/**
 * What is true of a kind of step while a plan is read, checked and explained. A folder has one (plan.ts), plan-registry.ts has
 * all of them, and nothing else knows which there are.
 * @typeParam Schema of the value under its key   @typeParam Spec what a frozen plan has of it
 */
export interface StepPlanKind<
  Schema extends z.ZodType = z.ZodType,
  Spec extends { kind: string } = { kind: string },
  Kind extends string = Spec['kind'],
> {
  /** Its key in the file. */
  readonly kind: Kind;
  readonly schema: Schema;
  /** What a frozen plan has of it. Everything has been checked. */
  normalise(value: z.output<Schema>): Spec;
  facts(step: Spec): StepFacts;
  /** What happens in it, for the timeline. */
  text(step: Spec): string;
  /** Its name, for those who watch: `weight 25 %`. */
  label(step: Spec): string;
  /** What somebody might think a plan with such a step promises and it does not. */
  readonly caveats?: readonly string[];
  /** What no step of this kind can break alone; asked of every plan that has steps. */
  check?(drafted: DraftedSteps<z.input<Schema>>): Issue[];
}
