import {
  CHAINED,
  isFunction,
  isKnownName,
  isPredicate,
  NEGATABLE,
  NOT_STRENGTH,
  operatorOf,
  SIGN_STRENGTH,
  unknownName,
} from './operators.ts';
import { ConditionMistakeError, type Token } from './tokens.ts';
import { type BinaryOperator, type Expression, FUNCTIONS, type FunctionName, type PredicateName } from './tree.ts';

/** Deep enough for any condition a person can read, shallow enough for every stack. */
const MAX_DEPTH = 50;

/** @throws ConditionMistakeError */
export function parseTokens(tokens: readonly Token[]): Expression {
  return new Parser(tokens).parse();
}

/** Precedence climbing, as expr-lang's parser does. */
class Parser {
  #at = 0;
  #depth = 0;
  #closures = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Expression {
    const expression = this.#expression();
    if (this.#peek().kind !== 'end') this.#expected('an operator or the end');
    return expression;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', at: 1, text: '' };
  }

  #take(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #isWord(...words: string[]): boolean {
    return words.includes(this.#peek().text);
  }

  #takeIf(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#at += 1;
    return true;
  }

  #expected(what: string): never {
    const { kind, at, text } = this.#peek();
    throw new ConditionMistakeError(at, `found ${kind === 'end' ? 'the end' : `'${text}'`}, expected ${what}`);
  }

  #symbol(symbol: string, why: string): void {
    if (!this.#takeIf(symbol)) this.#expected(`'${symbol}' ${why}`);
  }

  #deeper<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      throw new ConditionMistakeError(this.#peek().at, `nested deeper than ${MAX_DEPTH} levels`);
    const parsed = parse();
    this.#depth -= 1;
    return parsed;
  }

  /** Loosest of all: `test ? then : otherwise`. */
  #expression(): Expression {
    const left = this.#binary(0);
    if (!this.#isWord('?')) return left;
    const { at } = this.#take();
    const then = this.#deeper(() => this.#expression());
    this.#symbol(':', "between the two values of '?'");
    const otherwise = this.#deeper(() => this.#expression());
    return { kind: 'conditional', at, test: left, then, otherwise };
  }

  #binary(weakest: number): Expression {
    let left = this.#unary();
    for (;;) {
      if (weakest === 0 && this.#isWord('|')) {
        left = this.#piped(left);
        continue;
      }
      const token = this.#peek();
      const negated = token.text === 'not' && NEGATABLE.includes(this.#peek(1).text);
      const known = operatorOf(negated ? this.#peek(1).text : token.text);
      if (known === undefined || known.strength < weakest) return left;
      this.#at += negated ? 2 : 1;
      if (known.operator === '%') this.#refusePercent(token.at);
      const tighter = known.operator === '**' ? known.strength : known.strength + 1;
      const right = this.#binary(tighter);
      left = this.#chained({ kind: 'binary', at: token.at, operator: known.operator, left, right });
      if (negated) left = { kind: 'unary', at: token.at, operator: 'not', operand: left };
    }
  }

  #chained(first: Expression & { kind: 'binary' }): Expression {
    let all: Expression = first;
    let last = first;
    while (CHAINED.includes(last.operator) && this.#isWord(...CHAINED)) {
      const { at, text } = this.#take();
      last = { kind: 'binary', at, operator: text as BinaryOperator, left: last.right, right: this.#binary(21) };
      all = { kind: 'binary', at, operator: 'and', left: all, right: last };
    }
    return all;
  }

  #refusePercent(at: number): void {
    const { kind, text } = this.#peek();
    if (kind !== 'end' && ![')', ',', '}', '&&', '||', 'and', 'or'].includes(text)) return;
    throw new ConditionMistakeError(at, "found '%' with nothing after it: a share is written as a number, 1 % is 0.01");
  }

  #unary(): Expression {
    const token = this.#peek();
    if (this.#isWord('!', 'not')) {
      this.#at += 1;
      return { kind: 'unary', at: token.at, operator: 'not', operand: this.#deeper(() => this.#binary(NOT_STRENGTH)) };
    }
    if (this.#isWord('-', '+')) {
      this.#at += 1;
      const operator = token.text as '-' | '+';
      return { kind: 'unary', at: token.at, operator, operand: this.#deeper(() => this.#binary(SIGN_STRENGTH)) };
    }
    return this.#postfix(this.#primary());
  }

  #postfix(start: Expression): Expression {
    let of = start;
    for (;;) {
      const { at } = this.#peek();
      if (this.#takeIf('[')) of = this.#bracket(of);
      else if (this.#isWord('.', '?.')) {
        const optional = this.#take().text === '?.';
        if (optional && this.#takeIf('[')) of = this.#bracket(of, true);
        else of = { kind: 'member', at, of, key: this.#field(), optional };
      } else return of;
    }
  }

  #field(): Expression {
    const token = this.#peek();
    if (token.kind !== 'name') this.#expected("the name of a field after '.'");
    this.#at += 1;
    return { kind: 'string', at: token.at, value: token.text };
  }

  #bracket(of: Expression, optional = false): Expression {
    const { at } = of;
    const from = this.#isWord(':') ? undefined : this.#deeper(() => this.#expression());
    if (this.#takeIf(':') || from === undefined) {
      const to = this.#isWord(']') ? undefined : this.#deeper(() => this.#expression());
      this.#symbol(']', 'after the slice');
      return { kind: 'slice', at, of, from, to };
    }
    this.#symbol(']', 'after the index');
    return { kind: 'member', at, of, key: from, optional };
  }

  #primary(): Expression {
    const token = this.#peek();
    const { at } = token;
    if (token.kind === 'number') {
      this.#at += 1;
      return { kind: 'number', at, value: token.value, isInt: token.isInt };
    }
    if (token.kind === 'string') {
      this.#at += 1;
      return { kind: 'string', at, value: token.value };
    }
    if (token.kind === 'name') return this.#named(token.text, at);
    if (this.#takeIf('(')) {
      const inner = this.#deeper(() => this.#expression());
      this.#symbol(')', `to close the parenthesis of column ${at}`);
      return inner;
    }
    if (this.#takeIf('[')) return { kind: 'list', at, items: this.#items(']', 'to close the list') };
    if (this.#isWord('#', '.')) {
      if (this.#closures === 0)
        throw new ConditionMistakeError(
          at,
          `'${token.text}' stands for an entry of a list, inside all(…) and any(…) only`,
        );
      this.#takeIf('#'); // `.field` is `#.field`: its point is read by #postfix
      return { kind: 'entry', at };
    }
    return this.#expected("a number, result, a function or '('");
  }

  #named(name: string, at: number): Expression {
    if (name === 'true' || name === 'false') return this.#constant({ kind: 'boolean', at, value: name === 'true' });
    if (name === 'nil' || name === 'null') return this.#constant({ kind: 'nil', at });
    if (name === 'result') return this.#constant({ kind: 'result', at });
    if (isFunction(name) || isPredicate(name)) {
      this.#at += 1;
      this.#symbol('(', `after ${name}`);
      return this.#called(name, at, []);
    }
    if (isKnownName(name)) return this.#expected("a number, result, a function or '('");
    throw unknownName(name, at);
  }

  #constant(expression: Expression): Expression {
    this.#at += 1;
    return expression;
  }

  /** `list | filter({# > 1})`: what stands before the pipe is the first argument. */
  #piped(first: Expression): Expression {
    const { at } = this.#take();
    const token = this.#peek();
    if (!(isFunction(token.text) || isPredicate(token.text)))
      throw new ConditionMistakeError(at, "found '|', which passes a value to a function; 'or' is written '||'");
    this.#at += 1;
    this.#symbol('(', `after ${token.text}`);
    return this.#postfix(this.#called(token.text, token.at, [first]));
  }

  /** What stands between the parentheses, the first of which is read. */
  #called(name: FunctionName | PredicateName, at: number, before: Expression[]): Expression {
    if (isPredicate(name)) return this.#predicate(name, at, before[0]);
    const parameters = [...before, ...this.#items(')', `to close ${name}(`)];
    const [least, most] = FUNCTIONS[name];
    if (parameters.length < least || parameters.length > most) {
      const wanted = least === most ? `${least} argument${least === 1 ? '' : 's'}` : `${least} to ${most} arguments`;
      throw new ConditionMistakeError(at, `${name} takes ${wanted}, found ${parameters.length}`);
    }
    return { kind: 'call', at, function: name, arguments: parameters };
  }

  #items(close: string, why: string): Expression[] {
    const items: Expression[] = [];
    if (!this.#isWord(close)) {
      do items.push(this.#deeper(() => this.#expression()));
      while (this.#takeIf(','));
    }
    this.#symbol(close, why);
    return items;
  }

  /** `all(list, {# < 5})`; expr-lang allows it without the braces as well. */
  #predicate(name: PredicateName, at: number, before: Expression | undefined): Expression {
    const list = before ?? this.#deeper(() => this.#expression());
    if (before === undefined) this.#symbol(',', `and a closure like {# < 5} after the list of ${name}`);
    const braces = this.#takeIf('{');
    this.#closures += 1;
    const body = this.#deeper(() => this.#expression());
    this.#closures -= 1;
    if (braces) this.#symbol('}', 'to close the closure');
    this.#symbol(')', `to close ${name}(`);
    return { kind: 'predicate', at, function: name, list, body };
  }
}
