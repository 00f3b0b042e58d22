import { type Expression, partsOf } from './tree.ts';

/** A number that the result is held against; `at` is 1-based in the condition's text. */
export interface Limit {
  value: number;
  at: number;
}

const COMPARISONS = ['<', '<=', '>', '>=', '==', '!='];
/** Functions whose answer has the unit of what they are given. */
const SAME_UNIT = ['first', 'last', 'max', 'min', 'mean', 'median', 'abs', 'float', 'asFloat', 'default'];

/** The limits in a condition: numbers that the result itself is compared with, not what is computed from it. */
export function limitsOf(expression: Expression): Limit[] {
  const inside = partsOf(expression).flatMap(limitsOf);
  if (expression.kind !== 'binary' || !COMPARISONS.includes(expression.operator)) return inside;
  const { left, right } = expression;
  const [limit] = isResult(left) ? [right] : isResult(right) ? [left] : [];
  const value = limit === undefined ? undefined : constant(limit);
  return limit === undefined || value === undefined ? inside : [{ value, at: limit.at }, ...inside];
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
