import type { Env } from '../aws-client-config.ts';
import { openCloudWatchSource } from './cloudwatch-source.ts';
import { compositeSource } from './composite-source.ts';
import { jsonSource } from './json-source.ts';
import type { MetricSource } from './metric-source.ts';
import { prometheusSource } from './prometheus-source.ts';

/** Every source that a plan can name. @param options.loopback allows addresses on this computer, for the lab only */
export const openMetricSources = (env: Env, options: { loopback?: boolean } = {}): MetricSource =>
  compositeSource({
    cloudwatch: openCloudWatchSource(env),
    prometheus: prometheusSource(env, options),
    json: jsonSource(options),
  });
