import { describe, expect, it } from 'vitest';
import { openEmbeddedHost } from '../../../lab/asl/embedded-host.ts';
import type { LambdaContext } from '../../../lab/asl/state-machine-host.ts';
import { openLabClock } from '../../../lab/clock.ts';
import { callOf, openSmallHost, runSmall, startSmall, typesIn } from './small-host.ts';

const loop = {
  StartAt: 'Pause',
  States: {
    Pause: { Type: 'Wait', SecondsPath: '$.waitSeconds', Next: 'Look' },
    Look: callOf('look', { Next: 'Decide' }),
    Decide: {
      Type: 'Choice',
      Choices: [{ Variable: '$.move', StringEquals: 'lookAgain', Next: 'Pause' }],
      Default: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
};

describe('the road of an execution', () => {
  it('looks again and again until the look says that it is over', async () => {
    // Prepare
    let looks = 0;
    const host = await openSmallHost({
      look: async event => {
        looks += 1;
        return { ...(event as object), looks, move: looks < 3 ? 'lookAgain' : 'advance' };
      },
    });
    // Act
    const { status, output } = await runSmall(host, loop, { waitSeconds: 10 });
    // Assess
    expect(status).toBe('SUCCEEDED');
    expect(output).toEqual({ waitSeconds: 10, looks: 3, move: 'advance' });
  });

  it('has its history in the names of the service: nine events for a turn of the loop', async () => {
    // Prepare
    const host = await openSmallHost({ look: async () => ({ move: 'advance' }) });
    const { executionArn } = startSmall(host, loop, { input: { waitSeconds: 1 } });
    // Act
    await host.whenEnded(executionArn);
    // Assess
    expect(typesIn(host, executionArn)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
    const events = host.executionHistory(executionArn);
    expect(events.map(event => event.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(events[4]).toMatchObject({
      previousEventId: 4,
      details: { resourceType: 'lambda', resource: 'invoke', timeoutInSeconds: 10 },
    });
  });

  it('waits on the clock of the lab, fractions of a second included', async () => {
    // Prepare: 10 s at 60 times the speed are 167 ms
    const host = await openSmallHost({}, 60);
    const wait = { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 10, End: true } } };
    const startedAtMs = performance.now();
    // Act
    const { startedAtEpochMs, stoppedAtEpochMs = 0 } = await runSmall(host, wait);
    // Assess
    const tookMs = performance.now() - startedAtMs;
    expect(tookMs).toBeGreaterThan(160);
    expect(tookMs).toBeLessThan(5000);
    expect(stoppedAtEpochMs - startedAtEpochMs).toBeGreaterThan(9600);
  });

  it('does not end a wait before its time, though a timer fires early', async () => {
    // Prepare: every timer of this clock fires at half of its time
    const clock = openLabClock({ startEpochMs: Date.now(), compress: 60 });
    const early = { ...clock, wallMs: (labMs: number) => clock.wallMs(labMs) / 2 };
    const host = await openEmbeddedHost({ clock: early, functions: {} });
    const wait = { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 10, End: true } } };
    // Act
    const { startedAtEpochMs, stoppedAtEpochMs = 0 } = await runSmall(host, wait);
    // Assess
    expect(stoppedAtEpochMs - startedAtEpochMs).toBeGreaterThanOrEqual(10_000);
  });

  it('waits until an instant of the lab, not of the wall', async () => {
    // Prepare: in the lab an hour has passed when the machine looks for an instant half an hour after its start
    const host = await openSmallHost({}, 36_000);
    const wait = {
      StartAt: 'A',
      States: {
        A: { Type: 'Wait', Seconds: 3600, Next: 'B' },
        B: { Type: 'Wait', TimestampPath: '$$.Execution.StartTime', Next: 'C' },
        C: { Type: 'Wait', TimestampPath: '$.until', End: true },
      },
    };
    const until = new Date(Date.now() + 5_400_000).toISOString();
    // Act
    const { status, startedAtEpochMs, stoppedAtEpochMs = 0 } = await runSmall(host, wait, { until });
    // Assess
    expect(status).toBe('SUCCEEDED');
    expect(stoppedAtEpochMs).toBeGreaterThanOrEqual(Date.parse(until));
    expect(stoppedAtEpochMs - startedAtEpochMs).toBeLessThan(36_000_000);
  });

  it.each([1.5, -1, 'soon', null])('fails where a path gives %j as the seconds of a wait', async seconds => {
    // Prepare
    const host = await openSmallHost();
    const wait = { StartAt: 'A', States: { A: { Type: 'Wait', SecondsPath: '$.seconds', End: true } } };
    // Act
    const { status, error } = await runSmall(host, wait, { seconds });
    // Assess
    expect([status, error]).toEqual(['FAILED', 'States.Runtime']);
  });

  it('gives a state the context that the service gives', async () => {
    // Prepare
    const host = await openSmallHost({}, 60);
    const definition = {
      StartAt: 'A',
      States: {
        A: { Type: 'Wait', Seconds: 60, Next: 'B' },
        B: {
          Type: 'Pass',
          Parameters: {
            'execution.$': '$$.Execution.Id',
            'name.$': '$$.Execution.Name',
            'startTime.$': '$$.Execution.StartTime',
            'input.$': '$$.Execution.Input',
            'machine.$': '$$.StateMachine.Name',
            'state.$': '$$.State.Name',
            'enteredTime.$': '$$.State.EnteredTime',
          },
          End: true,
        },
      },
    };
    const { executionArn } = startSmall(host, definition, { name: 'rel-1-1', input: { releaseId: 'rel-1' } });
    // Act
    const { output = '', startedAtEpochMs } = await host.whenEnded(executionArn);
    // Assess
    const { enteredTime, ...rest } = JSON.parse(output);
    expect(rest).toEqual({
      execution: 'arn:aws:states:eu-west-1:123456789012:execution:small:rel-1-1',
      name: 'rel-1-1',
      startTime: new Date(startedAtEpochMs).toISOString(),
      input: { releaseId: 'rel-1' },
      machine: 'small',
      state: 'B',
    });
    expect(Date.parse(enteredTime) - startedAtEpochMs).toBeGreaterThan(58_000);
  });

  it('puts a result in the place of the whole state where ResultPath is the whole state', async () => {
    // Prepare
    const host = await openSmallHost();
    const whole = { Type: 'Pass', Result: { b: 2 }, ResultPath: '$', End: true };
    // Act
    const { output } = await runSmall(host, { StartAt: 'A', States: { A: whole } }, { a: 1 });
    // Assess
    expect(output).toEqual({ b: 2 });
  });

  it('hands events and results on as JSON would: what a function changes or keeps is its own', async () => {
    // Prepare
    const host = await openSmallHost({
      first: async event => {
        (event as { list: number[] }).list.push(2);
        return { at: new Date(0), gone: undefined, list: [0] };
      },
      second: async () => undefined,
    });
    const definition = {
      StartAt: 'A',
      States: { A: callOf('first', { Next: 'B' }), B: callOf('second', { End: true }) },
    };
    // Act
    const { output, executionArn } = await runSmall(host, definition, { list: [1] });
    // Assess
    expect(output).toBeNull();
    const history = host.executionHistory(executionArn);
    const exited = history.find(event => event.type === 'TaskStateExited');
    expect(exited?.details).toMatchObject({ name: 'A', output: '{"at":"1970-01-01T00:00:00.000Z","list":[0]}' });
    expect(history.find(event => event.type === 'TaskScheduled')?.details.parameters).toContain('"list":[1]');
  });

  it('tells a function its name, its ARN and the time that is left', async () => {
    // Prepare
    let seen: LambdaContext | undefined;
    const host = await openSmallHost({
      'shift-traffic': async (_event, context) => {
        seen = context;
      },
    });
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:shift-traffic:7';
    // Act
    await runSmall(host, {
      StartAt: 'A',
      States: { A: { Type: 'Task', Resource: arn, TimeoutSeconds: 20, End: true } },
    });
    // Assess
    expect(seen?.functionName).toBe('shift-traffic');
    expect(seen?.invokedFunctionArn).toBe('arn:aws:lambda:eu-west-1:123456789012:function:shift-traffic');
    expect(seen?.getRemainingTimeInMillis()).toBeGreaterThan(5_000);
    expect(seen?.getRemainingTimeInMillis()).toBeLessThanOrEqual(20_000);
  });
});
