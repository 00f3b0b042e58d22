import type { Metric } from '../plan/plan.ts';
import { soonestSeconds } from '../windows/looks.ts';
import type { WindowRecord } from '../windows/reading.ts';
import { alarmCheck } from './alarm/judge.ts';
import { bandCheck } from './anomaly-band/judge.ts';
import { countedCheck } from './check-judge.ts';
import type { JudgementContext } from './context.ts';
import { type Counted, type FoldedTurns, foldTurns } from './counting.ts';
import { countedFlagger } from './flagger/judge.ts';
import { foldMannWhitney, isMannWhitney, type KeptRuns } from './mann-whitney/judge.ts';
import { countedRelative } from './relative/judge.ts';
import { foldSequential, type KeptSequential } from './sequential/judge.ts';
import { isSequential } from './sequential/windows.ts';
import { countedThreshold } from './threshold/judge.ts';

/**
 * What the judges of a release have of the windows that begin before an instant, all of them frozen: judged on from it,
 * later windows get the verdict that all of them would have got, bit for bit (docs/statistics.md (h)). Plain JSON but for
 * numbers that JSON does not know; its size does not grow with the release.
 */
export interface Folded {
  /** Every window that begins before is in it, and of the sequential metrics some that begin later. */
  untilEpochMs: number;
  /** Of each metric that counts turns. */
  turns: Record<string, FoldedTurns>;
  sequential?: KeptSequential;
  /** Of the metrics of Kayenta's judge. */
  runs?: KeptRuns;
  /** How soon after their end windows were there; absent while none had data. */
  soonestSeconds?: number;
  /** Windows before this instant are lost and in no fold: what they said cannot be known any more. */
  lostUntilEpochMs?: number;
}

/** Where all before is lost: what comes later is judged from there on, and nothing is good by it. */
export const lostBefore = (epochMs: number): Folded => ({
  untilEpochMs: epochMs,
  turns: {},
  lostUntilEpochMs: epochMs,
});

/** Until where windows are folded. */
export interface Cut {
  /** Every window of every metric that begins before was frozen by `knownUntilEpochMs`. */
  untilEpochMs: number;
  knownUntilEpochMs: number;
}

type ByMetric = Readonly<Record<string, readonly WindowRecord[]>>;

/** Those that are not in it. */
export const windowsSince = (windowsByMetric: ByMetric, { untilEpochMs }: Folded): ByMetric =>
  Object.fromEntries(
    Object.entries(windowsByMetric).map(([name, records]) => [
      name,
      records.filter(({ startEpochMs }) => startEpochMs >= untilEpochMs),
    ]),
  );

/**
 * How far windows can be folded: up to the first that some metric has not frozen by `knownUntilEpochMs`.
 * @param fromEpochMs where the first window begins that is not folded yet
 */
export function cutOf(options: {
  fromEpochMs: number;
  windowSeconds: number;
  metrics: readonly string[];
  windowsByMetric: ByMetric;
  knownUntilEpochMs: number;
}): Cut {
  const { knownUntilEpochMs, windowSeconds, windowsByMetric } = options;
  const frozen = options.metrics.map(name => {
    const known = (windowsByMetric[name] ?? []).filter(
      ({ frozenAtEpochMs = Number.POSITIVE_INFINITY }) => frozenAtEpochMs <= knownUntilEpochMs,
    );
    return new Set(known.map(({ startEpochMs }) => startEpochMs));
  });
  let untilEpochMs = options.fromEpochMs;
  while (frozen.length > 0 && frozen.every(starts => starts.has(untilEpochMs))) untilEpochMs += windowSeconds * 1000;
  return { untilEpochMs, knownUntilEpochMs };
}

/**
 * Folds the windows up to the cut. Pure: the same windows give the same fold, whatever was folded in between.
 * @throws RangeError the cut is not one of these windows
 */
export function foldWindows(
  metrics: readonly Metric[],
  windowsByMetric: ByMetric,
  context: JudgementContext,
  cut: Cut,
  before?: Folded,
): Folded {
  const { untilEpochMs } = cut;
  const since = before === undefined ? windowsByMetric : windowsSince(windowsByMetric, before);
  const turns = metrics.flatMap(metric => {
    const counted = countedBy(metric, context);
    if (counted === undefined) return [];
    const own = since[metric.name] ?? [];
    return [[metric.name, foldTurns(counted, own, context, untilEpochMs, before?.turns[metric.name])] as const];
  });
  const sequential = metrics.filter(isSequential);
  const scored = metrics.filter(isMannWhitney);
  const kept = before?.sequential && { untilEpochMs: before.untilEpochMs, kept: before.sequential };
  const whole = Object.values(since)
    .flat()
    .filter(({ startEpochMs }) => startEpochMs < untilEpochMs);
  const soonest = soonestSeconds(whole, before?.soonestSeconds);
  return {
    untilEpochMs,
    turns: Object.fromEntries(turns),
    ...(sequential.length > 0 && { sequential: foldSequential(sequential, since, context, cut, kept) }),
    ...(scored.length > 0 && { runs: foldMannWhitney(scored, since, context, untilEpochMs, before?.runs) }),
    ...(soonest !== undefined && { soonestSeconds: soonest }),
    ...(before?.lostUntilEpochMs !== undefined && { lostUntilEpochMs: before.lostUntilEpochMs }),
  };
}

/** How a metric is counted; undefined where its judge does not count turns. */
function countedBy(metric: Metric, context: JudgementContext): Counted | undefined {
  const { judge } = metric;
  switch (judge.kind) {
    case 'threshold':
      return countedThreshold({ ...metric, judge });
    case 'relative':
      return countedRelative({ ...metric, judge }, context);
    case 'flagger':
      return countedFlagger({ ...metric, judge });
    case 'alarm':
      return countedCheck({ ...metric, judge }, context, alarmCheck);
    case 'anomalyBand':
      return countedCheck({ ...metric, judge }, context, bandCheck({ ...metric, judge }));
    default:
      return undefined;
  }
}
