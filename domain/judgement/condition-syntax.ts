import { guessWord } from '../file/guess.ts';
import { ConditionMistake, type SymbolText, type Token } from './condition-tokens.ts';

/** A parsed condition. `column` is 1-based: where the part begins, or where its operator stands. */
export type Expression =
  | { kind: 'number'; column: number; value: number }
  | { kind: 'boolean'; column: number; value: boolean }
  | { kind: 'result'; column: number }
  /** `#`, the entry that a closure of `all` or `any` looks at. */
  | { kind: 'entry'; column: number }
  | { kind: 'index'; column: number; list: Expression; index: Expression }
  | { kind: 'not'; column: number; operand: Expression }
  | { kind: 'negate'; column: number; operand: Expression }
  | { kind: 'arithmetic'; column: number; operator: ArithmeticOperator; left: Expression; right: Expression }
  | { kind: 'compare'; column: number; operator: CompareOperator; left: Expression; right: Expression }
  | { kind: 'logic'; column: number; operator: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'call'; column: number; function: FunctionName; arguments: Expression[] }
  | { kind: 'quantifier'; column: number; quantifier: QuantifierName; list: Expression; body: Expression };

export type ArithmeticOperator = '+' | '-' | '*' | '/';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** How many arguments each function takes. */
export const FUNCTIONS = { len: 1, isNaN: 1, isInf: 1, default: 2, asInt: 1, asFloat: 1 } as const;
export type FunctionName = keyof typeof FUNCTIONS;
const QUANTIFIERS = ['all', 'any'] as const;
export type QuantifierName = (typeof QUANTIFIERS)[number];
const NAMES = ['result', 'true', 'false', 'and', 'or', 'not', ...Object.keys(FUNCTIONS), ...QUANTIFIERS];

/** Deep enough for any condition a person can read, shallow enough for every stack. */
export const MAX_DEPTH = 50;

/**
 * Recursive descent, loosest binding first, with the precedences of expr-lang (which Argo Rollouts evaluates):
 * or, and, comparisons, + -, `not`, * /, unary minus, index. https://expr-lang.org/docs/language-definition
 * @throws ConditionMistake
 */
export function parseTokens(tokens: readonly Token[]): Expression {
  let at = 0;
  let depth = 0;
  let closures = 0;
  const END: Token = tokens.at(-1) ?? { kind: 'end', column: 1, text: '' };
  const peek = (): Token => tokens[at] ?? END;
  const shown = (token: Token): string => (token.kind === 'end' ? 'the end' : `'${token.text}'`);
  const isWord = (...words: string[]): boolean => peek().kind !== 'number' && words.includes(peek().text);
  const take = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  const expectSymbol = (symbol: SymbolText, why: string): void => {
    if (!isWord(symbol))
      throw new ConditionMistake(peek().column, `found ${shown(peek())}, expected '${symbol}' ${why}`);
    take();
  };
  const deeper = <T>(parse: () => T): T => {
    depth += 1;
    if (depth > MAX_DEPTH) throw new ConditionMistake(peek().column, `nested deeper than ${MAX_DEPTH} levels`);
    const parsed = parse();
    depth -= 1;
    return parsed;
  };

  const or = (): Expression => {
    let left = and();
    while (isWord('||', 'or')) left = { kind: 'logic', column: take().column, operator: 'or', left, right: and() };
    return left;
  };
  const and = (): Expression => {
    let left = compare();
    while (isWord('&&', 'and'))
      left = { kind: 'logic', column: take().column, operator: 'and', left, right: compare() };
    return left;
  };
  const compare = (): Expression => {
    let left = sum();
    while (isWord('==', '!=', '<', '<=', '>', '>=')) {
      const { column, text } = take();
      left = { kind: 'compare', column, operator: text as CompareOperator, left, right: sum() };
    }
    return left;
  };
  const sum = (): Expression => {
    let left = not();
    while (isWord('+', '-')) {
      const { column, text } = take();
      left = { kind: 'arithmetic', column, operator: text as ArithmeticOperator, left, right: not() };
    }
    return left;
  };
  const not = (): Expression =>
    isWord('!', 'not') ? deeper(() => ({ kind: 'not', column: take().column, operand: not() })) : product();
  const product = (): Expression => {
    let left = unary();
    while (isWord('*', '/')) {
      const { column, text } = take();
      left = { kind: 'arithmetic', column, operator: text as ArithmeticOperator, left, right: unary() };
    }
    return left;
  };
  const unary = (): Expression => {
    if (isWord('-')) return deeper(() => ({ kind: 'negate', column: take().column, operand: unary() }));
    if (isWord('!', 'not')) return not();
    return postfix();
  };
  const postfix = (): Expression => {
    let list = primary();
    while (isWord('[')) {
      take();
      const index = deeper(or);
      expectSymbol(']', 'after the index');
      list = { kind: 'index', column: list.column, list, index };
    }
    return list;
  };

  const primary = (): Expression => {
    const token = take();
    const { column } = token;
    if (token.kind === 'number') return { kind: 'number', column, value: token.value };
    if (token.kind === 'name') return named(token.text, column);
    if (token.text === '(') {
      const inner = deeper(or);
      expectSymbol(')', `to close the parenthesis of column ${column}`);
      return inner;
    }
    if (token.text === '#') {
      if (closures === 0) {
        throw new ConditionMistake(column, "'#' stands for an entry of a list, inside all(…) and any(…) only");
      }
      return { kind: 'entry', column };
    }
    throw new ConditionMistake(column, `found ${shown(token)}, expected a number, result, a function or '('`);
  };

  const named = (name: string, column: number): Expression => {
    if (name === 'true' || name === 'false') return { kind: 'boolean', column, value: name === 'true' };
    if (name === 'result') return { kind: 'result', column };
    if (Object.hasOwn(FUNCTIONS, name)) return call(name as FunctionName, column);
    const quantifier = QUANTIFIERS.find(known => known === name);
    if (quantifier !== undefined) return quantified(quantifier, column);
    if (NAMES.includes(name)) {
      throw new ConditionMistake(column, `found '${name}', expected a number, result, a function or '('`);
    }
    const guess = guessWord(name, NAMES);
    throw new ConditionMistake(
      column,
      `unknown name '${name}'${guess === undefined ? `; known are ${NAMES.join(', ')}` : `: did you mean '${guess}'?`}`,
    );
  };

  const call = (name: FunctionName, column: number): Expression => {
    expectSymbol('(', `after ${name}`);
    const parameters: Expression[] = [];
    if (!isWord(')')) {
      do parameters.push(deeper(or));
      while (isWord(',') && take());
    }
    expectSymbol(')', `to close ${name}(`);
    const wanted = FUNCTIONS[name];
    if (parameters.length !== wanted) {
      throw new ConditionMistake(
        column,
        `${name} takes ${wanted} argument${wanted === 1 ? '' : 's'}, found ${parameters.length}`,
      );
    }
    return { kind: 'call', column, function: name, arguments: parameters };
  };

  /** `all(list, {# < 5})`; expr-lang allows it without the braces as well. */
  const quantified = (quantifier: QuantifierName, column: number): Expression => {
    expectSymbol('(', `after ${quantifier}`);
    const list = deeper(or);
    expectSymbol(',', `and a closure like {# < 5} after the list of ${quantifier}`);
    const braces = isWord('{');
    if (braces) take();
    closures += 1;
    const body = deeper(or);
    closures -= 1;
    if (braces) expectSymbol('}', 'to close the closure');
    expectSymbol(')', `to close ${quantifier}(`);
    return { kind: 'quantifier', column, quantifier, list, body };
  };

  const expression = or();
  if (peek().kind !== 'end') {
    throw new ConditionMistake(peek().column, `found ${shown(peek())}, expected an operator or the end`);
  }
  return expression;
}
