import { guessWord } from '../file/guess.ts';
import { describeValue, type Issue, oneOf, type Path, valueAt } from '../file/issue.ts';
import { DEFAULTS } from './defaults.ts';
import { isMistaken, isUnknownMetric, metricsOf } from './mistaken.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<NonNullable<PlanDraft['metrics']>[number]>;

/** The rules of the judges flagger and mannWhitney, and of the score that the latter's metrics share. */
export function checkOtherJudges(draft: PlanDraft, input: object): Issue[] {
  return [
    ...metricsOf(draft).flatMap(({ metric, path }) => checkRange(metric, [...path, 'judge', 'thresholdRange'], input)),
    ...checkScores(draft, input),
  ];
}

function checkRange({ judge }: MetricDraft, path: Path, input: object): Issue[] {
  if (judge?.kind !== 'flagger') return [];
  const { thresholdRange } = judge;
  if (thresholdRange === undefined) return []; // missing, or a mistake itself
  const given = (key: string) => valueAt(input, [...path, key]) !== undefined;
  if (!given('min') && !given('max')) {
    return [{ path, at: 'value', found: 'a range without an end', expected: 'min, max or both' }];
  }
  const { min, max } = thresholdRange;
  if (min === undefined || max === undefined || min <= max) return [];
  return [{ path: [...path, 'max'], at: 'value', found: String(max), expected: `min, ${min}, or more` }];
}

function checkScores({ kayenta, metrics = [] }: PlanDraft, input: object): Issue[] {
  if (kayenta === undefined) return [];
  const judged = metrics.flatMap(metric => (metric?.judge?.kind === 'mannWhitney' ? [metric.judge] : []));
  // A metric that is a mistake itself may have been one of them.
  if (metrics.some((metric, index) => isUnknownMetric(metric, index, input))) return [];
  if (judged.length === 0) {
    const expected = 'a metric with the judge mannWhitney, or no kayenta';
    return [{ path: ['kayenta'], at: 'key', found: 'kayenta, and no metric that it scores', expected }];
  }
  const pass = kayenta.pass ?? DEFAULTS.kayenta.pass;
  const marginal = kayenta.marginal ?? DEFAULTS.kayenta.marginal;
  const issues: Issue[] = [];
  const isKnown = (['pass', 'marginal'] as const).every(key => !isMistaken(kayenta[key], input, ['kayenta', key]));
  if (marginal > pass && isKnown) {
    const key = kayenta.marginal === undefined ? 'pass' : 'marginal';
    const expected = key === 'marginal' ? `at most pass, ${pass}` : `at least marginal, ${marginal}`;
    issues.push({ path: ['kayenta', key], at: 'value', found: String(kayenta[key]), expected });
  }
  const groups = judged.flatMap(groupsOf);
  // A group that is a mistake itself may have been any.
  const known = groups.filter(group => group !== undefined);
  return known.length < groups.length
    ? issues
    : [...issues, ...checkWeights(kayenta.groups ?? {}, [...new Set(known)])];
}

const groupsOf = ({ groups }: { groups?: (string | undefined)[] | undefined }): readonly (string | undefined)[] =>
  groups ?? DEFAULTS.mannWhitney.groups;

/** A weight that no metric can earn, or weights beyond 100, are scores that mean something else than they say. */
function checkWeights(weights: Readonly<Record<string, number | undefined>>, groups: readonly string[]): Issue[] {
  const path = ['kayenta', 'groups'];
  const unknown = Object.keys(weights).filter(group => !groups.includes(group));
  if (unknown.length > 0) {
    return unknown.map(group => {
      const guess = guessWord(group, groups);
      const expected = `a group of a metric: ${oneOf(groups)}`;
      const issue: Issue = {
        path: [...path, group],
        at: 'key',
        found: `the group ${describeValue(group)}, which no metric has`,
        expected,
      };
      return guess === undefined ? issue : { ...issue, guess };
    });
  }
  const sum = Object.values(weights).reduce<number>((total, weight) => total + (weight ?? 0), 0);
  const all = groups.every(group => Object.hasOwn(weights, group));
  if (sum <= 100 && (!all || sum === 100)) return [];
  const expected = all ? 'weights that sum to 100' : 'weights that sum to at most 100: the other groups share the rest';
  return [{ path, at: 'value', found: `weights that sum to ${sum}`, expected }];
}
