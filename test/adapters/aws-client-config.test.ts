import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, it } from 'vitest';
import { awsClientConfig, CALL_DEADLINE_MS, describeFailure } from '../../adapters/aws-client-config.ts';
import { cloudWatchSource } from '../../adapters/metrics/cloudwatch/cloudwatch-source.ts';
import { openCloudWatchLab } from './metrics/cloudwatch/cloudwatch-lab.ts';
import { requestOf as request } from './metrics/metric-source.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

describe('how an SDK client is set up', () => {
  it('gives up before its deadline, and that is below the 20 s of a Lambda', () => {
    const { maxAttempts, requestHandler } = awsClientConfig({}, 'SNS');
    const attemptMs = requestHandler.connectionTimeout + requestHandler.requestTimeout;
    const longestPausesMs = 500 + 1_000; // the SDK's, when throttled: 500 x 2^n
    expect(maxAttempts * attemptMs + longestPausesMs).toBeLessThan(CALL_DEADLINE_MS);
    expect(CALL_DEADLINE_MS).toBeLessThan(20_000);
  });

  it("takes a service's own endpoint before the one of all", () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:2' };
    expect(awsClientConfig(env, 'SNS').endpoint).toBe('http://127.0.0.1:2');
    expect(awsClientConfig(env, 'ECR').endpoint).toBe('http://127.0.0.1:1');
  });

  it('leaves to the SDK what the environment does not say', () => {
    expect(Object.keys(awsClientConfig({}, 'SNS'))).toEqual(['maxAttempts', 'requestHandler']);
    expect(awsClientConfig({ AWS_ACCESS_KEY_ID: 'id only' }, 'SNS')).not.toHaveProperty('credentials');
  });

  it('takes the session token that a Lambda has', () => {
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' };
    expect(awsClientConfig(env, 'SNS').credentials).toEqual({
      accessKeyId: 'a',
      secretAccessKey: 'b',
      sessionToken: 'c',
    });
  });

  it('ends a request that takes too long, rather than warn of it, and tries three times', async () => {
    // Prepare: the real settings but for the wait, which would be 12 s here
    const lab = await openCloudWatchLab();
    const config = awsClientConfig(lab.env, 'CLOUDWATCH');
    const client = new CloudWatchClient({
      ...config,
      requestHandler: { ...config.requestHandler, requestTimeout: 150 },
    });
    closers.push(lab.close, async () => client.destroy());
    lab.faults.delay('GetMetricData', 600_000, Number.POSITIVE_INFINITY);
    // Act, Assess
    await expect(cloudWatchSource(client).read(request())).rejects.toMatchObject({
      name: 'MetricSourceUnreachableError',
      message: expect.stringMatching(/^CloudWatch did not answer: TimeoutError/),
    });
    expect(lab.calls('GetMetricData')).toBe(3);
  });

  it('names a failure as AWS, the SDK or Node does', () => {
    expect(describeFailure(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))).toBe(
      'ECONNREFUSED: refused',
    );
    expect(describeFailure(new TypeError('no URL'))).toBe('TypeError: no URL');
    expect(describeFailure('odd')).toBe('odd');
  });
});
