import type * as z from 'zod';
import type { Draft } from '../../file/draft.ts';
import { viewOf } from '../../file/draft-view.ts';
import { guessWord } from '../../file/guess.ts';
import { describeValue, type Issue, oneOf } from '../../file/issue.ts';
import type { DraftedMetric, DraftedPlan } from '../drafted.ts';
import { DEFAULTS, type kayentaSchema, type mannWhitneySchema, SCORES } from './schema.ts';

type Drafted = DraftedMetric<Draft<z.input<typeof mannWhitneySchema>>>;

/** The plan's own key that its metrics share. */
export interface ScoreKeys {
  kayenta?: z.output<typeof kayentaSchema>;
}

/** The rules of the score that the metrics share. */
export function checkScores(metrics: readonly Drafted[], plan: DraftedPlan<Draft<ScoreKeys>>): Issue[] {
  const { input, keys, hasUnknownMetric } = plan;
  const { kayenta } = keys;
  // a metric that is a mistake itself may have been one of them
  if (kayenta === undefined || hasUnknownMetric) return [];
  const judged = metrics.map(({ judge }) => judge);
  if (judged.length === 0) {
    const expected = 'a metric with the judge mannWhitney, or no kayenta';
    return [{ path: ['kayenta'], at: 'key', found: 'kayenta, and no metric that it scores', expected }];
  }
  const pass = kayenta.pass ?? SCORES.pass;
  const marginal = kayenta.marginal ?? SCORES.marginal;
  const issues: Issue[] = [];
  const isKnown = (['pass', 'marginal'] as const).every(
    key => viewOf(kayenta[key], input, ['kayenta', key]).kind !== 'mistaken',
  );
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
  groups ?? DEFAULTS.groups;

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
