import type * as z from 'zod';
import { parseCondition } from '../../conditions/condition.ts';
import { type Limit, limitsOf } from '../../conditions/limits.ts';
import type { Draft } from '../../file/draft.ts';
import { describeValue, type Issue } from '../../file/issue.ts';
import { checkInterval } from '../check-interval.ts';
import type { DraftedMetric, DraftedPlan } from '../drafted.ts';
import { outsideOfTimes } from '../response-limits.ts';
import type { thresholdSchema } from './schema.ts';

type Drafted = DraftedMetric<Draft<z.input<typeof thresholdSchema>>>;

const CONDITIONS = ['successCondition', 'failureCondition'] as const;

/** The rules of a threshold's keys, that none can break alone. */
export const checkThreshold = (metric: Drafted, plan: DraftedPlan): Issue[] => [
  ...checkConditions(metric),
  ...checkInterval(metric, plan),
  ...checkLimits(metric, plan),
  ...checkShares(metric),
];

function checkConditions({ judge, path, source, isGiven }: Drafted): Issue[] {
  const issues: Issue[] = [];
  if (!CONDITIONS.some(key => isGiven(key))) {
    const expected = 'a successCondition, a failureCondition or both';
    issues.push({ path, at: 'missing', found: 'a threshold without a condition', expected });
  }
  // shares and values come as a list, an answer as it is
  const type = source.gives === undefined || source.gives.includes('result') ? 'any' : 'list';
  for (const key of CONDITIONS) {
    const text = judge[key];
    if (text === undefined) continue;
    const parsed = parseCondition(text, type);
    if (parsed.kind === 'ok') continue;
    issues.push({
      path: [...path, key],
      at: 'value',
      column: parsed.at,
      found: `${describeValue(text)}: ${parsed.line === 1 ? '' : `line ${parsed.line}, column ${parsed.column}: `}${parsed.message}`,
      expected: "a condition such as 'result[0] < 0.01'",
    });
  }
  if (judge.failureLimit === -1 && (judge.consecutiveSuccessLimit ?? 0) === 0) {
    const expected = 'a failureLimit of 0 or more, or a consecutiveSuccessLimit: with neither nothing is ever decided';
    issues.push({
      path: [...path, 'failureLimit'],
      at: 'value',
      found: '-1 without a consecutiveSuccessLimit',
      expected,
    });
  }
  return issues;
}

/** A limit of a response time that no response can reach is one in another unit: it would never, or always, be broken. */
function checkLimits({ judge, path, source: { unit } }: Drafted, { timeoutSeconds }: DraftedPlan): Issue[] {
  if (unit === undefined || timeoutSeconds === undefined) return [];
  return limitIssues(judge, path, 'any', ({ value }) => outsideOfTimes(value, unit, timeoutSeconds));
}

/** A limit of a share of requests that no share can reach: often a per cent, or a count. */
function checkShares({ judge, path, source: { gives } }: Drafted): Issue[] {
  if (gives === undefined || gives.some(kind => kind !== 'counts')) return [];
  return limitIssues(judge, path, 'list', limit => {
    if (!isOutsideOfShares(limit)) return [];
    const { value, operator } = limit;
    const meant = Number((value / 100).toPrecision(12));
    return [
      {
        found: `${operator} ${value}, which no share of requests is`,
        expected: 'a limit from 0 (none) to 1 (all of the requests)',
        ...(value > 1 && meant <= 1 && { guess: String(meant) }),
      },
    ];
  });
}

function isOutsideOfShares({ value, operator }: Limit): boolean {
  if (value < 0 || value > 1) return true;
  return (operator === '>' && value === 1) || (operator === '<' && value === 0);
}

/** What is said of each limit in the conditions, with its place. */
function limitIssues(
  judge: Drafted['judge'],
  path: Drafted['path'],
  type: Parameters<typeof parseCondition>[1],
  wrong: (limit: Limit) => Pick<Issue, 'found' | 'expected' | 'guess'>[],
): Issue[] {
  return CONDITIONS.flatMap((key): Issue[] => {
    const text = judge[key];
    const parsed = text === undefined ? undefined : parseCondition(text, type);
    if (text === undefined || parsed?.kind !== 'ok') return [];
    return limitsOf(parsed.expression).flatMap((limit): Issue[] => {
      const written = /^-?\s*[\w.]+/.exec(text.slice(limit.at - 1))?.[0] ?? '';
      const place = { path: [...path, key], at: 'value' as const, column: limit.at, length: written.length };
      return wrong(limit).map(said => ({ ...place, ...said }));
    });
  });
}
