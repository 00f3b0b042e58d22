import { planOf } from '../../adapters/plan-file/plan-text.ts';

export const NO_4XX =
  'No metric sees answers 4xx: a canary that answers every request with 404, or a third of them with 429, is good in all of them. Compare them with stable: bad: target4xx (CloudWatch), or code=~"4.." (Prometheus).';
/** What is said of every plan. */
export const ALWAYS = [
  "Requests from inside the cluster are not canaried: the team's own Service selects the live slot, and changes after the soak.",
  'With sticky target groups a new weight applies to new clients only: the real shares follow slowly.',
  'A roll back moves new requests to stable in seconds, sticky clients included; long connections (WebSocket, SSE, gRPC) end only when targets are deregistered.',
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
  "A verdict is 2 to 4 minutes late: CloudWatch publishes an ALB's metrics 1 to 3 minutes after their minute. The roll back then takes seconds.";
export const STATUS_ONLY = (names = 'errors') =>
  `${names}: the load balancer sees status and time of an answer, not what is in it, nor that it never ends: an empty 200 is good, and so is one that its client gives up in the middle. A hook, or a metric of the program's own, sees those.`;
export const CEILING_ALONE =
  'errors: at weight 100 there is no stable traffic to compare with. Only the ceiling judges there: it misses a fault below the ceiling, and it takes an outage of everything for a fault of the canary.';
export const WITHIN_MARGIN =
  'errors: a canary that is worse than stable by less than the margin is tolerated. A difference between slots that lasts the whole release (zone, node type) must stay within the margin too, or it is taken for a fault.';
export const NO_SOAK =
  'No soak: stable is scaled down as soon as the last step is over. After that only an undo restores it, which has to scale it up first.';
export const UNANSWERED =
  'any: a program does not count the requests that it never answered (refused, hung, crashed). Only a metric with bad: failedRequests does, which the load balancer counts.';
export const SCRAPES =
  'any: a verdict follows a window within about two scrapes. What a process counts after its last scrape is lost when it ends.';
export const FIXED =
  'any: a fixed limit guarantees no false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.';
export const WAITS = 'A bake before the first weight above 0 only waits: the canary has no traffic to judge.';

/** Of what something is said; the metrics and the rest of the plan; what is said beside ALWAYS. */
export type Row = [of: string, metrics: string[], rest: Parameters<typeof planWith>[1], sentences: string[]];
