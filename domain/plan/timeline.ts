import { assertNever } from '../assert-never.ts';
import { durationText } from '../file/units.ts';
import { judgesAlone } from '../judges/judge-plan-kind.ts';
import { judgePlanOf } from '../judges/plan-registry.ts';
import { plural } from '../judges/words.ts';
import type { Workload } from '../workload.ts';
import { measuringSeconds } from './measuring-time.ts';
import type { Metric, Plan, Step } from './plan.ts';
import { cannotPromise } from './promises.ts';
import { walkedPlan } from './release-steps.ts';

/** One line of what will happen. */
export interface TimelineEntry {
  /** Seconds from the start, at the earliest: nothing waits, and every person and hook answers at once. */
  atSeconds: number;
  /** Per cent of requests that the canary has while this lasts. */
  weight: number;
  what: string;
  /** Names of the metrics that judge here. */
  judging: string[];
}

/** What a plan will do and what it cannot promise, for `plan check` and the console. Plain JSON. */
export interface Timeline {
  entries: TimelineEntry[];
  /** From the start to promoted, at the earliest. */
  endsSeconds: number;
  cannotPromise: string[];
}

/** What will happen, step by step. @param workload when given, what it adds is said too */
export function planTimeline(declared: Plan, workload?: Workload): Timeline {
  const plan = walkedPlan(declared);
  const entries: TimelineEntry[] = [
    {
      atSeconds: 0,
      weight: 0,
      what: `deploy the canary to the idle slot, ready within ${durationText(plan.progressDeadlineSeconds)}`,
      judging: [],
    },
  ];
  let atSeconds = 0;
  let weight = 0;
  let trafficFromSeconds: number | undefined;
  for (const step of plan.steps) {
    if (step.kind === 'setWeight') {
      weight = step.weight;
      if (weight > 0) trafficFromSeconds ??= atSeconds;
    }
    const judging = judgingAt(plan, weight).map(metric => metric.name);
    entries.push({ atSeconds, weight, what: stepText(step), judging: step.kind === 'setWeight' ? [] : judging });
    atSeconds = endOfStep(step, atSeconds, trafficFromSeconds ?? atSeconds, plan);
  }
  if (plan.soakSeconds > 0) {
    const judging = judgingAt(plan, weight).map(metric => metric.name);
    const what = `soak ${durationText(plan.soakSeconds)}: stable keeps its full size for a quick roll back`;
    entries.push({ atSeconds, weight, what, judging });
    atSeconds += plan.soakSeconds;
  }
  entries.push({
    atSeconds,
    weight,
    what: 'promoted: the canary is live, stable is scaled down',
    judging: [],
  });
  return { entries, endsSeconds: atSeconds, cannotPromise: cannotPromise(declared, workload) };
}

/** The metrics that can say something while the canary has this weight. */
export function judgingAt(plan: Plan, weight: number): Metric[] {
  if (weight === 0) return [];
  return plan.metrics.filter(({ judge }) => weight < 100 || judgesAlone(judgePlanOf(judge), judge));
}

/** An analysis counts the measurements since the first weight above 0; a bake lasts its time; the rest may take none. */
function endOfStep(step: Step, atSeconds: number, trafficFromSeconds: number, plan: Plan): number {
  if (step.kind === 'bake') return atSeconds + step.seconds;
  if (step.kind !== 'analysis') return atSeconds;
  return Math.max(atSeconds, trafficFromSeconds + measuringSeconds(step, plan));
}

function stepText(step: Step): string {
  switch (step.kind) {
    case 'setWeight':
      return `setWeight ${step.weight}: scale up the canary, change traffic weights`;
    case 'bake':
      return step.control === undefined
        ? `bake ${durationText(step.seconds)}`
        : `soak ${durationText(step.seconds)}: ${step.control} % of the requests stay on stable, for comparison`;
    case 'analysis':
      return `analysis until ${step.metrics.join(', ')} ${step.metrics.length === 1 ? 'has' : 'have'} ${step.count} measurements${step.metrics.length === 1 ? '' : ' each'}`;
    case 'hook':
      return `hook ${step.name}: POST ${step.url} (timeout ${durationText(step.timeoutSeconds)}, ${plural(step.retries + 1, 'attempt')})`;
    case 'approval':
      return `approval ${step.name}: ${step.required} of ${step.groups.join(', ')} within ${durationText(step.withinSeconds)}${step.notTheStarter ? ', not by the starter' : ''}`;
    default:
      return assertNever(step);
  }
}
