import type { JudgementContext } from '../judges/context.ts';
import { judgeRelease, type ReleaseVerdict } from '../judges/judge-release.ts';
import { isDetected, judgeRunOf } from '../judges/run-registry.ts';
import { PROFILE } from '../judges/sequential/context.ts';
import type { Metric, Plan } from '../plan/plan.ts';
import { sequentialContext } from '../plan/sequential-context.ts';
import { logSumExp } from '../statistics/sequential/comparison.ts';
import type { WindowEvidence } from '../statistics/sequential/detector.ts';
import type { WindowRecord } from '../windows/reading.ts';
import { onGrid, type RecordedRelease } from './recorded-release.ts';
import {
  decisionAt,
  type EvidenceLine,
  nearnessOf,
  type Replay,
  type ReplayJudge,
  replayOf,
  sequentialShares,
} from './replay.ts';

/**
 * A plan's metrics and judges over recorded windows, by the same function that judges a running release. The dial is the
 * recorded one: a plan's weights and waits are not played out, only what its judges would have said and when.
 * @param name what the judge is called   @param left metrics of the plan that nobody recorded: they are left out
 */
export const planReplay = (name: string, plan: Plan, left: readonly string[] = []): ReplayJudge => ({
  name,
  replay: (release, wanted) => replayPlan(name, plan, left, release, wanted.evidence),
});

function replayPlan(
  name: string,
  plan: Plan,
  left: readonly string[],
  recorded: RecordedRelease,
  wantsEvidence: boolean,
): Replay {
  const release = onGrid(recorded);
  const metrics = plan.metrics.filter(metric => !left.includes(metric.name));
  const judged = metrics.flatMap(metric => release.metrics.find(one => one.name === metric.name) ?? []);
  const moments = momentsOf(judged.flatMap(({ windows }) => windows));
  // K and the turns of other judges are in windows as they were recorded, whatever the plan's own are
  const context = contextOf({ ...plan, windowSeconds: release.windowSeconds }, release);
  const momentOf = (count: number): number => moments[count - 1] ?? Number.NEGATIVE_INFINITY;
  const judgeUntil = (nowEpochMs: number): ReleaseVerdict => {
    const known = judged.map(one => [one.name, one.windows.filter(record => knownAt(record) <= nowEpochMs)] as const);
    return judgeRelease(metrics, Object.fromEntries(known), { ...context, nowEpochMs });
  };
  let [low, high] = [0, moments.length];
  let found = judgeUntil(momentOf(high));
  // degraded is final, so the first window that brings it can be found by halving
  while (found.verdict.kind === 'degraded' && high - low > 1) {
    const middle = (low + high) >> 1;
    const sooner = judgeUntil(momentOf(middle));
    if (sooner.verdict.kind === 'degraded') [high, found] = [middle, sooner];
    else low = middle;
  }
  const { verdict } = found;
  const endOf = recordedEnds(recorded, release);
  const guilty = judged.find(({ name }) => verdict.kind === 'degraded' && verdict.metric === name);
  const deciding = guilty?.windows.findLast(record => knownAt(record) <= momentOf(high));
  const decision = guilty && deciding && { ...decisionAt(guilty, deciding), endEpochMs: endOf(deciding) };
  const said = { verdict: verdict.kind, because: verdict.because, decision, logE: logEOf(plan, found) };
  if (!wantsEvidence) return replayOf(recorded, name, said, []);
  return replayOf(
    recorded,
    name,
    { ...said, nearness: nearnessIn(metrics, { ...context, nowEpochMs: momentOf(high) }, found, endOf) },
    linesOf(found, endOf),
  );
}

type EndOf = (window: { metric: string; endEpochMs: number }) => number;

/** When a window that was laid on the grid ended as it was recorded: there it is told, and drawn. */
function recordedEnds(recorded: RecordedRelease, aligned: RecordedRelease): EndOf {
  const ends = recorded.metrics.flatMap(({ windows }) => windows.map(({ endEpochMs }) => endEpochMs));
  const keyOf = ({ metric, endEpochMs }: Parameters<EndOf>[0]): string => `${metric} ${endEpochMs}`;
  const places = aligned.metrics.flatMap(({ windows }) => windows.map(keyOf));
  const found = new Map(places.map((key, index) => [key, ends[index]]));
  return window => found.get(keyOf(window)) ?? window.endEpochMs;
}

const knownAt = (record: WindowRecord): number => record.frozenAtEpochMs ?? Number.POSITIVE_INFINITY;

/** When windows became known, oldest first, each moment once. */
const momentsOf = (windows: readonly WindowRecord[]): number[] =>
  [...new Set(windows.map(knownAt))].filter(Number.isFinite).sort((a, b) => a - b);

function contextOf(plan: Plan, release: RecordedRelease): Omit<JudgementContext, 'nowEpochMs'> {
  const { baseline, ceilings } = release;
  return {
    analysisStartedAtEpochMs: release.startedAtEpochMs,
    windowSeconds: plan.windowSeconds,
    expects: window => release.expects(window),
    steadyWeight: release.steadyWeight,
    terse: true,
    sequential: sequentialContext(plan, { baseline, ceilings }),
  };
}

/** ln of the sum of v_i E_i over the sequential metrics; undefined where there is none. */
function logEOf({ metrics }: Plan, { evidence }: ReleaseVerdict): number | undefined {
  const latest = new Map(evidence.map(one => [one.metric, one]));
  const logs = metrics
    .filter(isDetected)
    .map(({ name, judge }) => Math.log(judge.share) + (latest.get(name)?.logE ?? 0));
  const sum = logSumExp(logs);
  return Number.isFinite(sum) ? sum : undefined;
}

/** Of sequential metrics what they have in common; of the others how many windows were bad. */
function linesOf({ evidence, measurements }: ReleaseVerdict, endOf: EndOf): EvidenceLine[] {
  const lines = releaseLine(evidence, endOf);
  const sequential = new Set(evidence.map(({ metric }) => metric));
  for (const [name, measured] of Object.entries(measurements)) {
    if (sequential.has(name)) continue;
    let bad = 0;
    const points = measured.map(({ endEpochMs, phase }) => {
      bad += phase === 'failed' ? 1 : 0;
      return { endEpochMs: endOf({ metric: name, endEpochMs }), value: bad, limit: Number.NaN };
    });
    if (points.length > 0) lines.push({ title: `bad windows so far (${name})`, points });
  }
  return lines;
}

/** Of all judges of the plan: the evidence of the sequential ones, and how many windows were bad for the others. */
function nearnessIn(
  metrics: readonly Metric[],
  context: JudgementContext,
  { evidence, measurements }: ReleaseVerdict,
  endOf: EndOf,
): EvidenceLine {
  const scored = evidence.filter(one => one.scored !== 'not').map(one => ({ ...one, endEpochMs: endOf(one) }));
  const guarded = (name: string) =>
    metrics.filter(isDetected).some(({ name: own, judge }) => own === name && judge.guard);
  const sequential = sequentialShares(scored, name => (guarded(name) ? PROFILE.guard.windowsThatAgree : 1));
  const counted = metrics.flatMap(metric => {
    const { name } = metric;
    const toAct = badWindowsToAct(metric, context);
    let bad = 0;
    return (toAct === undefined ? [] : (measurements[name] ?? [])).map(({ endEpochMs, phase }) => {
      bad += phase === 'failed' ? 1 : 0;
      return { endEpochMs: endOf({ metric: name, endEpochMs }), share: bad / (toAct ?? 1) };
    });
  });
  return nearnessOf('evidence, or bad windows', [...sequential, ...counted]);
}

/** undefined: it does not count windows, or allows any number of bad ones. */
const badWindowsToAct = (metric: Metric, context: JudgementContext): number | undefined =>
  judgeRunOf(metric.judge).counted?.(metric, context).limits.failures || undefined;

function releaseLine(evidence: readonly WindowEvidence[], endOf: EndOf): EvidenceLine[] {
  const scored = evidence.filter(one => one.scored === 'comparison');
  if (scored.length === 0) return [];
  const points = scored.map(one => ({ endEpochMs: endOf(one), value: one.logRelease, limit: 0 }));
  return [{ title: 'ln of all sequential metrics, by their parts of alpha (limit 0)', points }];
}
