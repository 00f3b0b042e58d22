import type { Env } from '../aws-client-config.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { writeLine } from './lambda-log.ts';
import type { Sink } from './lines-log.ts';
import type { Meter } from './log.ts';

/**
 * The meter of a Lambda: embedded metric format on standard output, from which CloudWatch makes metrics in the namespace
 * Sluice. By service and function only: a workload or release as a dimension would be a new paid metric each.
 * Each is written at once: a handler call has two or three, and none is lost when the environment is frozen.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @param env AWS_LAMBDA_FUNCTION_NAME, which Lambda sets
 */
export function openMeter(env: Env, write: Sink = writeLine, clock: Clock = systemClock): Meter {
  const name = env.AWS_LAMBDA_FUNCTION_NAME;
  const dimensions = { service: 'sluice', ...(name !== undefined && { function: name }) };
  const put = (metric: string, unit: string, value: number) =>
    write(
      JSON.stringify({
        _aws: {
          Timestamp: clock.now(),
          CloudWatchMetrics: [
            { Namespace: 'Sluice', Dimensions: [Object.keys(dimensions)], Metrics: [{ Name: metric, Unit: unit }] },
          ],
        },
        ...dimensions,
        [metric]: value,
      }),
    );
  return {
    count: (metric, value = 1) => put(metric, 'Count', value),
    milliseconds: (metric, value) => put(metric, 'Milliseconds', value),
  };
}
