import { canonicalJson } from './canonical-json.ts';

/*
 * Numbers that JSON loses (not finite, -0) are written as texts behind a mark, and texts that begin with the mark with a
 * second one. All others come back bit for bit: JSON writes the shortest digits that do.
 */
const MARK = '#';

/**
 * The same text for the same value, of ASCII characters only, so that it can be cut anywhere; of it `fromExactText` makes the
 * same value again. Typed arrays become lists.
 */
export const exactText = (value: unknown): string =>
  canonicalJson(marked(value)).replaceAll(
    /[\u007f-\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** @throws SyntaxError the text is no JSON */
export const fromExactText = (text: string): unknown => unmarked(JSON.parse(text));

function marked(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return `${MARK}-0`;
    return Number.isFinite(value) ? value : `${MARK}${value}`;
  }
  if (typeof value === 'string') return value.startsWith(MARK) ? `${MARK}${value}` : value;
  if (value instanceof Float64Array) return Array.from(value, marked);
  return mapped(value, marked);
}

function unmarked(value: unknown): unknown {
  if (typeof value !== 'string') return mapped(value, unmarked);
  if (!value.startsWith(MARK)) return value;
  const rest = value.slice(MARK.length);
  return rest.startsWith(MARK) ? rest : Number(rest);
}

function mapped(value: unknown, each: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(each);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, each(member)]));
}
