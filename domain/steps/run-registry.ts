import { findKind } from '../find-kind.ts';
import { analysisStep } from './analysis/move.ts';
import { approvalStep } from './approval/move.ts';
import { bakeStep } from './bake/move.ts';
import { hookStep } from './hook/move.ts';
import { setWeightStep } from './set-weight/move.ts';
import type { StepRunKind } from './step-run-kind.ts';

/** Every kind of step, as a release goes through it. A line for each; plan-registry.ts has them at plan time. */
export const STEP_RUNS: readonly StepRunKind[] = [setWeightStep, bakeStep, analysisStep, hookStep, approvalStep];

/** @throws RangeError a frozen plan names a step that this version does not have */
export function stepRunOf({ kind }: { kind: string }): StepRunKind {
  return findKind(STEP_RUNS, kind, 'step');
}
