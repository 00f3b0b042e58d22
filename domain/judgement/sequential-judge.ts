import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import type { WindowRecord } from './reading.ts';
import { BadCountsError, windowText } from './sequential/counts-problem.ts';
import { type Detector, detect, type WindowEvidence } from './sequential/detector.ts';
import { type TrafficWindow, trafficShareOf } from './sequential/traffic-share.ts';
import { PROFILE, type SequentialContext } from './sequential-context.ts';
import { metricVerdict } from './sequential-verdict.ts';
import {
  ceilingsOf,
  detectorMetric,
  detectorSettings,
  type KnownWindow,
  knownWindows,
  type SequentialMetric,
} from './sequential-windows.ts';
import { grouped, oddsText } from './sequential-words.ts';

export interface SequentialVerdicts {
  byMetric: Record<string, MetricVerdict>;
  /** `auto` ceilings that are known, by metric: to be frozen into the release. */
  ceilings: Record<string, readonly number[]>;
  /** The traffic is not where the weights say: a sentence, and the release holds. */
  traffic?: string;
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
  const windows = new Map(metrics.map(({ name }) => [name, knownWindows(windowsByMetric[name] ?? [], context)]));
  const ceilings = new Map(
    metrics.map(metric => [
      metric.name,
      ceilingsOf(metric, windows.get(metric.name) ?? [], context.windowSeconds, sequential),
    ]),
  );
  const problems = otherSeconds([...windows.values()].flat(), context.windowSeconds);
  const { detector, evidence } = detectUsable(metrics, windows, ceilings, problems, { context, sequential });
  const byMetric: Record<string, MetricVerdict> = {};
  for (const metric of metrics) {
    const own = evidence.filter(one => one.metric === metric.name);
    const records = windowsByMetric[metric.name] ?? [];
    const problem = problems.get(metric.name);
    const found = metricVerdict({
      metric,
      records,
      windows: windows.get(metric.name) ?? [],
      detector,
      evidence: own,
      problem,
      context,
      sequential,
    });
    byMetric[metric.name] = { ...found, measurements: own.map(measurementOf) };
  }
  const auto = metrics.flatMap(({ name, judge }) => {
    const found = ceilings.get(name);
    return judge.ceiling === 'auto' && found !== undefined ? [[name, found] as const] : [];
  });
  const traffic = trafficProblem([...windows.values()], evidence, context);
  return { byMetric, ceilings: Object.fromEntries(auto), evidence, ...(traffic === undefined ? {} : { traffic }) };
}

/** docs/statistics.md (d), by the requests of the metric that has most windows: all count the same requests. */
function trafficProblem(
  windowsByMetric: readonly (readonly KnownWindow[])[],
  evidence: readonly WindowEvidence[],
  { steadyWeight }: JudgementContext,
): string | undefined {
  if (steadyWeight === undefined) return undefined;
  const compared = new Set(
    evidence.filter(({ scored }) => scored === 'comparison').map(one => `${one.metric} ${one.startEpochMs}`),
  );
  const [most = []] = windowsByMetric
    .map(windows => windows.filter(one => compared.has(`${one.metric} ${one.startEpochMs}`)))
    .sort((a, b) => b.length - a.length);
  const traffic = most.flatMap((window): TrafficWindow[] => {
    const weight = steadyWeight(window);
    if (weight === undefined) return [];
    const [canaryRequests, stableRequests] = [window.canary?.requests ?? 0, window.stable?.requests ?? 0];
    return [{ canaryRequests, stableRequests, weight: weight / 100 }];
  });
  const { tooLittle, canaryRequests, requests, expectedRequests, logE } = trafficShareOf(traffic, PROFILE);
  if (!tooLittle) return undefined;
  return `the canary got ${grouped(canaryRequests)} of ${grouped(requests)} requests, and by its weights it should have had ${grouped(Math.round(expectedRequests))}: the traffic is not where the weights say (${oddsText(logE)} against chance)`;
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
  metrics: readonly SequentialMetric[],
  windows: ReadonlyMap<string, KnownWindow[]>,
  ceilings: ReadonlyMap<string, readonly number[] | undefined>,
  problems: Map<string, string>,
  { context, sequential }: { context: JudgementContext; sequential: SequentialContext },
): { detector: Detector; evidence: WindowEvidence[] } {
  const settings = detectorSettings(
    sequential,
    metrics.map(metric => detectorMetric(metric, context, sequential, ceilings.get(metric.name))),
  );
  for (;;) {
    const usable = metrics.filter(({ name }) => !problems.has(name)).flatMap(({ name }) => windows.get(name) ?? []);
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
  if (scored === 'not') return { startEpochMs, endEpochMs, phase: 'inconclusive', because: because ?? 'not judged' };
  const log = scored === 'ceiling' ? (logCeiling ?? 0) : logE;
  const text = `${scored === 'ceiling' ? 'against the ceiling' : 'against the stable version'}: ln E ${log.toFixed(2)}`;
  return { startEpochMs, endEpochMs, phase: 'successful', because: text };
}
