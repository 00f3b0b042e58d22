import { type Issue, oneOf, type Path, valueAt } from '../file/issue.ts';
import { JUDGE_PLANS, type JudgeKind, judgePlanOf } from '../judges/plan-registry.ts';
import { checkSource, checkVersionsApart, givesOf, isKnown, type KnownSource } from '../sources/check-source.ts';
import type { ReadingKind } from '../sources/measure.ts';
import { sourcePlanOf } from '../sources/plan-registry.ts';
import type { Given } from '../sources/source-plan-kind.ts';
import type { Workload } from '../workload.ts';
import { metricsOf } from './draft-view.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<NonNullable<PlanDraft['metrics']>[number]>;

/** The rules of a metric's source, alone and with its judge, that no value can break alone. */
export function checkSourceOf({ source, judge }: MetricDraft, path: Path, input: object): Issue[] {
  if (!isKnown(source)) return [];
  const at: Path = [...path, 'source'];
  const given = (key: string) => valueAt(input, [...at, key]) !== undefined;
  const issues = checkSource(source, at, given);
  if (issues.length > 0) return issues;
  const byValue = judge?.kind !== undefined && judgePlanOf({ kind: judge.kind }).compares === true;
  return [...fittingJudge(source, judge?.kind, path, given), ...checkVersionsApart(source, at, byValue)];
}

const WANTS: Record<ReadingKind, string> = {
  counts: 'a source that counts requests',
  value: 'a source with a value of each version',
  result: 'a query or a JSON endpoint',
  alarm: 'a cloudwatch source with an alarm',
  band: 'a cloudwatch source with a metric',
};

/** What a reading is, in words. */
export const IS: Record<ReadingKind, string> = {
  counts: 'counts',
  value: 'a value',
  result: 'the result of a query',
  alarm: 'the state of an alarm',
  band: 'a band',
};

function fittingJudge(source: KnownSource, judge: JudgeKind | undefined, path: Path, given: Given): Issue[] {
  if (judge === undefined) return [];
  const { reads } = judgePlanOf({ kind: judge });
  const there = givesOf(source, given);
  if (there.some(one => reads.includes(one))) return [];
  const { gives, judges } = judgedBy(source, given);
  const found = `the judge '${judge}' for ${gives}`;
  const expected = `${oneOf(reads.map(one => WANTS[one]))}, or the judge ${oneOf(judges)}`;
  return [{ path: [...path, 'judge', 'kind'], at: 'value', found, expected }];
}

/** What a source gives, in words, and the judges that read it. */
export function judgedBy(source: KnownSource, given: Given): { gives: string; judges: string[] } {
  const there = givesOf(source, given);
  const judges = JUDGE_PLANS.filter(({ reads }) => reads.some(one => there.includes(one))).map(({ kind }) => kind);
  return { gives: there.map(one => IS[one]).join(' or '), judges };
}

/** What the plan's sources need of the workload. */
export function checkSourcesForWorkload(draft: PlanDraft, workload: Workload): Issue[] {
  const there: Readonly<Record<string, unknown>> = workload.sources ?? {};
  return metricsOf(draft).flatMap(({ metric: { source }, path }): Issue[] => {
    if (!isKnown(source)) return [];
    const { kind } = source;
    if (sourcePlanOf(kind).ofWorkload === undefined || there[kind] !== undefined) return [];
    return [
      {
        path: [...path, 'source', 'kind'],
        at: 'value',
        found: `'${kind}', and the workload '${workload.name}' names none`,
        expected: `sources.${kind} in the workload`,
      },
    ];
  });
}
