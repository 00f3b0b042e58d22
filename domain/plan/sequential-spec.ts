import { secondsOf, shareOf } from '../file/read-checked.ts';
import type { Plan, Step } from './plan.ts';
import type { PlanInput } from './plan-schema.ts';
import type { PromoteEarly, SequentialJudgeSpec } from './sequential-keys.ts';

export type { Detect, PromoteEarly, SequentialJudgeSpec, SequentialPlan } from './sequential-keys.ts';

type JudgeInput = Extract<PlanInput['metrics'][number]['judge'], { kind: 'sequential' }>;

export function normaliseSequential(judge: JudgeInput, share: number): SequentialJudgeSpec {
  const { kind, margin, ceiling, floor, guard, warmUp } = judge;
  return {
    kind,
    margin,
    share,
    ...(ceiling === undefined ? {} : { ceiling: ceiling === 'auto' ? ceiling : shareOf(ceiling) }),
    ...(floor === undefined ? {} : { floor: shareOf(floor) }),
    guard: guard === 'on',
    ...(warmUp === undefined ? {} : { warmUp: { margin: warmUp.margin, seconds: secondsOf(warmUp.for) } }),
  };
}

/** The parts of alpha by the metric's place; those that name none have in equal parts what the others leave. */
export function sharesOf(metrics: PlanInput['metrics']): (number | undefined)[] {
  const judges = metrics.map(({ judge }) => (judge.kind === 'sequential' ? judge : undefined));
  const given = judges.flatMap(judge => (judge?.share === undefined ? [] : [shareOf(judge.share)]));
  const open = judges.filter(judge => judge !== undefined && judge.share === undefined).length;
  const left = Math.max(0, 1 - given.reduce((sum, share) => sum + share, 0));
  return judges.map(judge =>
    judge === undefined ? undefined : judge.share === undefined ? left / open : shareOf(judge.share),
  );
}

/** The plan-level keys, where a metric is judged by it; nothing else reads them. */
export function sequentialPart(input: PlanInput): Pick<Plan, 'sequential' | 'promoteEarly'> {
  const { promoteEarly } = input;
  const early = promoteEarly === undefined ? {} : { promoteEarly: promoteEarlyOf(promoteEarly) };
  if (!input.metrics.some(({ judge }) => judge.kind === 'sequential')) return early;
  const { ratio, atLeast, power, gross } = input.detect;
  const detect = { ratio, atLeast: shareOf(atLeast), power: shareOf(power), gross: shareOf(gross) };
  return { sequential: { alpha: shareOf(input.alpha), detect }, ...early };
}

function promoteEarlyOf({ beta, nonInferiority, after }: NonNullable<PlanInput['promoteEarly']>): PromoteEarly {
  return { beta: shareOf(beta), nonInferiority, afterSeconds: secondsOf(after) };
}

/**
 * K: the windows that the plan's bakes, from the first weight above 0 on, and its soak take; approvals, hooks and holds are
 * not counted, nor analyses, which last as long as their measurements take. At least 1.
 */
export function horizonWindows({
  steps,
  soakSeconds,
  windowSeconds,
}: Pick<Plan, 'steps' | 'soakSeconds' | 'windowSeconds'>): number {
  const first = steps.findIndex(step => step.kind === 'setWeight' && step.weight > 0);
  const seconds = bakesFrom(steps, first) + soakSeconds;
  return Math.max(1, Math.round(seconds / windowSeconds));
}

/** Seconds that the plan stays at weight 100: bakes there, and the soak. */
export function secondsAlone({ steps, soakSeconds }: Pick<Plan, 'steps' | 'soakSeconds'>): number {
  const whole = steps.findIndex(step => step.kind === 'setWeight' && step.weight === 100);
  return bakesFrom(steps, whole) + soakSeconds;
}

/** Seconds of the bakes from that step on. Every plan has a first weight above 0, and one of 100. */
const bakesFrom = (steps: readonly Step[], first: number): number =>
  steps.slice(first).reduce((sum, step) => (step.kind === 'bake' ? sum + step.seconds : sum), 0);
