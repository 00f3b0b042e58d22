import { type Expression, partsOf } from './tree.ts';

/** A number that the result is held against; `at` is 1-based in the condition's text. */
export interface Limit {
  value: number;
  at: number;
  /** The comparison as it is with the result on its left. */
  operator: Comparison;
}

type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';
/** Each with what it is when its sides change places. */
const TURNED: Readonly<Record<Comparison, Comparison>> = {
  ...{ '<': '>', '<=': '>=', '>': '<', '>=': '<=' },
  ...{ '==': '==', '!=': '!=' },
};
const isComparison = (operator: string): operator is Comparison => Object.hasOwn(TURNED, operator);
/** Functions whose answer has the unit of what they are given. */
const SAME_UNIT = ['first', 'last', 'max', 'min', 'mean', 'median', 'abs', 'float', 'asFloat', 'default'];

/** The limits in a condition: numbers that the result itself is compared with, not what is computed from it. */
export function limitsOf(expression: Expression): Limit[] {
  const inside = partsOf(expression).flatMap(limitsOf);
  if (expression.kind !== 'binary' || !isComparison(expression.operator)) return inside;
  const { left, right, operator } = expression;
  const [limit] = isResult(left) ? [right] : isResult(right) ? [left] : [];
  const value = limit === undefined ? undefined : constant(limit);
  if (limit === undefined || value === undefined) return inside;
  return [{ value, at: limit.at, operator: limit === right ? operator : TURNED[operator] }, ...inside];
}

function isResult(expression: Expression): boolean {
  switch (expression.kind) {
    case 'result':
    case 'entry':
      return true;
    case 'member':
    case 'slice':
      return isResult(expression.of);
    case 'call': {
      const [first] = expression.arguments;
      return first !== undefined && SAME_UNIT.includes(expression.function) && isResult(first);
    }
    default:
      return false;
  }
}

function constant(expression: Expression): number | undefined {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind === 'unary' && expression.operator !== 'not') {
    const value = constant(expression.operand);
    return value !== undefined && expression.operator === '-' ? -value : value;
  }
  if (expression.kind !== 'binary') return undefined;
  const [left, right] = [constant(expression.left), constant(expression.right)];
  if (left === undefined || right === undefined) return undefined;
  return { '+': left + right, '-': left - right, '*': left * right, '/': left / right }[expression.operator as '+'];
}
