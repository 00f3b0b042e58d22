import type { Plan } from '../../plan/plan.ts';
import type { JudgementContext } from '../context.ts';
import { judgeRelease, type ReleaseVerdict } from '../judge.ts';
import type { WindowRecord } from '../reading.ts';
import { logSumExp } from '../sequential/comparison.ts';
import type { WindowEvidence } from '../sequential/detector.ts';
import { sequentialContext } from '../sequential-context.ts';
import { onGrid, type RecordedRelease } from './recorded-release.ts';
import { decisionAt, type EvidenceLine, type Replay, type ReplayJudge, replayOf } from './replay.ts';

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
  const judgeUntil = (count: number): ReleaseVerdict => {
    const untilEpochMs = moments[count - 1] ?? Number.NEGATIVE_INFINITY;
    const known = judged.map(one => [one.name, one.windows.filter(record => knownAt(record) <= untilEpochMs)] as const);
    return judgeRelease(metrics, Object.fromEntries(known), { ...context, nowEpochMs: untilEpochMs });
  };
  const last = judgeUntil(moments.length);
  if (last.verdict.kind !== 'degraded') {
    const { kind, because } = last.verdict;
    const lines = wantsEvidence ? linesOf(last) : [];
    return replayOf(recorded, name, { verdict: kind, because, logE: logEOf(plan, last) }, lines);
  }
  // degraded is final, so the first window that brings it can be found by halving
  let [low, high] = [0, moments.length];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (judgeUntil(middle).verdict.kind === 'degraded') high = middle;
    else low = middle;
  }
  const first = judgeUntil(high);
  const { verdict } = first;
  const guilty = judged.find(one => verdict.kind === 'degraded' && one.name === verdict.metric) ?? judged[0];
  const deciding = guilty?.windows.findLast(record => knownAt(record) <= (moments[high - 1] ?? 0));
  const place = guilty && deciding && decisionAt(guilty, deciding.startEpochMs);
  const endEpochMs =
    place && recorded.metrics.find(one => one.name === place.metric)?.windows[place.window - 1]?.endEpochMs;
  const decision = place && { ...place, endEpochMs: endEpochMs ?? place.endEpochMs };
  const found = { verdict: verdict.kind, because: verdict.because, decision, logE: logEOf(plan, first) };
  return replayOf(recorded, name, found, wantsEvidence ? linesOf(first) : []);
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
    ...(release.steadyWeight === undefined ? {} : { steadyWeight: release.steadyWeight }),
    terse: true,
    sequential: sequentialContext(plan, { baseline, ceilings }),
  };
}

/** ln of the sum of v_i E_i over the sequential metrics; undefined where there is none. */
function logEOf({ metrics }: Plan, { evidence }: ReleaseVerdict): number | undefined {
  const latest = new Map(evidence.map(one => [one.metric, one]));
  const logs = metrics.flatMap(({ name, judge }) =>
    judge.kind === 'sequential' ? [Math.log(judge.share) + (latest.get(name)?.logE ?? 0)] : [],
  );
  const sum = logSumExp(logs);
  return Number.isFinite(sum) ? sum : undefined;
}

/** Of sequential metrics what they have in common; of the others how many windows were bad. */
function linesOf({ evidence, measurements }: ReleaseVerdict): EvidenceLine[] {
  const lines = releaseLine(evidence);
  const sequential = new Set(evidence.map(({ metric }) => metric));
  for (const [name, measured] of Object.entries(measurements)) {
    if (sequential.has(name)) continue;
    let bad = 0;
    const points = measured.map(({ endEpochMs, phase }) => {
      bad += phase === 'failed' ? 1 : 0;
      return { endEpochMs, value: bad, limit: Number.NaN };
    });
    if (points.length > 0) lines.push({ title: `bad windows so far (${name})`, points });
  }
  return lines;
}

function releaseLine(evidence: readonly WindowEvidence[]): EvidenceLine[] {
  const scored = evidence.filter(one => one.scored === 'comparison');
  if (scored.length === 0) return [];
  const points = scored.map(({ endEpochMs, logRelease }) => ({ endEpochMs, value: logRelease, limit: 0 }));
  return [{ title: 'ln of all sequential metrics, by their parts of alpha (limit 0)', points }];
}
