import { isObject, isTooLong, type Mistake, MOST_SECONDS, type StateUnderLint, stringLeaves } from './mistake.ts';

const jsonataFields = ['QueryLanguage', 'Assign', 'Output', 'Arguments', 'Items'];
/** With a number of these a state says in its Comment where the number comes from. */
const numberFields = ['Retry', 'TimeoutSeconds', 'TimeoutSecondsPath', 'Seconds', 'SecondsPath', 'HeartbeatSeconds'];

/** Rules for a state of whichever type, by the differences that were found between the engines. */
export function stateMistakes({ path, state }: StateUnderLint): Mistake[] {
  const messages: string[] = [];
  const { Type } = state;
  if (Type === 'Map' || Type === 'Parallel') {
    messages.push(`no ${Type}: the engines differ in what $$ is inside, and the lab's host runs none`);
  }
  if (Type === 'Choice' && state.Default === undefined) {
    messages.push('a Choice has a Default: what is missing must not end the execution');
  }
  if (Type === 'Fail' && state.Error === undefined && state.ErrorPath === undefined) {
    messages.push('a Fail names its Error');
  }
  if (isTooLong(state.Seconds)) messages.push(`Seconds are at most ${MOST_SECONDS}`);
  if (Type === 'Pass' && 'Result' in state && !state.Result) {
    messages.push(`the embedded engine ignores the Result ${JSON.stringify(state.Result)} and passes the input on`);
  }
  if (state.ResultPath === '$') messages.push("leave the ResultPath '$' out: the embedded engine takes it for a key");
  for (const field of ['ErrorPath', 'CausePath']) {
    if (String(state[field]).startsWith('States.')) {
      messages.push(`no intrinsic function in ${field}: the embedded engine fails on it`);
    }
  }
  for (const field of jsonataFields) {
    if (field in state) messages.push(`no ${field}: the embedded engine ignores JSONata and variables`);
  }
  if (typeof state.Comment !== 'string' && numberFields.some(field => field in state)) {
    messages.push('a state with numbers has a Comment that explains them');
  }
  return messages.map(message => ({ path, message }));
}

/** Rules for what is written into the strings of a state. */
export function stringMistakes({ path: statePath, state }: StateUnderLint): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const { path, text } of stringLeaves(state, statePath)) {
    if (path === `${statePath}/Comment`) continue;
    if (text.startsWith('{%')) mistakes.push({ path, message: 'no JSONata: the embedded engine takes it for text' });
    if (/States\.(UUID|MathRandom)\(/.test(text)) {
      mistakes.push({ path, message: 'no random intrinsic functions: an execution could not be replayed' });
    }
    if (/\[\?\(@[^\s)]*[<>=]/.test(text)) {
      mistakes.push({ path, message: 'write a filter with spaces around its operator: [?(@.a > 1)]' });
    }
  }
  for (const template of ['Parameters', 'ResultSelector', 'Result']) {
    if (!isObject(state[template]) && !Array.isArray(state[template])) continue;
    for (const { path, key, text } of stringLeaves(state[template], `${statePath}/${template}`)) {
      if (!key.endsWith('.$') && text.startsWith('$') && !text.startsWith('${')) {
        mistakes.push({ path, message: `'${text}' stays as it is written: the key of a path ends in '.$'` });
      }
    }
  }
  return mistakes;
}
