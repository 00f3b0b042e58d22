import { requestMetrics } from './alb/request-metrics.ts';

/** Of every kind of router whose requests CloudWatch counts, a line each. */
const REQUEST_METRICS = [requestMetrics] as const;

const VARIABLES = REQUEST_METRICS.flatMap(({ variables }) => Object.entries(variables));

/** What workloads' routers fill into dimensions of CloudWatch. */
export const ROUTER_VARIABLES: readonly string[] = VARIABLES.map(([name]) => name);

/** Whether such a variable says something else of one slot than of the other. */
export const tellsSlots = (variable: string | undefined): boolean =>
  VARIABLES.some(([name, of]) => name === variable && of.tellsSlots);

/** Whether a metric is the time that some router's requests took, in seconds. */
export const isResponseTime = (namespace: string | undefined, name: string | undefined): boolean =>
  REQUEST_METRICS.some(of => of.namespace === namespace && of.names.responseTime === name);
