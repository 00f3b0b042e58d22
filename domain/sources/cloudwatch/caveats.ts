import { namesText } from '../source-fields.ts';
import type { MeasuredBy } from '../source-plan-kind.ts';
import type { CloudWatchMeasure, RequestMeasure } from './facts.ts';

/** Measures of the load balancer's own metrics. */
const OF_LOAD_BALANCER: readonly string[] = [
  'failedRequests',
  'target5xxAndConnectionErrors',
  'target4xx',
  'target3xx',
  'slowerThan',
  'percentile',
] satisfies RequestMeasure['kind'][];

/** What metrics of CloudWatch do not see. @param all of the plan, those of other sources too */
export function cloudwatchCaveats(
  own: readonly MeasuredBy<CloudWatchMeasure>[],
  all: readonly MeasuredBy[],
  hasHook: boolean,
): string[] {
  const notes: string[] = [];
  const of = (...kinds: readonly string[]) => own.filter(({ source }) => kinds.includes(source.measure.kind));
  if (own.length > 0) {
    notes.push(
      "A verdict is 2 to 4 minutes late: CloudWatch publishes an ALB's metrics 1 to 3 minutes after their minute. The roll back then takes seconds.",
    );
  }
  const counted = of(...OF_LOAD_BALANCER);
  if (counted.length > 0 && counted.length === all.length && !hasHook) {
    notes.push(
      `${namesText(counted)}: the load balancer sees status and time of an answer, not what is in it, nor that it never ends: an empty 200 is good, and so is one that its client gives up in the middle. A hook, or a metric of the program's own, sees those.`,
    );
  }
  const alarms = of('alarm');
  if (alarms.length > 0) {
    notes.push(
      `${namesText(alarms)}: an alarm does not tell the canary from everything else. Whatever triggers it rolls back.`,
    );
  }
  const bands = of('band');
  if (bands.length > 0) {
    notes.push(
      `${namesText(bands)}: a band of 2 standard deviations excludes one healthy window in twenty, and a model that is still learning gives no band.`,
    );
  }
  return notes;
}
