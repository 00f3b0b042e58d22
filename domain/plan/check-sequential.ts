import { type Issue, oneOf, type Path, valueAt } from '../file/issue.ts';
import { shareOf } from '../file/read-checked.ts';
import { judgedBy } from './check-sources.ts';
import { DEFAULTS } from './defaults.ts';
import { isMistaken, isUnknownMetric, metricsOf } from './mistaken.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<NonNullable<PlanDraft['metrics']>[number]>;

interface Judged {
  metric: MetricDraft;
  path: Path;
  /** The metric names no judge, and so has this one. */
  byDefault: boolean;
  share: string | number | undefined;
  margin: number;
}

/** The rules of the sequential judge, and of the keys that its metrics share. */
export function checkSequential(draft: PlanDraft, input: object): Issue[] {
  const judged = metricsOf(draft).flatMap(({ metric, path }) => judgedSequentially(metric, path, input));
  return [
    ...judged.flatMap(one => checkCounts(one, input)),
    ...checkShares(draft, judged, input),
    ...checkDetect(draft, judged, input),
    ...checkGross(draft, input),
  ];
}

function judgedSequentially(metric: MetricDraft, path: Path, input: object): Judged[] {
  const byDefault = valueAt(input, [...path, 'judge']) === undefined;
  const { judge } = metric;
  if (byDefault) return [{ metric, path, byDefault, share: undefined, margin: DEFAULTS.sequential.margin }];
  if (judge?.kind !== 'sequential') return [];
  return [{ metric, path, byDefault, share: judge.share, margin: judge.margin ?? DEFAULTS.sequential.margin }];
}

/** Whether a metric names no judge, and the default one cannot read what its source gives. */
export function lacksJudge({ source }: MetricDraft, path: Path, input: object): boolean {
  if (valueAt(input, [...path, 'judge']) !== undefined || source?.kind === undefined) return false;
  const given = (key: string) => valueAt(input, [...path, 'source', key]) !== undefined;
  // a source with two measures, or without one, is a mistake of its own
  const measuresElse = source.kind === 'json' || ['value', 'metric', 'alarm', 'query'].some(given);
  return measuresElse && !['bad', 'requests', 'histogram'].some(given);
}

/** A metric that names a judge is checked with the others that read what its source gives. */
function checkCounts({ metric, path }: Judged, input: object): Issue[] {
  const { source } = metric;
  if (source?.kind === undefined || !lacksJudge(metric, path, input)) return [];
  const given = (key: string) => valueAt(input, [...path, 'source', key]) !== undefined;
  const { gives, judges } = judgedBy(source, given);
  return [
    {
      path: [...path, 'judge'],
      at: 'missing',
      found: `no judge: the default is sequential, which judges counts of requests, and this is ${gives}`,
      expected: `a line 'judge: { kind: … }' beside source, of the kind ${oneOf(judges)}`,
    },
  ];
}

const ROUNDING = 1e-9;

function checkShares(draft: PlanDraft, judged: readonly Judged[], input: object): Issue[] {
  // where a metric or a share is a mistake itself, what its share would have been is not known
  if ((draft.metrics ?? []).some((metric, index) => isUnknownMetric(metric, index, input))) return [];
  if (judged.some(({ share, path }) => isMistaken(share, input, [...path, 'judge', 'share']))) return [];
  const given = judged.flatMap(({ share, path }) => (share === undefined ? [] : [{ share: shareOf(share), path }]));
  const last = given.at(-1);
  if (last === undefined) return [];
  const sum = given.reduce((all, { share }) => all + share, 0);
  const without = judged.find(({ share }) => share === undefined);
  const issue = (found: string, expected: string): Issue[] => [
    { path: [...last.path, 'judge', 'share'], at: 'value', found, expected },
  ];
  const found = `shares that sum to ${Number(sum.toFixed(9))}`;
  if (without !== undefined) {
    if (sum < 1 - ROUNDING) return [];
    const name = without.metric.name ?? 'another metric';
    return issue(found, `less than 1 in sum: ${name} names no share and has what is left`);
  }
  if (sum === 0) return issue('shares that are all 0', 'shares that sum to 1: nothing would be rolled back');
  return Math.abs(sum - 1) > ROUNDING ? issue(found, 'shares that sum to 1') : [];
}

/** A gross fault is a larger one than the effect that matters. */
function checkGross({ detect }: PlanDraft, input: object): Issue[] {
  if (['gross', 'atLeast'].some(key => isMistaken(detect?.[key as 'gross'], input, ['detect', key]))) return [];
  const atLeast = shareOf(detect?.atLeast ?? DEFAULTS.detect.atLeast);
  const gross = shareOf(detect?.gross ?? DEFAULTS.detect.gross);
  if (gross >= atLeast) return [];
  const key = detect?.gross === undefined ? 'atLeast' : 'gross';
  return [
    {
      path: ['detect', key],
      at: 'value',
      found: String(detect?.[key]),
      expected:
        key === 'gross'
          ? `${detect?.atLeast ?? DEFAULTS.detect.atLeast} or more, which is detect.atLeast: a gross fault is the larger one`
          : `at most ${DEFAULTS.detect.gross}, which is detect.gross, or a larger detect.gross: a gross fault is the larger one`,
    },
  ];
}

/** A canary that is not worse than the margin is tolerated: it can never be found. */
function checkDetect({ detect }: PlanDraft, judged: readonly Judged[], input: object): Issue[] {
  if (isMistaken(detect?.ratio, input, ['detect', 'ratio'])) return [];
  const ratio = detect?.ratio ?? DEFAULTS.detect.ratio;
  const widest = judged.toSorted((a, b) => b.margin - a.margin)[0];
  if (widest === undefined || ratio > widest.margin) return [];
  if (detect?.ratio === undefined) {
    const found = `${widest.margin}, and detect.ratio is ${ratio}`;
    const expected = `a margin below ${ratio}, or a larger detect.ratio: what the margin tolerates cannot be detected`;
    return [{ path: [...widest.path, 'judge', 'margin'], at: 'value', found, expected }];
  }
  return [
    {
      path: ['detect', 'ratio'],
      at: 'value',
      found: String(ratio),
      expected: `more than ${widest.margin}, the margin of ${widest.metric.name ?? 'a metric'}: what it tolerates cannot be detected`,
    },
  ];
}
