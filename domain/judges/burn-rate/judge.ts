import type { WindowRecord } from '../../windows/reading.ts';
import type { Window } from '../../windows/windows.ts';
import type { JudgementContext, Measurement, MetricVerdict } from '../context.ts';
import { WITHOUT_EVIDENCE_LIMIT } from '../counting.ts';
import type { JudgeRunKind } from '../judge-run-kind.ts';
import { everyWindow, type MeasurementDue, settledTurns, type TurnPlace, turnsOf } from '../measurements-due.ts';
import type { MetricOf } from '../metric-of.ts';
import type { Verdict } from '../verdict.ts';
import { burnsAt, type CountedWindow } from './burn.ts';
import type { BurnRateJudgeSpec } from './spec.ts';

export type BurnRateMetric = MetricOf<BurnRateJudgeSpec>;

/** What is kept of a metric after some windows: plain JSON, no larger than its longest window. */
export interface KeptBurn {
  place: TurnPlace;
  /** Those with a request that a later window still reaches back to, oldest first. */
  counted: CountedWindow[];
  firstEpochMs?: number;
  /** Windows of which something could be said. */
  done: number;
  /** How many of the last windows in a row had no request, or were too few to say anything. */
  withoutEvidence: number;
  last?: Measurement;
  /** The first that burnt too fast: it stays degraded. */
  decisive?: Measurement;
}

type Judged = Omit<KeptBurn, 'place'> & { measurements: Measurement[] };

/**
 * The multiwindow, multi-burn-rate alert of "The Site Reliability Workbook", chapter 5, on the canary's counts alone: at the
 * end of each window, a pair whose long and short window both burn the budget faster than its rate is degraded. A release
 * that is younger than a window is judged by what there is, from `minRequests` on. Windows that straddle a shift, that are
 * not there, or that have no request, count nothing.
 * @param windows of this metric, in any order; one that is not frozen yet ends what can be judged
 * @param before what was folded of those before
 */
export function judgeBurnRate(
  metric: BurnRateMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
  before?: KeptBurn,
): MetricVerdict {
  const judged = judgedSoFar(metric, turnsOf(windows, context, everyWindow(context), before?.place), before);
  const verdict = verdictOf(metric, judged);
  const brokeLimit = verdict.kind === 'inconclusive' && judged.withoutEvidence > WITHOUT_EVIDENCE_LIMIT;
  return { verdict, measurements: judged.measurements, done: judged.done, brokeLimit };
}

function judgedSoFar(metric: BurnRateMetric, turns: readonly MeasurementDue[], before: KeptBurn | undefined): Judged {
  const { counted = [], firstEpochMs, done = 0, withoutEvidence = 0, last, decisive } = before ?? {};
  const judged: Judged = {
    ...{ counted: [...counted], done, withoutEvidence, measurements: [] },
    ...(firstEpochMs !== undefined && { firstEpochMs }),
    ...(last !== undefined && { last }),
    ...(decisive !== undefined && { decisive }),
  };
  for (const turn of turns) {
    // what comes later is judged with this one, or without it once it is missed
    if (turn.kind === 'open' && !turn.missed) break;
    addWindow(metric, judged, turn.kind === 'open' ? turn.window : turn.record);
  }
  return judged;
}

function addWindow({ judge, source }: BurnRateMetric, judged: Judged, window: Window | WindowRecord): void {
  const { startEpochMs, endEpochMs } = window;
  const { firstEpochMs = startEpochMs } = judged;
  judged.firstEpochMs = firstEpochMs;
  const counts = countsIn(window);
  if (typeof counts !== 'string') judged.counted.push({ startEpochMs, ...counts });
  const longest = Math.max(...judge.windows.map(({ longSeconds }) => longSeconds));
  judged.counted = judged.counted.filter(one => one.startEpochMs >= endEpochMs - longest * 1000);
  const [worst, ...others] = burnsAt({ measure: source.measure, judge, counted: judged.counted, firstEpochMs }, window);
  const most = others.reduce((a, b) => (a !== undefined && b.requests > a.requests ? b : a), worst);
  const isEnough = (most?.requests ?? 0) >= judge.minRequests;
  const shown = worst !== undefined && worst.near > 0 ? worst : most;
  const hasEvidence = typeof counts !== 'string' && isEnough;
  const measurement: Measurement = {
    ...{ startEpochMs, endEpochMs },
    phase: hasEvidence ? (worst?.isOver === true ? 'failed' : 'successful') : 'inconclusive',
    because: typeof counts === 'string' ? counts : (shown?.because ?? ''),
  };
  judged.measurements.push(measurement);
  judged.last = measurement;
  judged.withoutEvidence = hasEvidence ? 0 : judged.withoutEvidence + 1;
  if (hasEvidence) judged.done += 1;
  if (measurement.phase === 'failed') judged.decisive ??= measurement;
}

/** The canary's counts, or why there are none. */
function countsIn(window: Window | WindowRecord): Omit<CountedWindow, 'startEpochMs'> | string {
  if (!('reading' in window)) return 'the window was not read';
  const { reading } = window;
  if (reading.kind === 'noData') return `no data: ${reading.reason}`;
  if (reading.kind !== 'counts') return 'the reading has no counts';
  return reading.canary === null || reading.canary.requests === 0 ? 'the canary had no request' : reading.canary;
}

function verdictOf({ name }: BurnRateMetric, { decisive, last, done, withoutEvidence }: Judged): Verdict {
  if (decisive !== undefined) return { kind: 'degraded', because: decisive.because, metric: name };
  const held = (because: string): Verdict => ({ kind: 'inconclusive', because, fault: false });
  if (last === undefined) return held('no window was measured yet');
  if (done === 0) return held(last.because);
  if (withoutEvidence > WITHOUT_EVIDENCE_LIMIT) {
    return held(`${withoutEvidence} windows in a row without evidence; the last: ${last.because}`);
  }
  const good = last.phase === 'successful' ? 'within the budget so far' : 'within the budget before';
  return { kind: 'watching', because: `${good}: ${last.because}` };
}

function foldBurnRate(
  metric: BurnRateMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
  untilEpochMs: number,
  before: KeptBurn | undefined,
): KeptBurn {
  const until = { untilEpochMs, from: before?.place };
  const { turns, place } = settledTurns(windows, context, everyWindow(context), until);
  const { measurements: _, ...kept } = judgedSoFar(metric, turns, before);
  return { place, ...kept };
}

/** Where its fold stands in Folded. */
const BURNS = 'burns';

export const burnRateJudge: JudgeRunKind<BurnRateJudgeSpec> = {
  kind: 'burnRate',
  keptAs: BURNS,
  judge: (metrics, windows, context, before) => {
    const kept = before?.[BURNS] as Record<string, KeptBurn> | undefined;
    const byMetric = metrics.map(
      metric => [metric.name, judgeBurnRate(metric, windows[metric.name] ?? [], context, kept?.[metric.name])] as const,
    );
    return { byMetric: Object.fromEntries(byMetric) };
  },
  fold: (metrics, windows, context, { untilEpochMs }, before) => {
    const kept = before?.[BURNS] as Record<string, KeptBurn> | undefined;
    const byMetric = metrics.map(metric => {
      const { name } = metric;
      return [name, foldBurnRate(metric, windows[name] ?? [], context, untilEpochMs, kept?.[name])] as const;
    });
    return Object.fromEntries(byMetric);
  },
};
