import type { Plan } from '../../domain/plan/plan.ts';
import type { WorkloadSources } from '../../domain/sources/plan-registry.ts';
import { prometheusFacts } from '../../domain/sources/prometheus/facts.ts';

/** Names of the metrics that a plan reads from Prometheus: with one the lab needs a real one. */
export const scrapedMetrics = ({ metrics }: Pick<Plan, 'metrics'>): string[] =>
  metrics.filter(({ source }) => source.kind === prometheusFacts.kind).map(({ name }) => name);

/** What a workload of the lab says of the Prometheus at this address. */
export const sourcesAt = (url: string): WorkloadSources => ({ prometheus: { url, sigv4: false } });
