import { describe, expect, it, vi } from 'vitest';
import type { StateMachineHost } from '../../../lab/asl/state-machine-host.ts';
import { openSmallHost, runSmall, startSmall, tokenCallOf, typesIn } from './small-host.ts';

/** A host whose function `pause` only keeps the tokens that it is given. */
async function openWithTokens(compress = 1000): Promise<{ host: StateMachineHost; tokens: string[] }> {
  const tokens: string[] = [];
  const pause = async (event: unknown) => {
    tokens.push((event as { token: string }).token);
    return 'asked';
  };
  return { host: await openSmallHost({ pause }, compress), tokens };
}

const bothTimeouts = ['States.HeartbeatTimeout', 'States.Timeout'];
const pauseOnce = (more: object = {}) => ({
  StartAt: 'Pause',
  States: {
    Pause: tokenCallOf('pause', { Catch: [{ ErrorEquals: bothTimeouts, Next: 'Look' }], Next: 'Answered', ...more }),
    Answered: { Type: 'Succeed' },
    Look: { Type: 'Succeed' },
  },
});

describe('a task that waits for its token', () => {
  it('goes on with the answer', async () => {
    // Prepare: 3600 s are a minute here
    const { host, tokens } = await openWithTokens(60);
    const { executionArn } = startSmall(host, pauseOnce());
    await vi.waitUntil(() => typesIn(host, executionArn).includes('TaskSubmitted'));
    // Act
    host.sendTaskSuccess({ taskToken: tokens[0] ?? '', output: '{"approvedBy":"kim"}' });
    // Assess
    expect((await host.whenEnded(executionArn)).output).toBe('{"approvedBy":"kim"}');
    expect(typesIn(host, executionArn).slice(2, 7)).toEqual([
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
    ]);
  });

  it('takes an answer while its function still runs', async () => {
    // Prepare
    const call = Promise.withResolvers<void>();
    const host: StateMachineHost = await openSmallHost(
      {
        pause: event => {
          host.sendTaskSuccess({ taskToken: (event as { token: string }).token, output: '"at once"' });
          return call.promise;
        },
      },
      1,
    );
    const definition = pauseOnce();
    Object.assign(definition.States, { Answered: { Type: 'Wait', Seconds: 3600, End: true } });
    const { executionArn } = startSmall(host, definition);
    await vi.waitUntil(() => typesIn(host, executionArn).includes('WaitStateEntered'));
    // Act: the function returns when nobody waits for it any more
    call.resolve();
    await new Promise(resolve => setImmediate(resolve));
    // Assess
    expect(typesIn(host, executionArn).slice(3)).toEqual([
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'WaitStateEntered',
    ]);
  });

  it('times out on the clock of the lab, and an answer after that is told that it is too late', async () => {
    // Prepare
    const { host, tokens } = await openWithTokens();
    // Act
    const { output } = await runSmall(host, pauseOnce({ TimeoutSeconds: 30 }));
    const late = () => host.sendTaskSuccess({ taskToken: tokens[0] ?? '', output: '{}' });
    // Assess
    expect(output).toEqual({ Error: 'States.Timeout', Cause: '' });
    expect(late).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
  });

  it('reads its time-out from the state of the execution, beside Parameters that do not carry it', async () => {
    // Prepare
    const { host } = await openWithTokens();
    const definition = pauseOnce();
    Object.assign(definition.States.Pause, { TimeoutSeconds: undefined, TimeoutSecondsPath: '$.move.waitSeconds' });
    // Act
    const { output, executionArn } = await runSmall(host, definition, { move: { waitSeconds: 20 } });
    // Assess
    expect(output.Error).toBe('States.Timeout');
    const scheduled = host.executionHistory(executionArn).find(event => event.type === 'TaskScheduled');
    expect(scheduled?.details.timeoutInSeconds).toBe(20);
  });

  it('gives each attempt a token of its own, and the old one is dead', async () => {
    // Prepare
    const { host, tokens } = await openWithTokens(200);
    const definition = pauseOnce({
      TimeoutSeconds: 10,
      Retry: [{ ErrorEquals: bothTimeouts, IntervalSeconds: 1, MaxAttempts: 50 }],
    });
    const { executionArn } = startSmall(host, definition);
    await vi.waitUntil(() => tokens.length >= 2);
    // Act
    const old = () => host.sendTaskSuccess({ taskToken: tokens[0] ?? '', output: '{}' });
    // Assess
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(old).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
    host.stopExecution({ executionArn });
  });

  it('fails with the error that is sent, once, and the second answer is too late', async () => {
    // Prepare
    const { host, tokens } = await openWithTokens(60);
    const { executionArn } = startSmall(host, pauseOnce());
    await vi.waitUntil(() => tokens.length === 1);
    const taskToken = tokens[0] ?? '';
    // Act
    host.sendTaskFailure({ taskToken, error: 'Rejected', cause: 'by kim' });
    // Assess
    expect(await host.whenEnded(executionArn)).toMatchObject({ status: 'FAILED', error: 'Rejected', cause: 'by kim' });
    expect(() => host.sendTaskFailure({ taskToken })).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
  });

  it('lives as long as its heart beats', async () => {
    // Prepare: a beat is due every 100 s, which are 500 ms here
    const { host, tokens } = await openWithTokens(200);
    const { executionArn } = startSmall(host, pauseOnce({ HeartbeatSeconds: 100 }));
    await vi.waitUntil(() => tokens.length === 1);
    const beat = setInterval(() => host.sendTaskHeartbeat({ taskToken: tokens[0] ?? '' }), 50);
    await new Promise(resolve => setTimeout(resolve, 1200));
    const afterBeats = host.describeExecution(executionArn).status;
    // Act
    clearInterval(beat);
    const { output = '' } = await host.whenEnded(executionArn);
    // Assess
    expect(afterBeats).toBe('RUNNING');
    expect(JSON.parse(output).Error).toBe('States.HeartbeatTimeout');
  });

  it('refuses a token that was never issued and an answer that is not JSON', async () => {
    // Prepare
    const { host, tokens } = await openWithTokens(60);
    startSmall(host, pauseOnce());
    await vi.waitUntil(() => tokens.length === 1);
    const taskToken = tokens[0] ?? '';
    // Act and assess
    expect(() => host.sendTaskHeartbeat({ taskToken: 'x' })).toThrow(expect.objectContaining({ code: 'InvalidToken' }));
    expect(() => host.sendTaskSuccess({ taskToken, output: '{' })).toThrow(
      expect.objectContaining({ code: 'InvalidOutput' }),
    );
  });
});
