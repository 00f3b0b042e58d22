import type { WindowEvidence } from '../statistics/sequential/detector.ts';
import type { WindowRecord } from '../windows/reading.ts';
import type { JudgementContext, MetricVerdict } from './context.ts';
import type { Counted, FoldedTurns } from './counting.ts';
import type { Cut, Folded } from './folded-shape.ts';
import type { AnyJudgeSpec, MetricOf } from './metric-of.ts';

/** Windows by the metric's name; a metric without any may be absent. */
export type WindowsByMetric = Readonly<Record<string, readonly WindowRecord[]>>;

/** What one kind of judge found of all metrics of a release that it judges. */
export interface KindVerdicts {
  /** By the metric's name: one for each of them. */
  byMetric: Readonly<Record<string, MetricVerdict>>;
  /** A sentence: what holds the whole release, whatever each metric's verdict is; absent: nothing. */
  holds?: string | undefined;
  /** Limits that it took from the stable version, by metric and threshold: to be frozen into the release. */
  ceilings?: Readonly<Record<string, readonly number[]>>;
  /** Evidence after each window, in the order in which the windows became known: what there is to draw. */
  evidence?: readonly WindowEvidence[];
}

/**
 * What is true of a kind of judge while a release runs. A folder has one (judge.ts), run-registry.ts has all of them, and
 * nothing else knows which there are. Methods, so that the registry can hold judges of different plans.
 */
export interface JudgeRunKind<Spec extends AnyJudgeSpec = AnyJudgeSpec> {
  readonly kind: Spec['kind'];
  /**
   * The verdicts on its metrics of a release that gets traffic: a pure function of their frozen windows.
   * @param windows in any order and perhaps twice   @param before what was folded of the windows before those
   */
  judge(
    metrics: readonly MetricOf<Spec>[],
    windows: WindowsByMetric,
    context: JudgementContext,
    before: Folded | undefined,
  ): KindVerdicts;
  /** How it measures and counts window by window; absent: it does something else, and then has `keptAs` and `fold`. */
  counted?(metric: MetricOf<Spec>, context: JudgementContext): Counted;
  /** Where in Folded stands what `fold` keeps. It never changes: checkpoints of running releases have it. */
  readonly keptAs?: string;
  /**
   * What it keeps of the windows up to the cut, as plain JSON that does not grow with the release.
   * @throws RangeError one of them is not frozen
   */
  fold?(
    metrics: readonly MetricOf<Spec>[],
    windows: WindowsByMetric,
    context: JudgementContext,
    cut: Cut,
    before: Folded | undefined,
  ): unknown;
  /**
   * It decides by the detector of docs/statistics.md, and its part of a plan has the settings of that: what a forecast draws
   * and a replay shows is what the detector says. Absent: its metrics are judged from their counts alone.
   */
  readonly hasDetector?: true;
  /** It asks whether a value is NaN, which is then one and not a missing one. Absent: never. */
  asksForNaN?(judge: Spec): boolean;
  /** Once healthy it takes no more measurements, however many an analysis waits for. */
  readonly doneWhenHealthy?: boolean;
}

/** A judge that counts good and bad windows, each metric by itself. */
export function countingJudge<Spec extends AnyJudgeSpec>(
  own: Omit<JudgeRunKind<Spec>, 'judge' | 'counted' | 'keptAs' | 'fold'> & {
    counted(metric: MetricOf<Spec>, context: JudgementContext): Counted;
    judgeOne(
      metric: MetricOf<Spec>,
      windows: readonly WindowRecord[],
      context: JudgementContext,
      before?: FoldedTurns,
    ): MetricVerdict;
  },
): JudgeRunKind<Spec> {
  const { judgeOne, ...kind } = own;
  return {
    ...kind,
    judge: (metrics, windows, context, before) => ({
      byMetric: Object.fromEntries(
        metrics.map(metric => {
          const { name } = metric;
          return [name, judgeOne(metric, windows[name] ?? [], context, before?.turns[name])];
        }),
      ),
    }),
  };
}
