import { assertNever } from '../assert-never.ts';
import { guessWord } from '../file/guess.ts';
import { describeValue, type Issue, oneOf, type Path, valueAt } from '../file/issue.ts';
import { JUDGE_PLANS, type JudgeKind, judgePlanOf } from '../judges/plan-registry.ts';
import type { ReadingKind } from '../sources/measure.ts';
import { otherVariables } from '../sources/other-variables.ts';
import { DIMENSION_VARIABLES, TEMPLATE_VARIABLES, tellsVersionsApart, templateVariables } from '../sources/template.ts';
import type { Workload } from '../workload.ts';
import { metricsOf } from './mistaken.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<NonNullable<PlanDraft['metrics']>[number]>;
type SourceDraft = NonNullable<MetricDraft['source']>;

/** The rules of a metric's source, alone and with its judge, that no value can break alone. */
export function checkSource(metric: MetricDraft, path: Path, input: object): Issue[] {
  const { source } = metric;
  if (source?.kind === undefined) return [];
  const at: Path = [...path, 'source'];
  const given = (key: string) => valueAt(input, [...at, key]) !== undefined;
  const issues = [...oneMeasure(source, at, given), ...texts(source, at)];
  if (issues.length > 0) return issues;
  return [...fittingJudge(source, metric.judge?.kind, path, given), ...oneVersionEach(source, metric.judge?.kind, at)];
}

/** What of a source's keys belongs together: exactly one group, and the whole of it. */
const GROUPS: Record<'cloudwatch' | 'prometheus', readonly (readonly string[])[]> = {
  cloudwatch: [['bad'], ['value'], ['metric'], ['alarm']],
  prometheus: [['requests', 'bad'], ['histogram', 'slowerThan'], ['value'], ['query']],
};

function oneMeasure(source: SourceDraft, at: Path, given: (key: string) => boolean): Issue[] {
  if (source.kind !== 'cloudwatch' && source.kind !== 'prometheus') return [];
  const groups = GROUPS[source.kind];
  const [first, second] = groups.flatMap(group => {
    const key = group.find(given);
    return key === undefined ? [] : [{ group, key }];
  });
  const names = groups.map(group => group.join(' with '));
  const expected = `exactly one of ${oneOf(names)}`;
  if (first === undefined) return [{ path: at, at: 'missing', found: `none of ${names.join(', ')}`, expected }];
  if (second !== undefined) {
    return [{ path: [...at, second.key], at: 'key', found: `both ${first.key} and ${second.key}`, expected }];
  }
  const missing = first.group.find(key => !given(key));
  if (missing !== undefined) {
    const found = `no ${missing}`;
    return [{ path: [...at, missing], at: 'missing', found, expected: `${missing} with ${first.key}` }];
  }
  if (given('series') && !given('query')) {
    return [{ path: [...at, 'series'], at: 'key', found: 'series without query', expected: 'series with query only' }];
  }
  return [];
}

/** A text with variables in it, with its place. */
function templatesOf(source: SourceDraft, at: Path): { text: string; path: Path; known: readonly string[] }[] {
  const some = (entries: [Path, string | undefined][], known: readonly string[] = TEMPLATE_VARIABLES) =>
    entries.flatMap(([path, text]) => (text === undefined ? [] : [{ text, path: [...at, ...path], known }]));
  switch (source.kind) {
    case 'cloudwatch':
      return [
        ...some([[['alarm'], source.alarm]]),
        ...some(
          Object.entries(source.metric?.dimensions ?? {}).map(([key, text]) => [['metric', 'dimensions', key], text]),
          DIMENSION_VARIABLES,
        ),
      ];
    case 'prometheus':
      return some((['requests', 'bad', 'histogram', 'value', 'query'] as const).map(key => [[key], source[key]]));
    case 'json':
      return some([[['url'], source.url]]);
    case undefined:
      return [];
    default:
      return assertNever(source);
  }
}

/** A metric's name and its label matchers, quotes closed: what a range selector can be made of. */
const SELECTOR =
  /^\s*([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(?:[^{}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\})?\s*$/;

function texts(source: SourceDraft, at: Path): Issue[] {
  const issues = templatesOf(source, at).flatMap(({ text, path, known }) => unknownVariables(text, path, known));
  if (issues.length > 0) return issues;
  if (source.kind !== 'prometheus') return [];
  for (const key of ['requests', 'bad', 'histogram'] as const) {
    const text = source[key];
    if (text === undefined) continue;
    const name = SELECTOR.exec(text)?.[1];
    if (name === undefined) {
      const expected =
        'a metric and its labels, name{label="value"}: its raw counters are read, so no function and no range';
      issues.push({ path: [...at, key], at: 'value', found: describeValue(text), expected });
      continue;
    }
    if (key === 'histogram' && !name.endsWith('_bucket')) {
      const guess = text.replace(name, `${name.replace(/_(?:sum|count)$/, '')}_bucket`).trim();
      const expected = "the buckets of a histogram, a name that ends with '_bucket'";
      issues.push({ path: [...at, key], at: 'value', found: describeValue(text), expected, guess });
    }
  }
  return issues;
}

function unknownVariables(text: string, path: Path, known: readonly string[]): Issue[] {
  const expected = oneOf(known.map(one => `\${${one}}`));
  const others = otherVariables(text, known).map(({ written, column, meant }): Issue => {
    const found = `'${written}', which is no variable here`;
    const issue: Issue = { path, at: 'value', column, length: written.length, found, expected };
    return meant === undefined ? issue : { ...issue, guess: `\${${meant}}` };
  });
  return [...others, ...unknownOfOurs(text, path, known)];
}

function unknownOfOurs(text: string, path: Path, known: readonly string[]): Issue[] {
  return templateVariables(text).flatMap(({ name, column }): Issue[] => {
    if (known.some(one => one === name)) return [];
    const found = name === undefined ? "a '${' that is not closed" : `the unknown variable '\${${name}}'`;
    const guess = name === undefined ? undefined : guessWord(name, known);
    const length = name === undefined ? 2 : name.length + 3;
    const issue: Issue = { path, at: 'value', column, length, found, expected: oneOf(known.map(one => `\${${one}}`)) };
    return [guess === undefined ? issue : { ...issue, guess: `\${${guess}}` }];
  });
}

/** What the keys of a source give; a metric of CloudWatch is a value or, for its judge, a band. */
export function givesOf(source: SourceDraft, given: (key: string) => boolean): readonly ReadingKind[] {
  if (source.kind === 'json') return ['result'];
  if (source.kind === 'cloudwatch') {
    if (given('alarm')) return ['alarm'];
    return given('metric') ? ['value', 'band'] : given('value') ? ['value'] : ['counts'];
  }
  return given('query') ? ['result'] : given('value') ? ['value'] : ['counts'];
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

function fittingJudge(
  source: SourceDraft,
  judge: JudgeKind | undefined,
  path: Path,
  given: (key: string) => boolean,
): Issue[] {
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
export function judgedBy(source: SourceDraft, given: (key: string) => boolean): { gives: string; judges: string[] } {
  const there = givesOf(source, given);
  const judges = JUDGE_PLANS.filter(({ reads }) => reads.some(one => there.includes(one))).map(({ kind }) => kind);
  return { gives: there.map(one => IS[one]).join(' or '), judges };
}

/** Counts and values are compared version with version: a query that is the same for both would find no difference, ever. */
function oneVersionEach(source: SourceDraft, judge: JudgeKind | undefined, at: Path): Issue[] {
  return comparedTexts(source, judge).flatMap(({ path, texts }): Issue[] => {
    if (texts.some(tellsVersionsApart)) return [];
    const expected = `\${slot}${source.kind === 'cloudwatch' ? ', ${targetGroup}' : ''} or \${revision} in it, which tells the canary from the stable version`;
    return [{ path: [...at, ...path], at: 'value', found: 'the same metric for both versions', expected }];
  });
}

function comparedTexts(source: SourceDraft, judge: JudgeKind | undefined): { path: Path; texts: string[] }[] {
  if (source.kind === 'prometheus') {
    return (['requests', 'bad', 'histogram', 'value'] as const).flatMap(key => {
      const text = source[key];
      return text === undefined ? [] : [{ path: [key], texts: [text] }];
    });
  }
  if (source.kind !== 'cloudwatch' || source.metric === undefined) return [];
  if (judge === undefined || judgePlanOf({ kind: judge }).compares !== true) return [];
  const texts = Object.values(source.metric.dimensions ?? {}).flatMap(text => text ?? []);
  return [{ path: ['metric', 'dimensions'], texts }];
}

/** What the plan's sources need of the workload. */
export function checkSourcesForWorkload(draft: PlanDraft, workload: Workload): Issue[] {
  if (workload.sources?.prometheus !== undefined) return [];
  return metricsOf(draft).flatMap(({ metric, path }): Issue[] => {
    if (metric.source?.kind !== 'prometheus') return [];
    return [
      {
        path: [...path, 'source', 'kind'],
        at: 'value',
        found: `'prometheus', and the workload '${workload.name}' names none`,
        expected: 'sources.prometheus in the workload',
      },
    ];
  });
}
