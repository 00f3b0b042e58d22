import { durationText } from '../file/units.ts';
import { judgesAlone } from '../judges/judge-plan-kind.ts';
import { judgePlanOf } from '../judges/plan-registry.ts';
import { measuringSeconds } from '../steps/analysis/measuring.ts';
import { factsOf, stepPlanOf } from '../steps/plan-registry.ts';
import type { Workload } from '../workload.ts';
import { caveats } from './caveats.ts';
import type { Metric, Plan } from './plan.ts';
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
  caveats: string[];
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
    const { weight: set, seconds = 0, measures } = factsOf(step);
    if (set !== undefined) {
      weight = set;
      if (weight > 0) trafficFromSeconds ??= atSeconds;
    }
    const judging = judgingAt(plan, weight).map(metric => metric.name);
    entries.push({ atSeconds, weight, what: stepPlanOf(step).text(step), judging: set === undefined ? judging : [] });
    atSeconds += seconds; // what a person or a hook takes is not known: the earliest is at once
    // an analysis counts the measurements since the first weight above 0
    if (measures !== undefined)
      atSeconds = Math.max(atSeconds, (trafficFromSeconds ?? atSeconds) + measuringSeconds(measures, plan));
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
  return { entries, endsSeconds: atSeconds, caveats: caveats(declared, workload) };
}

/** The metrics that can say something while the canary has this weight. */
export function judgingAt(plan: Plan, weight: number): Metric[] {
  if (weight === 0) return [];
  return plan.metrics.filter(({ judge }) => weight < 100 || judgesAlone(judgePlanOf(judge), judge));
}
