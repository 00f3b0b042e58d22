import type { Destinations } from '../../domain/addresses/address.ts';
import { lazy } from '../../domain/lazy.ts';
import type { SourceKind } from '../../domain/sources/measure.ts';
import type { Env } from '../aws-client-config.ts';
import { openCloudWatchSource } from './cloudwatch/cloudwatch-source.ts';
import { compositeSource } from './composite-source.ts';
import type { MetricSource } from './metric-source.ts';

/** Where the sources of a plan may be; `alarmsEnv` is where alarms are asked, for the lab. */
export type SourceOptions = Destinations & { alarmsEnv?: Env };

/**
 * Every kind of source, a line each: how it is opened. What most plans do not read is loaded when one does: a Lambda reads no
 * parser of JSONPath at its start. CloudWatch is read by nearly every plan, so at once.
 */
const OPENED: Record<SourceKind, (env: Env, options: SourceOptions) => MetricSource> = {
  cloudwatch: openCloudWatchSource,
  prometheus: (env, options) =>
    loadedWhenRead(async () => (await import('./prometheus/prometheus-source.ts')).openPrometheusSource(env, options)),
  json: (env, options) =>
    loadedWhenRead(async () => (await import('./json/json-source.ts')).openJsonSource(env, options)),
};

/** Every source that a plan can name, as one. */
export function openMetricSources(env: Env, options: SourceOptions = {}): MetricSource {
  const opened = Object.entries(OPENED).map(([kind, open]) => [kind, open(env, options)]);
  return compositeSource(Object.fromEntries(opened) as Record<SourceKind, MetricSource>);
}

function loadedWhenRead(open: () => Promise<MetricSource>): MetricSource {
  const opened = lazy(open);
  return { read: async request => (await opened()).read(request) };
}
