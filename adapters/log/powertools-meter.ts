import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Env } from '../aws-client-config.ts';
import type { Meter } from './log.ts';

/**
 * The meter of a Lambda: embedded metric format on standard output, from which CloudWatch makes metrics in the namespace
 * Sluice. By service and function only: a workload or release as a dimension would be a new paid metric each.
 * Each is written at once: a handler call has two or three, and none is lost when the environment is frozen.
 * @param env AWS_LAMBDA_FUNCTION_NAME, which Lambda sets
 */
export function openMeter(env: Env): Meter {
  const functionName = env.AWS_LAMBDA_FUNCTION_NAME;
  const metrics = new Metrics({
    namespace: 'Sluice',
    serviceName: 'sluice',
    ...(functionName !== undefined && { defaultDimensions: { function: functionName } }),
  });
  return {
    count: (name, value = 1) => void metrics.addMetric(name, 'Count', value).publishStoredMetrics(),
    milliseconds: (name, value) => void metrics.addMetric(name, 'Milliseconds', value).publishStoredMetrics(),
  };
}
