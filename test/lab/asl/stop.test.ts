import { describe, expect, it, vi } from 'vitest';
import type { ExecutionDescription } from '../../../lab/asl/state-machine-host.ts';
import { callOf, openSmallHost, startSmall, tokenCallOf, typesIn } from './small-host.ts';

describe('an execution that is stopped', () => {
  it('ends at once in a wait, and stays as it ended', async () => {
    // Prepare
    const host = await openSmallHost({}, 1);
    const { executionArn } = startSmall(host, {
      StartAt: 'A',
      States: { A: { Type: 'Wait', Seconds: 3600, End: true } },
    });
    await vi.waitUntil(() => typesIn(host, executionArn).includes('WaitStateEntered'));
    // Act
    host.stopExecution({ executionArn, error: 'Aborted', cause: 'kim said so' });
    host.stopExecution({ executionArn, cause: 'once more' });
    // Assess
    expect(await host.whenEnded(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'Aborted',
      cause: 'kim said so',
    });
    expect(typesIn(host, executionArn)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
  });

  it('makes no further call when it is stopped between two retries', async () => {
    // Prepare
    let calls = 0;
    const host = await openSmallHost(
      {
        shift: async () => {
          calls += 1;
          throw new Error('not now');
        },
      },
      1,
    );
    const retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 600, MaxAttempts: 5 }];
    const { executionArn } = startSmall(host, {
      StartAt: 'Shift',
      States: { Shift: callOf('shift', { Retry: retry, End: true }) },
    });
    await vi.waitUntil(() => typesIn(host, executionArn).includes('TaskFailed'));
    // Act
    host.stopExecution({ executionArn });
    await host.close(); // resolves when no call runs any more
    await new Promise(resolve => setTimeout(resolve, 50));
    // Assess
    expect(calls).toBe(1);
    expect(typesIn(host, executionArn).at(-1)).toBe('ExecutionAborted');
  });

  it('keeps out of the history what its last function does after the stop', async () => {
    // Prepare
    const call = Promise.withResolvers<string>();
    const host = await openSmallHost({ shift: () => call.promise });
    const { executionArn } = startSmall(host, { StartAt: 'A', States: { A: callOf('shift', { End: true }) } });
    await vi.waitUntil(() => typesIn(host, executionArn).includes('TaskStarted'));
    // Act
    host.stopExecution({ executionArn });
    call.resolve('late');
    await host.close();
    // Assess
    expect(typesIn(host, executionArn).slice(-2)).toEqual(['TaskStarted', 'ExecutionAborted']);
    expect(host.describeExecution(executionArn)).not.toHaveProperty('output');
  });

  it('is waited for when the host closes, as long as its function still runs', async () => {
    // Prepare
    const call = Promise.withResolvers<void>();
    const host = await openSmallHost({ shift: () => call.promise });
    const { executionArn, stateMachineArn } = startSmall(host, {
      StartAt: 'A',
      States: { A: callOf('shift', { End: true }) },
    });
    await vi.waitUntil(() => typesIn(host, executionArn).includes('TaskStarted'));
    let closed = false;
    // Act
    const closing = host.close().then(() => {
      closed = true;
    });
    await new Promise(resolve => setTimeout(resolve, 20));
    const closedWhileItRan = closed;
    call.resolve();
    await closing;
    // Assess
    expect(closedWhileItRan).toBe(false);
    expect(host.describeExecution(executionArn).status).toBe('ABORTED');
    expect(() => host.startExecution({ stateMachineArn })).toThrow(/closing/);
  });

  it('takes its token with it', async () => {
    // Prepare
    let taskToken = '';
    const host = await openSmallHost({
      pause: async event => {
        taskToken = (event as { token: string }).token;
      },
    });
    const { executionArn } = startSmall(host, { StartAt: 'A', States: { A: tokenCallOf('pause', { End: true }) } });
    await vi.waitUntil(() => taskToken !== '');
    // Act
    host.stopExecution({ executionArn });
    // Assess
    expect(() => host.sendTaskHeartbeat({ taskToken })).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
  });

  it('takes the execution that it started and waits for with it', async () => {
    // Prepare
    const host = await openSmallHost({}, 1);
    const child = host.registerMachine({
      name: 'child',
      definition: { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 3600, End: true } } },
    });
    const { executionArn } = startSmall(host, {
      StartAt: 'Child',
      States: {
        Child: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution.sync:2',
          Parameters: { StateMachineArn: child.stateMachineArn },
          End: true,
        },
      },
    });
    await vi.waitUntil(() => host.listExecutions(child.stateMachineArn).length === 1);
    // Act
    host.stopExecution({ executionArn });
    // Assess
    const childArn = host.listExecutions(child.stateMachineArn)[0]?.executionArn ?? '';
    expect(host.describeExecution(childArn).status).toBe('ABORTED');
  });

  it('is told to everyone who listens: the start and the end', async () => {
    // Prepare
    const host = await openSmallHost({}, 1);
    const changes: ExecutionDescription[] = [];
    const unsubscribe = host.onStatusChange(change => changes.push(change));
    const wait = { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 3600, End: true } } };
    const first = startSmall(host, wait, { name: 'first' });
    // Act
    host.stopExecution({ executionArn: first.executionArn });
    await vi.waitUntil(() => changes.length === 2);
    unsubscribe();
    startSmall(host, wait, { name: 'second' });
    await new Promise(resolve => setImmediate(resolve));
    // Assess
    expect(changes.map(({ name, status }) => [name, status])).toEqual([
      ['first', 'RUNNING'],
      ['first', 'ABORTED'],
    ]);
  });
});
