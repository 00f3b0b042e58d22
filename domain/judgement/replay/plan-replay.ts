import type { Plan } from '../../plan/plan.ts';
import type { JudgementContext } from '../context.ts';
import { judgeRelease, type ReleaseVerdict } from '../judge.ts';
import type { WindowRecord } from '../reading.ts';
import { logSumExp } from '../sequential/comparison.ts';
import type { WindowEvidence } from '../sequential/detector.ts';
import { sequentialContext } from '../sequential-context.ts';
import { onGrid, type RecordedMetric, type RecordedRelease } from './recorded-release.ts';
import { type Decision, decisionAt, type EvidenceLine, type Replay, type ReplayJudge, replayOf } from './replay.ts';

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
  const said = { verdict: verdict.kind, because: verdict.because, logE: logEOf(plan, found) };
  const decision =
    verdict.kind === 'degraded' ? decisionOf(verdict.metric, recorded, release, momentOf(high)) : undefined;
  return replayOf(recorded, name, { ...said, decision }, wantsEvidence ? linesOf(found) : []);
}

/** The last window of that metric that was known by then, in the seconds in which it was recorded. */
function decisionOf(
  metric: string,
  recorded: RecordedRelease,
  aligned: RecordedRelease,
  untilEpochMs: number,
): Decision | undefined {
  const isGuilty = ({ name }: RecordedMetric): boolean => name === metric;
  const index = aligned.metrics.find(isGuilty)?.windows.findLastIndex(record => knownAt(record) <= untilEpochMs);
  const own = recorded.metrics.find(isGuilty);
  const deciding = own?.windows[index ?? -1];
  return own && deciding && decisionAt(own, deciding);
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
