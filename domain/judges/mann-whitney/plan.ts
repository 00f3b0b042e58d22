import { secondsOf, shareOf } from '../../file/checked-units.ts';
import { durationText } from '../../file/units.ts';
import { timeName } from '../../sources/measure.ts';
import { noEffect } from '../../statistics/kayenta/effect-size.ts';
import { checkInterval } from '../check-interval.ts';
import type { JudgePlanKind } from '../judge-plan-kind.ts';
import { exactPercentText } from '../words.ts';
import { checkScores, type ScoreKeys } from './check.ts';
import { DEFAULTS, mannWhitneySchema, SCORES } from './schema.ts';
import type { KayentaScores, MannWhitneyJudgeSpec } from './spec.ts';

export const mannWhitneyPlan: JudgePlanKind<typeof mannWhitneySchema, MannWhitneyJudgeSpec, ScoreKeys> = {
  kind: 'mannWhitney',
  schema: mannWhitneySchema,
  reads: ['counts', 'value'],
  compares: true,
  alone: 'never',
  calledElsewhere: { 'kayenta netflix spinnaker': "mannWhitney: Kayenta's way" },
  row: {
    against: 'stable, the last 360 windows',
    reads: 'counts, values',
    promise: 'none (each run has its own chance)',
  },
  normalise(judge, { windowSeconds, plan }) {
    const { kind, direction, tolerance, nanStrategy, critical, groups, effectSize } = judge;
    const none = noEffect(effectSize.measure);
    const confidence = shareOf(judge.confidence);
    return {
      ...{ kind, direction, tolerance, confidence, nanStrategy, critical, groups, scores: scoresOf(plan) },
      ...(judge.outliers === 'remove' ? { outlierFactor: judge.outlierFactor } : {}),
      effectSize: {
        measure: effectSize.measure,
        allowedIncrease: effectSize.allowedIncrease ?? none,
        allowedDecrease: effectSize.allowedDecrease ?? none,
        criticalIncrease: effectSize.criticalIncrease ?? none,
        criticalDecrease: effectSize.criticalDecrease ?? none,
      },
      intervalSeconds:
        judge.interval === undefined ? DEFAULTS.intervalWindows * windowSeconds : secondsOf(judge.interval),
    };
  },
  check: checkInterval,
  checkTogether: checkScores,
  text({ judge }, what) {
    const { direction, confidence, scores, groups, critical, intervalSeconds } = judge;
    const bad = { increase: 'more than', decrease: 'less than', either: 'different from' }[direction];
    const counts = critical ? 'critical' : `in the ${groups.length === 1 ? 'group' : 'groups'} ${groups.join(', ')}`;
    return `${what}, bad if ${bad} stable's at ${exactPercentText(confidence)} confidence (Mann-Whitney), ${counts}; every ${durationText(intervalSeconds)}; roll back below a score of ${scores.marginal}, hold below ${scores.pass}`;
  },
  caveats({ source }, { all }) {
    // all metrics are scored together, so a run waits for the longest interval
    const intervalSeconds = Math.max(...all.map(({ judge }) => judge.intervalSeconds));
    return [
      `judged every ${durationText(intervalSeconds)} only, and each run has its own chance of a false alarm. It compares the ranks of windows: it does not see rare errors, a wider spread, or how many requests a window had. At weight 100 it sees nothing.`,
      timeName(source.measure) !== undefined &&
        'a percentile of few requests varies a lot, and all windows count the same.',
    ];
  },
};

const scoresOf = ({ kayenta }: ScoreKeys): KayentaScores => ({
  pass: kayenta?.pass ?? SCORES.pass,
  marginal: kayenta?.marginal ?? SCORES.marginal,
  weights: kayenta?.groups ?? {},
});
