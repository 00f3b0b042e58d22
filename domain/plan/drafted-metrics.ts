import { secondsOf } from '../file/checked-units.ts';
import { valueOr, viewOf } from '../file/draft-view.ts';
import { type Issue, type Path, valueAt } from '../file/issue.ts';
import type { DraftedMetric, DraftedPlan, SourceView } from '../judges/drafted.ts';
import { DEFAULT_JUDGE, JUDGE_PLANS } from '../judges/plan-registry.ts';
import { givesOf, isKnown, isTime } from '../sources/check-source.ts';
import { sourcePlanOf } from '../sources/plan-registry.ts';
import { IDLE_TIMEOUT } from '../sources/response-time.ts';
import { DEFAULTS } from './defaults.ts';
import { isUnknownMetric, metricsOf } from './draft-view.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<NonNullable<PlanDraft['metrics']>[number]>;

/** The rules of every kind of judge, for the metrics that it judges. */
export function checkJudges(draft: PlanDraft, input: object): Issue[] {
  const plan = draftedPlan(draft, input);
  const drafted = metricsOf(draft).flatMap(({ metric, path }) => {
    const kind = judgeKindOf(metric, path, input);
    return kind === undefined ? [] : [{ kind, metric: draftedMetric(metric, path, input) }];
  });
  const own = JUDGE_PLANS.map(judge => ({ judge, metrics: drafted.filter(({ kind }) => kind === judge.kind) }));
  return [
    ...drafted.flatMap(({ kind, metric }) => JUDGE_PLANS.find(one => one.kind === kind)?.check?.(metric, plan) ?? []),
    ...own.flatMap(
      ({ judge, metrics }) =>
        judge.checkTogether?.(
          metrics.map(({ metric }) => metric),
          plan,
        ) ?? [],
    ),
  ];
}

/** The kind of a metric's judge, the default one where it names none; undefined: it is a mistake. */
export const judgeKindOf = ({ judge }: MetricDraft, path: Path, input: object): string | undefined =>
  valueAt(input, [...path, 'judge']) === undefined ? DEFAULT_JUDGE.kind : judge?.kind;

function draftedMetric(metric: MetricDraft, path: Path, input: object): DraftedMetric<object> {
  const at = [...path, 'judge'];
  return {
    name: metric.name,
    path: at,
    judge: metric.judge ?? {},
    isGiven: (...key) => valueAt(input, [...at, ...key]) !== undefined,
    source: sourceView(metric.source, path, input),
  };
}

function sourceView(source: MetricDraft['source'], path: Path, input: object): SourceView {
  if (!isKnown(source)) return { gives: undefined, isValue: false, isPercentile: false, unit: undefined };
  const given = (key: string) => valueAt(input, [...path, 'source', key]) !== undefined;
  const gives = givesOf(source, given);
  return {
    gives,
    isValue: gives.includes('value'),
    isPercentile: isTime(source, given),
    unit: sourcePlanOf(source.kind).timeUnit?.(source),
  };
}

function draftedPlan(draft: PlanDraft, input: object): DraftedPlan<PlanDraft> {
  const window = valueOr(viewOf(draft.window, input, ['window']), DEFAULTS.window);
  const idleTimeout = valueOr(viewOf(draft.idleTimeout, input, ['idleTimeout']), IDLE_TIMEOUT);
  return {
    keys: draft,
    input,
    hasUnknownMetric: (draft.metrics ?? []).some((metric, index) => isUnknownMetric(metric, index, input)),
    windowSeconds: window === undefined ? undefined : secondsOf(window),
    timeoutSeconds: idleTimeout === undefined ? undefined : secondsOf(idleTimeout),
  };
}
