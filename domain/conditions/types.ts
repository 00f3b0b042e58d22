import { assertNever } from '../assert-never.ts';
import {
  common,
  fits,
  hintFor,
  isNumber,
  sameKind,
  type Type,
  type Wanted,
  wantedLike,
  wantedText,
  wordsOf,
} from './kinds.ts';
import { ConditionMistakeError } from './tokens.ts';
import type { Expression, FunctionName, PredicateName } from './tree.ts';

/**
 * Refuses what can never be evaluated, with its place, as expr-lang's checker does: so that a plan says so before a
 * release begins, and a wrong type is an error and never a failure.
 * @throws ConditionMistakeError
 */
export function checkCondition(expression: Expression, result: Type): void {
  const type = new Checker(result).typeOf(expression);
  if (type !== 'boolean' && type !== 'any') {
    throw new ConditionMistakeError(
      1,
      `a condition is true or false, and this is ${wordsOf(type)}: compare it, as in result[0] < 0.01`,
    );
  }
}

class Checker {
  readonly #result: Type;
  /** The types of `#`, innermost last. */
  readonly #entries: Type[] = [];

  constructor(result: Type) {
    this.#result = result;
  }

  typeOf(expression: Expression): Type {
    switch (expression.kind) {
      case 'number':
        return expression.isInt ? 'int' : 'float';
      case 'string':
      case 'boolean':
      case 'nil':
        return expression.kind;
      case 'result':
        return this.#result;
      case 'entry':
        return this.#entries.at(-1) ?? 'any';
      case 'list':
        return { list: common(expression.items.map(item => this.typeOf(item))) };
      case 'member':
        return this.#member(expression);
      case 'slice':
        return this.#slice(expression);
      case 'unary':
        if (expression.operator !== 'not') return this.#want(expression.operand, 'number', expression.operator);
        this.#want(expression.operand, 'boolean', 'not');
        return 'boolean';
      case 'binary':
        return this.#binary(expression);
      case 'conditional':
        this.#want(expression.test, 'boolean', '?');
        return common([this.typeOf(expression.then), this.typeOf(expression.otherwise)]);
      case 'call':
        return this.#call(expression.function, expression.arguments);
      case 'predicate':
        return this.#predicate(expression);
      default:
        return assertNever(expression);
    }
  }

  #want(part: Expression, wanted: Wanted, by: string, type = this.typeOf(part)): Type {
    if (fits(type, wanted)) return type;
    const found = `'${by}' needs ${wantedText(wanted)}, found ${wordsOf(type)}`;
    throw new ConditionMistakeError(part.at, `${found}${hintFor(part, wanted, by, type)}`);
  }

  #member({ of, key, optional }: Expression & { kind: 'member' }): Type {
    const type = this.typeOf(of);
    const keyType = this.typeOf(key);
    if (type === 'any' || (optional && type === 'nil')) return 'any';
    if (type === 'map') {
      this.#want(key, 'string', '[ ]', keyType);
      return 'any';
    }
    if (typeof type === 'object' || type === 'string') {
      if (key.kind === 'string') throw new ConditionMistakeError(of.at, `${wordsOf(type)} has no field ${key.value}`);
      this.#want(key, 'int', '[ ]', keyType);
      return typeof type === 'object' ? type.list : 'string';
    }
    throw new ConditionMistakeError(of.at, `'[ ]' needs a list, found ${wordsOf(type)}`);
  }

  #slice({ of, from, to }: Expression & { kind: 'slice' }): Type {
    for (const end of [from, to]) if (end !== undefined) this.#want(end, 'int', '[:]');
    const type = this.typeOf(of);
    return type === 'string' ? type : this.#want(of, 'list', '[:]', type);
  }

  #binary({ operator, left, right, at }: Expression & { kind: 'binary' }): Type {
    // Each side is looked at once: twice would double with every comparison of a chain.
    const a = this.typeOf(left);
    const b = this.typeOf(right);
    const both = (wanted: Wanted): void => {
      this.#want(left, wanted, operator, a);
      this.#want(right, wanted, operator, b);
    };
    switch (operator) {
      case 'or':
      case 'and':
        both('boolean');
        return 'boolean';
      case '??':
        return orInstead(a, b);
      case '..':
        both('int');
        return { list: 'int' };
      case '==':
      case '!=':
        if (sameKind(a, b)) return 'boolean';
        if (a === 'map') throw new ConditionMistakeError(at, `'${operator}' cannot compare a map with ${wordsOf(b)}`);
        return this.#want(right, wantedLike(a), operator, b); // which it never is
      case 'in':
        return this.#in(a, b, at);
      case 'contains':
      case 'startsWith':
      case 'endsWith':
        both('string');
        return 'boolean';
      case '<':
      case '<=':
      case '>':
      case '>=':
        both(textOrNumber(a, b));
        return 'boolean';
      case '+':
        both(textOrNumber(a, b));
        return common([a, b]);
      case '-':
      case '*':
        both('number');
        return common([a, b]);
      case '/':
      case '**':
        both('number');
        return 'float';
      case '%':
        both('int');
        return 'int';
      default:
        return assertNever(operator);
    }
  }

  #in(needle: Type, within: Type, at: number): Type {
    if (within === 'any' || within === 'nil') return 'boolean';
    const wanted = within === 'map' ? 'string' : typeof within === 'object' ? within.list : undefined;
    if (wanted === undefined)
      throw new ConditionMistakeError(at, `'in' needs a list or a map, found ${wordsOf(within)}`);
    if (sameKind(needle, wanted)) return 'boolean';
    const among = within === 'map' ? "a map's keys" : isNumber(wanted) ? 'numbers' : 'other values';
    throw new ConditionMistakeError(at, `'in' looks for ${wordsOf(needle)} among ${among}`);
  }

  #call(name: FunctionName, parameters: readonly Expression[]): Type {
    const types = parameters.map(part => this.typeOf(part));
    const [first, second] = parameters;
    const [type = 'any', other = 'any'] = types;
    if (first === undefined) return 'any';
    switch (name) {
      case 'asInt':
      case 'int':
      case 'asFloat':
      case 'float':
        if (type !== 'string') this.#want(first, 'number', name, type);
        return name === 'asInt' || name === 'int' ? 'int' : 'float';
      case 'isNaN':
      case 'isInf':
        this.#want(first, 'number', name, type);
        return 'boolean';
      case 'isNil':
        return 'boolean';
      case 'default':
        return orInstead(type, other);
      case 'len':
        if (type !== 'string' && type !== 'map') this.#want(first, 'list', name, type);
        return 'int';
      case 'abs':
        return this.#want(first, 'number', name, type);
      case 'ceil':
      case 'floor':
      case 'round':
        this.#want(first, 'number', name, type);
        return 'float';
      case 'max':
      case 'min':
        for (const [index, part] of parameters.entries()) {
          const each = types[index] ?? 'any';
          this.#want(part, typeof each === 'object' ? 'numbers' : 'number', name, each);
        }
        return 'any';
      case 'sum':
      case 'mean':
      case 'median':
        this.#want(first, 'numbers', name, type);
        return name === 'sum' ? entryOf(type) : 'float';
      case 'first':
      case 'last':
        return entryOf(this.#want(first, 'list', name, type));
      case 'get':
        if (second !== undefined && typeof type === 'object') this.#want(second, 'int', name, other);
        else if (second !== undefined && type === 'map') this.#want(second, 'string', name, other);
        else if (type !== 'nil') this.#want(first, 'list', name, type);
        return 'any';
      case 'keys':
      case 'values':
        if (type !== 'map' && type !== 'any')
          throw new ConditionMistakeError(first.at, `'${name}' needs a map, found ${wordsOf(type)}`);
        return { list: name === 'keys' ? 'string' : 'any' };
      case 'lower':
      case 'upper':
      case 'trim':
        this.#want(first, 'string', name, type);
        return 'string';
      default:
        return assertNever(name);
    }
  }

  #predicate({ function: name, list, body }: Expression & { kind: 'predicate' }): Type {
    const type = this.#want(list, 'list', name);
    const entry = entryOf(type);
    this.#entries.push(entry);
    const said = name === 'map' ? this.typeOf(body) : this.#want(body, 'boolean', name);
    this.#entries.pop();
    return typeOfPredicate(name, entry, said);
  }
}

/** What an operator of two texts or two numbers asks for, by the first side whose type is known. */
const textOrNumber = (a: Type, b: Type): Wanted =>
  a === 'string' || (a === 'any' && b === 'string') ? 'string' : 'number';

/** What stands in for nil is as good as what is not nil. */
const orInstead = (type: Type, instead: Type): Type => (type === 'nil' ? instead : common([type, instead]));

const entryOf = (list: Type): Type => (typeof list === 'object' ? list.list : 'any');

function typeOfPredicate(name: PredicateName, entry: Type, said: Type): Type {
  switch (name) {
    case 'all':
    case 'any':
    case 'one':
    case 'none':
      return 'boolean';
    case 'count':
      return 'int';
    case 'filter':
      return { list: entry };
    case 'map':
      return { list: said };
    case 'find':
      return entry; // or nil, which can be compared with anything
    default:
      return assertNever(name);
  }
}
