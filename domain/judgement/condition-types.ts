import { assertNever } from '../assert-never.ts';
import type { Expression } from './condition-syntax.ts';
import { ConditionMistake } from './condition-tokens.ts';

/** What `result` is where the condition is used. `either`: not known before it is evaluated. */
export type ResultType = 'list' | 'number' | 'either';
type Type = 'number' | 'boolean' | 'list' | 'either';

type Want = (part: Expression, wanted: Exclude<Type, 'either'>, by: string, type?: Type) => void;

const WORDS: Record<Type, string> = {
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  either: 'a number or a list',
};

/** Refuses what could never be evaluated, with its column, so that a plan says so before a release begins. @throws ConditionMistake */
export function checkCondition(expression: Expression, resultType: ResultType): void {
  const type = typeOf(expression, resultType);
  if (type !== 'boolean') {
    throw new ConditionMistake(
      1,
      `a condition is true or false, and this is ${WORDS[type]}: compare it, as in result[0] < 0.01`,
    );
  }
}

function typeOf(expression: Expression, result: ResultType): Type {
  const want: Want = (part, wanted, by, type = typeOf(part, result)) => {
    if (type === wanted || (type === 'either' && wanted !== 'boolean')) return;
    const hint =
      part.kind === 'result' && wanted === 'number'
        ? ': result is a list here, its first entry is result[0]'
        : by === 'not' && type === 'number'
          ? ': put the comparison in parentheses'
          : '';
    throw new ConditionMistake(part.column, `'${by}' needs ${WORDS[wanted]}, found ${WORDS[type]}${hint}`);
  };
  switch (expression.kind) {
    case 'number':
    case 'entry':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'result':
      return result;
    case 'index':
      want(expression.list, 'list', '[ ]');
      want(expression.index, 'number', '[ ]');
      return 'number';
    case 'not':
      want(expression.operand, 'boolean', 'not');
      return 'boolean';
    case 'negate':
      want(expression.operand, 'number', '-');
      return 'number';
    case 'arithmetic':
      want(expression.left, 'number', expression.operator);
      want(expression.right, 'number', expression.operator);
      return 'number';
    case 'logic':
      want(expression.left, 'boolean', expression.operator);
      want(expression.right, 'boolean', expression.operator);
      return 'boolean';
    case 'compare': {
      // The left side is looked at once: twice would double with every comparison of a chain.
      const left = typeOf(expression.left, result);
      const equality = expression.operator === '==' || expression.operator === '!=';
      const wanted = equality && left === 'boolean' ? 'boolean' : 'number';
      want(expression.left, wanted, expression.operator, left);
      want(expression.right, wanted, expression.operator);
      return 'boolean';
    }
    case 'call':
      return typeOfCall(expression, want);
    case 'quantifier':
      want(expression.list, 'list', expression.quantifier);
      want(expression.body, 'boolean', expression.quantifier);
      return 'boolean';
    default:
      return assertNever(expression);
  }
}

function typeOfCall(call: Expression & { kind: 'call' }, want: Want): Type {
  const wanted = call.function === 'len' ? 'list' : 'number';
  for (const argument of call.arguments) want(argument, wanted, call.function);
  switch (call.function) {
    case 'isNaN':
    case 'isInf':
      return 'boolean';
    case 'len':
    case 'default':
    case 'asInt':
    case 'asFloat':
      return 'number';
    default:
      return assertNever(call.function);
  }
}
