import type * as z from 'zod';
import { findKind } from '../find-kind.ts';
import { alarmPlan } from './alarm/plan.ts';
import { anomalyBandPlan } from './anomaly-band/plan.ts';
import { burnRatePlan } from './burn-rate/plan.ts';
import { flaggerPlan } from './flagger/plan.ts';
import type { JudgePlanKind } from './judge-plan-kind.ts';
import { mannWhitneyPlan } from './mann-whitney/plan.ts';
import { relativePlan } from './relative/plan.ts';
import { sequentialPlan } from './sequential/plan.ts';
import { thresholdPlan } from './threshold/plan.ts';

/** Every kind of judge, as a plan has it. A line for each; run-registry.ts has them while a release runs. */
const KINDS = [
  sequentialPlan,
  thresholdPlan,
  relativePlan,
  flaggerPlan,
  mannWhitneyPlan,
  alarmPlan,
  anomalyBandPlan,
  burnRatePlan,
] as const;

/** The judge of a metric that names none. */
export const DEFAULT_JUDGE = sequentialPlan;

type Kind = (typeof KINDS)[number];

/** What a frozen plan has of its judge. */
export type JudgeSpec = ReturnType<Kind['normalise']>;
export type JudgeKind = Kind['kind'];
/** A judge as it is written and valid, defaults filled in. */
export type JudgeInput = z.output<Kind['schema']>;

export const JUDGE_PLANS: readonly JudgePlanKind[] = KINDS;

type SchemasOf<Kinds extends readonly JudgePlanKind[]> = { -readonly [Index in keyof Kinds]: Kinds[Index]['schema'] };

/** For a union by `kind`, in the order of the registry: `map` forgets which stands where. */
export const JUDGE_SCHEMAS = KINDS.map(({ schema }) => schema) as unknown as SchemasOf<typeof KINDS>;

/** @throws RangeError a frozen plan names a judge that this version does not have */
export function judgePlanOf({ kind }: { kind: string }): JudgePlanKind {
  return findKind(JUDGE_PLANS, kind, 'judge');
}
