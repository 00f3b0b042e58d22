import type { Slot } from '../dial.ts';

/** What CloudWatch counts of a slot's requests, whoever publishes it. */
export interface RequestMetricNames {
  requests: string;
  answers2xx: string;
  answers3xx: string;
  answers4xx: string;
  answers5xx: string;
  /** Connections that no pod took. */
  connectionErrors: string;
  /** In seconds. */
  responseTime: string;
}

/** Where a kind of router has its requests counted in CloudWatch. */
export interface RequestMetrics<Routing = { kind: string }> {
  namespace: string;
  names: RequestMetricNames;
  /**
   * The dimensions of a slot's series.
   * @throws TypeError the routing does not say
   */
  dimensions(routing: Routing, slot: Slot): Record<string, string>;
  /** What dimensions of a plan may name as `${variable}`, and whether it says something else of one slot than of the other. */
  readonly variables: Readonly<Record<string, { tellsSlots: boolean }>>;
  /** Their values. @throws as dimensions */
  values(routing: Routing, slot: Slot): Record<string, string>;
}
