import { secondsOf } from '../file/checked-units.ts';
import { valueOr, viewOf } from '../file/draft-view.ts';
import { describeValue, type Issue, type Path } from '../file/issue.ts';
import { parseLatencySeconds } from '../file/units.ts';
import { TIMEOUT, timeoutText } from '../judges/response-limits.ts';
import { isKnown } from '../sources/check-source.ts';
import { sourcePlanOf } from '../sources/plan-registry.ts';
import { IDLE_TIMEOUT } from '../sources/response-time.ts';
import { metricsOf } from './draft-view.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<NonNullable<PlanDraft['metrics']>[number]>;

/** A limit of a response time that no response can reach is one in another unit: it would never, or always, be broken. */
export function checkLimits(draft: PlanDraft, input: object): Issue[] {
  const idleTimeout = valueOr(viewOf(draft.idleTimeout, input, ['idleTimeout']), IDLE_TIMEOUT);
  if (idleTimeout === undefined) return [];
  const timeout = secondsOf(idleTimeout);
  return metricsOf(draft).flatMap(({ metric, path }) => checkSlowerThan(metric, path, timeout));
}

function checkSlowerThan({ source }: MetricDraft, path: Path, timeoutSeconds: number): Issue[] {
  if (!isKnown(source)) return [];
  return (sourcePlanOf(source.kind).latencies?.(source) ?? []).flatMap(([key, time]): Issue[] => {
    if (time === undefined || (parseLatencySeconds(time) ?? 0) <= timeoutSeconds) return [];
    const expected = `at most ${timeoutText(timeoutSeconds)}, ${TIMEOUT}`;
    return [{ path: [...path, 'source', ...key], at: 'value', found: describeValue(time), expected }];
  });
}
