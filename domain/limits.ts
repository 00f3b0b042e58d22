import type { Issue, Path } from './file/issue.ts';
import { decimalText } from './number-text.ts';
import { printable } from './printable.ts';

/*
 * How large what people write may be. A ledger's snapshot holds twelve releases with their plans and has to stay below the
 * 400 kB of a DynamoDB item; what is refused is refused where it comes in, with what was found.
 */

/** Of a plan as it is frozen into a release: as JSON, with every default filled in. */
export const PLAN_MOST_BYTES = 16_000;
/** Of a workload, in the same form. */
export const WORKLOAD_MOST_BYTES = 10_000;
/** Of a reason that a person gives. */
export const REASON_MOST_CHARACTERS = 500;
/** Of a name: who asks, an image, a group. */
export const NAME_MOST_CHARACTERS = 300;
/** Of a sentence in the ledger; a longer one, of a program's or a vendor's, is cut. */
export const SENTENCE_MOST_CHARACTERS = 1_000;
/** Of one line of the ledger. */
export const ENTRY_MOST_BYTES = 100_000;

/** Of one text in a plan or a workload: a query, an address. What is longer is not read any further. */
const TEXT_MOST_CHARACTERS = 4_000;
/** Of a plan or a workload: lists and maps inside each other. */
const MOST_LEVELS = 100;

export const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** `42.9 kB`. */
export const kilobytes = (bytes: number): string => `${decimalText(bytes / 1000, 1)} kB`;

/** What is wrong with a file whose content is larger; undefined where it is not. @param advice how to make it smaller */
export function tooLarge(what: string, content: unknown, mostBytes: number, advice = ''): Issue | undefined {
  const bytes = jsonBytes(content);
  if (bytes <= mostBytes) return undefined;
  const found = `a ${what} of ${kilobytes(bytes)} (as JSON, with its defaults)`;
  return { path: [], at: 'value', found, expected: `at most ${kilobytes(mostBytes)}${advice}` };
}

/**
 * What is too large to be looked at: whoever checks, guesses and explains takes time that grows faster than what it is given.
 * Empty: go on. With these, nothing else is checked.
 * @param what `plan` or `workload`   @param content plain data, whatever is in it
 */
export function oversized(what: string, content: unknown, mostBytes: number): Issue[] {
  const issues: Issue[] = [];
  let characters = 0;
  let level: { path: Path; value: unknown }[] = [{ path: [], value: content }];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_LEVELS) return [tooDeep(what)];
    const inside: typeof level = [];
    for (const { path, value } of level) {
      if (typeof value === 'string' && value.length > TEXT_MOST_CHARACTERS) issues.push(tooLong(path, value));
      characters += typeof value === 'string' ? value.length : 1;
      // with its defaults it is longer, and nothing makes it half as long
      if (characters > 2 * mostBytes) return [tooMuch(what, 2 * mostBytes, mostBytes)];
      if (typeof value !== 'object' || value === null) continue;
      for (const [key, one] of Object.entries(value)) {
        if (!Array.isArray(value)) characters += key.length;
        inside.push({ path: [...path, Array.isArray(value) ? Number(key) : key], value: one });
      }
    }
    level = inside;
  }
  return issues;
}

const tooDeep = (what: string): Issue => {
  const found = `a ${what} of more than ${MOST_LEVELS} levels of lists and maps`;
  return { path: [], at: 'value', found, expected: 'the shape of the reference' };
};

const tooLong = (path: Path, text: string): Issue => {
  const found = `a text of ${text.length} characters`;
  return { path, at: 'value', found, expected: `at most ${TEXT_MOST_CHARACTERS} characters` };
};

const tooMuch = (what: string, characters: number, mostBytes: number): Issue => {
  const found = `a ${what} of more than ${kilobytes(characters)}`;
  return { path: [], at: 'value', found, expected: `at most ${kilobytes(mostBytes)}` };
};

const SENTENCES: ReadonlySet<string> = new Set(['because', 'unseen', 'problem', 'reason', 'blind']);

/**
 * The same with sentences that are too long cut, and without what a terminal would obey; texts that mean something to a program
 * stay as they are.
 */
export function withShortSentences<T>(value: T, isSentence = false): T {
  if (typeof value === 'string') {
    if (!isSentence) return value;
    const text = printable(value);
    return (text.length > SENTENCE_MOST_CHARACTERS ? `${text.slice(0, SENTENCE_MOST_CHARACTERS - 1)}…` : text) as T;
  }
  if (Array.isArray(value)) return value.map(one => withShortSentences(one, isSentence)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, withShortSentences(one, SENTENCES.has(key))]);
  return Object.fromEntries(entries) as T;
}
