import type { Env } from '../aws-client-config.ts';
import type { Destinations } from '../outbound/destinations.ts';
import { openCloudWatchSource } from './cloudwatch-source.ts';
import { compositeSource } from './composite-source.ts';
import type { MetricSource } from './metric-source.ts';

/**
 * Every source that a plan can name. Those that most plans do not name are loaded when one does: with their JSONPath they
 * are a tenth of Look's bundle.
 * @param options where the sources of a plan may be; `alarmsEnv` is where alarms are asked, for the lab
 */
export const openMetricSources = (env: Env, options: Destinations & { alarmsEnv?: Env } = {}): MetricSource =>
  compositeSource({
    cloudwatch: openCloudWatchSource(env, options.alarmsEnv),
    prometheus: loadedWhenRead(async () => (await import('./prometheus-source.ts')).prometheusSource(env, options)),
    json: loadedWhenRead(async () => (await import('./json-source.ts')).jsonSource(options)),
  });

function loadedWhenRead(open: () => Promise<MetricSource>): MetricSource {
  let opened: Promise<MetricSource> | undefined;
  return {
    async read(request) {
      opened ??= open();
      return (await opened).read(request);
    },
  };
}
