import { secondsOf, shareOf } from '../file/read-checked.ts';
import { normaliseSource } from '../sources/normalise-source.ts';
import { withControl } from './control.ts';
import { type KayentaScores, normaliseFlagger, normaliseMannWhitney, scoresOf } from './other-judges-spec.ts';
import type { JudgeSpec, Metric, NotifyTarget, Plan, Step } from './plan.ts';
import type { PlanInput } from './plan-schema.ts';
import { normaliseSequential, sequentialPart, sharesOf } from './sequential-spec.ts';

/** The plan as the release machine reads it. Everything in `input` has been checked. */
export function normalisePlan(input: PlanInput): Plan {
  const windowSeconds = secondsOf(input.window);
  const shares = sharesOf(input.metrics);
  const plan: Plan = {
    workload: input.workload,
    strategy: input.strategy,
    onNewImage: input.onNewImage,
    deadlineSeconds: secondsOf(input.deadline),
    progressDeadlineSeconds: secondsOf(input.progressDeadline),
    canaryHealth: canaryHealthOf(input),
    hold: { atMostSeconds: secondsOf(input.hold.atMost), then: input.hold.then ?? endOfHold(input) },
    windowSeconds,
    ...sequentialPart(input),
    metrics: input.metrics.map((metric, index) =>
      normaliseMetric(metric, { windowSeconds, share: shares[index] ?? 0, scores: scoresOf(input) }),
    ),
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
  return heard || steps.some(({ approval }) => approval !== undefined) ? 'ask' : 'rollBack';
}

function stepsOf(input: PlanInput): Pick<Plan, 'steps' | 'soakSeconds'> {
  const steps = input.steps.map(normaliseStep);
  const soakSeconds = secondsOf(input.soak);
  return input.control === undefined ? { steps, soakSeconds } : withControl(steps, soakSeconds, input.control);
}

function normaliseStep({ setWeight, bake, analysis, hook, approval }: PlanInput['steps'][number]): Step {
  if (setWeight !== undefined) return { kind: 'setWeight', weight: setWeight };
  if (bake !== undefined) return { kind: 'bake', seconds: secondsOf(bake) };
  if (analysis !== undefined) return { kind: 'analysis', ...analysis };
  if (hook !== undefined) {
    const { name, url, timeout, retries } = hook;
    return { kind: 'hook', name, url, timeoutSeconds: secondsOf(timeout), retries };
  }
  if (approval !== undefined) {
    const { within, ...rest } = approval;
    return { kind: 'approval', ...rest, withinSeconds: secondsOf(within) };
  }
  throw new Error('a step without a key passed the checks');
}

/** What a metric needs of the rest of its plan. `share`: of alpha, for a sequential metric. */
interface Shared {
  windowSeconds: number;
  share: number;
  scores: KayentaScores;
}

function normaliseMetric({ name, source, judge }: PlanInput['metrics'][number], shared: Shared): Metric {
  const bandWidth = judge.kind === 'anomalyBand' ? judge.width : undefined;
  return { name, source: normaliseSource(source, bandWidth), judge: normaliseJudge(judge, shared) };
}

function normaliseJudge(judge: PlanInput['metrics'][number]['judge'], shared: Shared): JudgeSpec {
  const { windowSeconds } = shared;
  if (judge.kind === 'sequential') return normaliseSequential(judge, shared.share);
  if (judge.kind === 'flagger') return normaliseFlagger(judge, windowSeconds);
  if (judge.kind === 'mannWhitney') return normaliseMannWhitney(judge, windowSeconds, shared.scores);
  if (judge.kind === 'threshold') {
    const { kind, interval, initialDelay, failureLimit, inconclusiveLimit, consecutiveErrorLimit } = judge;
    return {
      kind,
      ...(judge.successCondition === undefined ? {} : { successCondition: judge.successCondition }),
      ...(judge.failureCondition === undefined ? {} : { failureCondition: judge.failureCondition }),
      ...(judge.count === undefined ? {} : { count: judge.count }),
      failureLimit,
      inconclusiveLimit,
      consecutiveErrorLimit,
      ...(judge.consecutiveSuccessLimit === 0 ? {} : { consecutiveSuccessLimit: judge.consecutiveSuccessLimit }),
      intervalSeconds: interval === undefined ? windowSeconds : secondsOf(interval),
      initialDelaySeconds: secondsOf(initialDelay),
    };
  }
  if (judge.kind === 'alarm') return judge;
  if (judge.kind === 'anomalyBand') {
    const { kind, bad, failureLimit } = judge;
    return { kind, bad, failureLimit };
  }
  const { kind, max, min, failureLimit, minRequests, ceiling } = judge;
  return {
    kind,
    ...(max === undefined ? {} : { max }),
    ...(min === undefined ? {} : { min }),
    failureLimit,
    minRequests,
    ...(ceiling === undefined ? {} : { ceiling: shareOf(ceiling) }),
  };
}
