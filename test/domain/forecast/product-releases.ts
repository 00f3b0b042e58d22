import { dialFor } from '../../../domain/dial.ts';
import { drawBad } from '../../../domain/forecast/draw-bad.ts';
import { requestsIn } from '../../../domain/forecast/model.ts';
import { countsSlowOnes, isCounted, rateOf, type Traffic } from '../../../domain/forecast/traffic.ts';
import type { JudgementContext } from '../../../domain/judges/context.ts';
import { analysisComplete, judgeRelease, type ReleaseVerdict } from '../../../domain/judges/judge-release.ts';
import { type Baseline, thresholdsOf } from '../../../domain/judges/sequential/baseline.ts';
import type { Fact } from '../../../domain/ledger/facts.ts';
import type { ReleaseState } from '../../../domain/ledger/state.ts';
import { confirmedWeight } from '../../../domain/ledger/weight.ts';
import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import { sequentialContext } from '../../../domain/plan/sequential-context.ts';
import type { Observation } from '../../../domain/release/move.ts';
import { nextMove } from '../../../domain/release/next-move.ts';
import { currentStep, isSlotUnread } from '../../../domain/release/next-step.ts';
import { usualLatenessSeconds } from '../../../domain/sources/measure.ts';
import type { Random } from '../../../domain/statistics/random.ts';
import { expectedFrozenEpochMs, nextLookSeconds } from '../../../domain/windows/looks.ts';
import type { Counts, WindowRecord } from '../../../domain/windows/reading.ts';
import { analysisStart, expectedIn, steadyWeight, straddles } from '../../../domain/windows/shifts.ts';
import { at, type Line, NOON, readied, releaseOf } from '../../support/ledger-lines.ts';

/** What the product did with a release; times in seconds from its start. */
export interface ProductRelease {
  end: string;
  endSeconds: number;
  /** When each weight was sent. */
  weights: { fromSeconds: number; weight: number }[];
  /** Of each bake or soak that held: its hold. */
  holds: { weight: number; seconds: number }[];
  /** Why each step went on, in the product's words. */
  because: string[];
}

/**
 * A release through the product's own judges and its own decisions, from the ledger alone: only the counts are drawn, and
 * approvals, hooks and readiness take no time. A shift takes 2 s, as a forecast has it.
 */
export function playInProduct(
  plan: Plan,
  {
    traffic,
    baseline,
    canaryRate,
    random,
  }: {
    traffic: Traffic;
    baseline: Record<string, Baseline>;
    canaryRate: number;
    random: Random;
  },
): ProductRelease {
  const lines: Line[] = [...readied(0, 100), [0, { kind: 'baselineSeen', baseline }]];
  const records: WindowRecord[] = [];
  const holds: ProductRelease['holds'] = [];
  const because: string[] = [];
  const verdicts = new Map<string, Judged>();
  let now = 0;
  const append = (fact: Fact) => lines.push([now, fact]);
  const ended = (end: string): ProductRelease => {
    const { shifts } = releaseOf(plan, ...lines);
    const weights = shifts.map(({ intendedAtEpochMs, weight }) => ({
      fromSeconds: (intendedAtEpochMs - NOON) / 1000,
      weight,
    }));
    return { end, endSeconds: now, weights, holds, because };
  };
  for (let looks = 0; looks < 5_000; looks += 1) {
    begin(releaseOf(plan, ...lines), append, NOON + now * 1000);
    const release = releaseOf(plan, ...lines);
    if (release.soak?.done === true) return ended('promoted');
    readWindows(release, now, records, { traffic, canaryRate, random });
    const { seen, ceilings } = observe(release, now, records, verdicts);
    for (const [name, found] of Object.entries(ceilings)) {
      if (release.ceilings?.[name] === undefined) append({ kind: 'ceilingsFrozen', ceilings: { [name]: [...found] } });
    }
    const { move, facts } = nextMove(release, seen);
    for (const fact of facts) append(fact);
    if (facts.some(({ kind }) => kind === 'approvalOpened')) return ended('asked');
    if (release.hold !== undefined && move.kind !== 'lookAgain') {
      holds.push({ weight: confirmedWeight(release), seconds: now - (release.hold.sinceEpochMs - NOON) / 1000 });
    }
    switch (move.kind) {
      case 'lookAgain':
        now += move.seconds;
        break;
      case 'advance':
        because.push(move.because);
        break;
      case 'rollBack':
        because.push(move.because);
        return ended(move.reason);
      case 'shiftTraffic':
        shift(release, append, seconds => {
          now += seconds;
        });
        break;
    }
  }
  throw new Error('the release has no end');
}

/** Steps and the soak begin as soon as they are due, and the slots are read whenever somebody asks. */
function begin(release: ReleaseState, append: (fact: Fact) => void, nowEpochMs: number): void {
  const step = currentStep(release);
  if (step === undefined) {
    if (release.soak === undefined) append({ kind: 'soakStarted' });
  } else if (release.stepStartedAtEpochMs === undefined && (step.kind === 'bake' || step.kind === 'analysis')) {
    append({ kind: 'stepStarted', index: release.stepsDone });
  } else if (step.kind === 'hook' || step.kind === 'approval') {
    append({ kind: 'stepDone', index: release.stepsDone, because: 'takes no time here' });
    begin({ ...release, stepsDone: release.stepsDone + 1 }, append, nowEpochMs);
  } else if (step.kind === 'setWeight' && isSlotUnread(release, nowEpochMs)) {
    append({ kind: 'slotSeen', slot: 'green', desired: 4, available: 4, ready: true });
  }
}

function shift(release: ReleaseState, append: (fact: Fact) => void, wait: (seconds: number) => void): void {
  const step = currentStep(release);
  if (step?.kind !== 'setWeight') throw new Error('no weight is due');
  const { weight } = step;
  append({
    kind: 'shiftIntended',
    from: dialFor('green', confirmedWeight(release)),
    to: dialFor('green', weight),
    weight,
  });
  wait(2);
  append({ kind: 'shiftConfirmed', dial: dialFor('green', weight), weight });
}

/** All windows that are frozen by then, those too that overlap a shift, each with counts that are drawn once. */
function readWindows(
  { plan, shifts, admission }: ReleaseState,
  nowSeconds: number,
  records: WindowRecord[],
  drawn: { traffic: Traffic; canaryRate: number; random: Random },
): void {
  const first = analysisStart(shifts);
  if (first === undefined) return;
  const windowMs = plan.windowSeconds * 1000;
  const lateness = usualLatenessSeconds(plan.metrics.map(({ source }) => source.kind));
  const known = records.at(-1)?.endEpochMs;
  for (let startEpochMs = known ?? Math.floor(first / windowMs) * windowMs; ; startEpochMs += windowMs) {
    const window = { startEpochMs, endEpochMs: startEpochMs + windowMs };
    const frozenAtEpochMs = expectedFrozenEpochMs(window, lateness);
    if (frozenAtEpochMs > at(nowSeconds)) return;
    const isWhole = !straddles(window, shifts, admission?.propagationSeconds ?? 0) && expectedIn(window, shifts).canary;
    for (const metric of plan.metrics.filter(isCounted)) {
      records.push({
        metric: metric.name,
        ...window,
        reading: isWhole
          ? { kind: 'counts', ...countsOf(metric, weightAt(shifts, startEpochMs), plan.windowSeconds, drawn) }
          : { kind: 'noData', reason: 'between two weights' },
        readAtEpochMs: frozenAtEpochMs - 10_000,
        frozenAtEpochMs,
        straddles: !isWhole,
      });
    }
  }
}

const weightAt = (shifts: ReleaseState['shifts'], epochMs: number): number =>
  shifts.findLast(({ intendedAtEpochMs }) => intendedAtEpochMs <= epochMs)?.weight ?? 0;

/** The canary's first, and then the stable version's. */
function countsOf(
  metric: Metric,
  weight: number,
  windowSeconds: number,
  { traffic, canaryRate, random }: { traffic: Traffic; canaryRate: number; random: Random },
): { canary: Counts; stable: Counts | null } {
  const { canary, stable } = requestsIn({ startSeconds: 0, endSeconds: windowSeconds, weight }, traffic);
  const own = countsSlowOnes(metric) ? rateOf(metric, traffic) : canaryRate;
  const of = (requests: number, rate: number): Counts => {
    const bad = drawBad(random, requests, rate, traffic.dispersion);
    return { requests, bad: Array.from({ length: thresholdsOf(metric) }, () => bad) };
  };
  return { canary: of(canary, own), stable: of(stable, rateOf(metric, traffic)) };
}

type Judged = ReleaseVerdict & { analysisComplete: boolean };

/** A look at the same windows in the same step judges the same, so that it is asked once. */
function observe(
  release: ReleaseState,
  nowSeconds: number,
  records: readonly WindowRecord[],
  verdicts: Map<string, Judged>,
): { seen: Observation; ceilings: Judged['ceilings'] } {
  const { plan, shifts } = release;
  const windowsByMetric = Object.groupBy(records, ({ metric }) => metric) as Record<string, WindowRecord[]>;
  const nowEpochMs = at(nowSeconds);
  const context: JudgementContext = {
    analysisStartedAtEpochMs: analysisStart(shifts),
    nowEpochMs,
    windowSeconds: plan.windowSeconds,
    expects: window => expectedIn(window, shifts),
    sequential: sequentialContext(plan, release),
    steadyWeight: window => steadyWeight(window, shifts, release.admission?.draining?.clientsSeconds ?? 0),
    terse: true,
  };
  const step = currentStep(release);
  const only = step?.kind === 'analysis' ? { metricsOfThisStep: step.metrics } : undefined;
  const key = `${records.length} ${release.stepsDone} ${shifts.length}`;
  const found = () => {
    const release = judgeRelease(plan.metrics, windowsByMetric, context, only);
    const isComplete = step?.kind === 'analysis' && analysisComplete(step, plan.metrics, release.judged);
    return { ...release, analysisComplete: isComplete };
  };
  const judged = verdicts.get(key) ?? found();
  verdicts.set(key, judged);
  const { verdict, byMetric, ceilings } = judged;
  const first = analysisStart(shifts);
  const nextReadingSeconds =
    first === undefined
      ? 5
      : nextLookSeconds({
          firstStartEpochMs: first,
          windowSeconds: plan.windowSeconds,
          nowEpochMs,
          metrics: plan.metrics.map(({ name }) => name),
          records,
          defaultLatenessSeconds: usualLatenessSeconds(plan.metrics.map(({ source }) => source.kind)),
        });
  const seen: Observation = {
    nowEpochMs,
    dial: dialFor('green', confirmedWeight(release)),
    healthyCanaryTargets: 4,
    unsureCanaryTargets: 0,
    alarms: [],
    verdict,
    byMetric,
    nextReadingSeconds,
    analysisComplete: judged.analysisComplete,
  };
  return { seen, ceilings };
}
