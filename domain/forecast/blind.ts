import { percentText, roundedText } from '../number-text.ts';
import type { Plan } from '../plan/plan.ts';
import type { Detect } from '../statistics/sequential/detect.ts';
import { effectRate, grossRate } from '../statistics/sequential/effect.ts';
import { enoughSeenBy, type Model } from './model.ts';
import type { ForecastStay, ForecastWindow, Schedule } from './schedule.ts';

/** More windows than this nobody waits for, and counting on is slow. */
export const MOST_WINDOWS = 400;

/**
 * Where a plan cannot see what it wants to see in the time it gives itself, one sentence for each stay that is too short.
 * The same words wherever it is said: forecast, admission.
 */
export function blindSentences(model: Model, schedule: Schedule): string[] {
  const { sequential } = model.plan;
  if (sequential === undefined) return [];
  return schedule.stays
    .filter(({ holdSeconds, unseen }) => holdSeconds !== 0 || unseen)
    .map(stay => blindSentence(model, sequential.detect, stay));
}

function blindSentence(model: Model, detect: Detect, stay: ForecastStay): string {
  const { plan, traffic } = model;
  const windows = windowsToSee(model, stay.weight);
  const fault = `a canary that fails ${percentText(effectRate(traffic.failureRate, detect))} of requests`;
  const at = `at ${roundedText(traffic.requestsPerSecond, 3)} requests a second, ${stay.weight} % weight and ${percentText(traffic.failureRate)} failures on stable`;
  const need = `${windows === undefined ? 'more than ' : ''}${timeText((windows ?? MOST_WINDOWS) * plan.windowSeconds)}`;
  const lasts = `${stayText(stay.what)} lasts ${timeText(stay.plannedSeconds)}`;
  return `${at}, it takes ${need} of data to see ${fault}; ${lasts}: ${heldText(model, stay)}`;
}

function heldText({ plan: { hold, sequential }, traffic }: Model, { holdSeconds, unseen }: ForecastStay): string {
  if (holdSeconds === null) return `it holds for ${timeText(hold.atMostSeconds)} and then ${endOfHold(hold)}`;
  const gross = (sequential && grossRate(traffic.failureRate, sequential.detect)) ?? 1;
  return unseen
    ? `it holds for ${timeText(holdSeconds)} and then goes on, since a fault of ${percentText(gross)} would have been seen`
    : `it holds for ${timeText(holdSeconds)}`;
}

const stayText = (what: ForecastStay['what']): string => (what === 'soak' ? 'the soak' : `this ${what}`);

function endOfHold({ then }: Plan['hold']): string {
  switch (then) {
    case 'rollBack':
      return 'rolls back (noEvidence)';
    case 'ask':
      return 'asks a person';
    case 'proceed':
      return 'goes on without knowing';
  }
}

/**
 * Windows that one stay at this weight takes until the plan's `detect` would have been seen, doubled until enough, then
 * halved; undefined: too many to count.
 */
export function windowsToSee(model: Model, weight: number, atMost = MOST_WINDOWS): number | undefined {
  const enough = enoughSeenBy(model);
  const seen = (count: number) => enough(alike(model.plan, weight, count), { atEnd: false }) === 'enough';
  let most = 1;
  while (!seen(most)) {
    if (most >= atMost) return undefined;
    most = Math.min(atMost, most * 2);
  }
  let least = Math.floor(most / 2);
  while (most - least > 1) {
    const middle = (least + most) >> 1;
    if (seen(middle)) most = middle;
    else least = middle;
  }
  return most;
}

/** The first window is lost to the shift. */
const alike = ({ windowSeconds }: Plan, weight: number, count: number): ForecastWindow[] =>
  Array.from({ length: count }, (_, index) => {
    const [startSeconds, endSeconds] = [(index + 1) * windowSeconds, (index + 2) * windowSeconds];
    return { startSeconds, endSeconds, knownSeconds: endSeconds, weight };
  });

/** 300 is "5 minutes", 8100 is "2 h 15 min". */
export function timeText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
