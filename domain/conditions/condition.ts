import type { Type } from './kinds.ts';
import { typeOfValue } from './kinds.ts';
import type { ResultValue } from './result-value.ts';
import { runCondition } from './run.ts';
import { parseTokens } from './syntax.ts';
import { ConditionMistakeError, tokenise } from './tokens.ts';
import type { Expression } from './tree.ts';
import { checkCondition } from './types.ts';
import { EvaluationError } from './values.ts';

export type { Expression } from './tree.ts';
export { asksWhetherThere } from './tree.ts';

/** A condition is some lines that a person reads; a longer text is a mistake, not work for the parser. */
export const MAX_CONDITION_LENGTH = 1000;

/** What `result` will be: a list of numbers (counts and values), a number, or whatever a query or an endpoint answers. */
export type ResultType = 'list' | 'number' | 'any';
const TYPES: Record<ResultType, Type> = { list: { list: 'float' }, number: 'float', any: 'any' };

export type ParsedCondition =
  | { kind: 'ok'; expression: Expression }
  /** `line` and `column` are 1-based, `at` is the place in the whole text; `message`: what was found and what was expected. */
  | { kind: 'mistake'; line: number; column: number; at: number; message: string };

/**
 * The language of Argo Rollouts' successCondition and failureCondition: expr-lang with Argo's own functions (argo-rollouts
 * utils/evaluate/evaluate.go), as far as conditions on metrics use it (docs/judges.md has the whole list). Our own parser;
 * never `eval`.
 * @param resultType in a plan, so that what can never be evaluated is a mistake in it and not an error on every window
 * @example parseCondition('result[0] < 0.01 && len(result) == 2')
 */
export function parseCondition(text: string, resultType: ResultType = 'list'): ParsedCondition {
  if (text.length > MAX_CONDITION_LENGTH) {
    const message = `the condition has ${text.length} characters, at most ${MAX_CONDITION_LENGTH} are read`;
    return mistakeAt(text, MAX_CONDITION_LENGTH + 1, message);
  }
  try {
    const expression = parseTokens(tokenise(text));
    checkCondition(expression, TYPES[resultType]);
    return { kind: 'ok', expression };
  } catch (error) {
    // Anything else is a defect of ours, and must not be told as a mistake in the plan.
    if (error instanceof ConditionMistakeError) return mistakeAt(text, error.at, error.message);
    throw error;
  }
}

function mistakeAt(text: string, at: number, message: string): ParsedCondition {
  const before = text.slice(0, at - 1).split('\n');
  return { kind: 'mistake', line: before.length, column: (before.at(-1)?.length ?? 0) + 1, at, message };
}

/**
 * What the condition says of a result that is there. As Argo compiles each condition anew for each result, a wrong type
 * anywhere in it is an error, even where it would not be looked at.
 * `error`: an index beyond the list, a list where a number is needed, more steps than MAX_STEPS.
 */
export function evaluateCondition(
  expression: Expression,
  result: ResultValue,
): { kind: 'value'; value: boolean } | { kind: 'error'; message: string } {
  try {
    checkCondition(expression, typeOfValue(result));
    return { kind: 'value', value: runCondition(expression, result) };
  } catch (error) {
    if (error instanceof EvaluationError) return { kind: 'error', message: error.message };
    if (error instanceof ConditionMistakeError)
      return { kind: 'error', message: `column ${error.at}: ${error.message}` };
    throw error;
  }
}
