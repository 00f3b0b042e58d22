/** A parsed condition. `at` is 1-based in its text: where the part begins, or where its operator stands. */
export type Expression = { at: number } & (
  | { kind: 'number'; value: number; isInt: boolean }
  | { kind: 'string'; value: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'nil' }
  | { kind: 'result' }
  /** `#`, the entry that a predicate looks at. */
  | { kind: 'entry' }
  | { kind: 'list'; items: Expression[] }
  /** `of[key]` and `of.key`; `optional` (`of?.key`): nil where `of` is nil. */
  | { kind: 'member'; of: Expression; key: Expression; optional: boolean }
  | { kind: 'slice'; of: Expression; from: Expression | undefined; to: Expression | undefined }
  | { kind: 'unary'; operator: 'not' | '-' | '+'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'conditional'; test: Expression; then: Expression; otherwise: Expression }
  | { kind: 'call'; function: FunctionName; arguments: Expression[] }
  | { kind: 'predicate'; function: PredicateName; list: Expression; body: Expression }
);

export type BinaryOperator =
  | ('or' | 'and' | '??' | '..')
  | ('==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'contains' | 'startsWith' | 'endsWith')
  | ('+' | '-' | '*' | '/' | '%' | '**');

/**
 * The functions and how many arguments each takes: Argo Rollouts' own (asInt to isNil; utils/evaluate/evaluate.go) and
 * those of expr-lang that conditions use (https://expr-lang.org/docs/language-definition).
 */
export const FUNCTIONS = {
  ...{ asInt: [1, 1], asFloat: [1, 1], isNaN: [1, 1], isInf: [1, 1], isNil: [1, 1], default: [2, 2] },
  ...{ len: [1, 1], abs: [1, 1], ceil: [1, 1], floor: [1, 1], round: [1, 1], int: [1, 1], float: [1, 1] },
  ...{ max: [1, 20], min: [1, 20], sum: [1, 1], mean: [1, 1], median: [1, 1], first: [1, 1], last: [1, 1] },
  ...{ get: [2, 2], keys: [1, 1], values: [1, 1], lower: [1, 1], upper: [1, 1], trim: [1, 1] },
} as const satisfies Record<string, readonly [number, number]>;
export type FunctionName = keyof typeof FUNCTIONS;

/** Functions of a list and of what is asked about each entry. */
export const PREDICATES = ['all', 'any', 'one', 'none', 'filter', 'map', 'count', 'find'] as const;
export type PredicateName = (typeof PREDICATES)[number];

/** Whether a condition asks what there is: of nothing (nil or an empty list) no other condition is evaluated. */
export function asksWhetherThere(expression: Expression): boolean {
  if (expression.kind === 'nil') return true;
  if (expression.kind === 'member' && expression.optional) return true;
  if (expression.kind === 'binary' && expression.operator === '??') return true;
  if (expression.kind === 'call' && ['len', 'isNil', 'default', 'get', 'keys'].includes(expression.function))
    return true;
  return partsOf(expression).some(asksWhetherThere);
}

/** What an expression is made of, in the order of its text. */
export function partsOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'list':
      return expression.items;
    case 'member':
      return [expression.of, expression.key];
    case 'slice':
      return [expression.of, expression.from, expression.to].filter(part => part !== undefined);
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'conditional':
      return [expression.test, expression.then, expression.otherwise];
    case 'call':
      return expression.arguments;
    case 'predicate':
      return [expression.list, expression.body];
    default:
      return [];
  }
}
