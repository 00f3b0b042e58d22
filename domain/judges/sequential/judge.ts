import { fixedText, groupedText } from '../../number-text.ts';
import type { DetectorSettings, WindowEvidence } from '../../statistics/sequential/detector.ts';
import { trafficShareIn } from '../../statistics/sequential/traffic-share.ts';
import type { WindowRecord } from '../../windows/reading.ts';
import type { JudgementContext, Measurement, MetricVerdict } from '../context.ts';
import type { Folded } from '../folded-shape.ts';
import type { JudgeRunKind } from '../judge-run-kind.ts';
import { PROFILE, type SequentialContext } from './context.ts';
import { type KeptFold, keptFold, newFold, resumedFold, type SequentialFold, stepFold } from './fold.ts';
import type { SequentialJudgeSpec } from './spec.ts';
import { foldWithout, type KeptWithout, metricVerdict, withoutEvidence } from './verdict.ts';
import {
  type AutoSums,
  ceilingsOf,
  detectorMetric,
  detectorSettings,
  type KnownWindow,
  knownWindows,
  noAutoSums,
  type SequentialMetric,
  withAutoSums,
} from './windows.ts';
import { oddsText } from './words.ts';

export interface SequentialVerdicts {
  byMetric: Record<string, MetricVerdict>;
  /** `auto` ceilings that are known, by metric: to be frozen into the release. */
  ceilings: Record<string, readonly number[]>;
  /** The traffic is not where the weights say: a sentence, and the release holds. */
  holds: string | undefined;
  /** Evidence after each window, in the order in which the windows became known: what there is to draw. */
  evidence: WindowEvidence[];
}

/** What is kept of the sequential metrics of a release after some windows: plain JSON. */
export interface KeptSequential {
  fold: KeptFold;
  byMetric: Record<string, { auto: AutoSums; without: KeptWithout; ahead: number[] }>;
}

/** Of the windows that were folded: every one that begins before, and those `ahead` (KeptSequential). */
export interface SequentialBefore {
  untilEpochMs: number;
  kept: KeptSequential;
}

/**
 * The sequential metrics of a release, judged together under one alpha: a pure function of the frozen windows, the plan,
 * and what the ledger keeps of the stable version's past (docs/statistics.md).
 * @param before what was folded of the windows before; evidence and measurements are then of the windows since
 * @throws RangeError the context lacks what the plan says of sequential metrics
 */
function judgeSequential(
  metrics: readonly SequentialMetric[],
  windowsByMetric: Readonly<Record<string, readonly WindowRecord[]>>,
  context: JudgementContext,
  before?: SequentialBefore,
): SequentialVerdicts {
  const sequential = sequentialOf(context);
  const owns = ownsOf(metrics, windowsByMetric, context, { before });
  const { fold, evidence } = folded(owns, context, before);
  const byMetric: Record<string, MetricVerdict> = {};
  for (const { metric, records, ceilings } of owns) {
    const { name } = metric;
    const own = evidence.filter(one => one.metric === name);
    const hasCeiling = ceilings !== undefined;
    const without = withoutEvidence({ metric, records, context, hasCeiling }, before?.kept.byMetric[name]?.without);
    const found = metricVerdict({ metric, fold, without, context, sequential });
    byMetric[name] = { ...found, measurements: own.map(measurementOf) };
  }
  const auto = owns.flatMap(({ metric, ceilings }) =>
    metric.judge.ceiling === 'auto' && ceilings !== undefined ? [[metric.name, ceilings] as const] : [],
  );
  return { byMetric, ceilings: Object.fromEntries(auto), evidence, holds: trafficProblem(fold) };
}

/**
 * The same, kept after the windows that were frozen by `knownUntilEpochMs`.
 * @param cut every window that begins before `untilEpochMs` was frozen by then
 */
function foldSequential(
  metrics: readonly SequentialMetric[],
  windowsByMetric: Readonly<Record<string, readonly WindowRecord[]>>,
  context: JudgementContext,
  cut: { untilEpochMs: number; knownUntilEpochMs: number },
  before?: SequentialBefore,
): KeptSequential {
  const { untilEpochMs, knownUntilEpochMs } = cut;
  const owns = ownsOf(metrics, windowsByMetric, context, { before, knownUntilEpochMs });
  const { fold } = folded(owns, context, before);
  const byMetric = owns.map(({ metric, records, windows, auto, ceilings }) => {
    const known = before?.kept.byMetric[metric.name];
    const starts = windows.map(({ startEpochMs }) => startEpochMs);
    const ahead = [...(known?.ahead ?? []), ...starts].filter(start => start >= untilEpochMs).sort((a, b) => a - b);
    const of = { metric, records, context, hasCeiling: ceilings !== undefined };
    return [metric.name, { auto, ahead, without: foldWithout(of, untilEpochMs, known?.without) }] as const;
  });
  return { fold: keptFold(fold), byMetric: Object.fromEntries(byMetric) };
}

function sequentialOf({ sequential }: JudgementContext): SequentialContext {
  if (sequential === undefined) throw new RangeError('sequential metrics, and no plan-level settings for them');
  return sequential;
}

/** One metric with what is known of it before the detector looks. */
interface Own {
  metric: SequentialMetric;
  records: readonly WindowRecord[];
  /** Those that are not folded yet. */
  windows: KnownWindow[];
  auto: AutoSums;
  ceilings: readonly number[] | undefined;
}

function ownsOf(
  metrics: readonly SequentialMetric[],
  windowsByMetric: Readonly<Record<string, readonly WindowRecord[]>>,
  context: JudgementContext,
  {
    before,
    knownUntilEpochMs = Number.POSITIVE_INFINITY,
  }: { before: SequentialBefore | undefined; knownUntilEpochMs?: number },
): Own[] {
  const sequential = sequentialOf(context);
  return metrics.map((metric): Own => {
    const records = windowsByMetric[metric.name] ?? [];
    const kept = before?.kept.byMetric[metric.name];
    const ahead = new Set(kept?.ahead);
    const windows = knownWindows(records, context).filter(
      ({ startEpochMs, frozenAtEpochMs }) => frozenAtEpochMs <= knownUntilEpochMs && !ahead.has(startEpochMs),
    );
    const auto = withAutoSums(kept?.auto ?? noAutoSums(), windows);
    return {
      metric,
      records,
      windows,
      auto,
      ceilings: ceilingsOf(metric, { sums: auto, windowSeconds: context.windowSeconds, sequential }),
    };
  });
}

/** The detector over all windows, on from those that were folded. */
function folded(
  owns: readonly Own[],
  context: JudgementContext,
  before: SequentialBefore | undefined,
): { fold: SequentialFold; evidence: WindowEvidence[] } {
  const sequential = sequentialOf(context);
  const settings: DetectorSettings = detectorSettings(
    sequential,
    owns.map(({ metric, ceilings }) => detectorMetric(metric, context, sequential, ceilings)),
  );
  const windowMs = context.windowSeconds * 1000;
  const fold =
    before === undefined
      ? newFold(settings)
      : resumedFold(settings, before.kept.fold, name => [
          { startEpochMs: Number.NEGATIVE_INFINITY, endEpochMs: before.untilEpochMs },
          ...(before.kept.byMetric[name]?.ahead ?? []).map(start => ({
            startEpochMs: start,
            endEpochMs: start + windowMs,
          })),
        ]);
  const windows = owns.flatMap(own => own.windows);
  return { fold, evidence: stepFold(fold, windows, context) };
}

/** docs/statistics.md (d), by the requests of the metric that has most windows: all count the same requests. */
function trafficProblem({ sums }: SequentialFold): string | undefined {
  const most = [...sums.values()].reduce((a, b) => (b.compared.windows > a.compared.windows ? b : a));
  const found = trafficShareIn(most.traffic, PROFILE);
  const { wrong, canaryRequests, requests, expectedRequests, logE } = found;
  if (wrong === undefined) return undefined;
  return `the canary got ${groupedText(canaryRequests)} of ${groupedText(requests)} requests, and by its weights it should have had ${groupedText(Math.round(expectedRequests))}: the traffic is not where the weights say (odds against chance ${oddsText(logE)})`;
}

/** A window that was scored is a measurement; one that was not is none, and says why. */
function measurementOf({ startEpochMs, endEpochMs, scored, because, logE, logCeiling }: WindowEvidence): Measurement {
  if (because !== undefined) return { startEpochMs, endEpochMs, phase: 'inconclusive', because };
  const text =
    scored === 'ceiling' && logCeiling !== undefined
      ? `against the ceiling: ln E ${fixedText(logCeiling, 2)}`
      : `against stable: ln E ${fixedText(logE, 2)}`;
  return { startEpochMs, endEpochMs, phase: 'successful', because: text };
}

/** Where its fold stands in Folded. */
const SEQUENTIAL = 'sequential';

const keptBefore = (before: Folded | undefined): SequentialBefore | undefined =>
  before?.[SEQUENTIAL] === undefined
    ? undefined
    : { untilEpochMs: before.untilEpochMs, kept: before[SEQUENTIAL] as KeptSequential };

export const sequentialJudge: JudgeRunKind<SequentialJudgeSpec> = {
  kind: 'sequential',
  hasDetector: true,
  keptAs: SEQUENTIAL,
  judge: (metrics, windows, context, before) => judgeSequential(metrics, windows, context, keptBefore(before)),
  fold: (metrics, windows, context, cut, before) => foldSequential(metrics, windows, context, cut, keptBefore(before)),
};
