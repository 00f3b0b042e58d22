import { type Issue, type Path, valueAt } from '../file/issue.ts';
import { secondsOf } from '../file/read-checked.ts';
import type { DraftedMetric, DraftedPlan, SourceView, TimeUnit } from '../judges/drafted.ts';
import { DEFAULT_JUDGE, JUDGE_PLANS } from '../judges/plan-registry.ts';
import { IDLE_TIMEOUT } from '../sources/response-time.ts';
import { givesOf } from './check-sources.ts';
import { DEFAULTS } from './defaults.ts';
import { isMistaken, isUnknownMetric, metricsOf } from './mistaken.ts';
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
  const given = (key: string) => valueAt(input, [...path, 'source', key]) !== undefined;
  const isValue = source?.kind !== undefined && ['value', 'metric'].some(given);
  return {
    gives: source?.kind === undefined ? undefined : givesOf(source, given),
    isValue,
    isPercentile: source?.kind === 'cloudwatch' && given('value'),
    unit: unitOf(source),
  };
}

function draftedPlan(draft: PlanDraft, input: object): DraftedPlan<PlanDraft> {
  return {
    keys: draft,
    input,
    hasUnknownMetric: (draft.metrics ?? []).some((metric, index) => isUnknownMetric(metric, index, input)),
    windowSeconds: isMistaken(draft.window, input, ['window']) ? undefined : secondsOf(draft.window ?? DEFAULTS.window),
    timeoutSeconds: isMistaken(draft.idleTimeout, input, ['idleTimeout'])
      ? undefined
      : secondsOf(draft.idleTimeout ?? IDLE_TIMEOUT),
  };
}

/** The unit of a source that measures response times; undefined where it measures something else, or it is not known. */
function unitOf(source: MetricDraft['source']): TimeUnit | undefined {
  if (source?.kind === 'cloudwatch') {
    const { namespace, name, stat = '' } = source.metric ?? {};
    const isTime = namespace === 'AWS/ApplicationELB' && name === 'TargetResponseTime';
    return source.value !== undefined || (isTime && !/^(?:SampleCount|Sum|PR|TC)/i.test(stat)) ? 'seconds' : undefined;
  }
  if (source?.kind !== 'prometheus') return undefined;
  const query = source.query ?? source.value ?? '';
  const [, unit] =
    /^[\s(]*histogram_quantile\b.*?\b\w*(?:http|rpc|request|response|latency)\w*_(seconds|milliseconds|ms)_bucket\b/is.exec(
      query,
    ) ?? [];
  // what is computed from it has a unit of its own
  if (unit === undefined || /[*/+]|(?<![\w-])-/.test(query.replaceAll(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  return unit === 'seconds' ? 'seconds' : 'milliseconds';
}
