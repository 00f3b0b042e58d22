import * as z from 'zod';
import { findKind } from '../find-kind.ts';
import { analysisPlan } from './analysis/plan.ts';
import { approvalPlan } from './approval/plan.ts';
import { bakeFor, bakePlan } from './bake/plan.ts';
import { hookPlan } from './hook/plan.ts';
import { setWeightPlan } from './set-weight/plan.ts';
import type { StepFacts, StepPlanKind } from './step-plan-kind.ts';

/** Every kind of step, as a plan has it. A line for each; run-registry.ts has them while a release runs. */
const KINDS = [setWeightPlan, bakePlan, analysisPlan, hookPlan, approvalPlan] as const;

export const STEP_PLANS: readonly StepPlanKind[] = KINDS;

type SchemasOf<Kinds extends readonly StepPlanKind[]> = {
  [One in Kinds[number] as One['kind']]: z.ZodOptional<One['schema']>;
};

/** One step; exactly one key. What is wrong with a step of none or two is told by checkSteps, with the key. */
export const stepSchema = z
  .strictObject(
    // the registry's order is the reference's; a map made of entries forgets which schema stands under which key
    Object.fromEntries(KINDS.map(({ kind, schema }) => [kind, schema.optional()])) as SchemasOf<typeof KINDS>,
  )
  .meta({ description: 'One step: exactly one of these keys.', minProperties: 1, maxProperties: 1 });

/** What a frozen plan has of a step. */
export type Step = Parameters<(typeof KINDS)[number]['text']>[0];
export type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** @throws RangeError a frozen plan names a step that this version does not have */
export function stepPlanOf({ kind }: { kind: string }): StepPlanKind {
  return findKind(STEP_PLANS, kind, 'step');
}

/** A step as it is frozen. @param step as it is written and valid */
export function normaliseStep(step: z.output<typeof stepSchema>): Step {
  const found = Object.entries(step).find(([, one]) => one !== undefined);
  if (found === undefined) throw new Error('a step without a key passed the checks');
  const [kind, value] = found;
  // the registry knows its kinds by their keys: what each makes of its value is one of Step
  return stepPlanOf({ kind }).normalise(value) as Step;
}

/** What a step does, whichever kind it is. */
export const factsOf = (step: Step): StepFacts => stepPlanOf(step).facts(step);

/** Its name, for those who watch: `weight 25 %`. */
export const stepText = (step: Step): string => stepPlanOf(step).label(step);

/** The step that sets this weight. */
export const weightStep = (weight: number) => setWeightPlan.normalise(weight) satisfies Step;

/** The step that lasts so long at the weight before it. @param control it is the soak of a plan that keeps so many per cent */
export const stayStep = (seconds: number, control?: number): Step => bakeFor(seconds, control);

/** The key under which a step of a file has its weight. */
export const WEIGHT_KEY = setWeightPlan.kind;

/** The weight that a step of a file sets; undefined: none, or a mistake. */
export const draftedWeight = (step: { [setWeightPlan.kind]?: number | undefined } | undefined): number | undefined =>
  step?.[setWeightPlan.kind];

/** The keys of steps that are a weight or a time: what a proposal writes anew, where all others stay as they were written. */
export const WRITTEN_ANEW: readonly string[] = [setWeightPlan.kind, bakePlan.kind];
