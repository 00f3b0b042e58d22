import type { WindowEvidence } from '../statistics/sequential/detector.ts';
import type { WindowRecord } from '../windows/reading.ts';
import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import { type Folded, windowsSince } from './folded.ts';
import type { KindVerdicts, WindowsByMetric } from './judge-run-kind.ts';
import type { Metric } from './metric.ts';
import { JUDGE_RUNS, judgeRunOf } from './run-registry.ts';
import type { Verdict } from './verdict.ts';

export type { JudgementContext, Measurement, MetricVerdict } from './context.ts';

/**
 * The verdict on one metric, by the judge that its plan names. `windows` are this metric's, in any order. A sequential
 * metric is judged by its own evidence alone, and one of Kayenta's judge scored alone; what all of them show together,
 * judgeRelease says.
 * @param before what was folded of the windows before those
 */
export const judgeMetric = (
  metric: Metric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
  before?: Folded,
): MetricVerdict => verdictOn(metric, kindsVerdicts([metric], { [metric.name]: windows }, context, before));

/** What each kind of judge finds of the metrics that it judges; nothing before the canary gets traffic. */
function kindsVerdicts(
  metrics: readonly Metric[],
  windows: WindowsByMetric,
  context: JudgementContext,
  before: Folded | undefined,
): KindVerdicts[] {
  if (context.analysisStartedAtEpochMs === undefined) return [];
  return JUDGE_RUNS.flatMap(kind => {
    const own = metrics.filter(({ judge }) => judge.kind === kind.kind);
    return own.length === 0 ? [] : [kind.judge(own, windows, context, before)];
  });
}

const NO_TRAFFIC = { kind: 'watching', because: 'the canary gets no traffic yet' } as const;

function verdictOn({ name, judge }: Metric, found: readonly KindVerdicts[]): MetricVerdict {
  const own = found.flatMap(({ byMetric }) => byMetric[name] ?? [])[0];
  if (own !== undefined) return own;
  judgeRunOf(judge);
  return { verdict: NO_TRAFFIC, measurements: [], done: 0, brokeLimit: false };
}

/**
 * Whether an `analysis` step has what it waits for: each of its metrics has `count` measurements (or is healthy by
 * those it took, and takes no more), or has broken a limit that makes it inconclusive, so that the step is over and the release holds.
 * @param judged what was found by now, by metric
 * @throws RangeError the plan has no metric of that name
 */
export function analysisComplete(
  step: { metrics: readonly string[]; count: number },
  metrics: readonly Metric[],
  judged: Readonly<Record<string, MetricVerdict>>,
): boolean {
  return step.metrics.every(name => {
    const metric = metrics.find(candidate => candidate.name === name);
    const found = judged[name];
    if (metric === undefined || found === undefined)
      throw new RangeError(`an analysis step waits for ${name}, which is no metric of the plan`);
    const isDone = judgeRunOf(metric.judge).doneWhenHealthy === true && found.verdict.kind === 'healthy';
    return found.brokeLimit || isDone || found.done >= step.count;
  });
}

export interface ReleaseVerdict {
  verdict: Verdict;
  byMetric: Record<string, Verdict>;
  /** What each metric's judge found, `byMetric` and `measurements` among it. */
  judged: Record<string, MetricVerdict>;
  measurements: Record<string, Measurement[]>;
  /** Of the sequential metrics: `auto` ceilings to be frozen into the release, and the evidence after each window. */
  ceilings: Record<string, readonly number[]>;
  evidence: WindowEvidence[];
}

/**
 * The verdict on a release: degraded if any metric is (and no later window takes that back); else inconclusive if any is,
 * or if the source cannot be read (`fault`); healthy if all are; else watching.
 * @param windowsByMetric windows by the metric's name; a metric without any may be absent
 * @param only names of the metrics that may hold the release now, as in an `analysis` step; any may still degrade it
 * @param before what was folded of the windows before those: the verdict is then the one that all of them would have got,
 * measurements and evidence are those since
 */
export function judgeRelease(
  metrics: readonly Metric[],
  windowsByMetric: Readonly<Record<string, readonly WindowRecord[]>>,
  context: JudgementContext,
  only?: { metricsOfThisStep?: readonly string[] | undefined },
  before?: Folded,
): ReleaseVerdict {
  const since = before === undefined ? windowsByMetric : windowsSince(windowsByMetric, before);
  const found = kindsVerdicts(metrics, since, context, before);
  const judged = metrics.map(metric => [metric.name, verdictOn(metric, found)] as const);
  const byMetric = Object.fromEntries(judged.map(([name, { verdict }]) => [name, verdict]));
  const holds = found.flatMap(one => one.holds ?? [])[0];
  return {
    ...{ verdict: combined(byMetric, context, only?.metricsOfThisStep, holds), byMetric },
    judged: Object.fromEntries(judged),
    measurements: Object.fromEntries(judged.map(([name, { measurements }]) => [name, measurements])),
    ceilings: Object.assign({}, ...found.map(({ ceilings }) => ceilings ?? {})),
    evidence: found.flatMap(({ evidence }) => evidence ?? []),
  };
}

/** What would have gone unseen is known where each of those that hold says it; of one alone it would be half the truth. */
function heldBy(held: [string, Inconclusive][]): Verdict {
  const told = (textOf: (verdict: Inconclusive) => string | undefined) =>
    held.map(([name, verdict]) => `${name}: ${textOf(verdict)}`).join('; ');
  const verdict = { kind: 'inconclusive' as const, because: told(({ because }) => because), fault: false };
  if (held.some(([, { unseen }]) => unseen === undefined)) return verdict;
  return { ...verdict, unseen: told(({ unseen }) => unseen) };
}

type Inconclusive = Extract<Verdict, { kind: 'inconclusive' }>;

function combined(
  byMetric: Record<string, Verdict>,
  context: JudgementContext,
  metricsOfThisStep: readonly string[] | undefined,
  holds: string | undefined,
): Verdict {
  const all = Object.entries(byMetric);
  const sentence = (verdicts: [string, Verdict][]) =>
    verdicts.map(([name, { because }]) => `${name}: ${because}`).join('; ');
  for (const [name, verdict] of all) {
    if (verdict.kind === 'degraded') return { ...verdict, because: `${name}: ${verdict.because}` };
  }
  if (all.length === 0) return { kind: 'watching', because: 'the plan has no metrics, so nothing is judged' };
  if (context.analysisStartedAtEpochMs === undefined) return NO_TRAFFIC;
  if (context.sourceFault !== undefined) {
    return { kind: 'inconclusive', because: `the metrics cannot be read: ${context.sourceFault}`, fault: true };
  }
  // what the canary's few requests show of it is not what its weight would have shown
  if (holds !== undefined) return { kind: 'inconclusive', because: holds, fault: false };
  const asked = metricsOfThisStep === undefined ? all : all.filter(([name]) => metricsOfThisStep.includes(name));
  const held = asked.flatMap(([name, verdict]): [string, Inconclusive][] =>
    verdict.kind === 'inconclusive' ? [[name, verdict]] : [],
  );
  if (held.length > 0) return heldBy(held);
  const kind = asked.length > 0 && asked.every(([, verdict]) => verdict.kind === 'healthy') ? 'healthy' : 'watching';
  return { kind, because: sentence(asked) };
}
