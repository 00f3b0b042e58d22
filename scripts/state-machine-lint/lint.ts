import validate from 'asl-validator';
import { errorMistakes } from './error-rules.ts';
import type { RepositoryFacts } from './facts.ts';
import { isObject, isTooLong, type JsonObject, type Mistake, MOST_SECONDS } from './mistake.ts';
import { stateMistakes, stringMistakes } from './state-rules.ts';
import { taskMistakes } from './task-rules.ts';

export type { Mistake } from './mistake.ts';

/**
 * Everything that is wrong with a definition: what the validator of the language says, and our own rules for the subset
 * on which AWS, the embedded engine and the second interpreter agree. Empty: nothing is.
 */
export function lintStateMachine(definition: JsonObject, facts: RepositoryFacts): Mistake[] {
  const states = isObject(definition.States) ? definition.States : {};
  const ours = Object.entries(states).flatMap(([name, state]) => {
    if (!isObject(state)) return [];
    const subject = { name, path: `/States/${name}`, state };
    return [
      ...stateMistakes(subject),
      ...stringMistakes(subject),
      ...taskMistakes(subject, facts),
      ...errorMistakes(subject, facts),
    ];
  });
  return [...languageMistakes(definition), ...machineMistakes(definition), ...ours];
}

function languageMistakes(definition: JsonObject): Mistake[] {
  // a copy: the validator writes a QueryLanguage into every state, and knows no placeholder in the ARN of an integration
  const deployed = JSON.parse(JSON.stringify(definition).replaceAll('${Partition}', 'aws'));
  return validate(deployed).errors.map(({ Message, schemaError }) => ({
    path: schemaError?.instancePath ?? '/',
    message: Message,
  }));
}

function machineMistakes(definition: JsonObject): Mistake[] {
  const mistakes: Mistake[] = [];
  if ('QueryLanguage' in definition) mistakes.push({ path: '/QueryLanguage', message: 'JSONPath, by leaving it out' });
  if (isTooLong(definition.TimeoutSeconds)) {
    mistakes.push({ path: '/TimeoutSeconds', message: `TimeoutSeconds is at most ${MOST_SECONDS}` });
  }
  return mistakes;
}
