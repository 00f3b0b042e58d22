/** A terminal's own commands: CSI (colours, cursor), OSC (titles, links) and the rest that begin with an escape. */
const COMMAND =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])?|\x9b[0-?]*[ -/]*[@-~]/g;
/** Control characters but for tab and line feed, and what turns the direction of a text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text without what a terminal would obey instead of showing it: who gives a reason must not be able to hide or to write
 * other lines of what people read. Line feeds and tabs stay.
 */
export const printable = (text: string): string => text.replace(COMMAND, '').replace(CONTROL, '');

/** The same of every text in plain data, names of members too. */
export function allPrintable<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T;
  if (Array.isArray(value)) return value.map(allPrintable) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [printable(key), allPrintable(one)])) as T;
}
