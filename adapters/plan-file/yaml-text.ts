import { type Document, isScalar, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { type Issue, type Path, pathText } from '../../domain/file/issue.ts';
import { locate } from './locate.ts';
import type { Mistake } from './mistake.ts';
import { findTemplates } from './templates.ts';
import { diagnoseYaml } from './yaml-diagnosis.ts';
import { findUnquoted, type YamlProblem } from './yaml-scan.ts';
import { toValue } from './yaml-value.ts';

/** What a plan needs is a few kilobytes; a release keeps a copy of it in the ledger. */
export const LARGEST_FILE_BYTES = 128 * 1024;

export interface YamlText {
  value: unknown;
  /** Mistakes of the YAML itself; with these the value may still be read and checked. */
  mistakes: Mistake[];
  toMistake(issue: Issue): Mistake;
}

/**
 * Reads one YAML document with positions. What cannot be read at all is one mistake and no value: a syntax error,
 * nothing in it, several documents, a template that was not rendered.
 */
export function readYaml(
  text: string,
  file: string,
): { kind: 'yaml'; yaml: YamlText } | { kind: 'mistakes'; mistakes: Mistake[] } {
  const lines = new LineCounter();
  const place = (start: number, end: number) => placeIn(text, lines, start, end);
  const refuse = (
    start: number,
    end: number,
    found: string,
    expected: string,
  ): { kind: 'mistakes'; mistakes: Mistake[] } => ({
    kind: 'mistakes',
    mistakes: [{ file, at: place(start, end), path: '', found, expected }],
  });
  const tell = ({ start, end, ...told }: YamlProblem): { kind: 'mistakes'; mistakes: Mistake[] } => ({
    kind: 'mistakes',
    mistakes: [{ file, at: place(start, end), path: '', ...told }],
  });
  if (Buffer.byteLength(text) > LARGEST_FILE_BYTES) {
    const expected = `at most ${LARGEST_FILE_BYTES / 1024} KiB`;
    return { kind: 'mistakes', mistakes: [{ file, path: '', found: `${Buffer.byteLength(text)} bytes`, expected }] };
  }
  const documents = parseAll(text, lines);
  if (documents === undefined) {
    const mistake = { file, path: '', ...syntaxText('RESOURCE_EXHAUSTION', '') };
    return { kind: 'mistakes', mistakes: [mistake] };
  }
  const templates = findTemplates(text).map(({ start, end, ...told }) => ({
    file,
    at: place(start, end),
    path: '',
    ...told,
  }));
  if (templates.length > 0) return { kind: 'mistakes', mistakes: templates };
  const [document, second] = documents;
  const syntax = documents.flatMap(one => one.errors).find(error => error.code !== 'DUPLICATE_KEY');
  if (document === undefined || (second === undefined && syntax === undefined && isEmpty(document))) {
    return {
      kind: 'mistakes',
      mistakes: [{ file, path: '', found: 'nothing in the file', expected: 'apiVersion, kind and the rest' }],
    };
  }
  if (syntax !== undefined) {
    // the library says where it could not go on, and not what is to be changed
    const deep = syntax.code === 'RESOURCE_EXHAUSTION';
    const problem = deep ? undefined : diagnoseYaml(text);
    if (problem !== undefined) return tell(problem);
    const { found, expected } = syntaxText(syntax.code, syntax.message);
    return refuse(syntax.pos[0], syntax.pos[1], found, expected);
  }
  const cut = second === undefined ? findUnquoted(text, false) : undefined;
  if (cut !== undefined) return tell(cut);
  if (second !== undefined) {
    const start = second.range[0];
    return refuse(start, start + 3, 'a second document', 'one document: a file of its own for each');
  }
  const mistakes = document.errors.map((error): Mistake => {
    const [start, end] = wordAt(text, error.pos[0]);
    const found = `the key '${text.slice(start, end)}' a second time`;
    return { file, at: place(start, end), path: '', found, expected: 'each key once in a map' };
  });
  const { value, mistakes: valueMistakes, readable } = toValue(document);
  for (const { node, found, expected } of valueMistakes) {
    mistakes.push({ file, at: place(...rangeOf(node)), path: '', found, expected });
  }
  if (!readable) return { kind: 'mistakes', mistakes };
  const toMistake = ({ path, at, column, length, found, expected, guess, becomes }: Issue): Mistake => {
    const [start, end] = locate(document, path, at, text, column, length);
    const mistake: Mistake = { file, at: place(start, end), path: shownPath(path, at), found, expected };
    return { ...mistake, ...(guess !== undefined && { guess }), ...(becomes !== undefined && { becomes }) };
  };
  return { kind: 'yaml', yaml: { value, mistakes, toMistake } };
}

/** Undefined: nested so deep that the library's stack was full before it could say where. */
function parseAll(text: string, lineCounter: LineCounter): Document.Parsed[] | undefined {
  try {
    const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
    return Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Nothing between the start and the end of a document; `null` written out is something. */
const isEmpty = ({ contents }: Document.Parsed): boolean =>
  contents === null || (isScalar(contents) && contents.value === null && contents.range[0] === contents.range[1]);

/** An unknown key is said in the sentence: its place is the map that holds it. */
const shownPath = (path: Path, at: Issue['at']): string =>
  pathText(at === 'value' || at === 'pair' ? path : path.slice(0, -1));

const rangeOf = (node: Node): [number, number] => [node.range?.[0] ?? 0, node.range?.[1] ?? 0];

function placeIn(text: string, lines: LineCounter, start: number, end: number): NonNullable<Mistake['at']> {
  const { line, col } = lines.linePos(Math.min(start, text.length));
  const lineStart = lines.lineStarts[line - 1] ?? 0;
  const lineEnd = text.indexOf('\n', lineStart);
  const lineText = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd).replace(/\r$/, '');
  const length = Math.max(1, Math.min(end, lineStart + lineText.trimEnd().length) - start);
  return { line: Math.max(1, line), column: Math.max(1, col), length, lineText };
}

function wordAt(text: string, start: number): [number, number] {
  const word = /[^\s:,}\]]+/y;
  word.lastIndex = start;
  return [start, start + (word.exec(text)?.[0].length ?? 1)];
}

/** The parser's messages in words for someone who does not know YAML's grammar, where it can be said better. */
function syntaxText(code: string, message: string): { found: string; expected: string } {
  // The library is recursive and says so when its stack is full.
  if (code === 'RESOURCE_EXHAUSTION')
    return { found: 'lists or maps nested too deep', expected: 'the shape of the reference' };
  if (code === 'TAB_AS_INDENT') return { found: 'a tab', expected: 'spaces: YAML is not indented by tabs' };
  if (code === 'BLOCK_AS_IMPLICIT_KEY') {
    return {
      found: 'a map or list where its place is taken already',
      expected: 'the same indentation as the lines beside it, and quotes around a text with ": " in it',
    };
  }
  if (code === 'BAD_SCALAR_START')
    return { found: `a text that begins with a sign of YAML's own`, expected: 'quotes around it' };
  if (code === 'BAD_INDENT')
    return { found: `wrong indentation (${message})`, expected: 'lines of one map or list below one another' };
  return { found: `what is not YAML (${message})`, expected: 'YAML' };
}
