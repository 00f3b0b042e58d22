import { MISSED_AFTER_SECONDS } from '../judges/measurements-due.ts';
import type { Plan } from '../plan/plan.ts';
import { releaseSteps } from '../plan/release-steps.ts';
import { secondsUntilShift } from '../release/shift-time.ts';
import { usualLatenessSeconds } from '../sources/measure.ts';
import { measurements, measuringSeconds } from '../steps/analysis/measuring.ts';
import { factsOf } from '../steps/plan-registry.ts';
import type { StepFacts } from '../steps/step-plan-kind.ts';
import { LOOK_EVERY_SECONDS } from '../windows/looks.ts';
import { analysisStart, expectedIn, type ShiftTimes, straddles } from '../windows/shifts.ts';
import { AGREEMENT_SECONDS, DEFAULT_PROPAGATION_SECONDS } from '../windows/windows.ts';

/** How long ShiftTraffic takes from its intent to its confirmation: two calls of the load balancer and two appends. */
const SHIFT_SECONDS = 2;
/** From the verdict to the dial at 0: the roll back's execution, its claim and one call. */
export const WAY_BACK_SECONDS = 5;

/** A whole window in which the canary had one weight throughout. Seconds are from the first shift's minute on. */
export interface ForecastWindow {
  startSeconds: number;
  endSeconds: number;
  /** When its counts are frozen and judged. */
  knownSeconds: number;
  /** Per cent. */
  weight: number;
}

/** One stay at a weight: what a person would call a step. */
export interface ForecastStay {
  /** Index into the steps; the number of steps is what comes after the last one. */
  step: number;
  /** What it is: a bake, an analysis, or the soak, be it after the last step or with a control before it. */
  what: 'bake' | 'analysis' | 'soak';
  weight: number;
  fromSeconds: number;
  /** As planned, without a hold. */
  plannedSeconds: number;
  untilSeconds: number;
  /** Seconds that it holds after its time because too little was seen; null: to the hold's end, which ends the release. */
  holdSeconds: number | null;
  /** It went on without having seen the plan's `detect`, because a gross fault would have been seen. */
  unseen: boolean;
}

export interface Schedule {
  windows: ForecastWindow[];
  stays: ForecastStay[];
  /** When the canary's weight changed, oldest first: what it costs to notice late. */
  weights: { fromSeconds: number; weight: number }[];
  /** How long a healthy release takes; null: it does not get to its end. */
  endSeconds: number | null;
  /** When it ends, or when it stops on its way. */
  untilSeconds: number;
}

type Shift = ShiftTimes & { weight: number };

/**
 * What the windows that are known would have shown: the plan's `detect`, a gross fault at least, or too little of either.
 * `healthy`: more than enough, it is proven. `stop`: a verdict ends the release.
 */
export type Sight = 'healthy' | 'enough' | 'gross' | 'little' | 'stop';

/** What a look at the known windows wants to know. */
export interface Look {
  /** The hold is over: only then it matters whether `little` is `gross`. */
  atEnd: boolean;
  /** Names of the metrics that may hold the release now, as in an `analysis` step; absent: all of them. */
  only?: readonly string[] | undefined;
}

/** What stands between a stay's time and its end: whether enough was seen by then to go on. */
export type EnoughSeen = (known: readonly ForecastWindow[], look: Look) => Sight;

/**
 * A healthy release by the clock: shifts at their good instants, windows on their grid, bakes that hold until enough was
 * seen. Approvals, hooks and pods that become ready take no time here.
 */
export function scheduleOf(plan: Plan, enoughSeen: EnoughSeen): Schedule {
  const { windowSeconds } = plan;
  const { steps, soakSeconds } = releaseSteps(plan, 'normal');
  const lateSeconds = usualLatenessSeconds(plan.metrics.map(({ source }) => source.kind)) + AGREEMENT_SECONDS;
  const shifts: Shift[] = [];
  const stays: ForecastStay[] = [];
  let now = 0;
  const windows: ForecastWindow[] = [];
  const grid = { windowSeconds, lateSeconds, nextStartMs: undefined as number | undefined };
  const windowsUntil = (seconds: number) => addKnown(windows, shifts, grid, seconds);
  /** @param ends the time from which on it may end, once `isOver` says so */
  const stay = (
    { what, step }: Pick<ForecastStay, 'what' | 'step'>,
    ends: { seconds: number; isOver?: () => boolean; only?: readonly string[] },
  ): boolean => {
    const weight = shifts.at(-1)?.weight ?? 0;
    const fromSeconds = now;
    now += ends.seconds;
    while (weight > 0 && ends.isOver?.() === false) now += LOOK_EVERY_SECONDS;
    const plannedSeconds = now - fromSeconds;
    const one: ForecastStay = {
      ...{ what, step, weight, fromSeconds, plannedSeconds, untilSeconds: now, holdSeconds: 0, unseen: false },
    };
    stays.push(one);
    if (weight === 0) return true;
    const latest = now + plan.hold.atMostSeconds;
    let sight: Sight = 'little';
    for (let seen = -1; ; now += LOOK_EVERY_SECONDS) {
      const known = windowsUntil(now);
      // another look at the same windows sees the same
      const atEnd = now >= latest;
      if (known.length !== seen || atEnd) sight = enoughSeen(known, { atEnd, only: ends.only });
      seen = known.length;
      if (goesOn(sight) || sight === 'stop' || atEnd) break;
    }
    one.unseen = sight === 'gross';
    one.holdSeconds = sight === 'little' ? null : now - one.untilSeconds;
    one.untilSeconds = now;
    return goesOn(sight) || sight === 'gross' || (sight === 'little' && plan.hold.then === 'proceed');
  };
  /** With promoteEarly a bake ends once it is proven healthy, but not before `after`. */
  const lasting = (step: number, seconds: number, control: number | undefined): boolean => {
    const what = control === undefined ? 'bake' : 'soak';
    const early = control === undefined ? plan.promoteEarly : undefined;
    if (early === undefined || early.afterSeconds >= seconds) return stay({ what, step }, { seconds });
    const endSeconds = now + seconds;
    const isOver = () => {
      const sight = now >= endSeconds ? 'healthy' : enoughSeen(windowsUntil(now), { atEnd: false });
      return sight === 'healthy' || sight === 'stop';
    };
    return stay({ what, step }, { seconds: early.afterSeconds, isOver });
  };
  /** Until its metrics have their measurements, or should have had them for long. */
  const measuring = (index: number, step: NonNullable<StepFacts['measures']>): boolean => {
    const latest = now + measuringSeconds(step, plan) + MISSED_AFTER_SECONDS;
    const beganSeconds = (analysisStart(shifts) ?? 0) / 1000;
    const isMeasured = (known: readonly ForecastWindow[]) =>
      measurements(step, plan).every(({ delaySeconds, windows }) => {
        const due = known.filter(({ startSeconds }) => startSeconds >= beganSeconds + delaySeconds);
        return due.length >= windows;
      });
    const isOver = () => isMeasured(windowsUntil(now)) || now >= latest;
    return stay({ what: 'analysis', step: index }, { seconds: 0, isOver, only: step.metrics });
  };
  let ends = true;
  for (const [index, step] of steps.entries()) {
    const { weight, seconds, control, measures } = factsOf(step);
    if (weight !== undefined) {
      const timing = { windowSeconds, propagationSeconds: DEFAULT_PROPAGATION_SECONDS, nowEpochMs: now * 1000 };
      now += secondsUntilShift(timing);
      shifts.push({
        intendedAtEpochMs: now * 1000,
        confirmedAtEpochMs: (now + SHIFT_SECONDS) * 1000,
        weight,
      });
      now += SHIFT_SECONDS;
      continue;
    }
    // approvals and hooks take no time here
    if (seconds !== undefined) ends = lasting(index, seconds, control);
    if (measures !== undefined) ends = measuring(index, measures);
    if (!ends) break;
  }
  if (ends && soakSeconds > 0) ends = stay({ what: 'soak', step: steps.length }, { seconds: soakSeconds });
  return {
    windows: [...windowsUntil(now)],
    stays,
    weights: shifts.map(({ intendedAtEpochMs, weight }) => ({ fromSeconds: intendedAtEpochMs / 1000, weight })),
    endSeconds: ends ? now : null,
    untilSeconds: now,
  };
}

const goesOn = (sight: Sight): boolean => sight === 'healthy' || sight === 'enough';

/** Adds the windows that became known since, in place: what a shift does to a window is settled before it is known. */
function addKnown(
  windows: ForecastWindow[],
  shifts: readonly Shift[],
  grid: { windowSeconds: number; lateSeconds: number; nextStartMs: number | undefined },
  seconds: number,
): readonly ForecastWindow[] {
  const windowMs = grid.windowSeconds * 1000;
  if (grid.nextStartMs === undefined) {
    const first = analysisStart(shifts);
    if (first === undefined) return windows;
    grid.nextStartMs = Math.floor(first / windowMs) * windowMs;
  }
  for (; ; grid.nextStartMs += windowMs) {
    const window = { startEpochMs: grid.nextStartMs, endEpochMs: grid.nextStartMs + windowMs };
    const [startSeconds, endSeconds] = [window.startEpochMs / 1000, window.endEpochMs / 1000];
    const knownSeconds = endSeconds + grid.lateSeconds;
    if (knownSeconds > seconds) return windows;
    if (straddles(window, shifts, DEFAULT_PROPAGATION_SECONDS) || !expectedIn(window, shifts).canary) continue;
    const weight = shifts.findLast(shift => shift.intendedAtEpochMs <= window.startEpochMs)?.weight ?? 0;
    windows.push({ startSeconds, endSeconds, knownSeconds, weight });
  }
}
