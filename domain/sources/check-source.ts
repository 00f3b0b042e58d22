import { guessWord } from '../file/guess.ts';
import { type Issue, oneOf, type Path } from '../file/issue.ts';
import { otherVariables } from './other-variables.ts';
import { type SourceDraft, sourcePlanOf } from './plan-registry.ts';
import type { ReadingKind } from './source-facts.ts';
import type { Given, MeasureGroup, SourcePlanKind } from './source-plan-kind.ts';
import { tellsVersionsApart, templateVariables } from './template.ts';

/** A source whose kind is known. */
export type KnownSource = SourceDraft & { kind: NonNullable<SourceDraft['kind']> };

export const isKnown = (source: SourceDraft | undefined): source is KnownSource => source?.kind !== undefined;

/** The rules of a metric's source that no key can break alone; its judge is not looked at. @param given of the source's keys */
export function checkSource(source: KnownSource, at: Path, given: Given): Issue[] {
  const plan = sourcePlanOf(source.kind);
  const keys = checkGroups(plan, at, given);
  return [...(keys.length > 0 ? keys : (plan.checkKeys?.(at, given) ?? [])), ...checkTexts(plan, source, at)];
}

/** What a source gives by its keys; of one with two measures, which is a mistake, the last. */
export const givesOf = (source: KnownSource, given: Given): readonly ReadingKind[] => groupOf(source, given).gives;

/** Whether its values are response times in seconds, which more is worse of. */
export const isTime = (source: KnownSource, given: Given): boolean => groupOf(source, given).isTime === true;

/** Whether it names measures, and none of them counts. */
export function countsNothing(source: KnownSource, given: Given): boolean {
  const { groups } = sourcePlanOf(source.kind);
  const counting = groups.filter(({ gives }) => gives.includes('counts'));
  // a source with two measures, or without one, is a mistake of its own
  if (counting.length === 0) return true;
  const others = groups.filter(group => !counting.includes(group));
  return others.some(({ keys }) => keys.some(given)) && !counting.some(({ keys }) => keys.some(given));
}

/** The key by which it measures what the workload's router counts; undefined: it does not. */
export function measuredByRouter(source: KnownSource, given: Given): string | undefined {
  const { keys, ofRouter } = groupOf(source, given);
  return ofRouter === true ? keys.find(given) : undefined;
}

function groupOf({ kind }: KnownSource, given: Given): MeasureGroup {
  const { groups } = sourcePlanOf(kind);
  return groups.findLast(({ keys }) => keys.some(given)) ?? groups[0];
}

/** What of a source's keys belongs together: exactly one group, and the whole of it. One that has a single group says so in its schema. */
function checkGroups({ groups }: SourcePlanKind, at: Path, given: Given): Issue[] {
  if (groups.length === 1) return [];
  const [first, second] = groups.flatMap(({ keys }) => {
    const key = keys.find(given);
    return key === undefined ? [] : [{ keys, key }];
  });
  const names = groups.map(({ keys }) => keys.join(' with '));
  const expected = `exactly one of ${oneOf(names)}`;
  if (first === undefined) return [{ path: at, at: 'missing', found: `none of ${names.join(', ')}`, expected }];
  if (second !== undefined) {
    return [{ path: [...at, second.key], at: 'key', found: `both ${first.key} and ${second.key}`, expected }];
  }
  const missing = first.keys.find(key => !given(key));
  if (missing === undefined) return [];
  const found = `no ${missing}`;
  return [{ path: [...at, missing], at: 'missing', found, expected: `${missing} with ${first.key}` }];
}

function checkTexts(plan: SourcePlanKind, source: KnownSource, at: Path): Issue[] {
  const issues = plan
    .templates(source)
    .flatMap(({ text, path, known }) => unknownVariables(text, [...at, ...path], known));
  return issues.length > 0 ? issues : (plan.checkTexts?.(source, at) ?? []);
}

function unknownVariables(text: string, path: Path, known: readonly string[]): Issue[] {
  const expected = variablesText(known);
  const others = otherVariables(text, known).map(({ written, column, meant }): Issue => {
    const found = `'${written}', which is no variable here`;
    const issue: Issue = { path, at: 'value', column, length: written.length, found, expected };
    return meant === undefined ? issue : { ...issue, guess: `\${${meant}}` };
  });
  return [...others, ...unknownOfOurs(text, path, known)];
}

const variablesText = (names: readonly string[]): string => oneOf(names.map(one => `\${${one}}`));

function unknownOfOurs(text: string, path: Path, known: readonly string[]): Issue[] {
  return templateVariables(text).flatMap(({ name, column }): Issue[] => {
    if (known.some(one => one === name)) return [];
    const found = name === undefined ? "a '${' that is not closed" : `the unknown variable '\${${name}}'`;
    const guess = name === undefined ? undefined : guessWord(name, known);
    const length = name === undefined ? 2 : name.length + 3;
    const issue: Issue = { path, at: 'value', column, length, found, expected: variablesText(known) };
    return [guess === undefined ? issue : { ...issue, guess: `\${${guess}}` }];
  });
}

/**
 * Counts and values are compared version with version: a query that is the same for both would find no difference, ever.
 * @param byValue whether the judge compares the values of both
 */
export function checkVersionsApart(source: KnownSource, at: Path, byValue: boolean): Issue[] {
  const compared = sourcePlanOf(source.kind).compared?.(source, byValue) ?? [];
  return compared.flatMap(({ path, texts, known }): Issue[] => {
    if (texts.some(tellsVersionsApart)) return [];
    const apart = known.filter(name => tellsVersionsApart(`\${${name}}`));
    // the revision last: it is the widest of them
    const names = [...apart.filter(name => name !== 'revision'), ...apart.filter(name => name === 'revision')];
    const expected = `${variablesText(names)} in it, which tells the canary from the stable version`;
    return [{ path: [...at, ...path], at: 'value', found: 'the same metric for both versions', expected }];
  });
}
