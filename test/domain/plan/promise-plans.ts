import { planOf } from '../../adapters/plan-file/plan-text.ts';

/** What is said of every plan. */
export const ALWAYS = [
  "Requests from inside the cluster are not canaried: the team's own Service follows the live slot, its selector moves after the soak.",
  'Where the target groups are sticky a weight holds for new clients only: the shares follow it slowly.',
  'Going back turns new requests away in seconds, sticky clients included; long connections (WebSocket, SSE, gRPC) end only when targets are deregistered.',
];
export const LONG = '[{ setWeight: 5 }, { bake: 1h }, { setWeight: 100 }]';
export const COUNTS = '{ kind: cloudwatch, bad: failedRequests }';
/** A metric, alone in a plan or one of some. */
export const metric = (name: string, judge: string, source = COUNTS) =>
  `{ name: ${name}, source: ${source}${judge === '' ? '' : `, judge: ${judge}`} }`;
export const planWith = (metrics: string[], { steps = LONG, soak = '1h', keys = '', strategy = 'canary' } = {}) =>
  planOf(
    `apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: ${strategy}\ndeadline: 24h\nmetrics: [${metrics.join(', ')}]\nsteps: ${steps}\nsoak: ${soak}\n${keys}\n`,
  );
export const CEILING = '{ kind: sequential, ceiling: 5% }';
export const SCRAPED = '{ kind: prometheus, query: up }';
export const ANY = (source: string, name = 'any') =>
  metric(name, "{ kind: threshold, successCondition: 'result[0] < 1', failureLimit: 1 }", source);
export const steps = (...list: string[]) => ({ steps: `[{ setWeight: 5 }, ${list.join(', ')}, { setWeight: 100 }]` });

export const LATE =
  "A verdict is 2 to 4 minutes late: CloudWatch publishes an ALB's metrics 1 to 3 minutes after their minute. Going back then takes seconds.";
export const CEILING_ALONE =
  'errors: at weight 100 there is no stable version to compare with: only the ceiling judges there, which a fault below it does not reach and an outage of everything does.';
export const WITHIN_MARGIN =
  'errors: a canary less than its margin worse than stable is tolerated, and differences between equal versions that last the whole release (zone, node type) are covered by the margin only.';
export const NO_SOAK =
  'No soak: stable is retired as soon as the last step is over. From then on going back is an undo, which scales stable up first.';
export const SCRAPES =
  'any: a verdict follows a window within about two scrapes. What a process counted after its last scrape dies with it, and a series that appears in a process that ran before is counted from its first sample on.';
export const FIXED =
  'any: a fixed limit that keeps no promised false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.';
export const WAITS = 'A bake before the first weight above 0 only waits: there is no traffic to judge.';

/** Of what something is said; the metrics and the rest of the plan; what is said beside ALWAYS. */
export type Row = [of: string, metrics: string[], rest: Parameters<typeof planWith>[1], sentences: string[]];
