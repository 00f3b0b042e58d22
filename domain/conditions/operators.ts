import { guessWord } from '../file/guess.ts';
import { ConditionMistakeError } from './tokens.ts';
import { type BinaryOperator, FUNCTIONS, type FunctionName, PREDICATES, type PredicateName } from './tree.ts';

const NAMES = ['result', 'true', 'false', 'nil', 'and', 'or', 'not', 'in', ...Object.keys(FUNCTIONS), ...PREDICATES];

/** Binding strengths of expr-lang (parser/operator/operator.go), which Argo Rollouts evaluates; `**` binds to the right. */
const STRENGTHS: Record<string, { strength: number; operator: BinaryOperator }> = {};
const spelled = (strength: number, operators: readonly BinaryOperator[]): void => {
  for (const operator of operators) STRENGTHS[operator] = { strength, operator };
};
spelled(10, ['or']);
spelled(15, ['and']);
spelled(20, ['==', '!=', '<', '<=', '>', '>=', 'in', 'contains', 'startsWith', 'endsWith']);
spelled(25, ['..']);
spelled(30, ['+', '-']);
spelled(60, ['*', '/', '%']);
spelled(100, ['**']);
spelled(500, ['??']);
Object.assign(STRENGTHS, { '||': STRENGTHS.or, '&&': STRENGTHS.and, '^': STRENGTHS['**'] });

/** `not` and a sign, of the same table. */
export const NOT_STRENGTH = 50;
export const SIGN_STRENGTH = 90;
/** `0 < x < 1` is `0 < x && x < 1`. */
export const CHAINED = ['<', '<=', '>', '>='];
/** `x not in list` is `not (x in list)`. */
export const NEGATABLE = ['in', 'contains', 'startsWith', 'endsWith'];

/** The operator that a word or symbol is, between two values. */
export const operatorOf = (text: string): { strength: number; operator: BinaryOperator } | undefined =>
  Object.hasOwn(STRENGTHS, text) ? STRENGTHS[text] : undefined;

/** Words that are names of something, but cannot begin a value. */
export const isKnownName = (name: string): boolean => NAMES.includes(name);

export const isFunction = (name: string): name is FunctionName => Object.hasOwn(FUNCTIONS, name);
export const isPredicate = (name: string): name is PredicateName => PREDICATES.some(known => known === name);

export function unknownName(name: string, at: number): ConditionMistakeError {
  const guess = guessWord(name, NAMES);
  const help = guess === undefined ? `; known are ${NAMES.join(', ')}` : `: did you mean '${guess}'?`;
  return new ConditionMistakeError(at, `unknown name '${name}'${help}`);
}
