import { afterEach, describe, expect, it } from 'vitest';
import { openLambdaSleepers } from '../../../adapters/sleepers/lambda-sleepers.ts';
import type { RawRequest } from '../../../lab/aws/endpoint.ts';
import { AwsError, openWireServer } from '../../../lab/aws/wire-server.ts';

describe('Lambda', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  const open = async (answer: (request: RawRequest) => number | AwsError) => {
    const requests: RawRequest[] = [];
    const wire = await openWireServer({
      endpoints: [
        {
          signingName: 'lambda',
          operationOf: () => 'Invoke',
          answer: async request => {
            requests.push(request);
            const result = answer(request);
            if (result instanceof AwsError) throw result;
            return { statusCode: result, body: '' };
          },
        },
      ],
    });
    closers.push(() => wire.close());
    const env = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };
    const sleepers = openLambdaSleepers({ ...env, AWS_ENDPOINT_URL_LAMBDA: wire.url, KEEP_AWAKE: 'arn:one:1,arn:two' });
    return { sleepers, requests };
  };
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:sluice-admit:7';

  it('is asked to call the version, and not waited for', async () => {
    const { sleepers, requests } = await open(() => 202);

    await sleepers.wake(ARN);

    expect(sleepers.functions).toEqual(['arn:one:1', 'arn:two']);
    expect(decodeURIComponent(requests[0]?.path ?? '')).toContain('function:sluice-admit:7/invocations');
    expect(requests[0]?.headers['x-amz-invocation-type']).toBe('Event');
    expect(JSON.parse(requests[0]?.body.toString() ?? '')).toEqual({ sluice: 'stayAwake' });
  });

  it('has woken it where it says that it was asleep', async () => {
    const { sleepers } = await open(() => new AwsError('ResourceNotReadyException', 'The function is inactive', 502));

    await expect(sleepers.wake(ARN)).resolves.toBeUndefined();
  });

  it('that refuses is an error with the function’s name', async () => {
    const { sleepers } = await open(() => new AwsError('AccessDeniedException', 'not authorized', 403));

    await expect(sleepers.wake(ARN)).rejects.toMatchObject({
      name: 'SleeperUnreachableError',
      message: expect.stringMatching(/function:sluice-admit:7: AccessDeniedException/),
    });
  });

  it('has nothing to do where no function is in a VPC', () => {
    expect(openLambdaSleepers({ AWS_REGION: 'eu-west-1' }).functions).toEqual([]);
  });
});
