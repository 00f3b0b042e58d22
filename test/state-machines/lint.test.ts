import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFacts } from '../../scripts/state-machine-lint/facts.ts';
import { lintStateMachine } from '../../scripts/state-machine-lint/lint.ts';

const root = join(import.meta.dirname, '../..');
const facts = { errorNames: new Set(['RouterRuleError']), functionFiles: new Set(['look', 'start-roll-back']) };
const placeholder = (name: string) => `\${${name}}`;

const rightCatch = { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Failed' };
const rightTask = {
  Comment: '30 s: the Lambda has 20',
  Type: 'Task',
  Resource: `arn:${placeholder('Partition')}:states:::lambda:invoke`,
  Parameters: { FunctionName: placeholder('LookFunction'), Payload: { 'move.$': '$.move', releaseKind: 'canary' } },
  ResultSelector: { 'move.$': '$.Payload' },
  TimeoutSeconds: 30,
  Retry: [{ ErrorEquals: ['RouterRuleError'], MaxAttempts: 0 }],
  Catch: [rightCatch],
  Next: 'Done',
};
const right = {
  StartAt: 'Look',
  States: { Look: rightTask, Done: { Type: 'Succeed' }, Failed: { Type: 'Fail', ErrorPath: '$.error.Error' } },
};

/** The right definition with other fields in its Task (undefined takes one out). */
const withTask = (more: object, name = 'Look') => {
  const task = Object.entries({ ...rightTask, ...more }).filter(([, value]) => value !== undefined);
  const { Look: _, ...others } = right.States;
  return { StartAt: name, States: { [name]: Object.fromEntries(task), ...others } };
};

/** The right definition with one state more, between the Task and the end. */
const withState = (state: object) => ({
  ...right,
  States: { ...right.States, Look: { ...rightTask, Next: 'More' }, More: state },
});

const messages = (definition: object) =>
  lintStateMachine(definition as Record<string, unknown>, facts).map(({ path, message }) => `${path}: ${message}`);

describe('every state machine of ours', () => {
  const folder = join(root, 'state-machines');
  const files = readdirSync(folder).filter(file => file.endsWith('.asl.json'));

  it('is looked at', () => {
    expect(files).toEqual(expect.arrayContaining(['release.asl.json', 'roll-back.asl.json']));
  });

  it.each(files)('%s runs alike on every engine', file => {
    const definition = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    expect(lintStateMachine(definition, readFacts(root))).toEqual([]);
  });
});

describe('the lint of state machines', () => {
  it('has nothing against a definition that is right', () => {
    expect(messages(right)).toEqual([]);
  });

  it.each([
    ['a target that is not there', withTask({ Next: 'Nowhere' }), /Nowhere/],
    ['a field that the language does not have', withTask({ TimeoutSecond: 3 }), /\/States\/Look/],
    ['a path that is none', withTask({ ResultPath: 'move' }), /\/States\/Look\/ResultPath/],
    ['no time-out', withTask({ TimeoutSeconds: undefined }), /a Task has TimeoutSeconds/],
    ['a time-out that fires at once', withTask({ TimeoutSeconds: 2_147_484 }), /at most 2147483/],
    ['no Retry', withTask({ Retry: [] }), /a Task has Retry/],
    ['no Catch', withTask({ Catch: undefined }), /a Task has Catch/],
    ['a heartbeat slower than the time-out', withTask({ HeartbeatSeconds: 30 }), /less than TimeoutSeconds/],
    [
      'a function by its ARN',
      withTask({ Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:look' }),
      /placeholder/,
    ],
    [
      'an integration of one partition alone',
      withTask({ Resource: 'arn:aws:states:::lambda:invoke' }),
      /another partition has another ARN/,
    ],
    ['a state under the wrong name', withTask({}, 'Watch'), /calls Look has a name that begins with it/],
    [
      'a function that nobody wrote',
      withTask({ Resource: placeholder('ForgetFunction'), Parameters: undefined }, 'Forget'),
      /no functions\/forget\.ts/,
    ],
    ['no Comment where there are numbers', withTask({ Comment: undefined }), /has a Comment/],
  ])('finds %s', (_, definition, message) => {
    expect(messages(definition).join('\n')).toMatch(message);
  });

  it('lets two states call one function', () => {
    const more = { Resource: placeholder('StartRollBackFunction'), Parameters: undefined, ResultSelector: undefined };
    expect(messages(withTask(more, 'StartRollBackForFault'))).toEqual([]);
  });

  it.each([
    [
      'States.ALL before others',
      { Catch: [rightCatch, { ErrorEquals: ['RouterRuleError'], Next: 'Failed' }] },
      /Catch\/0: States\.ALL stands alone and last/,
    ],
    [
      'States.ALL among others',
      { Retry: [{ ErrorEquals: ['RouterRuleError', 'States.ALL'] }] },
      /stands alone and last/,
    ],
    ['a time-out without the heartbeat', { Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Failed' }] }, /list both/],
    ['a heartbeat without the time-out', { Retry: [{ ErrorEquals: ['States.HeartbeatTimeout'] }] }, /list both/],
    [
      'an error that nobody throws',
      { Retry: [{ ErrorEquals: ['RouterRulesError'] }] },
      /'RouterRulesError' is no error/,
    ],
    ['a jitter that is none', { Retry: [{ ErrorEquals: ['States.ALL'], JitterStrategy: 'HALF' }] }, /FULL or NONE/],
    [
      'a largest delay below the first',
      { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxDelaySeconds: 5 }] },
      /greater than IntervalSeconds/,
    ],
  ])('finds in Retry and Catch: %s', (_, more, message) => {
    expect(messages(withTask(more)).join('\n')).toMatch(message);
  });

  it('knows the errors of the services by their prefixes', () => {
    const names = ['States.HeartbeatTimeout', 'States.Timeout', 'Lambda.TooManyRequestsException'];
    expect(messages(withTask({ Retry: [{ ErrorEquals: names }] }))).toEqual([]);
  });

  it.each([
    [
      'a path under a key without .$',
      { Payload: { run: '$.run' } },
      /Parameters\/Payload\/run: '\$\.run' stays as it is/,
    ],
    ['the same in a list', { Payload: { runs: ['$.run'] } }, /runs\/0: '\$\.run' stays/],
    ['a random value', { Payload: { 'id.$': 'States.UUID()' } }, /no random intrinsic functions/],
    ['a random number', { Payload: { 'n.$': 'States.MathRandom(1, 2)' } }, /no random intrinsic functions/],
    ['a filter without spaces', { Payload: { 'all.$': '$.list[?(@.a>1)]' } }, /spaces around its operator/],
    ['JSONata', { Payload: { run: '{% $states.input.run %}' } }, /no JSONata/],
  ])('finds in Parameters: %s', (_, parameters, message) => {
    const Parameters = { FunctionName: placeholder('LookFunction'), ...parameters };
    expect(messages(withTask({ Parameters })).join('\n')).toMatch(message);
  });

  it.each([
    [
      'a Choice without a Default',
      { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'Done' }] },
      /Default/,
    ],
    ['a wait that fires at once', { Comment: 'c', Type: 'Wait', Seconds: 2_592_000, Next: 'Done' }, /at most 2147483/],
    ['a wait without a Comment', { Type: 'Wait', Seconds: 30, Next: 'Done' }, /has a Comment/],
    ['a Result that is false', { Type: 'Pass', Result: false, Next: 'Done' }, /ignores the Result false/],
    ['a Result that is 0', { Type: 'Pass', Result: 0, Next: 'Done' }, /ignores the Result 0/],
    ['a path in a Result', { Type: 'Pass', Result: { a: '$.b' }, Next: 'Done' }, /Result\/a: '\$\.b' stays/],
    ['the whole state as ResultPath', { Type: 'Pass', ResultPath: '$', Next: 'Done' }, /leave the ResultPath '\$' out/],
    ['a Fail without a name', { Type: 'Fail', Cause: 'no idea' }, /names its Error/],
    ['a function in CausePath', { Type: 'Fail', Error: 'E', CausePath: "States.Format('{}', $.a)" }, /no intrinsic/],
    ['a variable', { Type: 'Pass', Assign: { 'a.$': '$.a' }, Next: 'Done' }, /no Assign/],
    ['another query language', { Type: 'Pass', QueryLanguage: 'JSONata', Next: 'Done' }, /no QueryLanguage/],
    ['a Parallel', { Type: 'Parallel', Branches: [right], Next: 'Done' }, /no Parallel/],
    ['a Map', { Type: 'Map', ItemProcessor: right, Next: 'Done' }, /no Map/],
  ])('finds %s', (_, state, message) => {
    expect(messages(withState(state)).join('\n')).toMatch(message);
  });

  it('finds a query language and a time-out that fires at once on the machine itself', () => {
    expect(messages({ ...right, QueryLanguage: 'JSONata' }).join('\n')).toMatch(/\/QueryLanguage: JSONPath/);
    expect(messages({ ...right, TimeoutSeconds: 31_536_000 }).join('\n')).toMatch(/\/TimeoutSeconds: .* at most/);
  });

  it('leaves the definition as it was', () => {
    const before = structuredClone(right);
    messages(right);
    expect(right).toEqual(before);
  });
});

describe('what the lint knows of the repository', () => {
  it('is the literal names of our errors and the files of our functions', () => {
    const { errorNames, functionFiles } = readFacts(root);
    expect([...errorNames]).toEqual(expect.arrayContaining(['RouterRuleError', 'ExecutionNameTakenError']));
    expect([...functionFiles]).toEqual(expect.arrayContaining(['look', 'restore-traffic']));
  });
});
