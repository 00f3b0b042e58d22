import { durationText } from '../file/units.ts';
import type { Workload } from '../workload.ts';
import { mostWeight } from './control.ts';
import type { Metric, Plan, SequentialJudgeSpec } from './plan.ts';
import { ofOtherJudges } from './promises-other-judges.ts';

/**
 * How late a verdict on a CloudWatch window is: points arrive 1 to 3 minutes after the minute, and a window is judged
 * once two reads agree (docs/design.md, "Metrics and judgement").
 */
const LATEST_VERDICT_SECONDS = 240;
const EARLIEST_VERDICT_SECONDS = 120;
/** Two looks, or two scrapes of 30 s, after a window's end. */
const EARLIEST_OF_PROMETHEUS_SECONDS = 20;
const LATEST_OF_PROMETHEUS_SECONDS = 60;

/** Each a sentence: what someone who reads this plan might think it promises, and it does not. */
export function cannotPromise(plan: Plan, workload?: Workload): string[] {
  return [...ofJudging(plan), ...ofStays(plan), ...ofTheEnd(plan), ...ofTraffic(plan, workload)];
}

function ofJudging(plan: Plan): string[] {
  if (plan.metrics.length === 0) {
    return ['No metric: nothing judges. Only readiness, hooks, approvals and people can stop this release.'];
  }
  const notes = ofSources(plan);
  notes.push(...ofSequential(plan));
  notes.push(...ofOtherJudges(plan));
  const limited = plan.metrics.filter(
    ({ judge }) => judge.kind !== 'alarm' && 'failureLimit' in judge && judge.failureLimit === 0,
  );
  if (limited.length > 0) {
    notes.push(
      `${names(limited)}: failureLimit 0 rolls back on the first bad window. How often that happens to a healthy release is not known: no false-alarm rate is promised.`,
    );
  }
  const tolerant = plan.metrics.filter(({ judge }) => 'failureLimit' in judge && judge.failureLimit > 0);
  if (tolerant.length > 0) {
    notes.push(
      `${names(tolerant)}: a fixed limit that keeps no promised false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.`,
    );
  }
  const blind = plan.metrics.filter(({ judge }) => judge.kind === 'relative' && judge.ceiling === undefined);
  if (blind.length > 0) {
    notes.push(
      `${names(blind)}: without a ceiling a relative judge sees nothing at weight 100, where there is no stable traffic to compare with.`,
    );
  }
  const stricter = plan.metrics.filter(({ judge }) => judge.kind === 'relative' && (judge.max ?? 1) < 1);
  if (stricter.length > 0)
    notes.push(
      `${names(stricter)}: max below 1 asks the canary to be better than stable; an equal one is rolled back.`,
    );
  const values = plan.metrics.filter(
    ({ source, judge }) => judge.kind === 'relative' && source.measure.kind === 'percentile',
  );
  if (values.length > 0) {
    notes.push(
      `${names(values)}: a percentile of few requests jumps about, and minRequests applies to counts only. { slowerThan: [1s] } counts slow requests instead.`,
    );
  }
  return notes;
}

/** docs/statistics.md: what the sequential judge cannot see. */
function ofSequential(plan: Plan): string[] {
  const sequential = plan.metrics.flatMap(({ name, judge }) => (judge.kind === 'sequential' ? [{ name, judge }] : []));
  if (sequential.length === 0) return [];
  const notes: string[] = [];
  const of = (test: (judge: SequentialJudgeSpec) => boolean) => sequential.filter(({ judge }) => test(judge));
  const alone = of(judge => judge.ceiling !== undefined);
  if (alone.length > 0) {
    notes.push(
      `${names(alone)}: at weight 100 there is no stable version to compare with: only the ceiling judges there, which a fault below it does not reach and an outage of everything does.`,
    );
  }
  const blind = of(judge => judge.ceiling === undefined);
  if (blind.length > 0 && mostWeight(plan.steps) === 100) {
    notes.push(`${names(blind)}: without a ceiling a sequential judge says nothing new at weight 100.`);
  }
  const bare = of(judge => !judge.guard);
  if (bare.length > 0) {
    notes.push(
      `${names(bare)}: with the guard off the promise on false roll backs holds for independent failures only; retries and clumped ones break it.`,
    );
  }
  notes.push(
    `${names(sequential)}: a canary less than its margin worse than stable is tolerated, and differences between equal versions that last the whole release (zone, node type) are covered by the margin only.`,
  );
  return notes;
}

function ofSources(plan: Plan): string[] {
  const of = (test: (metric: Metric) => boolean) => plan.metrics.filter(test);
  const notes: string[] = [];
  if (of(({ source }) => source.kind === 'cloudwatch').length > 0) {
    notes.push(
      "A verdict is 2 to 4 minutes late: CloudWatch publishes an ALB's metrics 1 to 3 minutes after their minute. Going back then takes seconds.",
    );
  }
  const scraped = of(({ source }) => source.kind === 'prometheus');
  if (scraped.length > 0) {
    notes.push(
      `${names(scraped)}: a verdict follows a window within about two scrapes. What a process counted after its last scrape dies with it, and a series that appears in a process that ran before is counted from its first sample on.`,
    );
  }
  const buckets = of(({ source }) => source.measure.kind === 'histogram');
  if (buckets.length > 0) {
    notes.push(
      `${names(buckets)}: counted above the nearest bound that the histogram has; each verdict says which where it is not the wanted one.`,
    );
  }
  const endpoints = of(({ source }) => source.kind === 'json');
  if (endpoints.length > 0) {
    notes.push(`${names(endpoints)}: says what the endpoint says when a window is over, not what was so during it.`);
  }
  const alarms = of(({ source }) => source.measure.kind === 'alarm');
  if (alarms.length > 0) {
    notes.push(`${names(alarms)}: an alarm does not know the canary from the rest. Whatever sets it off rolls back.`);
  }
  const bands = of(({ source }) => source.measure.kind === 'band');
  if (bands.length > 0) {
    notes.push(
      `${names(bands)}: a band of 2 standard deviations leaves out one healthy window in twenty, and a model that is still learning says nothing.`,
    );
  }
  return notes;
}

/** Per weight: how long the dial surely stays there, and whether that is long enough for a window to be judged. */
function ofStays(plan: Plan): string[] {
  if (plan.metrics.length === 0) return [];
  const notes: string[] = [];
  const stays = staysOf(plan);
  const judged = stays.filter(({ weight }) => weight > 0);
  const { earliest, latest } = lateness(plan);
  const none = judged.filter(({ seconds }) => seconds < plan.windowSeconds + earliest);
  const some = judged.filter(stay => !none.includes(stay) && stay.seconds < plan.windowSeconds + latest);
  const weights = (list: typeof stays) =>
    list.map(({ weight, seconds }) => `${weight} (${durationText(seconds)})`).join(', ');
  if (none.length > 0) {
    notes.push(
      `Weight ${weights(none)}: shorter than a window and the delay of its metrics (${durationText(plan.windowSeconds + earliest)} at least). Nothing frozen of this weight is judged before the dial moves on.`,
    );
  }
  if (some.length > 0) {
    notes.push(
      `Weight ${weights(some)}: a window of this weight may be judged only after the dial has moved on, when the metrics are late (up to ${durationText(plan.windowSeconds + latest)}).`,
    );
  }
  if (stays.some(({ weight, bakes }) => weight === 0 && bakes)) {
    notes.push('A bake before the first weight above 0 only waits: there is no traffic to judge.');
  }
  return notes;
}

/** Of the quickest source: what one metric has seen is judged, whatever the others wait for. */
const lateness = (plan: Plan): { earliest: number; latest: number } =>
  plan.metrics.every(({ source }) => source.kind === 'cloudwatch')
    ? { earliest: EARLIEST_VERDICT_SECONDS, latest: LATEST_VERDICT_SECONDS }
    : { earliest: EARLIEST_OF_PROMETHEUS_SECONDS, latest: LATEST_OF_PROMETHEUS_SECONDS };

interface Stay {
  weight: number;
  seconds: number;
  bakes: boolean;
}

function staysOf(plan: Plan): Stay[] {
  let stay: Stay = { weight: 0, seconds: 0, bakes: false };
  const stays = [stay];
  for (const step of plan.steps) {
    if (step.kind === 'setWeight') {
      stay = { weight: step.weight, seconds: 0, bakes: false };
      stays.push(stay);
    } else if (step.kind === 'bake') {
      stay.seconds += step.seconds;
      stay.bakes = true;
    } else if (step.kind === 'analysis') stay.seconds = Number.POSITIVE_INFINITY; // it waits for measurements
  }
  stay.seconds += plan.soakSeconds;
  // At 100 without a soak ofTheEnd says what there is to say.
  return stays.filter(({ weight, seconds }) => weight < 100 || seconds > 0);
}

function ofTheEnd(plan: Plan): string[] {
  const notes: string[] = [];
  const most = mostWeight(plan.steps);
  if (most < 100) {
    notes.push(
      `control: the last ${100 - most} % of the requests move at the end of the soak, when stable is retired: a fault that only they show is seen by nobody.`,
    );
  } else if (plan.soakSeconds === 0) {
    notes.push(
      'No soak: stable is retired as soon as the last step is over. From then on going back is an undo, which scales stable up first.',
    );
  }
  if (plan.hold.then === 'proceed')
    notes.push('hold.then: proceed goes on although the metrics could not tell good from bad.');
  if (plan.steps.some(step => step.kind === 'approval'))
    notes.push('The deadline does not run while an approval is open.');
  if (plan.steps.some(step => step.kind === 'hook' && step.url.startsWith('http:'))) {
    notes.push('A hook over http: whoever is on the way can read it and answer it.');
  }
  if (plan.strategy === 'blueGreen' && plan.preview === undefined) {
    notes.push(
      'No preview: before the cut-over the load balancer has no way to the new revision for hooks and people.',
    );
  }
  return notes;
}

function ofTraffic(plan: Plan, workload: Workload | undefined): string[] {
  const notes = [
    insideTheCluster(workload),
    'Where the target groups are sticky a weight holds for new clients only: the shares follow it slowly.',
    'Going back turns new requests away in seconds, sticky clients included; long connections (WebSocket, SSE, gRPC) end only when targets are deregistered.',
  ];
  if (plan.preview !== undefined && workload === undefined) {
    notes.push(
      "Whether the router can do a preview depends on the workload's previewRule: check with --workload FILE.",
    );
  }
  if (workload?.connections === 'drain') {
    notes.push(
      `connections: drain. After a roll back long connections to the canary may live on for ${durationText(workload.maxDrainSeconds)}.`,
    );
  }
  if (workload?.backgroundWork === 'safe') {
    notes.push(
      'backgroundWork: safe. Queue consumers of the canary work at full share from its first pod on, whatever the dial says.',
    );
  }
  return notes;
}

function insideTheCluster(workload: Workload | undefined): string {
  const notCanaried = 'Requests from inside the cluster are not canaried:';
  if (workload !== undefined && workload.service === undefined) {
    return `${notCanaried} the workload names no service, so nothing moves them to the live slot.`;
  }
  return `${notCanaried} the team's own Service follows the live slot, its selector moves after the soak.`;
}

const names = (metrics: readonly Pick<Metric, 'name'>[]): string => metrics.map(metric => metric.name).join(', ');
