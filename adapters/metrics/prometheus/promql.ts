import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { guessWord } from '../../../domain/file/guess.ts';
import { describeValue, type Issue } from '../../../domain/file/issue.ts';
import { lazy } from '../../../domain/lazy.ts';

export type PromqlMistake = Pick<Issue, 'found' | 'expected' | 'guess' | 'length'> & { column: number };

/**
 * What Prometheus would refuse in a query, with its place; undefined: nothing. The grammar is Prometheus' own for editors;
 * of its types what people mix up: instants and ranges.
 */
export function promqlMistake(query: string): PromqlMistake | undefined {
  const { topNode } = parser.parse(query);
  return syntaxMistake(query, topNode) ?? typeMistake(query, topNode);
}

function syntaxMistake(query: string, top: SyntaxNode): PromqlMistake | undefined {
  const error = firstOf(top, node => node.type.isError);
  if (error === undefined) return undefined;
  const called = /^\s*\(/.test(query.slice(error.from)) ? nameBefore(query, error.from) : undefined;
  if (called !== undefined) return unknownFunction(called);
  const from = error.from + (/^\s*/.exec(query.slice(error.from))?.[0].length ?? 0);
  const open = innermostOpen(query.slice(0, from));
  const closing = open === undefined ? undefined : CLOSES[open.sign];
  const end = query.trimEnd().length;
  const at = { column: Math.min(from, end) + 1, length: 1 };
  if (from >= end) {
    const expected = closing === undefined ? 'PromQL that goes on' : `'${closing}', which closes '${open?.sign}'`;
    return { ...at, found: `${describeValue(query)}, which ends too early`, expected };
  }
  const word = /^(?:[\w:.]+|"[^"]*"?|'[^']*'?|.)/su.exec(query.slice(from))?.[0] ?? '';
  const found = `${describeValue(word)}, which does not fit here`;
  return { ...at, length: word.length, found, expected: expectedAt(query, from, word, open?.sign) };
}

function expectedAt(query: string, from: number, word: string, open: string | undefined): string {
  if (/(?:=|!=|=~|!~)\s*$/.test(query.slice(0, from)) && open === '{')
    return `quotes around a label's value: "${word}"`;
  if (open === '{') return 'labels such as slot="blue", with commas between them';
  if (open === '[') return 'a time such as [5m] or [${window}], closed by ]';
  if (open !== undefined && word === CLOSES[open]) return `a value before the '${word}'`;
  if (open !== undefined && /^[)\]}]$/.test(word)) return `'${CLOSES[open]}', which closes '${open}'`;
  if (open === undefined && /^[)\]}]$/.test(word)) return `no '${word}': nothing is open that it closes`;
  if (word === ',') return 'one query';
  return 'an operator, a function or the end of the query';
}

const CLOSES: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** The last bracket that is open, quoted texts left out. */
function innermostOpen(text: string): { sign: string } | undefined {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, quoted => '_'.repeat(quoted.length));
  const open: string[] = [];
  for (const sign of bare) {
    if (CLOSES[sign] !== undefined) open.push(sign);
    else if (sign === CLOSES[open.at(-1) ?? '']) open.pop();
  }
  const sign = open.at(-1);
  return sign === undefined ? undefined : { sign };
}

interface Name {
  name: string;
  from: number;
}

function nameBefore(query: string, end: number): Name | undefined {
  const name = /([A-Za-z_]\w*)\s*$/.exec(query.slice(0, end));
  return name?.[1] === undefined ? undefined : { name: name[1], from: name.index };
}

function unknownFunction({ name, from }: Name): PromqlMistake {
  const guess = guessWord(name, knownFunctions());
  const mistake = { found: `the unknown function '${name}'`, expected: 'a function of PromQL', column: from + 1 };
  return { ...mistake, length: name.length, ...(guess === undefined ? {} : { guess }) };
}

/** The grammar's nodes are named after functions (AvgOverTime): those that it takes for one. Asked only for a mistake. */
const knownFunctions = lazy(() =>
  parser.nodeSet.types
    .map(({ name }) => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase())
    .filter(
      name =>
        /^[a-z]\w*$/.test(name) &&
        firstOf(parser.parse(`${name}(x)`).topNode, ({ type }) => CALLED.includes(type.name)) !== undefined,
    ),
);
const CALLED = ['FunctionIdentifier', 'AggregateOp'];

const RANGES = ['MatrixSelector', 'SubqueryExpr'];
const OF_RANGES =
  /^(?:\w+_over_time|rate|irate|increase|delta|idelta|deriv|predict_linear|resets|changes|holt_winters|double_exponential_smoothing)$/;

function typeMistake(query: string, top: SyntaxNode): PromqlMistake | undefined {
  const textOf = ({ from, to }: SyntaxNode) => query.slice(from, to);
  const at = (node: SyntaxNode) => ({ column: node.from + 1, length: node.to - node.from });
  const empty = firstOf(top, node => node.type.name === 'VectorSelector' && /^\{\s*\}$/.test(textOf(node)));
  if (empty !== undefined) return { ...at(empty), found: '{}, which is every series', expected: 'a metric or a label' };
  const call = firstOf(
    top,
    node => node.type.name === 'FunctionCall' && takesRange(node) && rangeIn(node) === undefined,
  );
  if (call !== undefined) {
    const name = functionOf(call);
    const argument = argumentsOf(call).at(-1) ?? call;
    const found = `${name}(${argument === call ? '' : textOf(argument)}), which has no time to look back`;
    return { ...at(argument), found, expected: `a range in ${name}, such as ${name}(requests_total[\${window}])` };
  }
  const range = firstOf(top, node => RANGES.includes(node.type.name) && !isInRangeFunction(node));
  if (range !== undefined) {
    const found = `the range ${textOf(range)}, where one value of each series is needed`;
    return { ...at(range), found, expected: 'a function around it, such as rate(…) or avg_over_time(…)' };
  }
  const text = top.firstChild?.type.name === 'StringLiteral' ? top.firstChild : null;
  return text === null ? undefined : { ...at(text), found: 'a text', expected: 'a query that gives numbers' };

  function functionOf(node: SyntaxNode): string {
    const name = node.getChild('FunctionIdentifier');
    return name === null ? '' : textOf(name).toLowerCase();
  }
  function takesRange(node: SyntaxNode): boolean {
    return OF_RANGES.test(functionOf(node));
  }
  function rangeIn(node: SyntaxNode): SyntaxNode | undefined {
    return argumentsOf(node).find(argument => RANGES.includes(bare(argument).type.name));
  }
  function isInRangeFunction(node: SyntaxNode): boolean {
    let around = node.parent;
    while (around !== null && ['ParenExpr', 'StepInvariantExpr', 'OffsetExpr'].includes(around.type.name))
      around = around.parent;
    return around?.type.name === 'FunctionCallBody' && around.parent !== null && takesRange(around.parent);
  }
}

/** Without the parentheses, the `offset` and the `@` around it. */
function bare(node: SyntaxNode): SyntaxNode {
  const inside = ['ParenExpr', 'OffsetExpr', 'StepInvariantExpr'].includes(node.type.name) ? node.firstChild : null;
  return inside === null ? node : bare(inside);
}

function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const body = call.getChild('FunctionCallBody');
  for (let node = body?.firstChild ?? null; node !== null; node = node.nextSibling) found.push(node);
  return found;
}

/** The first node in the order of the text, parents before children. */
function firstOf(top: SyntaxNode, is: (node: SyntaxNode) => boolean): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  top.cursor().iterate(({ node }) => {
    if (found === undefined && is(node)) found = node;
    return found === undefined;
  });
  return found;
}
