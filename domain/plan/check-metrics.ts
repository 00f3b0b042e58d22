import { parseCondition, type ResultType } from '../conditions/condition.ts';
import { guessWord } from '../file/guess.ts';
import { describeValue, type Issue, oneOf, type Path, valueAt } from '../file/issue.ts';
import { parseDurationSeconds } from '../file/units.ts';
import { lacksJudge } from './check-sequential.ts';
import { checkSource } from './check-sources.ts';
import { DEFAULTS } from './defaults.ts';
import { isMistaken, isUnknownMetric, metricsOf } from './mistaken.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<NonNullable<PlanDraft['metrics']>[number]>;

/** The rules of metrics, and of the steps that name them, that no value can break alone. */
export function checkMetrics(draft: PlanDraft, input: object): Issue[] {
  return [
    ...checkNames(draft),
    ...metricsOf(draft).flatMap(({ metric, path }) => [
      ...checkSource(metric, path, input),
      ...checkThreshold(metric, path, input),
      ...checkRelative(metric, path, input),
    ]),
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

function checkThreshold({ judge, source }: MetricDraft, path: Path, input: object): Issue[] {
  if (judge?.kind !== 'threshold') return [];
  const at = [...path, 'judge'];
  const given = (key: string) => valueAt(input, [...at, key]) !== undefined;
  const issues: Issue[] = [];
  if (!given('successCondition') && !given('failureCondition')) {
    const expected = 'a successCondition, a failureCondition or both';
    issues.push({ path: at, at: 'missing', found: 'a threshold without a condition', expected });
  }
  for (const key of ['successCondition', 'failureCondition'] as const) {
    const text = judge[key];
    if (text === undefined) continue;
    const parsed = parseCondition(text, typeOfResult(source, input, path));
    if (parsed.kind === 'ok') continue;
    issues.push({
      path: [...at, key],
      at: 'value',
      column: parsed.at,
      found: `${describeValue(text)}: ${parsed.line === 1 ? '' : `line ${parsed.line}, column ${parsed.column}: `}${parsed.message}`,
      expected: "a condition such as 'result[0] < 0.01'",
    });
  }
  if (judge.failureLimit === -1 && (judge.consecutiveSuccessLimit ?? 0) === 0) {
    const expected = 'a failureLimit of 0 or more, or a consecutiveSuccessLimit: with neither nothing is ever decided';
    issues.push({
      path: [...at, 'failureLimit'],
      at: 'value',
      found: '-1 without a consecutiveSuccessLimit',
      expected,
    });
  }
  return issues;
}

/** What a source's measurements are to a condition: shares and values come as a list, an answer as it is. */
function typeOfResult(source: MetricDraft['source'], input: object, path: Path): ResultType {
  const asks = source?.kind === 'json' || valueAt(input, [...path, 'source', 'query']) !== undefined;
  return asks || source?.kind === undefined ? 'any' : 'list';
}

function checkRelative({ judge, source }: MetricDraft, path: Path, input: object): Issue[] {
  if (judge?.kind !== 'relative') return [];
  const at = [...path, 'judge'];
  const issues = exactlyOne(at, ['max', 'min'], input);
  const measures = (key: string) => valueAt(input, [...path, 'source', key]) !== undefined;
  if (source?.kind === undefined || !['value', 'metric'].some(measures)) return issues;
  const isTime = source.kind === 'cloudwatch' && measures('value');
  if (judge.ceiling !== undefined) {
    issues.push({
      path: [...at, 'ceiling'],
      at: 'key',
      found: isTime ? 'a ceiling for a percentile' : 'a ceiling for a value',
      expected: 'a ceiling with a count of bad requests only: { slowerThan: [1s] } counts slow ones',
    });
  }
  if (judge.min !== undefined && isTime) {
    const expected = 'max: of a response time more is worse';
    issues.push({ path: [...at, 'min'], at: 'key', found: 'min for a percentile', expected, guess: 'max' });
  }
  return issues;
}

function exactlyOne(path: Path, keys: readonly [string, string], input: object): Issue[] {
  const given = keys.filter(key => valueAt(input, [...path, key]) !== undefined);
  const expected = `exactly one of ${keys[0]} and ${keys[1]}`;
  if (given.length === 0) return [{ path, at: 'missing', found: `neither ${keys[0]} nor ${keys[1]}`, expected }];
  if (given.length === 1) return [];
  return [{ path: [...path, keys[1]], at: 'key', found: `both ${keys[0]} and ${keys[1]}`, expected }];
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
      const most = (metric.judge?.kind === 'threshold' ? metric.judge.count : undefined) ?? Number.POSITIVE_INFINITY;
      if (count > most) {
        const expected = `at most ${most}: '${name}' is done after that many`;
        issues.push({ path: ['steps', index, 'analysis', 'count'], at: 'value', found: String(count), expected });
      }
    }
  }
  return issues;
}

/** Judge the canary without the stable version beside it. */
const JUDGES_ALONE = ['threshold', 'flagger', 'alarm', 'anomalyBand'] as const;

/**
 * With all requests on the canary there is nothing to compare with: a soak, and blueGreen at all, need another judge, or
 * `control`.
 */
function checkSomethingJudges(draft: PlanDraft, input: object): Issue[] {
  const soaks = (parseDurationSeconds(draft.soak ?? DEFAULTS.soak) ?? 0) > 0;
  if (!soaks && draft.strategy !== 'blueGreen') return [];
  if (isMistaken(draft.metrics, input, ['metrics'])) return [];
  if ((draft.metrics ?? []).some((metric, index) => isUnknownMetric(metric, index, input))) return [];
  // a metric whose judge is missing may yet get one that does
  if (metricsOf(draft).some(({ metric, path }) => lacksJudge(metric, path, input))) return [];
  const judges = metricsOf(draft).some(
    ({ metric, path }) =>
      valueAt(input, ['control']) !== undefined ||
      JUDGES_ALONE.some(kind => kind === metric.judge?.kind) ||
      valueAt(input, [...path, 'judge', 'ceiling']) !== undefined,
  );
  if (judges) return [];
  return [
    {
      path: soaks ? ['soak'] : ['strategy'],
      at: 'value',
      found: `${soaks ? `a soak of ${draft.soak}` : 'blueGreen'}, and no metric that can judge when all requests go to the canary`,
      expected:
        'a metric with a threshold, flagger, alarm or anomalyBand judge, or a sequential or relative one with a ceiling; or control, which keeps some requests on stable',
    },
  ];
}
