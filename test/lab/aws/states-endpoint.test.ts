import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  InvalidArn,
  InvalidExecutionInput,
  InvalidName,
  InvalidToken,
  ListExecutionsCommand,
  paginateListExecutions,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { StateMachineHost } from '../../../lab/asl/state-machine-host.ts';
import { statesEndpoint } from '../../../lab/aws/states-endpoint.ts';
import { labClientConfig, openWireServer } from '../../../lab/aws/wire-server.ts';
import { openSmallHost, tokenCallOf } from '../asl/small-host.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function openClient(): Promise<{ client: SFNClient; host: StateMachineHost; tokens: string[]; machine: string }> {
  const tokens: string[] = [];
  const host = await openSmallHost({ pause: async event => void tokens.push((event as { token: string }).token) }, 1);
  const definition = { StartAt: 'Pause', States: { Pause: tokenCallOf('pause', { End: true }) } };
  const machine = host.registerMachine({ name: 'release', definition }).stateMachineArn;
  const server = await openWireServer({ endpoints: [statesEndpoint(host)] });
  const client = new SFNClient(labClientConfig(server.url));
  closers.push(server.close, () => client.destroy());
  return { client, host, tokens, machine };
}

describe('the Step Functions API of the lab, as the real SDK sees it', () => {
  it('starts an execution, shows it, and ends it with the answer to its token', async () => {
    // Prepare
    const { client, host, tokens, machine } = await openClient();
    // Act
    const start = { stateMachineArn: machine, name: 'rel-1-1', input: '{"run":1}' };
    const { executionArn = '', startDate } = await client.send(new StartExecutionCommand(start));
    const again = await client.send(new StartExecutionCommand(start));
    await vi.waitUntil(() => tokens.length === 1);
    await client.send(new SendTaskHeartbeatCommand({ taskToken: tokens[0] }));
    await client.send(new SendTaskSuccessCommand({ taskToken: tokens[0], output: '{"ok":true}' }));
    await host.whenEnded(executionArn);
    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    // Assess
    expect(again.startDate).toEqual(startDate);
    expect(described).toMatchObject({
      executionArn,
      stateMachineArn: machine,
      name: 'rel-1-1',
      status: 'SUCCEEDED',
      input: '{"run":1}',
      output: '{"ok":true}',
      outputDetails: { included: true },
      startDate,
      stopDate: expect.any(Date),
    });
    const metadata = await client.send(new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }));
    expect(metadata).not.toHaveProperty('input');
  });

  it('shows the history in pages, in both directions', async () => {
    // Prepare
    const { client, host, tokens, machine } = await openClient();
    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn: machine }));
    await vi.waitUntil(() => tokens.length === 1);
    await client.send(new SendTaskFailureCommand({ taskToken: tokens[0], error: 'Rejected', cause: 'by kim' }));
    await host.whenEnded(executionArn);
    // Act
    const first = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 4 }));
    const rest = await client.send(new GetExecutionHistoryCommand({ executionArn, nextToken: first.nextToken }));
    const last = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1, includeExecutionData: false }),
    );
    // Assess
    expect([...(first.events ?? []), ...(rest.events ?? [])].map(({ id, type }) => [id, type])).toEqual([
      [1, 'ExecutionStarted'],
      [2, 'TaskStateEntered'],
      [3, 'TaskScheduled'],
      [4, 'TaskStarted'],
      [5, 'TaskSubmitted'],
      [6, 'TaskFailed'],
      [7, 'ExecutionFailed'],
    ]);
    expect(first.events?.[1]?.stateEnteredEventDetails).toMatchObject({ name: 'Pause', input: '{}' });
    expect(first.events?.[2]?.taskScheduledEventDetails?.resource).toBe('invoke.waitForTaskToken');
    expect(rest.nextToken).toBeUndefined();
    expect(last.events?.[0]?.executionFailedEventDetails).toEqual({ error: 'Rejected', cause: 'by kim' });
  });

  it('lists executions newest first, by status, in pages that new ones do not shift', async () => {
    // Prepare
    const { client, machine } = await openClient();
    const start = (name: string) => client.send(new StartExecutionCommand({ stateMachineArn: machine, name }));
    const started = [];
    for (const name of ['a', 'b', 'c']) started.push(await start(name));
    await client.send(new StopExecutionCommand({ executionArn: started[1]?.executionArn, cause: 'enough' }));
    // Act
    const names: (string | undefined)[] = [];
    for await (const page of paginateListExecutions({ client, pageSize: 1 }, { stateMachineArn: machine })) {
      names.push(...(page.executions ?? []).map(({ name }) => name));
      if (names.length === 1) await start('d');
    }
    const aborted = await client.send(new ListExecutionsCommand({ stateMachineArn: machine, statusFilter: 'ABORTED' }));
    // Assess
    expect(names).toEqual(['c', 'b', 'a']);
    expect(aborted.executions?.map(({ name }) => name)).toEqual(['b']);
  });

  it('refuses with the exceptions of the service', async () => {
    // Prepare
    const { client, tokens, machine } = await openClient();
    const start = (more: object) =>
      client.send(new StartExecutionCommand({ stateMachineArn: machine, name: 'rel-1-1', ...more }));
    const { executionArn = '' } = await start({ input: '{}' });
    await vi.waitUntil(() => tokens.length === 1);
    // Act and assess
    await expect(start({ input: '{"run":2}' })).rejects.toBeInstanceOf(ExecutionAlreadyExists);
    await expect(start({ name: 'a b' })).rejects.toBeInstanceOf(InvalidName);
    await expect(start({ name: 'n', input: '{' })).rejects.toBeInstanceOf(InvalidExecutionInput);
    await expect(start({ name: 'n', input: `"${'x'.repeat(262_143)}"` })).rejects.toBeInstanceOf(InvalidExecutionInput);
    await expect(start({ stateMachineArn: 'release' })).rejects.toBeInstanceOf(InvalidArn);
    await expect(start({ stateMachineArn: `${machine}s` })).rejects.toBeInstanceOf(StateMachineDoesNotExist);
    const describeNobody = new DescribeExecutionCommand({ executionArn: `${executionArn}-2` });
    await expect(client.send(describeNobody)).rejects.toBeInstanceOf(ExecutionDoesNotExist);
    const answer = (taskToken: string | undefined) =>
      client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
    await expect(answer('x')).rejects.toBeInstanceOf(InvalidToken);
    await client.send(new StopExecutionCommand({ executionArn }));
    await expect(answer(tokens[0])).rejects.toBeInstanceOf(TaskTimedOut);
  });
});
