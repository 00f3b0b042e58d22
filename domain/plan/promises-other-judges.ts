import { durationText } from '../file/units.ts';
import { timeName } from '../sources/measure.ts';
import type { Metric, Plan } from './plan.ts';

/** What the judges of Argo, Flagger and Kayenta cannot see (docs/judges.md), as far as it concerns this plan. */
export function ofOtherJudges(plan: Plan): string[] {
  const notes: string[] = [];
  const of = (kind: Metric['judge']['kind']) => plan.metrics.filter(({ judge }) => judge.kind === kind);
  const flagger = of('flagger');
  if (flagger.length > 0) {
    notes.push(
      `${names(flagger)}: failed checks add up over the whole release: the longer it lasts, the more likely it is rolled back by checks that fail by chance. No false-alarm rate is guaranteed, and an outage of everything rolls back.`,
    );
  }
  const kayenta = plan.metrics.flatMap(({ judge }) => (judge.kind === 'mannWhitney' ? [judge] : []));
  if (kayenta.length > 0) {
    const intervalSeconds = Math.max(...kayenta.map(judge => judge.intervalSeconds));
    notes.push(
      `${names(of('mannWhitney'))}: judged every ${durationText(intervalSeconds)} only, and each run has its own chance of a false alarm. It compares the ranks of windows: it does not see rare errors, a wider spread, or how many requests a window had. At weight 100 it sees nothing.`,
    );
  }
  const endless = plan.metrics.filter(({ judge }) => judge.kind === 'threshold' && judge.failureLimit === -1);
  if (endless.length > 0) {
    notes.push(
      `${names(endless)}: failureLimit -1 never rolls back; it can only hold until enough windows in a row were good.`,
    );
  }
  const values = plan.metrics.filter(
    ({ source, judge }) => judge.kind === 'mannWhitney' && timeName(source.measure) !== undefined,
  );
  if (values.length > 0) {
    notes.push(`${names(values)}: a percentile of few requests varies a lot, and all windows count the same.`);
  }
  return notes;
}

const names = (metrics: readonly Metric[]): string => metrics.map(metric => metric.name).join(', ');
