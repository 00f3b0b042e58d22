import type * as z from 'zod';
import { guessWord } from './guess.ts';
import * as guesses from './guess-value.ts';
import { describeValue, type Issue, oneOf, type Path, pathText, valueAt } from './issue.ts';
import { homesOf, keysAt, type Shape, shapesAt } from './shape.ts';
import { parseLatencySeconds } from './units.ts';

/** What the design has and this version does not: keys and values by place (`metrics[].judge.kind`). */
export interface NotYet {
  keys: Record<string, readonly string[]>;
  values: Record<string, readonly unknown[]>;
  /** Words of other tools, by place: what to use instead. With such a word the rest of its map is not ours either. */
  instead?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface Explaining {
  input: unknown;
  shape: Shape;
  notYet: NotYet;
}

/** The text for what has none of its own in the schema; the schema's own texts say what is expected, too. */
export const expectedText: z.core.$ZodErrorMap = issue => {
  if (issue.code !== 'invalid_type') return 'something else';
  switch (issue.expected) {
    case 'object':
      return 'a map of keys and values';
    case 'array':
      return 'a list';
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    default:
      return `a ${issue.expected}`;
  }
};

/** Every mistake that the schema found, in our words. */
export function explain(error: z.ZodError, explaining: Explaining): Issue[] {
  const issues = oncePerType(error.issues).flatMap(issue => explainOne(issue, [], explaining));
  // A key that is missing because it was misspelt is one mistake.
  const isMisspelt = ({ path }: Issue) =>
    issues.some(one => one.at === 'key' && one.guess === path.at(-1) && mapText(one) === mapText({ path }));
  const isOfAnotherTool = ({ path }: Issue) =>
    insteadOf(valueAt(explaining.input, [...path.slice(0, -1), 'kind']), [...path.slice(0, -1), 'kind'], explaining) !==
      undefined && path.at(-1) !== 'kind';
  return issues.filter(issue => (issue.at !== 'missing' || !isMisspelt(issue)) && !isOfAnotherTool(issue));
}

/** zod counts the letters of a text where it wanted a list: what is of another type has one mistake and no other. */
function oncePerType(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const isOfAnotherType = (path: string) =>
    issues.some(one => one.code === 'invalid_type' && pathText(one.path as Path) === path);
  return issues.filter(one => one.code === 'invalid_type' || !isOfAnotherType(pathText(one.path as Path)));
}

const mapText = ({ path }: { path: Path }): string => pathText(path.slice(0, -1));

function explainOne(issue: z.core.$ZodIssue, prefix: Path, explaining: Explaining): Issue[] {
  const path = [...prefix, ...issue.path] as Path;
  const value = valueAt(explaining.input, path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey([...path, key], explaining));
  if (issue.code === 'invalid_union') {
    if (issue.errors.length > 0) return fittingBranch(issue.errors, path, value, issue.message, explaining);
    // A discriminated union of which no branch has the value's kind; zod lists the kinds, its type does not say so.
    const { options = [] } = issue as { options?: unknown[] };
    return [wrongWord(path, value, options.map(String), explaining)];
  }
  if (issue.code === 'invalid_key') {
    // A map whose keys are names of the team's own: what is wrong is the name, not what it stands for.
    const expected = issue.issues[0]?.message ?? issue.message;
    return [{ path, at: 'key', found: describeValue(path.at(-1)), expected }];
  }
  if (issue.code === 'invalid_value') return [wrongWord(path, value, issue.values.map(String), explaining)];
  return [wrongValue(path, value, issue.message, explaining)];
}

/** Of a union's branches the one that is of the value's own type: only its mistakes are worth telling. */
function fittingBranch(
  branches: z.core.$ZodIssue[][],
  path: Path,
  value: unknown,
  expected: string,
  explaining: Explaining,
): Issue[] {
  // A word that is no option is still a word; a map where words are expected is of another type.
  const isOfAnotherType = (one: z.core.$ZodIssue) =>
    one.path.length === 0 && (one.code === 'invalid_type' || typeof value !== 'string');
  const fitting = branches.filter(branch => !branch.some(isOfAnotherType));
  const [only, ...others] = fitting;
  if (only === undefined || others.length > 0) return [wrongValue(path, value, expected, explaining)];
  return oncePerType(only).flatMap(one => explainOne(one, path, explaining));
}

function unknownKey(path: Path, { input, shape, notYet }: Explaining): Issue {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const known = keysAt(shape, input, parent);
  if (notYet.keys[placeText(parent)]?.includes(key)) {
    return { path, at: 'key', found: `'${key}', which is not available yet`, expected: oneOf(known) };
  }
  const unused = known.filter(one => valueAt(input, [...parent, one]) === undefined);
  const guess = guessWord(key, unused) ?? guessWord(key, known);
  const issue: Issue = { path, at: 'key', found: `the unknown key '${key}'`, expected: oneOf(known) };
  if (guess !== undefined) return { ...issue, guess };
  const [home, ...others] = homesOf(key, shape);
  if (home === undefined || others.length > 0) return issue;
  return { ...issue, found: `the key '${key}', which is one of ${home}`, expected: `it inside ${home}: { … }` };
}

function wrongWord(path: Path, value: unknown, options: readonly string[], { notYet }: Explaining): Issue {
  const expected = oneOf(options);
  if (value === undefined) return missing(path, expected);
  if (typeof value !== 'string') return { path, at: 'value', found: describeValue(value), expected };
  if (isNotYet(path, value, notYet)) {
    return { path, at: 'value', found: `'${value}', which is not available yet`, expected };
  }
  const instead = insteadOf(value, path, { notYet });
  if (instead !== undefined) return { path, at: 'value', found: describeValue(value), expected: instead };
  const guess = guessWord(value, options);
  const issue: Issue = { path, at: 'value', found: describeValue(value), expected };
  return guess === undefined ? issue : { ...issue, guess };
}

function wrongValue(path: Path, value: unknown, expected: string, { input, shape, notYet }: Explaining): Issue {
  if (value === undefined && path.length > 0) return missing(path, expected);
  if (isNotYet(path, value, notYet)) {
    return { path, at: 'value', found: `'${value}', which is not available yet`, expected };
  }
  const issue: Issue = { path, at: 'value', found: describeValue(value), expected };
  const guess = guessValue(value, shapesAt(shape, input, path), path.at(-1));
  // What is well written and out of range would be "guessed" as it stands; a text in quotes may be a number without them.
  const stays = guess === String(value) && (typeof value !== 'string' || isTextAt(shapesAt(shape, input, path)));
  return guess === undefined || stays ? issue : { ...issue, guess };
}

const isLatency = (text: string): boolean => parseLatencySeconds(text) !== undefined;

function insteadOf(value: unknown, path: Path, { notYet }: Pick<Explaining, 'notYet'>): string | undefined {
  const words = notYet.instead?.[placeText(path)];
  return typeof value === 'string' && words !== undefined && Object.hasOwn(words, value) ? words[value] : undefined;
}

const isTextAt = (shapes: readonly Shape[]): boolean => shapes.some(({ type }) => type === 'string');

const isNotYet = (path: Path, value: unknown, { values }: NotYet): boolean =>
  values[placeText(path)]?.includes(value) === true;

const missing = (path: Path, expected: string): Issue => ({
  path,
  at: 'missing',
  found: `no ${path.at(-1)}`,
  expected,
});

/** `metrics[].judge.kind`: a path with its indices left out. */
const placeText = (path: Path): string =>
  path.map((key, index) => (typeof key === 'number' ? '[]' : index === 0 ? key : `.${key}`)).join('');

/** By the title of a value's shape, which names its unit. */
const BY_TITLE: Record<string, (value: unknown, key: Path[number] | undefined) => string | undefined> = {
  duration: guesses.guessDuration,
  latency: guesses.guessLatency,
  share: guesses.guessShare,
  percent: guesses.guessPercent,
  ratio: guesses.guessRatio,
  fraction: guesses.guessFraction,
  percentile: guesses.guessPercentile,
  rangeEnd: guesses.guessRangeEnd,
};

/** What somebody meant by a longer text than this is not guessed. */
const GUESSED_AT_MOST_CHARACTERS = 100;

function guessValue(value: unknown, shapes: readonly Shape[], key: Path[number] | undefined): string | undefined {
  if (typeof value === 'string' && value.length > GUESSED_AT_MOST_CHARACTERS) return undefined;
  const is = (test: (shape: Shape) => boolean) => shapes.some(test);
  const title = shapes.find(shape => Object.hasOwn(BY_TITLE, shape.title ?? ''))?.title;
  if (title !== undefined) return BY_TITLE[title]?.(value, key);
  if (is(shape => shape.type === 'number' || shape.type === 'integer')) return guesses.guessNumber(value);
  if (is(shape => shape.type === 'boolean')) return guessBoolean(value);
  if (is(shape => shape.type === 'array')) return guessList(value, shapes);
  return undefined;
}

/** One thing where a list of them is expected. */
function guessList(value: unknown, shapes: readonly Shape[]): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const items = shapes.flatMap(({ items: item }) => item ?? []);
  if (typeof value === 'string' && (value === '' || items.some(({ type }) => type === 'object'))) return undefined;
  const latencies = items.some(({ title }) => title === 'latency');
  const parts = String(value).split(/\s*,\s*/);
  const shown = latencies ? parts.map(part => (isLatency(part) ? part : guesses.guessLatency(part))) : parts;
  return shown.includes(undefined) || (!latencies && typeof value === 'number') ? undefined : `[${shown.join(', ')}]`;
}

function guessBoolean(value: unknown): string | undefined {
  const word = String(value).toLowerCase();
  if (['yes', 'on', 'true', '1'].includes(word)) return 'true';
  return ['no', 'off', 'false', '0'].includes(word) ? 'false' : undefined;
}
