import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import type { WindowRecord } from './reading.ts';
import { BadCountsError, windowText } from './sequential/counts-problem.ts';
import { type Detector, detect, type WindowEvidence } from './sequential/detector.ts';
import { type TrafficWindow, trafficShareOf } from './sequential/traffic-share.ts';
import { PROFILE, type SequentialContext } from './sequential-context.ts';
import type { MetricState } from './sequential-power.ts';
import { metricVerdict } from './sequential-verdict.ts';
import {
  ceilingsOf,
  detectorMetric,
  detectorSettings,
  type KnownWindow,
  knownWindows,
  type ScoredWindow,
  type SequentialMetric,
  scoredWindows,
} from './sequential-windows.ts';
import { grouped, oddsText } from './sequential-words.ts';

export interface SequentialVerdicts {
  byMetric: Record<string, MetricVerdict>;
  /** `auto` ceilings that are known, by metric: to be frozen into the release. */
  ceilings: Record<string, readonly number[]>;
  /** The traffic is not where the weights say: a sentence, and the release holds. */
  traffic: string | undefined;
  /** Evidence after each window, in the order in which the windows became known: what there is to draw. */
  evidence: WindowEvidence[];
}

/**
 * The sequential metrics of a release, judged together under one alpha: a pure function of the frozen windows, the plan,
 * and what the ledger keeps of the stable version's past (docs/statistics.md). Nothing else is stored: the evidence over
 * time is this function over the stored windows.
 * @throws RangeError the context lacks what the plan says of sequential metrics
 */
export function judgeSequential(
  metrics: readonly SequentialMetric[],
  windowsByMetric: Readonly<Record<string, readonly WindowRecord[]>>,
  context: JudgementContext,
): SequentialVerdicts {
  const { sequential } = context;
  if (sequential === undefined) throw new RangeError('sequential metrics, and no plan-level settings for them');
  const judged = metrics.map((metric): Own => {
    const records = windowsByMetric[metric.name] ?? [];
    const windows = knownWindows(records, context);
    return { metric, records, windows, ceilings: ceilingsOf(metric, windows, context.windowSeconds, sequential) };
  });
  const problems = otherSeconds(
    judged.flatMap(({ windows }) => windows),
    context.windowSeconds,
  );
  const { detector, evidence } = detectUsable(judged, problems, { context, sequential });
  const byMetric: Record<string, MetricVerdict> = {};
  const compared: ScoredWindow[][] = [];
  for (const { metric, records, windows } of judged) {
    const { name } = metric;
    const own = evidence.filter(one => one.metric === name);
    const state = detector.metrics.get(name) as MetricState; // the detector is made of these metrics
    const alarm = detector.alarm?.metric === name ? detector.alarm : undefined;
    const problem = problems.get(name);
    const found = metricVerdict({
      metric,
      records,
      windows,
      state,
      alarm,
      evidence: own,
      problem,
      context,
      sequential,
    });
    byMetric[name] = { ...found, measurements: own.map(measurementOf) };
    compared.push(scoredWindows(windows, own, 'comparison'));
  }
  const auto = judged.flatMap(({ metric, ceilings }) =>
    metric.judge.ceiling === 'auto' && ceilings !== undefined ? [[metric.name, ceilings] as const] : [],
  );
  return { byMetric, ceilings: Object.fromEntries(auto), evidence, traffic: trafficProblem(compared, context) };
}

/** One metric with what is known of it before the detector looks. */
interface Own {
  metric: SequentialMetric;
  records: readonly WindowRecord[];
  windows: KnownWindow[];
  ceilings: readonly number[] | undefined;
}

/** docs/statistics.md (d), by the requests of the metric that has most windows: all count the same requests. */
function trafficProblem(
  compared: readonly ScoredWindow[][],
  { steadyWeight, windowSeconds }: JudgementContext,
): string | undefined {
  if (steadyWeight === undefined) return undefined;
  const most = compared.reduce((a, b) => (b.length > a.length ? b : a), []);
  const traffic = most.flatMap(({ startEpochMs, canary, stable }): TrafficWindow[] => {
    const weight = steadyWeight({ startEpochMs, endEpochMs: startEpochMs + windowSeconds * 1000 });
    if (weight === undefined) return [];
    return [{ canaryRequests: canary.requests, stableRequests: stable.requests, weight: weight / 100 }];
  });
  const { tooLittle, canaryRequests, requests, expectedRequests, logE } = trafficShareOf(traffic, PROFILE);
  if (!tooLittle) return undefined;
  return `the canary got ${grouped(canaryRequests)} of ${grouped(requests)} requests, and by its weights it should have had ${grouped(Math.round(expectedRequests))}: the traffic is not where the weights say (odds against chance ${oddsText(logE)})`;
}

/** Metrics with a window that is not as long as the plan's: its counts are of other seconds than the rest. */
function otherSeconds(windows: readonly KnownWindow[], windowSeconds: number): Map<string, string> {
  const problems = new Map<string, string>();
  for (const window of windows) {
    const seconds = (window.endEpochMs - window.startEpochMs) / 1000;
    if (seconds === windowSeconds || problems.has(window.metric)) continue;
    problems.set(
      window.metric,
      `${windowText(window)}: it is ${seconds} s long, and the plan's windows are ${windowSeconds} s`,
    );
  }
  return problems;
}

/** The detector over all windows; a metric with counts that cannot be is judged by none of them, and never as good. */
function detectUsable(
  judged: readonly Own[],
  problems: Map<string, string>,
  { context, sequential }: { context: JudgementContext; sequential: SequentialContext },
): { detector: Detector; evidence: WindowEvidence[] } {
  const settings = detectorSettings(
    sequential,
    judged.map(({ metric, ceilings }) => detectorMetric(metric, context, sequential, ceilings)),
  );
  for (;;) {
    const usable = judged.filter(({ metric }) => !problems.has(metric.name)).flatMap(({ windows }) => windows);
    const together = Map.groupBy(usable, window => window.frozenAtEpochMs);
    const inOrder = [...together].sort(([a], [b]) => a - b).map(([, batch]) => batch);
    try {
      return detect(settings, inOrder);
    } catch (error) {
      if (!(error instanceof BadCountsError)) throw error;
      problems.set(error.metric, error.message); // without that metric's windows, once more
    }
  }
}

/** A window that was scored is a measurement; one that was not is none, and says why. */
function measurementOf({ startEpochMs, endEpochMs, scored, because, logE, logCeiling }: WindowEvidence): Measurement {
  if (because !== undefined) return { startEpochMs, endEpochMs, phase: 'inconclusive', because };
  const text =
    scored === 'ceiling' && logCeiling !== undefined
      ? `against the ceiling: ln E ${logCeiling.toFixed(2)}`
      : `against stable: ln E ${logE.toFixed(2)}`;
  return { startEpochMs, endEpochMs, phase: 'successful', because: text };
}
