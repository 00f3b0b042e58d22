import { percentText } from '../judgement/words.ts';
import { isSoak } from '../plan/control.ts';
import type { Plan } from '../plan/plan.ts';
import { enoughSeenBy, type Model } from './model.ts';
import type { ForecastStay, ForecastWindow, Schedule } from './schedule.ts';

/** More windows than this nobody waits for, and counting on is slow. */
const MOST_WINDOWS = 400;

/**
 * Where a plan cannot see what it wants to see in the time it gives itself, one sentence for each stay that is too short.
 * The same words wherever it is said: forecast, admission.
 */
export function blindSentences(model: Model, schedule: Schedule): string[] {
  return schedule.stays
    .filter(stay => stay.holdSeconds === null || stay.holdSeconds > 0)
    .map(stay => blindSentence(model, stay));
}

function blindSentence(model: Model, stay: ForecastStay): string {
  const { plan, traffic } = model;
  const ratio = plan.sequential?.detect.ratio ?? 2;
  const needed = secondsToSee(model, stay.weight);
  const planned = plannedSeconds(plan, stay.step);
  const what = ratio === 2 ? 'a doubling' : `a fault of x${ratio}`;
  const at = `at ${Number(traffic.requestsPerSecond.toPrecision(3))} requests a second, ${stay.weight} % and a failure rate of ${percentText(traffic.failureRate)}`;
  const need = needed === undefined ? `over ${timeText(MOST_WINDOWS * plan.windowSeconds)}` : timeText(needed);
  const lasts = isSoak(plan, stay.step)
    ? `the soak lasts ${timeText(planned)}`
    : `this bake lasts ${timeText(planned)}`;
  const held =
    stay.holdSeconds === null
      ? `it holds for ${timeText(plan.hold.atMostSeconds)} and then ${endOfHold(plan)}`
      : `it holds for ${timeText(stay.holdSeconds)}`;
  return `${at} ${what} needs ${need}; ${lasts}: ${held}`;
}

function endOfHold(plan: Plan): string {
  switch (plan.hold.then) {
    case 'rollBack':
      return 'goes back';
    case 'ask':
      return 'asks a person';
    case 'proceed':
      return 'goes on without knowing';
  }
}

/** Seconds that one stay at this weight takes until the plan's `detect` would have been seen; undefined: too many to count. */
export function secondsToSee(model: Model, weight: number): number | undefined {
  const windows = windowsToSee(model, weight);
  return windows === undefined ? undefined : windows * model.plan.windowSeconds;
}

/** The same in windows: doubled until enough, then halved. */
export function windowsToSee(model: Model, weight: number): number | undefined {
  const enough = enoughSeenBy(model);
  const seen = (count: number) => enough(alike(model.plan, weight, count));
  let most = 1;
  while (!seen(most)) {
    if (most >= MOST_WINDOWS) return undefined;
    most = Math.min(MOST_WINDOWS, most * 2);
  }
  let least = Math.floor(most / 2);
  while (most - least > 1) {
    const middle = (least + most) >> 1;
    if (seen(middle)) most = middle;
    else least = middle;
  }
  return most;
}

const alike = ({ windowSeconds }: Plan, weight: number, count: number): ForecastWindow[] =>
  Array.from({ length: count }, (_, index) => ({
    startSeconds: index * windowSeconds,
    endSeconds: (index + 1) * windowSeconds,
    knownSeconds: (index + 1) * windowSeconds,
    weight,
    step: 0,
  }));

function plannedSeconds(plan: Plan, step: number): number {
  const found = plan.steps[step];
  return found?.kind === 'bake' ? found.seconds : step >= plan.steps.length ? plan.soakSeconds : 0;
}

/** 300 is "5 minutes", 8100 is "2 h 15 min". */
export function timeText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
