import { soonestSeconds } from '../windows/looks.ts';
import type { WindowRecord } from '../windows/reading.ts';
import type { JudgementContext } from './context.ts';
import { foldTurns } from './counting.ts';
import type { Cut, Folded } from './folded-shape.ts';
import type { Metric } from './metric.ts';
import { JUDGE_RUNS, judgeRunOf } from './run-registry.ts';

export type { Cut, Folded } from './folded-shape.ts';

/** Where all before is lost: what comes later is judged from there on, and nothing is good by it. */
export const lostBefore = (epochMs: number): Folded => ({
  untilEpochMs: epochMs,
  turns: {},
  lostUntilEpochMs: epochMs,
});

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
    const counted = judgeRunOf(metric.judge).counted?.(metric, context);
    if (counted === undefined) return [];
    const own = since[metric.name] ?? [];
    return [[metric.name, foldTurns(counted, own, context, untilEpochMs, before?.turns[metric.name])] as const];
  });
  const kept = JUDGE_RUNS.flatMap(kind => {
    const own = metrics.filter(({ judge }) => judge.kind === kind.kind);
    if (kind.keptAs === undefined || own.length === 0) return [];
    return [[kind.keptAs, kind.fold?.(own, since, context, cut, before)] as const];
  });
  const whole = Object.values(since)
    .flat()
    .filter(({ startEpochMs }) => startEpochMs < untilEpochMs);
  const soonest = soonestSeconds(whole, before?.soonestSeconds);
  return {
    untilEpochMs,
    turns: Object.fromEntries(turns),
    ...Object.fromEntries(kept),
    ...(soonest !== undefined && { soonestSeconds: soonest }),
    ...(before?.lostUntilEpochMs !== undefined && { lostUntilEpochMs: before.lostUntilEpochMs }),
  };
}
