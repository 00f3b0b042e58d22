/** What is wrong with the YAML of a file, at offsets in its text, in words for who does not know YAML's grammar. */
export interface YamlProblem {
  start: number;
  end: number;
  found: string;
  expected: string;
  guess?: string;
}

const CLOSES: Record<string, string> = { '[': ']', '{': '}' };

/**
 * Reads one value from `from` on and stops behind it.
 * @returns the offset behind it, or its problem: a bracket or a quote that is not closed, or closed by another one
 */
export function scanValue(text: string, from: number, indent: number): number | YamlProblem {
  const first = text[from] ?? '';
  if (first === '"' || first === "'") return scanQuoted(text, from);
  return CLOSES[first] === undefined ? lineEnd(text, from) : scanFlow(text, from, indent);
}

export const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
};

function scanQuoted(text: string, from: number): number | YamlProblem {
  const quote = text[from] ?? '';
  const pattern = quote === '"' ? /"(?:[^"\\]|\\[\s\S])*"/y : /'(?:[^']|'')*'/y;
  pattern.lastIndex = from;
  const whole = pattern.exec(text)?.[0];
  // a text over several lines is rare; with a key in it the quote was forgotten
  if (whole !== undefined && !/\n\s*(?:- |[\w'"-]+:(?:\s|$))/.test(whole)) return from + whole.length;
  const found = `a text that begins with ${quote} and does not end`;
  return { start: from, end: lineEnd(text, from), found, expected: `${quote} at its end, on the same line` };
}

function scanFlow(text: string, from: number, indent: number): number | YamlProblem {
  const open: { sign: string; at: number }[] = [];
  const unclosed = ({ sign, at }: { sign: string; at: number }): YamlProblem => ({
    start: at,
    end: at + 1,
    found: `'${sign}', which is not closed`,
    expected: `'${CLOSES[sign]}' where the ${sign === '[' ? 'list' : 'map'} ends`,
  });
  let at = from;
  let isBehindColon = false;
  while (at < text.length) {
    const sign = text[at] ?? '';
    const last = open.at(-1);
    if (sign === '\n' && last !== undefined) {
      const next = /^\n( *)(- |[\w-]+:(?:\s|$))?/.exec(text.slice(at));
      // a line as of a block, no deeper than the one that the bracket is on: the bracket was to end before it
      if (next?.[2] !== undefined && (next[1] ?? '').length <= indent) return unclosed(last);
    }
    const startsToken = /[\s[{,:]/.test(text[at - 1] ?? ' ');
    if ((sign === '"' || sign === "'") && startsToken) {
      const behind = scanQuoted(text, at);
      if (typeof behind !== 'number') return behind;
      at = behind;
      continue;
    }
    if (sign === ':' && /\s/.test(text[at + 1] ?? ' ')) {
      if (isBehindColon) {
        const key = /[\w-]*$/.exec(text.slice(from, at))?.[0] ?? '';
        return {
          start: at - key.length,
          end: at,
          found: `'${key}:' without a comma before it`,
          expected: `', ${key}:'`,
        };
      }
      isBehindColon = true;
    } else if ('[]{},'.includes(sign)) isBehindColon = false;
    if (sign === '#' && /\s/.test(text[at - 1] ?? '')) at = lineEnd(text, at) - 1;
    else if (CLOSES[sign] !== undefined) open.push({ sign, at });
    else if (sign === ']' || sign === '}') {
      if (last === undefined || CLOSES[last.sign] !== sign) {
        if (last !== undefined && open.some(one => CLOSES[one.sign] === sign)) return unclosed(last);
        const wanted = CLOSES[last?.sign ?? ''] ?? '';
        return {
          start: at,
          end: at + 1,
          found: `'${sign}', where '${last?.sign}' is open`,
          expected: `'${wanted}'`,
          guess: wanted,
        };
      }
      open.pop();
      if (open.length === 0) return at + 1;
    }
    at += 1;
  }
  return unclosed(open.at(-1) ?? { sign: text[from] ?? '[', at: from });
}

/** Keys whose values are texts in languages of their own, full of YAML's signs. */
const TEXT_KEYS =
  /(?<![\w-])(successCondition|failureCondition|query|requests|histogram|jsonPath|value|bad):[ \t]+(?=\S)/g;

/**
 * A condition or a query that needs quotes and has none: YAML reads its brackets, commas, `: ` and ` #` as its own.
 * @param broken whether the file is no YAML: else only what a comment has cut off is told
 */
export function findUnquoted(text: string, broken: boolean): YamlProblem | undefined {
  for (const match of text.matchAll(TEXT_KEYS)) {
    const start = match.index + match[0].length;
    const before = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index);
    if (/(?:^|\s)#/.test(before) || /["']\s*[^"']*$/.test(before.replaceAll(/"[^"]*"|'[^']*'/g, ''))) continue;
    const inFlow = depthOf(before) > 0;
    const end = inFlow ? flowValueEnd(text, start) : start + text.slice(start, lineEnd(text, start)).trimEnd().length;
    const written = text.slice(start, end);
    const problem = unquoted(match[1] ?? '', written, inFlow, broken);
    if (problem !== undefined) return { start, end, ...problem };
  }
  return undefined;
}

function unquoted(
  key: string,
  written: string,
  inFlow: boolean,
  broken: boolean,
): Pick<YamlProblem, 'found' | 'expected' | 'guess'> | undefined {
  const isCondition = key.endsWith('Condition');
  if (/^(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")$/.test(written) || /^[|>][-+]?\d?$/.test(written)) return undefined;
  const startsMap = /^[{[]/.test(written);
  const isNeverMap = /^(?:query|requests|histogram|jsonPath)$/.test(key);
  if (written === '' || (startsMap && !isCondition && !isNeverMap)) return undefined;
  const comment = /\s#/.exec(written);
  const isCut = comment !== null && depthOf(written.slice(0, comment.index)) > 0;
  const sign = signOf(written, inFlow, isCut);
  if (sign === undefined || !(broken || isCut || (startsMap && isNeverMap))) return undefined;
  const what = isCondition ? 'a condition' : `a ${key === 'query' || key === 'value' ? 'query' : 'text'}`;
  // quotes around a part of it were meant for the whole
  const quote = /^["']/.exec(written)?.[0];
  const isAround = quote !== undefined && written.length > 1 && written.endsWith(quote);
  const plain = quote === undefined ? written : isAround ? written.slice(1, -1) : written.replaceAll(quote, '');
  const guess = `'${plain.replaceAll("'", "''")}'`;
  return {
    found: `${what} without quotes: YAML reads its ${sign} as its own`,
    expected: 'quotes around the whole',
    guess,
  };
}

function signOf(written: string, inFlow: boolean, isCut: boolean): string | undefined {
  if (isCut) return "' #', behind which all is a comment,";
  const first = /^["'&*!%@`>|[{#-]/.exec(written)?.[0];
  if (first !== undefined && (first !== '-' || /^-\s/.test(written))) return `'${first}'`;
  const inside = (inFlow ? /[[\]{},]|: |\{#/ : /: /).exec(written)?.[0];
  return inside === undefined ? undefined : `'${inside.trim()}'`;
}

/** How many brackets are open behind a text. */
const depthOf = (text: string): number =>
  [...text.replaceAll(/"[^"]*"|'[^']*'/g, '')].reduce(
    (depth, sign) => depth + ('[{('.includes(sign) ? 1 : ']})'.includes(sign) ? -1 : 0),
    0,
  );

/** Where a value in braces ends: at a comma before another key, or at the brace that closes what it is in. */
function flowValueEnd(text: string, start: number): number {
  const end = lineEnd(text, start);
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    const sign = text[at] ?? '';
    if ('[{('.includes(sign)) depth += 1;
    else if (']})'.includes(sign)) {
      if (depth === 0) return start + text.slice(start, at).trimEnd().length;
      depth -= 1;
    } else if (depth === 0 && /^,\s*\w+:\s/.test(text.slice(at, end))) return at;
  }
  return end;
}
