import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { awsClientConfig } from '../../../../adapters/aws-client-config.ts';
import { cloudWatchSource } from '../../../../adapters/metrics/cloudwatch/cloudwatch-source.ts';
import type { Traffic } from '../../../../adapters/metrics/cloudwatch/fake-traffic.ts';
import type { Slot } from '../../../../domain/dial.ts';
import { cloudWatchEndpoint } from '../../../../lab/aws/cloudwatch-endpoint.ts';
import type { Publishing } from '../../../../lab/aws/cloudwatch-publishing.ts';
import { openWireServer } from '../../../../lab/aws/wire-server.ts';
import { loadBalancerArn, publishedMetrics, targetGroupArns } from '../../../lab/aws/published-metrics.ts';
import { NOON } from '../metric-source.contract.ts';

/** The real client, set up as in the product, against the lab's CloudWatch on a clock that the test sets. */
export async function openCloudWatchLab(options: Partial<Publishing> & { pageSize?: number } = {}) {
  const { pageSize, ...publishing } = options;
  const published = publishedMetrics();
  const clock = { epochMs: NOON + 3_600_000, now: () => clock.epochMs };
  const endpoint = cloudWatchEndpoint({
    loadBalancer: { arn: loadBalancerArn, metrics: published.metrics },
    clock,
    publishing: { lateSeconds: 0, growsForSeconds: 0, growFrom: 1, ...publishing },
    ...(pageSize !== undefined && { pageSize }),
  });
  const server = await openWireServer({ endpoints: [endpoint] });
  const env = {
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
  };
  const client = new CloudWatchClient(awsClientConfig(env, 'CLOUDWATCH'));
  return {
    env,
    clock,
    client,
    published,
    faults: server.faults,
    calls: server.calls,
    series: endpoint.series,
    own: endpoint.own,
    source: cloudWatchSource(client),
    /** As an ALB would count it: nothing where it is 0. */
    publish(slot: Slot, minuteEpochMs: number, traffic: Traffic): void {
      const { good = 0, target5xx = 0, connectionErrors = 0, withoutAnswer = 0, responseTimes = [] } = traffic;
      // where nothing is said of them a part of the good ones, so that a family that is not read is seen
      const { target3xx = Math.floor(good / 3), target4xx = Math.floor(good / 4) } = traffic;
      const answered = good + (traffic.target3xx ?? 0) + (traffic.target4xx ?? 0);
      const counts = {
        RequestCount: answered + target5xx + connectionErrors + withoutAnswer,
        HTTPCode_Target_2XX_Count: answered - target3xx - target4xx,
        HTTPCode_Target_3XX_Count: target3xx,
        HTTPCode_Target_4XX_Count: target4xx,
        HTTPCode_Target_5XX_Count: target5xx,
        TargetConnectionErrorCount: connectionErrors,
      };
      for (const [name, count] of Object.entries(counts))
        if (count > 0) published.count(name, targetGroupArns[slot], minuteEpochMs, count);
      published.responseTimes(targetGroupArns[slot], minuteEpochMs, responseTimes);
    },
    async close(): Promise<void> {
      client.destroy();
      await server.close();
    },
  };
}
