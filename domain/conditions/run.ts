import { assertNever } from '../assert-never.ts';
import { callFunction } from './functions.ts';
import type { ResultValue } from './result-value.ts';
import type { Expression } from './tree.ts';
import {
  booleanOf,
  EvaluationError,
  entryOf,
  isMap,
  listOf,
  MissingEntryError,
  numberOf,
  operate,
  sliceOf,
} from './values.ts';

/** How much one evaluation may do: enough for any condition over ten thousand entries, some milliseconds of work. */
export const MAX_STEPS = 100_000;

/** @throws EvaluationError */
export function runCondition(expression: Expression, result: ResultValue): boolean {
  return booleanOf(new Run(result).evaluate(expression), 'a condition');
}

class Run {
  #steps = 0;
  readonly #result: ResultValue;
  /** What `#` stands for, innermost last. */
  readonly #entries: ResultValue[] = [];

  constructor(result: ResultValue) {
    this.#result = result;
  }

  evaluate(expression: Expression): ResultValue {
    this.#spend(1);
    switch (expression.kind) {
      case 'number':
      case 'boolean':
      case 'string':
        return expression.value;
      case 'nil':
        return null;
      case 'result':
        return this.#result;
      case 'entry':
        return this.#entries.at(-1) ?? null;
      case 'list':
        return expression.items.map(item => this.evaluate(item));
      case 'member':
      case 'slice':
        return this.#link(expression) ?? null;
      case 'unary': {
        const value = this.evaluate(expression.operand);
        if (expression.operator === 'not') return !booleanOf(value, "'not'");
        return expression.operator === '-' ? -numberOf(value, "'-'") : numberOf(value, "'+'");
      }
      case 'binary':
        return this.#binary(expression);
      case 'conditional':
        return this.evaluate(booleanOf(this.evaluate(expression.test), "'?'") ? expression.then : expression.otherwise);
      case 'call':
        return this.#call(expression);
      case 'predicate':
        return this.#predicate(expression);
      default:
        return assertNever(expression);
    }
  }

  /** Whoever looks at a value's entries pays for each. @throws EvaluationError */
  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new EvaluationError(`the condition takes more than ${MAX_STEPS} steps`);
  }

  #sized(value: ResultValue): ResultValue {
    if (typeof value === 'string') this.#spend(Math.ceil(value.length / 100));
    for (const entry of isMap(value) ? Object.values(value) : Array.isArray(value) ? value : []) {
      this.#spend(1);
      this.#sized(entry);
    }
    return value;
  }

  /** A chain of fields, entries and slices: undefined from the first `?.` on that finds nil. */
  #link(expression: Expression & { kind: 'member' | 'slice' }): ResultValue | undefined {
    const { of } = expression;
    const chained = of.kind === 'member' || of.kind === 'slice';
    const value = chained ? this.#link(of) : this.evaluate(of);
    if (value === undefined) return undefined;
    if (expression.kind === 'slice') return this.#slice(value, expression);
    if (expression.optional && value === null) return undefined;
    return entryOf(value, this.evaluate(expression.key), nameOf(of));
  }

  #slice(value: ResultValue, expression: Expression & { kind: 'slice' }): ResultValue {
    const [from, to] = [expression.from, expression.to].map(end =>
      end === undefined ? undefined : numberOf(this.evaluate(end), "'[:]'"),
    );
    return this.#sized(sliceOf(value, from, to));
  }

  #binary({ operator, left, right }: Expression & { kind: 'binary' }): ResultValue {
    const first = operator === '??' ? this.#orNil(left) : this.evaluate(left);
    switch (operator) {
      case 'and':
        return booleanOf(first, "'and'") && booleanOf(this.evaluate(right), "'and'");
      case 'or':
        return booleanOf(first, "'or'") || booleanOf(this.evaluate(right), "'or'");
      case '??':
        return first ?? this.evaluate(right);
      case '..':
        return this.#range(numberOf(first, "'..'"), numberOf(this.evaluate(right), "'..'"));
      default: {
        const second = this.#sized(this.evaluate(right));
        return operate(operator, this.#sized(first), second);
      }
    }
  }

  #range(from: number, to: number): number[] {
    if (!Number.isInteger(from) || !Number.isInteger(to)) throw new EvaluationError("'..' needs whole numbers");
    this.#spend(Math.max(0, to - from + 1));
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  }

  /** nil where an entry on the way is not there. */
  #orNil(expression: Expression): ResultValue {
    try {
      return this.evaluate(expression);
    } catch (error) {
      if (error instanceof MissingEntryError) return null;
      throw error;
    }
  }

  #call(expression: Expression & { kind: 'call' }): ResultValue {
    const [first, second] = expression.arguments;
    if (expression.function === 'default') {
      if (first === undefined || second === undefined) throw new EvaluationError('default takes 2 arguments');
      return this.#orNil(first) ?? this.evaluate(second);
    }
    const parameters = expression.arguments.map(part => this.#sized(this.evaluate(part)));
    return callFunction(expression.function, parameters);
  }

  #predicate({ function: name, list, body }: Expression & { kind: 'predicate' }): ResultValue {
    const entries = listOf(this.evaluate(list), name);
    const of = (entry: ResultValue): ResultValue => {
      this.#entries.push(entry);
      const value = this.evaluate(body);
      this.#entries.pop();
      return value;
    };
    const holds = (entry: ResultValue): boolean => booleanOf(of(entry), name);
    switch (name) {
      case 'all':
        return entries.every(holds);
      case 'any':
        return entries.some(holds);
      case 'none':
        return !entries.some(holds);
      case 'one':
        return entries.filter(holds).length === 1;
      case 'count':
        return entries.filter(holds).length;
      case 'filter':
        return entries.filter(holds);
      case 'find':
        return entries.find(holds) ?? null;
      case 'map':
        return entries.map(of);
      default:
        return assertNever(name);
    }
  }
}

/** `result.data[0]` as it is written, for errors; what has no such name is "it". */
function nameOf(expression: Expression): string {
  if (expression.kind === 'result') return 'result';
  if (expression.kind === 'entry') return '#';
  if (expression.kind !== 'member') return 'it';
  const { key } = expression;
  if (key.kind === 'string') return `${nameOf(expression.of)}.${key.value}`;
  return key.kind === 'number' ? `${nameOf(expression.of)}[${key.value}]` : 'it';
}
