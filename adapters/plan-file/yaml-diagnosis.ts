import { findUnquoted, lineEnd, scanValue, type YamlProblem } from './yaml-scan.ts';

interface Level {
  indent: number;
  kind: 'map' | 'list';
}

const KEY = /^(?:"[^"]*"|'[^']*'|[^\s#'"[\]{},&*!|>%@`-][^:#]*?|-\w[^:#]*?):(?=\s|$)/;

/**
 * Why a text that the parser refuses is no YAML: the first line that breaks what the lines before it began. The parser
 * says it of a later line, where it cannot go on; undefined where we see no more than it does.
 */
export function diagnoseYaml(text: string): YamlProblem | undefined {
  const unquoted = findUnquoted(text, true);
  const line = firstBadLine(text);
  if (unquoted === undefined || line === undefined) return unquoted ?? line;
  return line.start < unquoted.start && lineEnd(text, line.start) < unquoted.start ? line : unquoted;
}

function firstBadLine(text: string): YamlProblem | undefined {
  const levels: Level[] = [];
  let opens = true;
  let last: Placed | undefined;
  let start = 0;
  while (start < text.length) {
    const end = lineEnd(text, start);
    const line = text.slice(start, end).trimEnd();
    const content = line.trimStart();
    if (content === '' || content.startsWith('#') || /^(?:---|\.\.\.|%)/.test(line)) {
      start = end + 1;
      continue;
    }
    let indent = line.length - content.length;
    let at = start + indent;
    if (text.slice(start, at).includes('\t')) {
      const expected = 'spaces: YAML is not indented by tabs';
      return { start, end: at, found: 'a tab', expected };
    }
    const isDash = /^-(?:\s|$)/.test(content);
    const glued = gluedDash(content, at);
    if (glued !== undefined) return glued;
    const before = [...levels];
    const misplaced = place(levels, { indent, kind: isDash ? 'list' : 'map' }, opens, {
      start,
      at,
      end: start + line.length,
    });
    if (misplaced !== undefined) {
      // what the line before has ended goes on here: that one stands too far to the left
      const goesOn = last?.ended.some(one => one.indent === indent && one.kind === (isDash ? 'list' : 'map'));
      if (goesOn === true && last !== undefined) return tooShallow(text, last);
      // people indent by two: of two lines that do not agree the odd one is wrong
      const column = last === undefined ? 0 : last.at - last.start;
      if (last === undefined || column % 2 === 0 || indent % 2 === 1) return misplaced;
      return { ...beside(column, indent), start: last.start, end: last.at };
    }
    last = { start, at, ended: before.filter(one => !levels.includes(one)) };
    opens = false;
    while (/^-(?:\s|$)/.test(text.slice(at, end))) {
      const gap = /^-\s*/.exec(text.slice(at, end))?.[0].length ?? 1;
      at += gap;
      indent += gap;
      opens = at >= end;
      if (KEY.test(text.slice(at, end)) || /^-\s/.test(text.slice(at, end)))
        levels.push({ indent, kind: KEY.test(text.slice(at, end)) ? 'map' : 'list' });
    }
    const value = startOfValue(text, at, end, isDash);
    if (typeof value !== 'number') return value;
    const behind = readValue(text, value, end, indent);
    if (typeof behind.next !== 'number') return behind.next;
    opens ||= behind.opens;
    start = behind.next;
  }
  return undefined;
}

/** A line that was placed, and the maps and lists that ended before it. */
interface Placed {
  start: number;
  at: number;
  ended: readonly Level[];
}

const beside = (indent: number, expected: number) => ({
  found: `a line indented by ${spaces(indent)}, which is beside no other`,
  expected: `${spaces(expected)}, as the lines that it belongs to`,
});

function tooShallow(text: string, { start, at, ended }: Placed): YamlProblem {
  const deepest = ended.at(-1)?.indent ?? 0;
  const found = `a line indented by ${spaces(at - start)}, behind which its list goes on`;
  return { start: at, end: lineEnd(text, at), found, expected: `${spaces(deepest)}, as the lines before it` };
}

const spaces = (count: number) => `${count} space${count === 1 ? '' : 's'}`;

function gluedDash(content: string, at: number): YamlProblem | undefined {
  const word = /^-([A-Za-z]\w*)(?=:(?:\s|$))/.exec(content)?.[1];
  if (word === undefined) return undefined;
  const found = `'-${word}', a dash without a blank behind it`;
  return { start: at, end: at + word.length + 1, found, expected: `'- ${word}'`, guess: `- ${word}` };
}

/** Where the value of the line begins, or why the line is none of a map. */
function startOfValue(text: string, at: number, end: number, isDash: boolean): number | YamlProblem {
  const content = text.slice(at, end).trimEnd();
  const key = KEY.exec(content)?.[0];
  const whole = { start: at, end: at + content.length };
  if (key !== undefined) return at + key.length + (/^\s*/.exec(content.slice(key.length))?.[0].length ?? 0);
  if (isDash || /^["'[{]/.test(content)) return at;
  const glued = /^([A-Za-z][\w-]*):(\S.*)$/.exec(content);
  if (glued !== null) {
    const found = `'${content}', a colon without a blank behind it`;
    return { ...whole, found, expected: `'${glued[1]}: ${glued[2]}'`, guess: `${glued[1]}: ${glued[2]}` };
  }
  const parted = /^([A-Za-z][\w-]*)\s*[=\s]\s*(\S.*)$/.exec(content);
  const guess = parted === null ? {} : { guess: `${parted[1]}: ${parted[2]}` };
  const expected = 'KEY: VALUE on one line';
  return { ...whole, found: `'${content}', a line without a key and a colon`, expected, ...guess };
}

/** Reads the value of a line, over several lines where it is a list, a map or a text that goes on. */
function readValue(
  text: string,
  at: number,
  end: number,
  indent: number,
): { opens: boolean; next: number | YamlProblem } {
  const rest = text
    .slice(at, end)
    .trimEnd()
    .replace(/^(?:[&!][\w/!-]+\s*)+/, '');
  const from = at + text.slice(at, end).trimEnd().length - rest.length;
  if (rest === '' || rest.startsWith('#')) return { opens: true, next: end + 1 };
  if (/^[|>]/.test(rest)) return { opens: false, next: behindDeeper(text, end, indent) };
  const behind = scanValue(text, from, indent);
  if (typeof behind !== 'number') return { opens: false, next: behind };
  const last = lineEnd(text, behind);
  const left = text.slice(behind, last).trim();
  if (/^["'[{]/.test(rest) && left !== '' && !left.startsWith('#')) {
    const start = last - text.slice(behind, last).trimStart().length;
    const closer = /^[\]}]/.exec(left)?.[0];
    if (closer !== undefined) {
      const found = `'${closer}', which closes nothing`;
      return { opens: false, next: { start, end: start + 1, found, expected: `no '${closer}'` } };
    }
    const found = `'${left}' behind ${/^["']/.test(rest) ? 'a text in quotes' : 'a list or map'} that has ended`;
    return {
      opens: false,
      next: { start, end: last, found, expected: 'a comma before it, or quotes around the whole' },
    };
  }
  const nested = /^[^"'[{#]*?\S(:)\s/.exec(rest);
  if (nested !== null) {
    const value = rest.replace(/\s#.*$/, '').trimEnd();
    const guess = `'${value.replaceAll("'", "''")}'`;
    const found = `a second ': ' in one line`;
    return {
      opens: false,
      next: { start: from, end: from + value.length, found, expected: 'quotes around the text', guess },
    };
  }
  const plain = !/^["'[{]/.test(rest);
  return { opens: false, next: plain ? behindDeeper(text, last, indent, /^(?!.*:(?:\s|$))(?!\s*- )/) : last + 1 };
}

/** Behind the lines that are deeper than `indent`: a text that goes on. */
function behindDeeper(text: string, end: number, indent: number, only = /^/): number {
  let start = end + 1;
  while (start < text.length) {
    const stop = lineEnd(text, start);
    const line = text.slice(start, stop);
    const isDeeper = line.trim() === '' || (/^ */.exec(line)?.[0].length ?? 0) > indent;
    if (!isDeeper || !only.test(line)) break;
    start = stop + 1;
  }
  return start;
}

/** Puts a line among the maps and lists that are open, or says why it belongs to none. */
function place(
  levels: Level[],
  { indent, kind }: Level,
  opens: boolean,
  { start, at, end }: { start: number; at: number; end: number },
): YamlProblem | undefined {
  const deepest = levels.at(-1);
  if (
    deepest === undefined ||
    (opens && (indent > deepest.indent || (indent === deepest.indent && kind === 'list' && deepest.kind === 'map')))
  ) {
    levels.push({ indent, kind });
    return undefined;
  }
  const alike = levels.filter(level => level.kind === kind);
  const columns = (alike.length > 0 ? alike : levels).map(level => level.indent);
  while ((levels.at(-1)?.indent ?? -1) > indent) levels.pop();
  // a list may stand as deep as its key: the key's map goes on behind it
  if (kind === 'map' && levels.at(-1)?.kind === 'list' && levels.at(-2)?.indent === indent) levels.pop();
  const level = levels.at(-1);
  if (level?.indent === indent && level.kind === kind) return undefined;
  if (level?.indent === indent) {
    const found = kind === 'map' ? 'a key beside lines that begin with a dash' : 'a dash beside keys';
    const expected =
      kind === 'map'
        ? "'- ' before it, or as many spaces as the keys above"
        : 'a key, or the list under a key of its own';
    return { start: at, end, found, expected };
  }
  // of two that are as near the deeper one: a blank too few is more common than one too many
  const nearest = columns.toSorted((a, b) => Math.abs(a - indent) - Math.abs(b - indent) || b - a)[0] ?? 0;
  return { start, end: Math.max(at, start + 1), ...beside(indent, nearest) };
}
