import { viewOf } from '../file/draft-view.ts';
import { guessWord } from '../file/guess.ts';
import { describeValue, type Issue, oneOf, type Path, valueAt } from '../file/issue.ts';
import { parseDurationSeconds } from '../file/units.ts';
import { DEFAULT_JUDGE, JUDGE_PLANS, judgePlanOf } from '../judges/plan-registry.ts';
import { countsNothing, isKnown } from '../sources/check-source.ts';
import { checkSourceOf, IS, judgedBy } from './check-sources.ts';
import { DEFAULTS } from './defaults.ts';
import { isUnknownMetric, metricsOf } from './draft-view.ts';
import { checkJudges } from './drafted-metrics.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<NonNullable<PlanDraft['metrics']>[number]>;

/** The rules of metrics, and of the steps that name them, that no value can break alone. */
export function checkMetrics(draft: PlanDraft, input: object): Issue[] {
  return [
    ...checkNames(draft),
    ...metricsOf(draft).flatMap(({ metric, path }) => [
      ...checkSourceOf(metric, path, input),
      ...checkDefaultJudge(metric, path, input),
    ]),
    ...checkJudges(draft, input),
    ...checkAnalysedMetrics(draft),
    ...checkSomethingJudges(draft, input),
  ];
}

function checkNames(draft: PlanDraft): Issue[] {
  const names = (draft.metrics ?? []).map(metric => metric?.name);
  return names.flatMap((name, index): Issue[] => {
    const first = names.indexOf(name);
    if (name === undefined || first === index) return [];
    const expected = `a name of its own: metrics[${first}] has this one`;
    return [{ path: ['metrics', index, 'name'], at: 'value', found: `${describeValue(name)} a second time`, expected }];
  });
}

function checkAnalysedMetrics(draft: PlanDraft): Issue[] {
  const metrics = draft.metrics ?? [];
  const names = [...new Set(metrics.flatMap(metric => metric?.name ?? []))];
  // Where a metric's name is itself a mistake, a name that is not found may be that one.
  const namesKnown = metrics.every(metric => metric?.name !== undefined);
  const issues: Issue[] = [];
  for (const [index, step] of (draft.steps ?? []).entries()) {
    const { metrics: analysed = [], count = 0 } = step?.analysis ?? {};
    for (const [place, name] of analysed.entries()) {
      if (name === undefined) continue;
      const path = ['steps', index, 'analysis', 'metrics', place];
      const metric = metrics.find(one => one?.name === name);
      if (metric === undefined) {
        if (!namesKnown) continue;
        const expected = names.length === 0 ? 'the name of a metric, and the plan has none' : oneOf(names);
        const guess = guessWord(name, names);
        const issue: Issue = { path, at: 'value', found: `the unknown metric ${describeValue(name)}`, expected };
        issues.push(guess === undefined ? issue : { ...issue, guess });
        continue;
      }
      const most = mostMeasurements(metric.judge) ?? Number.POSITIVE_INFINITY;
      if (count > most) {
        const expected = `at most ${most}: '${name}' is done after that many`;
        issues.push({ path: ['steps', index, 'analysis', 'count'], at: 'value', found: String(count), expected });
      }
    }
  }
  return issues;
}

const mostMeasurements = (judge: MetricDraft['judge']): number | undefined =>
  judge?.kind === undefined ? undefined : judgePlanOf({ kind: judge.kind }).mostMeasurements?.(judge);

/**
 * With all requests on the canary there is nothing to compare with: a soak, and blueGreen at all, need another judge, or
 * `control`.
 */
function checkSomethingJudges(draft: PlanDraft, input: object): Issue[] {
  const soaks = (parseDurationSeconds(draft.soak ?? DEFAULTS.soak) ?? 0) > 0;
  if (!soaks && draft.strategy !== 'blueGreen') return [];
  if (viewOf(draft.metrics, input, ['metrics']).kind === 'mistaken') return [];
  if ((draft.metrics ?? []).some((metric, index) => isUnknownMetric(metric, index, input))) return [];
  // a metric whose judge is missing may yet get one that does
  if (metricsOf(draft).some(({ metric, path }) => lacksJudge(metric, path, input))) return [];
  const judges = metricsOf(draft).some(
    ({ metric, path }) =>
      valueAt(input, ['control']) !== undefined ||
      alone('always').some(kind => kind === metric.judge?.kind) ||
      valueAt(input, [...path, 'judge', 'ceiling']) !== undefined,
  );
  if (judges) return [];
  return [
    {
      path: soaks ? ['soak'] : ['strategy'],
      at: 'value',
      found: `${soaks ? `a soak of ${draft.soak}` : 'blueGreen'}, and no metric that can judge when all requests go to the canary`,
      expected: `a metric with a ${oneOf(alone('always'))} judge, or a ${oneOf(alone('ceiling'))} one with a ceiling; or control, which keeps some requests on stable`,
    },
  ];
}

/** The kinds of judges that judge the canary without the stable version beside it: always, or with a ceiling. */
const alone = (how: 'always' | 'ceiling'): string[] =>
  JUDGE_PLANS.filter(judge => judge.alone === how).map(({ kind }) => kind);

/** Whether a metric names no judge, and the default one cannot read what its source gives. */
function lacksJudge({ source }: MetricDraft, path: Path, input: object): boolean {
  if (valueAt(input, [...path, 'judge']) !== undefined || !isKnown(source)) return false;
  return countsNothing(source, key => valueAt(input, [...path, 'source', key]) !== undefined);
}

/** A metric that names a judge is checked with the others that read what its source gives. */
function checkDefaultJudge(metric: MetricDraft, path: Path, input: object): Issue[] {
  const { source } = metric;
  if (!isKnown(source) || !lacksJudge(metric, path, input)) return [];
  const given = (key: string) => valueAt(input, [...path, 'source', key]) !== undefined;
  const { gives, judges } = judgedBy(source, given);
  return [
    {
      path: [...path, 'judge'],
      at: 'missing',
      found: `no judge: the default is ${DEFAULT_JUDGE.kind}, which judges ${DEFAULT_JUDGE.reads.map(one => IS[one]).join(' or ')} of requests, and this is ${gives}`,
      expected: `a line 'judge: { kind: … }' beside source, of the kind ${oneOf(judges)}`,
    },
  ];
}
