import { describe, expect, it } from 'vitest';
import { functionSubstitutions } from '../../../lab/asl/arns.ts';
import { callOf, openSmallHost, runSmall, startSmall, typesIn } from './small-host.ts';

class RouterUnreachableError extends Error {
  override readonly name = 'RouterUnreachableError';
}

const placeholder = (name: string) => `\${${name}}`;
const rollBack = { RollBack: { Type: 'Succeed' } };

describe('what goes wrong in a task', () => {
  it('retries by the name of the error, then catches it by its name with Lambda’s JSON as the cause', async () => {
    // Prepare
    let calls = 0;
    const host = await openSmallHost({
      shift: async () => {
        calls += 1;
        throw new RouterUnreachableError('throttled');
      },
    });
    const definition = {
      StartAt: 'Shift',
      States: {
        Shift: callOf('shift', {
          Retry: [{ ErrorEquals: ['RouterUnreachableError'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 }],
          Catch: [{ ErrorEquals: ['RouterUnreachableError'], ResultPath: '$.fault', Next: 'RollBack' }],
          End: true,
        }),
        ...rollBack,
      },
    };
    // Act
    const { output, executionArn } = await runSmall(host, definition, { releaseId: 'r' });
    // Assess
    expect(calls).toBe(3);
    expect(output.releaseId).toBe('r');
    expect(output.fault.Error).toBe('RouterUnreachableError');
    expect(JSON.parse(output.fault.Cause)).toMatchObject({
      errorType: 'RouterUnreachableError',
      errorMessage: 'throttled',
    });
    const attempt = ['TaskScheduled', 'TaskStarted', 'TaskFailed'];
    expect(typesIn(host, executionArn).slice(1, 12)).toEqual([
      'TaskStateEntered',
      ...attempt,
      ...attempt,
      ...attempt,
      'TaskStateExited',
    ]);
  });

  it('leaves an error with another name to the next catcher', async () => {
    // Prepare
    const host = await openSmallHost({
      shift: async () => {
        throw new TypeError('a slip of ours');
      },
    });
    const definition = {
      StartAt: 'Shift',
      States: {
        Shift: callOf('shift', {
          Catch: [
            { ErrorEquals: ['RouterUnreachableError'], Next: 'RollBack' },
            { ErrorEquals: ['States.ALL'], Next: 'Unknown' },
          ],
          End: true,
        }),
        ...rollBack,
        Unknown: { Type: 'Fail', Error: 'Unknown', CausePath: '$.Error' },
      },
    };
    // Act
    const { status, error, cause } = await runSmall(host, definition);
    // Assess
    expect([status, error, cause]).toEqual(['FAILED', 'Unknown', 'TypeError']);
  });

  it('waits between retries on the clock of the lab, without a give interval too', async () => {
    // Prepare: 1 + 2 s at 20 times the speed are 150 ms
    const host = await openSmallHost(
      {
        shift: async () => {
          throw new RouterUnreachableError();
        },
      },
      20,
    );
    const definition = {
      StartAt: 'Shift',
      States: { Shift: callOf('shift', { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }], End: true }) },
    };
    // Act
    const { status, startedAtEpochMs, stoppedAtEpochMs = 0 } = await runSmall(host, definition);
    // Assess
    expect(status).toBe('FAILED');
    expect(stoppedAtEpochMs - startedAtEpochMs).toBeGreaterThan(2_800);
    expect(stoppedAtEpochMs - startedAtEpochMs).toBeLessThan(60_000);
  });

  it('waits no longer between retries than MaxDelaySeconds, on the clock of the lab too', async () => {
    // Prepare: without the limit the second wait were 100 s on the wall
    const host = await openSmallHost({
      shift: async () => {
        throw new RouterUnreachableError();
      },
    });
    const retry = { IntervalSeconds: 100, BackoffRate: 1000, MaxDelaySeconds: 200, MaxAttempts: 2 };
    const definition = {
      StartAt: 'Shift',
      States: { Shift: callOf('shift', { Retry: [{ ErrorEquals: ['States.ALL'], ...retry }], End: true }) },
    };
    // Act
    const { error } = await runSmall(host, definition);
    // Assess
    expect(error).toBe('RouterUnreachableError');
  });

  it('gives each attempt the same event, whatever the one before did to its own, and the number of retries', async () => {
    // Prepare
    const events: unknown[] = [];
    const host = await openSmallHost({
      shift: async event => {
        events.push(structuredClone(event));
        (event as { list: number[] }).list.push(0);
        throw new RouterUnreachableError();
      },
    });
    const Parameters = { FunctionName: 'shift', Payload: { 'list.$': '$.list', 'retries.$': '$$.State.RetryCount' } };
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }];
    const definition = { StartAt: 'A', States: { A: callOf('shift', { Parameters, Retry, End: true }) } };
    // Act
    await runSmall(host, definition, { list: [1] });
    // Assess
    expect(events).toEqual([
      { list: [1], retries: 0 },
      { list: [1], retries: 1 },
      { list: [1], retries: 2 },
    ]);
  });

  it('times a function out on the wall clock, and States.TaskFailed does not match that', async () => {
    // Prepare: 1 s is a second, though a wait of 1 s would be a millisecond
    let finish = () => {};
    const host = await openSmallHost({ slow: () => new Promise<void>(resolve => (finish = resolve)) });
    const definition = {
      StartAt: 'Slow',
      States: {
        Slow: callOf('slow', {
          TimeoutSeconds: 1,
          Retry: [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 3 }],
          Catch: [
            { ErrorEquals: ['States.TaskFailed'], Next: 'Wrong' },
            { ErrorEquals: ['States.Timeout'], Next: 'RollBack' },
          ],
          End: true,
        }),
        Wrong: { Type: 'Fail', Error: 'Wrong', Cause: 'a time-out is not TaskFailed' },
        ...rollBack,
      },
    };
    const startedAtMs = performance.now();
    // Act
    const { output, executionArn } = await runSmall(host, definition);
    // Assess
    expect(performance.now() - startedAtMs).toBeGreaterThan(990);
    expect(output).toEqual({ Error: 'States.Timeout', Cause: '' });
    expect(typesIn(host, executionArn).filter(type => type.startsWith('Task') && !type.includes('State'))).toEqual([
      'TaskScheduled',
      'TaskStarted',
      'TaskTimedOut',
    ]);
    finish();
  });

  it('fails with the state and the path where a path points to nothing, and no catcher sees it', async () => {
    // Prepare
    const host = await openSmallHost({ look: async () => ({}) });
    const definition = {
      StartAt: 'Look',
      States: {
        Look: callOf('look', {
          Parameters: { FunctionName: 'look', Payload: { 'run.$': '$.run' } },
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'RollBack' }],
          End: true,
        }),
        ...rollBack,
      },
    };
    // Act
    const { status, error, cause } = await runSmall(host, definition);
    // Assess
    expect([status, error]).toEqual(['FAILED', 'States.Runtime']);
    expect(cause).toContain("executing the state 'Look' (entered at the event id #2)");
    expect(cause).toContain('$.run');
  });

  it('ends an execution that takes longer than its machine allows, in the middle of a wait', async () => {
    // Prepare
    const host = await openSmallHost();
    const definition = {
      StartAt: 'A',
      TimeoutSeconds: 50,
      States: { A: { Type: 'Wait', Seconds: 2_000_000, End: true } },
    };
    // Act
    const { status, error, executionArn } = await runSmall(host, definition);
    // Assess
    expect([status, error]).toEqual(['TIMED_OUT', 'States.Timeout']);
    expect(typesIn(host, executionArn)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionTimedOut']);
  });

  it('refuses a machine that it could not run: an unknown function, a Map, a missing substitution, a dead end', async () => {
    // Prepare
    const host = await openSmallHost();
    const register = (states: object) => () =>
      host.registerMachine({ name: 'bad', definition: { StartAt: 'A', States: states } });
    // Act and assess
    expect(register({ A: callOf('nobody', { End: true }) })).toThrow(/functions that are not there: nobody/);
    expect(register({ A: { Type: 'Pass', Next: 'Nowhere' } })).toThrow(/Nowhere/);
    expect(register({ A: callOf(placeholder('LookFunction'), { End: true }) })).toThrow(
      /nothing is given for \$\{LookFunction\}/,
    );
    const iterator = { StartAt: 'I', States: { I: { Type: 'Succeed' } } };
    expect(register({ A: { Type: 'Map', ItemProcessor: iterator, End: true } })).toThrow(/no Map state/);
    const publish = { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', End: true };
    expect(register({ A: publish })).toThrow(/no Resource 'arn:aws:states:::sns:publish'/);
  });

  it('puts the functions’ ARNs where the definition names them', async () => {
    // Prepare
    const host = await openSmallHost({ 'write-canary': async () => 'written' });
    const { stateMachineArn } = host.registerMachine({
      name: 'release',
      definition: { StartAt: 'A', States: { A: callOf(placeholder('WriteCanaryFunction'), { End: true }) } },
      substitutions: functionSubstitutions(['write-canary']),
    });
    // Act
    const { executionArn } = host.startExecution({ stateMachineArn });
    // Assess
    expect((await host.whenEnded(executionArn)).output).toBe('"written"');
  });

  it('runs a machine again under its old executions when it is registered anew', async () => {
    // Prepare
    const host = await openSmallHost();
    const before = startSmall(host, {
      StartAt: 'A',
      States: { A: { Type: 'Wait', Seconds: 300, Next: 'B' }, B: { Type: 'Pass', Result: 'old', End: true } },
    });
    // Act
    startSmall(host, { StartAt: 'A', States: { A: { Type: 'Pass', Result: 'new', End: true } } });
    // Assess
    expect((await host.whenEnded(before.executionArn)).output).toBe('"old"');
    expect(host.listExecutions(before.stateMachineArn)).toHaveLength(2);
  });
});
