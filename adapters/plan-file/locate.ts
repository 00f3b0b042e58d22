import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { Issue, Path } from '../../domain/file/issue.ts';

/** Offsets in the text, from and to, of what an issue is about; the nearest part around it where it is not there. */
export function locate(
  document: Document,
  path: Path,
  at: Issue['at'],
  text: string,
  column?: number,
  length = 1,
): [number, number] {
  let here: unknown = document.contents;
  let lastKey: unknown;
  for (const key of path) {
    const node = resolve(here, document);
    if (isSeq(node)) {
      const item: unknown = node.items[Number(key)];
      if (item === undefined) break;
      here = item;
      lastKey = undefined;
    } else if (isMap(node)) {
      const pair = findPair(node.items, key, document);
      if (pair === undefined) break;
      lastKey = pair.key;
      here = pair.value ?? pair.key; // a key without anything behind it: `bake:`
    } else break;
  }
  if (at === 'key' && hasRange(lastKey)) return rangeOf(lastKey);
  if (at === 'pair' && hasRange(lastKey) && hasRange(here))
    return [rangeOf(lastKey)[0], Math.max(rangeOf(lastKey)[1], rangeOf(here)[1])];
  if (!hasRange(here)) return [0, 1];
  if (isScalar(here)) {
    const [from, to] = rangeOf(here);
    if (from === to && hasRange(lastKey)) return rangeOf(lastKey); // nothing stands there: `bake:`
    if (column === undefined) return [from, to];
    const offset = columnOffset(here, text, column);
    return [offset, offset === from ? to : Math.min(offset + length, to)];
  }
  // Of a map or list its beginning: a caret under twenty lines points at nothing.
  const [start, end] = rangeOf(here);
  return [start, isMap(here) || isSeq(here) ? Math.max(start + 1, Math.min(end, firstWordEnd(here, start))) : end];
}

function firstWordEnd(node: Node, start: number): number {
  const first = isMap(node) ? node.items[0]?.key : undefined;
  return hasRange(first) && rangeOf(first)[0] === start ? rangeOf(first)[1] : start + 1;
}

const resolve = (node: unknown, document: Document): unknown => (isAlias(node) ? node.resolve(document) : node);

/** The last of several equal keys: it is the one whose value was read. */
const findPair = (pairs: readonly Pair[], key: string | number, document: Document): Pair | undefined =>
  pairs.findLast(pair => {
    const word = resolve(pair.key, document);
    return isScalar(word) && word.value === String(key);
  });

const hasRange = (node: unknown): node is Node & { range: [number, number, number] } =>
  typeof node === 'object' && node !== null && Array.isArray((node as { range?: unknown }).range);

const rangeOf = ({ range }: { range: [number, number, number] }): [number, number] => [range[0], range[1]];

/**
 * Where the `column`-th character of a text stands. A text over several lines, or with quotes in it that are written in
 * another way, is followed letter by letter; what is missing at its end is pointed at behind it.
 */
function columnOffset(scalar: Scalar, text: string, column: number): number {
  const [start = 0, end = 0] = scalar.range ?? [];
  const value = String(scalar.value);
  const isBlock = /^[|>]/.test(text.slice(start, end));
  const isQuoted = /^['"]/.test(text.slice(start, end));
  let at = isBlock ? text.indexOf('\n', start) + 1 : start + (isQuoted ? 1 : 0);
  const last = isQuoted ? end - 1 : end;
  const follow = (letter: string | undefined): void => {
    if (letter === undefined) return;
    const fits = (one: string | undefined) => one === letter || (/\s/.test(letter) && /\s/.test(one ?? ''));
    while (at < last && !fits(text[at])) at += 1;
  };
  for (const letter of value.slice(0, column - 1)) {
    follow(letter);
    at += 1;
  }
  const next = value.slice(column - 1, column);
  if (next.trim() !== '') follow(next);
  return Math.min(at, last);
}
