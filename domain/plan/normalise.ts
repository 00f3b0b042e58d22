import { secondsOf } from '../file/checked-units.ts';
import { judgePlanOf } from '../judges/plan-registry.ts';
import { sequentialPart } from '../judges/sequential/plan.ts';
import { measuredOf } from '../sources/measured-of.ts';
import { factsOf, normaliseStep } from '../steps/plan-registry.ts';
import type { JudgeSpec, Metric, NotifyTarget, Plan } from './plan.ts';
import type { PlanInput } from './plan-schema.ts';

/** The plan as the release machine reads it. Everything in `input` has been checked. */
export function normalisePlan(input: PlanInput): Plan {
  const windowSeconds = secondsOf(input.window);
  const plan: Plan = {
    workload: input.workload,
    strategy: input.strategy,
    onNewImage: input.onNewImage,
    deadlineSeconds: secondsOf(input.deadline),
    progressDeadlineSeconds: secondsOf(input.progressDeadline),
    canaryHealth: canaryHealthOf(input),
    hold: { atMostSeconds: secondsOf(input.hold.atMost), then: input.hold.then ?? endOfHold(input) },
    windowSeconds,
    ...sequentialPart(
      input.metrics.map(({ judge }) => judge),
      input,
    ),
    metrics: input.metrics.map(metric => normaliseMetric(metric, input)),
    ...stepsOf(input),
    notify: input.notify.map((target): NotifyTarget => {
      const { kind, on, topicArn } = target;
      return topicArn === undefined ? { kind, on } : { kind, on, topicArn };
    }),
  };
  return input.preview === undefined ? plan : { ...plan, preview: input.preview };
}

function canaryHealthOf({ canaryHealth: { restarts, lostReplicas } }: PlanInput): NonNullable<Plan['canaryHealth']> {
  return {
    ...(restarts !== 'off' && { restarts }),
    ...(lostReplicas !== 'off' && { lostReplicasSeconds: secondsOf(lostReplicas) }),
  };
}

/** A question is asked where somebody would hear it; elsewhere nobody could answer, and the release goes back. */
function endOfHold({ steps, notify }: PlanInput): Plan['hold']['then'] {
  const heard = notify.some(({ on }) => on.includes('approvalNeeded') || on.includes('held'));
  return heard || steps.some(step => factsOf(normaliseStep(step)).asks !== undefined) ? 'ask' : 'rollBack';
}

function stepsOf(input: PlanInput): Pick<Plan, 'steps' | 'soakSeconds' | 'control'> {
  const steps = input.steps.map(normaliseStep);
  const soakSeconds = secondsOf(input.soak);
  return { steps, soakSeconds, ...(input.control !== undefined && { control: input.control }) };
}

function normaliseMetric({ name, source, judge }: PlanInput['metrics'][number], plan: PlanInput): Metric {
  const kind = judgePlanOf(judge);
  const all = plan.metrics.map(metric => metric.judge).filter(other => other.kind === judge.kind);
  // the registry knows its kinds by their keys: what each makes of its own is one of JudgeSpec
  const spec = kind.normalise(judge, { windowSeconds: secondsOf(plan.window), all, plan }) as JudgeSpec;
  return { name, source: measuredOf(source, kind.bandWidth?.(judge)), judge: spec };
}
