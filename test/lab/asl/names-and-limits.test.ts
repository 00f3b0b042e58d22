import { describe, expect, it } from 'vitest';
import type { StateMachineHost } from '../../../lab/asl/state-machine-host.ts';
import { callOf, openSmallHost, runSmall } from './small-host.ts';

const wait = { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 3600, End: true } } };
const register = (host: StateMachineHost) => host.registerMachine({ name: 'small', definition: wait }).stateMachineArn;
const refusal = (code: string) => expect.objectContaining({ code });

describe('the name of an execution', () => {
  it('started twice with the same input while it runs is one execution', async () => {
    // Prepare
    const host = await openSmallHost({}, 1);
    const start = { stateMachineArn: register(host), name: 'rel-1-1', input: '{"a":1}' };
    // Act
    const first = host.startExecution(start);
    const second = host.startExecution(start);
    // Assess
    expect(second).toEqual(first);
    expect(host.listExecutions(start.stateMachineArn)).toHaveLength(1);
  });

  it('is taken for another input, and for ever once its execution has ended', async () => {
    // Prepare
    const host = await openSmallHost({}, 1);
    const start = { stateMachineArn: register(host), name: 'rel-1-1', input: '{"a":1}' };
    const { executionArn } = host.startExecution(start);
    // Act and assess
    expect(() => host.startExecution({ ...start, input: '{"a":2}' })).toThrow(refusal('ExecutionAlreadyExists'));
    host.stopExecution({ executionArn });
    expect(() => host.startExecution(start)).toThrow(refusal('ExecutionAlreadyExists'));
  });

  it.each(['', 'a b', 'a/b', 'a:b', 'a?', 'x'.repeat(81)])('is not %j', async name => {
    const host = await openSmallHost();
    const stateMachineArn = register(host);
    expect(() => host.startExecution({ stateMachineArn, name })).toThrow(refusal('InvalidName'));
  });

  it('may have 80 characters, and is made up where none is given', async () => {
    // Prepare
    const host = await openSmallHost({}, 1);
    const stateMachineArn = register(host);
    // Act
    host.startExecution({ stateMachineArn, name: 'x'.repeat(80) });
    host.startExecution({ stateMachineArn });
    // Assess: newest first
    expect(host.listExecutions(stateMachineArn).map(({ name }) => name)).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x'.repeat(80),
    ]);
  });
});

describe('the limits of the service', () => {
  it('knows what is not there from what is no ARN', async () => {
    const host = await openSmallHost();
    const machine = register(host);
    const execution = machine.replace(':stateMachine:', ':execution:');
    expect(() => host.startExecution({ stateMachineArn: `${machine}x` })).toThrow(refusal('StateMachineDoesNotExist'));
    expect(() => host.startExecution({ stateMachineArn: 'small' })).toThrow(refusal('InvalidArn'));
    expect(() => host.describeExecution(`${execution}:nobody`)).toThrow(refusal('ExecutionDoesNotExist'));
    expect(() => host.stopExecution({ executionArn: machine })).toThrow(refusal('InvalidArn'));
  });

  it('takes an input of 262,144 bytes and refuses one more, and what is not JSON', async () => {
    // Prepare
    const host = await openSmallHost({}, 1);
    const stateMachineArn = register(host);
    const largest = JSON.stringify('x'.repeat(262_142));
    // Act and assess
    expect(host.startExecution({ stateMachineArn, input: largest })).toHaveProperty('executionArn');
    const tooMuch = JSON.stringify(`é${'x'.repeat(262_141)}`); // 262,144 characters, 262,145 bytes
    expect(() => host.startExecution({ stateMachineArn, input: tooMuch })).toThrow(refusal('InvalidExecutionInput'));
    expect(() => host.startExecution({ stateMachineArn, input: '{a:1}' })).toThrow(refusal('InvalidExecutionInput'));
  });

  it('fails with States.DataLimitExceeded when a function returns too much, whatever is kept of it or caught', async () => {
    // Prepare
    const host = await openSmallHost({ large: async () => 'x'.repeat(262_143) });
    const caught = [{ ErrorEquals: ['States.ALL'], Next: 'B' }];
    const definition = {
      StartAt: 'A',
      States: {
        A: callOf('large', { ResultSelector: { result: 'small' }, Catch: caught, Next: 'B' }),
        B: { Type: 'Succeed' },
      },
    };
    // Act
    const { status, error, cause } = await runSmall(host, definition);
    // Assess
    expect([status, error]).toEqual(['FAILED', 'States.DataLimitExceeded']);
    expect(cause).toContain("The state/task 'A' returned a result with a size exceeding the maximum");
  });

  it('does not hand a function more than the service carries', async () => {
    // Prepare: what is given fits once, not twice
    let calls = 0;
    const host = await openSmallHost({
      look: async () => {
        calls += 1;
      },
    });
    const Parameters = { FunctionName: 'look', Payload: { 'a.$': '$.given', 'b.$': '$.given' } };
    const definition = { StartAt: 'A', States: { A: callOf('look', { Parameters, End: true }) } };
    // Act
    const { error, cause } = await runSmall(host, definition, { given: 'x'.repeat(150_000) });
    // Assess
    expect([error, calls]).toEqual(['States.DataLimitExceeded', 0]);
    expect(cause).toContain("The state/task 'A' has an input");
  });

  it('fails when a state adds too much to what it was given, and the next function is not called', async () => {
    // Prepare: each half fits, the two together do not
    let calls = 0;
    const host = await openSmallHost({
      half: async () => 'x'.repeat(150_000),
      next: async () => {
        calls += 1;
      },
    });
    const definition = {
      StartAt: 'A',
      States: {
        A: {
          ...callOf('half', { Next: 'B' }),
          Parameters: { FunctionName: 'half' },
          ResultPath: '$.more',
          OutputPath: '$',
        },
        B: { ...callOf('next', { End: true }), Parameters: { FunctionName: 'next' } },
      },
    };
    // Act
    const { status, error } = await runSmall(host, definition, { given: 'x'.repeat(150_000) });
    // Assess
    expect([status, error, calls]).toEqual(['FAILED', 'States.DataLimitExceeded', 0]);
  });

  it('fails at the 25,000th event of its history', async () => {
    // Prepare: Pass and Choice are two events each
    const host = await openSmallHost();
    const definition = {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Variable: '$.stop', IsPresent: true, Next: 'C' }], Default: 'A' },
        C: { Type: 'Succeed' },
      },
    };
    // Act
    const { status, error, cause, executionArn } = await runSmall(host, definition);
    // Assess
    expect([status, error]).toEqual(['FAILED', 'States.Runtime']);
    expect(cause).toContain('25000');
    expect(host.executionHistory(executionArn)).toHaveLength(25_000);
    expect(host.executionHistory(executionArn).at(-1)?.type).toBe('ExecutionFailed');
  });
});

describe('a child execution', () => {
  const childTask = (stateMachineArn: string, suffix: string, more: object = {}) => ({
    StartAt: 'Child',
    States: {
      Child: {
        Type: 'Task',
        Resource: `arn:aws:states:::states:startExecution${suffix}`,
        Parameters: { StateMachineArn: stateMachineArn, Name: 'rel-1-2', Input: { 'n.$': '$.n' } },
        TimeoutSeconds: 3600,
        End: true,
        ...more,
      },
    },
  });

  it('runs, and its parent goes on with its output', async () => {
    // Prepare
    const host = await openSmallHost();
    const { stateMachineArn } = host.registerMachine({
      name: 'child',
      definition: { StartAt: 'A', States: { A: { Type: 'Wait', SecondsPath: '$.n', End: true } } },
    });
    // Act
    const { output } = await runSmall(host, childTask(stateMachineArn, '.sync:2'), { n: 5 });
    // Assess
    expect(output).toMatchObject({ Name: 'rel-1-2', Status: 'SUCCEEDED', Output: { n: 5 } });
  });

  it('fails its parent’s task when it fails', async () => {
    // Prepare
    const host = await openSmallHost();
    const { stateMachineArn } = host.registerMachine({
      name: 'child',
      definition: { StartAt: 'A', States: { A: { Type: 'Fail', Error: 'NoGood', Cause: 'really' } } },
    });
    // Act
    const { status, error, cause = '' } = await runSmall(host, childTask(stateMachineArn, '.sync:2'), { n: 5 });
    // Assess
    expect([status, error]).toEqual(['FAILED', 'States.TaskFailed']);
    expect(JSON.parse(cause)).toMatchObject({ Status: 'FAILED', Error: 'NoGood', Cause: 'really' });
  });

  it('is started and left alone without sync: it outlives its parent', async () => {
    // Prepare
    const host = await openSmallHost({}, 1);
    const { stateMachineArn } = host.registerMachine({ name: 'child', definition: wait });
    // Act
    const { output } = await runSmall(host, childTask(stateMachineArn, ''), { n: 1 });
    // Assess
    expect(host.describeExecution(output.ExecutionArn)).toMatchObject({ status: 'RUNNING', input: '{"n":1}' });
  });

  it('cannot take the name of one that has ended', async () => {
    // Prepare
    const host = await openSmallHost();
    const { stateMachineArn } = host.registerMachine({ name: 'child', definition: wait });
    const { executionArn } = host.startExecution({ stateMachineArn, name: 'rel-1-2' });
    host.stopExecution({ executionArn });
    // Act
    const { error } = await runSmall(host, childTask(stateMachineArn, ''), { n: 1 });
    // Assess
    expect(error).toBe('StepFunctions.ExecutionAlreadyExistsException');
  });

  it('is stopped when its parent’s task times out', async () => {
    // Prepare
    const host = await openSmallHost();
    const { stateMachineArn } = host.registerMachine({
      name: 'child',
      definition: { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 2_000_000, End: true } } },
    });
    // Act
    const { error } = await runSmall(host, childTask(stateMachineArn, '.sync:2', { TimeoutSeconds: 40 }), { n: 1 });
    // Assess
    expect(error).toBe('States.Timeout');
    const child = host.listExecutions(stateMachineArn)[0];
    expect((await host.whenEnded(child?.executionArn ?? '')).status).toBe('ABORTED');
  });
});
