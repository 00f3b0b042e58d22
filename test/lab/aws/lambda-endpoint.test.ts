import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { RouterUnreachableError } from '../../../adapters/router/errors.ts';
import { type LambdaFunction, lambdaEndpoint } from '../../../lab/aws/lambda-endpoint.ts';
import { labClientConfig, openWireServer } from '../../../lab/aws/wire-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

async function openLambda(functions: Record<string, LambdaFunction>) {
  const server = await openWireServer({ endpoints: [lambdaEndpoint(functions)] });
  const client = new LambdaClient(labClientConfig(server.url));
  closers.push(async () => {
    client.destroy();
    await server.close();
  });
  return {
    server,
    async invoke(FunctionName: string, input: Partial<InvokeCommandInput> = {}) {
      const output = await client.send(new InvokeCommand({ FunctionName, ...input }));
      const payload: unknown = JSON.parse(output.Payload?.transformToString() ?? 'null');
      return { status: output.StatusCode, error: output.FunctionError, version: output.ExecutedVersion, payload };
    },
  };
}

describe("the lab's Lambda", () => {
  it('calls the function with the event and answers what it returns', async () => {
    const { invoke } = await openLambda({ look: async event => ({ saw: event }) });
    expect(await invoke('look', { Payload: JSON.stringify({ releaseId: 'r-1', run: 0 }) })).toEqual({
      status: 200,
      error: undefined,
      version: '$LATEST',
      payload: { saw: { releaseId: 'r-1', run: 0 } },
    });
  });

  it.each([
    ['arn:aws:lambda:eu-west-1:123456789012:function:look', '$LATEST'],
    ['arn:aws:lambda:eu-west-1:123456789012:function:look:7', '7'],
    ['123456789012:function:look', '$LATEST'],
    ['look:live', 'live'],
  ])('knows the function by %s', async (name, version) => {
    const { invoke } = await openLambda({ look: async () => 'seen' });
    expect(await invoke(name)).toMatchObject({ payload: 'seen', version });
  });

  it('knows a version by the qualifier beside the name', async () => {
    const { invoke } = await openLambda({ look: async () => 'seen' });
    expect(await invoke('look', { Qualifier: '7' })).toMatchObject({ payload: 'seen', version: '7' });
  });

  it('hands an empty event over as {} and a function that returns nothing as null', async () => {
    const events: unknown[] = [];
    const { invoke } = await openLambda({ look: async event => void events.push(event) });
    expect(await invoke('look')).toMatchObject({ payload: null, error: undefined });
    expect(events).toEqual([{}]);
  });

  it('answers a throw with its name, so that ErrorEquals can name it', async () => {
    const { invoke } = await openLambda({
      shift: async () => {
        throw new RouterUnreachableError('ELB did not answer');
      },
    });
    expect(await invoke('shift')).toEqual({
      status: 200,
      error: 'Unhandled',
      version: '$LATEST',
      payload: {
        errorType: 'RouterUnreachableError',
        errorMessage: 'ELB did not answer',
        trace: expect.arrayContaining([expect.stringMatching(/lambda-endpoint.test/)]),
      },
    });
  });

  it.each(['toString', 'basket'])('has no function %s', async name => {
    const { invoke } = await openLambda({ look: async () => null });
    await expect(invoke(name)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('refuses an event that is not JSON', async () => {
    const { invoke } = await openLambda({ look: async () => null });
    await expect(invoke('look', { Payload: '{' })).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  });

  it('refuses to invoke without waiting', async () => {
    const { invoke } = await openLambda({ look: async () => null });
    await expect(invoke('look', { InvocationType: 'Event' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  it('refuses events and answers above 6 MB', async () => {
    const { invoke } = await openLambda({ look: async () => 'x'.repeat(6_300_000) });
    await expect(invoke('look', { Payload: JSON.stringify('x'.repeat(6_300_000)) })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
    });
    expect(await invoke('look')).toMatchObject({
      error: 'Unhandled',
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });

  it('is asked again when it throttles', async () => {
    const { invoke, server } = await openLambda({ look: async () => 'seen' });
    server.faults.throttle('Invoke', 1);
    expect(await invoke('look')).toMatchObject({ payload: 'seen' });
    expect(server.calls('Invoke')).toBe(2);
  });
});
