import type { RepositoryFacts } from './facts.ts';
import { type JsonObject, type Mistake, objectsIn, type StateUnderLint, stringsIn } from './mistake.ts';

const HEARTBEAT = 'States.HeartbeatTimeout';
const TIMEOUT = 'States.Timeout';

/** Names of the service itself; all other names in ErrorEquals are classes of ours. */
const serviceErrors = /^(States|Lambda|StepFunctions)\./;

/** Retry and Catch of a state. */
export function errorMistakes({ path, state }: StateUnderLint, facts: RepositoryFacts): Mistake[] {
  return ['Retry', 'Catch'].flatMap(field => {
    const clauses = objectsIn(state[field]);
    return clauses.flatMap((clause, index) => {
      const where = `${path}/${field}/${index}`;
      return [
        ...nameMistakes(clause, index === clauses.length - 1, where, facts),
        ...(field === 'Retry' ? retrierMistakes(clause, where) : []),
      ];
    });
  });
}

function nameMistakes(clause: JsonObject, isLast: boolean, path: string, facts: RepositoryFacts): Mistake[] {
  const names = stringsIn(clause.ErrorEquals);
  const mistakes: Mistake[] = [];
  if (names.includes('States.ALL') && (!isLast || names.length > 1)) {
    mistakes.push({ path, message: 'States.ALL stands alone and last: what comes after it is never reached' });
  }
  if (names.includes(HEARTBEAT) !== names.includes(TIMEOUT)) {
    const message = `list both ${HEARTBEAT} and ${TIMEOUT}: engines differ in what a lost heartbeat is called`;
    mistakes.push({ path, message });
  }
  for (const name of names) {
    if (!serviceErrors.test(name) && !facts.errorNames.has(name)) {
      const message = `'${name}' is no error class of adapters/, functions/ or domain/ (override readonly name = '...')`;
      mistakes.push({ path, message });
    }
  }
  return mistakes;
}

function retrierMistakes(retrier: JsonObject, path: string): Mistake[] {
  const { JitterStrategy, IntervalSeconds = 1, MaxDelaySeconds } = retrier;
  const mistakes: Mistake[] = [];
  if (JitterStrategy !== undefined && JitterStrategy !== 'FULL' && JitterStrategy !== 'NONE') {
    mistakes.push({ path, message: `JitterStrategy is FULL or NONE, not '${JitterStrategy}'` });
  }
  if (MaxDelaySeconds !== undefined && Number(MaxDelaySeconds) <= Number(IntervalSeconds)) {
    mistakes.push({ path, message: 'MaxDelaySeconds is greater than IntervalSeconds' });
  }
  return mistakes;
}
