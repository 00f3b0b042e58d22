import type { RepositoryFacts } from './facts.ts';
import { isObject, isTooLong, type JsonObject, type Mistake, MOST_SECONDS, type StateUnderLint } from './mistake.ts';

/** A service integration: in which partition, the deployment says. */
const INTEGRATION = /^arn:\$\{Partition\}:states:::/;
const LAMBDA_INVOKE = /^arn:\$\{Partition\}:states:::lambda:invoke/;
const OF_ONE_PARTITION = /^arn:aws[\w-]*:/;

/** What every Task needs, because the engines' defaults differ: 60 s embedded, 99,999,999 s on AWS. */
export function taskMistakes({ name, path, state }: StateUnderLint, facts: RepositoryFacts): Mistake[] {
  if (state.Type !== 'Task') return [];
  const messages: string[] = [];
  const { TimeoutSeconds, HeartbeatSeconds } = state;
  if (TimeoutSeconds === undefined && state.TimeoutSecondsPath === undefined)
    messages.push('a Task has TimeoutSeconds');
  if (isTooLong(TimeoutSeconds)) messages.push(`TimeoutSeconds is at most ${MOST_SECONDS}`);
  for (const field of ['Retry', 'Catch']) {
    const clauses = state[field];
    if (!Array.isArray(clauses) || clauses.length === 0) messages.push(`a Task has ${field}`);
  }
  if (
    typeof HeartbeatSeconds === 'number' &&
    typeof TimeoutSeconds === 'number' &&
    HeartbeatSeconds >= TimeoutSeconds
  ) {
    messages.push('HeartbeatSeconds is less than TimeoutSeconds');
  }
  if (OF_ONE_PARTITION.test(String(state.Resource))) {
    messages.push(`'${String(state.Resource)}': another partition has another ARN: begin with arn:\${Partition}:`);
  }
  messages.push(...functionMistakes(name, state, facts));
  return messages.map(message => ({ path, message }));
}

/** A Task that calls a function: `${ShiftTrafficFunction}` is functions/shift-traffic.ts, and the state bears its name. */
function functionMistakes(name: string, state: JsonObject, { functionFiles }: RepositoryFacts): string[] {
  const reference = functionReference(state);
  if (reference === undefined) return [];
  const placeholder = /^\$\{([A-Z]\w*)Function\}$/.exec(reference)?.[1];
  if (placeholder === undefined) {
    return [
      `'${reference}': functions are named by a placeholder (\${LookFunction}), so that a deployment can put a version in its place`,
    ];
  }
  const messages: string[] = [];
  const file = kebabCase(placeholder);
  if (functionFiles.size > 0 && !functionFiles.has(file)) messages.push(`there is no functions/${file}.ts`);
  if (!name.startsWith(placeholder)) messages.push(`a state that calls ${placeholder} has a name that begins with it`);
  return messages;
}

function functionReference(state: JsonObject): string | undefined {
  const resource = String(state.Resource);
  if (LAMBDA_INVOKE.test(resource)) {
    const parameters = isObject(state.Parameters) ? state.Parameters : {};
    return typeof parameters.FunctionName === 'string' ? parameters.FunctionName : undefined;
  }
  return INTEGRATION.test(resource) ? undefined : resource;
}

const kebabCase = (name: string): string => name.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
