import { assertNever } from '../assert-never.ts';
import { type Expression, parseTokens } from './condition-syntax.ts';
import { ConditionMistake, tokenise } from './condition-tokens.ts';
import { checkCondition, type ResultType } from './condition-types.ts';

export type { Expression } from './condition-syntax.ts';
export type { ResultType } from './condition-types.ts';

/** A condition is one line that a person reads; a longer text is a mistake, not work for the parser. */
export const MAX_CONDITION_LENGTH = 1000;

export type ParsedCondition =
  | { kind: 'ok'; expression: Expression }
  /** `column` is 1-based; `message` says what was found and what was expected. */
  | { kind: 'mistake'; column: number; message: string };

/**
 * The language of Argo Rollouts' successCondition and failureCondition, as far as metrics of numbers need it (Argo
 * evaluates it with expr-lang, argo-rollouts utils/evaluate/evaluate.go; never `eval` here): numbers, true, false,
 * `result`, `result[0]` (-1 is the last), + - * /, comparisons, && || ! (and, or, not), parentheses, len, isNaN,
 * isInf, default(x, y) (y where x is an entry that is not there), asInt, asFloat, all(result, {# < 5}) and any.
 * @param resultType in Sluice `result` is a list; `result < 1` is then a mistake and not an error on every window
 * @example parseCondition('result[0] < 0.01 && len(result) == 2')
 */
export function parseCondition(text: string, resultType: ResultType = 'list'): ParsedCondition {
  if (text.length > MAX_CONDITION_LENGTH) {
    return {
      kind: 'mistake',
      column: MAX_CONDITION_LENGTH + 1,
      message: `the condition has ${text.length} characters, at most ${MAX_CONDITION_LENGTH} are read`,
    };
  }
  try {
    const expression = parseTokens(tokenise(text));
    checkCondition(expression, resultType);
    return { kind: 'ok', expression };
  } catch (error) {
    if (error instanceof ConditionMistake) return { kind: 'mistake', column: error.column, message: error.message };
    throw error;
  }
}

/**
 * Numbers compare as Go's float64 do: every comparison with NaN is false but `!=`, and x / 0 is infinite.
 * `error`: an index beyond the list, a list where a number is needed, a whole number of NaN.
 */
export function evaluateCondition(
  expression: Expression,
  result: number | number[],
): { kind: 'value'; value: boolean } | { kind: 'error'; message: string } {
  try {
    return { kind: 'value', value: booleanOf(expression, { result }) };
  } catch (error) {
    if (error instanceof EvaluationError) return { kind: 'error', message: error.message };
    throw error;
  }
}

/** Internal to this file: becomes `kind: 'error'`. */
class EvaluationError extends Error {
  override readonly name: string = 'EvaluationError';
}
/** The entry is not there: the one error that `default` answers. */
class MissingEntryError extends EvaluationError {
  override readonly name = 'MissingEntryError';
}

type Value = number | boolean | number[];
interface Scope {
  result: number | number[];
  entry?: number;
}

const shown = (value: Value): string => (Array.isArray(value) ? `a list of ${value.length}` : `${value}`);

function booleanOf(expression: Expression, scope: Scope): boolean {
  const value = evaluate(expression, scope);
  if (typeof value === 'boolean') return value;
  throw new EvaluationError(`expected true or false at column ${expression.column}, found ${shown(value)}`);
}

function numberOf(expression: Expression, scope: Scope): number {
  const value = evaluate(expression, scope);
  if (typeof value === 'number') return value;
  throw new EvaluationError(`expected a number at column ${expression.column}, found ${shown(value)}`);
}

function listOf(expression: Expression, scope: Scope): number[] {
  const value = evaluate(expression, scope);
  if (Array.isArray(value)) return value;
  throw new EvaluationError(`expected a list at column ${expression.column}, found ${shown(value)}`);
}

function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'number':
    case 'boolean':
      return expression.value;
    case 'result':
      return scope.result;
    case 'entry':
      if (scope.entry === undefined)
        throw new EvaluationError(`'#' at column ${expression.column} is outside a closure`);
      return scope.entry;
    case 'index':
      return entryOf(listOf(expression.list, scope), numberOf(expression.index, scope));
    case 'not':
      return !booleanOf(expression.operand, scope);
    case 'negate':
      return -numberOf(expression.operand, scope);
    case 'arithmetic':
      return calculate(expression.operator, numberOf(expression.left, scope), numberOf(expression.right, scope));
    case 'compare':
      return compare(expression, scope);
    case 'logic': {
      const left = booleanOf(expression.left, scope);
      if (left === (expression.operator === 'or')) return left;
      return booleanOf(expression.right, scope);
    }
    case 'call':
      return call(expression, scope);
    case 'quantifier': {
      const holds = (entry: number) => booleanOf(expression.body, { ...scope, entry });
      const list = listOf(expression.list, scope);
      return expression.quantifier === 'all' ? list.every(holds) : list.some(holds);
    }
    default:
      return assertNever(expression);
  }
}

function entryOf(list: number[], index: number): number {
  const entry = Number.isInteger(index) ? list.at(index) : undefined;
  if (entry === undefined)
    throw new MissingEntryError(`result[${index}] is not there: result has ${list.length} entries`);
  return entry;
}

function calculate(operator: '+' | '-' | '*' | '/', left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return assertNever(operator);
  }
}

function compare({ operator, left, right }: Expression & { kind: 'compare' }, scope: Scope): boolean {
  if (operator === '==' || operator === '!=') {
    const first = evaluate(left, scope);
    const second = evaluate(right, scope);
    if (typeof first !== typeof second || Array.isArray(first) || Array.isArray(second)) {
      throw new EvaluationError(
        `'${operator}' at column ${left.column} cannot compare ${shown(first)} with ${shown(second)}`,
      );
    }
    return (first === second) === (operator === '==');
  }
  const [a, b] = [numberOf(left, scope), numberOf(right, scope)];
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return assertNever(operator);
  }
}

function call({ function: name, arguments: [first, second] }: Expression & { kind: 'call' }, scope: Scope): Value {
  if (first === undefined) throw new EvaluationError(`${name} has no argument`);
  switch (name) {
    case 'len':
      return listOf(first, scope).length;
    case 'isNaN':
      return Number.isNaN(numberOf(first, scope));
    case 'isInf':
      return Math.abs(numberOf(first, scope)) === Number.POSITIVE_INFINITY;
    case 'asFloat':
      return numberOf(first, scope);
    case 'asInt': {
      const value = numberOf(first, scope);
      if (!Number.isFinite(value)) throw new EvaluationError(`asInt needs a finite number, found ${value}`);
      return Math.trunc(value);
    }
    case 'default':
      try {
        return numberOf(first, scope);
      } catch (error) {
        if (!(error instanceof MissingEntryError) || second === undefined) throw error;
        return numberOf(second, scope);
      }
    default:
      return assertNever(name);
  }
}
