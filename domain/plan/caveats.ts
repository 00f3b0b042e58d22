import { durationText } from '../file/units.ts';
import { JUDGE_PLANS } from '../judges/plan-registry.ts';
import { DEFAULT_ROUTER, routerOf } from '../routers/plan-registry.ts';
import { sees4xx } from '../sources/measure.ts';
import { SOURCE_PLANS, sourcePlanOf } from '../sources/plan-registry.ts';
import { factsOf, STEP_PLANS } from '../steps/plan-registry.ts';
import type { Workload } from '../workload.ts';
import type { Metric, Plan } from './plan.ts';
import { mostWeight, releaseSteps } from './release-steps.ts';

/** Each a sentence: what someone who reads this plan might think it promises, and it does not. */
export function caveats(plan: Plan, workload?: Workload): string[] {
  return [
    ...ofJudging(plan),
    ...weightCaveats(plan),
    ...endCaveats(plan),
    ...of4xx(plan),
    ...ofTraffic(plan, workload),
  ];
}

function ofJudging(plan: Plan): string[] {
  if (plan.metrics.length === 0) {
    return ['No metric: nothing judges. Only readiness, hooks, approvals and people can stop this release.'];
  }
  return [...ofSources(plan), ...ofJudges(plan)];
}

/** A version that no longer knows its paths, or turns clients away, answers quickly and without a 5xx. */
function of4xx({ metrics }: Plan): string[] {
  if (metrics.length === 0 || metrics.some(({ source }) => sees4xx(source.measure))) return [];
  return [
    'No metric sees answers 4xx: a canary that answers every request with 404, or a third of them with 429, is good in all of them. Compare them with stable: bad: target4xx (CloudWatch), or code=~"4.." (Prometheus).',
  ];
}

/** What each kind of judge says of its metrics; what is true of several is said once, with the names of all. */
function ofJudges(plan: Plan): string[] {
  const { metrics } = plan;
  const said = JUDGE_PLANS.flatMap(kind => {
    const all = metrics.filter(({ judge }) => judge.kind === kind.kind);
    const each = all.map(metric => kind.caveats(metric, { all, mostWeight: mostWeight(plan) }));
    const places = Math.max(0, ...each.map(sentences => sentences.length));
    return Array.from({ length: places }, (_, place) =>
      all.map(({ name }, index) => ({ name, sentence: each[index]?.[place] ?? false })),
    ).flat();
  });
  const sentences = new Set(said.flatMap(({ sentence }) => (sentence === false ? [] : [sentence])));
  return [...sentences].map(sentence => {
    const own = new Set(said.filter(one => one.sentence === sentence).map(({ name }) => name));
    return `${names(metrics.filter(({ name }) => own.has(name)))}: ${sentence}`;
  });
}

function ofSources({ metrics, steps }: Plan): string[] {
  const hasHook = steps.some(step => factsOf(step).seesAnswers === true);
  return SOURCE_PLANS.flatMap(one => {
    const own = metrics.filter(({ source }) => source.kind === one.facts.kind);
    return one.caveats(own, metrics, hasHook);
  });
}

/** Per weight: how long the dial surely stays there, and whether that is long enough for a window to be judged. */
function weightCaveats(plan: Plan): string[] {
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
      `Weight ${weights(none)}: shorter than a window and the delay of its metrics (${durationText(plan.windowSeconds + earliest)} at least). No window of this weight is judged before the next weight.`,
    );
  }
  if (some.length > 0) {
    notes.push(
      `Weight ${weights(some)}: when the metrics are late (up to ${durationText(plan.windowSeconds + latest)}) no window of this weight is judged before the next weight.`,
    );
  }
  if (stays.some(({ weight, bakes }) => weight === 0 && bakes)) {
    notes.push('A bake before the first weight above 0 only waits: the canary has no traffic to judge.');
  }
  return notes;
}

/** Of the quickest source: what one metric has seen is judged, whatever the others wait for. */
const lateness = ({ metrics }: Plan): { earliest: number; latest: number } =>
  metrics
    .map(({ source }) => sourcePlanOf(source.kind).verdictSeconds)
    .reduce((quickest, one) => (one.latest < quickest.latest ? one : quickest));

interface Stay {
  weight: number;
  seconds: number;
  bakes: boolean;
}

function staysOf(plan: Plan): Stay[] {
  const { steps, soakSeconds } = releaseSteps(plan, 'normal');
  let stay: Stay = { weight: 0, seconds: 0, bakes: false };
  const stays = [stay];
  for (const step of steps) {
    const { weight, seconds, measures } = factsOf(step);
    if (weight !== undefined) {
      stay = { weight, seconds: 0, bakes: false };
      stays.push(stay);
    }
    if (seconds !== undefined) {
      stay.seconds += seconds;
      stay.bakes = true;
    }
    if (measures !== undefined) stay.seconds = Number.POSITIVE_INFINITY; // it waits for measurements
  }
  stay.seconds += soakSeconds;
  // At 100 without a soak endCaveats says what there is to say.
  return stays.filter(({ weight, seconds }) => weight < 100 || seconds > 0);
}

function endCaveats(plan: Plan): string[] {
  const notes: string[] = [];
  const most = mostWeight(plan);
  if (most < 100) {
    notes.push(
      `control: the last ${100 - most} % of the requests move at the end of the soak, when stable is scaled down. A fault that only these requests show is not seen.`,
    );
  } else if (plan.soakSeconds === 0) {
    notes.push(
      'No soak: stable is scaled down as soon as the last step is over. After that only an undo restores it, which has to scale it up first.',
    );
  }
  if (plan.hold.then === 'proceed')
    notes.push('hold.then: proceed continues although the metrics could not tell good from bad.');
  const kinds = STEP_PLANS.filter(({ kind }) => plan.steps.some(step => step.kind === kind));
  notes.push(...kinds.flatMap(({ caveats = [] }) => caveats));
  if (plan.strategy === 'blueGreen' && plan.preview === undefined) {
    notes.push(
      'No preview: before the switch hooks and people cannot reach the new version through the load balancer.',
    );
  }
  return notes;
}

function ofTraffic(plan: Plan, workload: Workload | undefined): string[] {
  const kind = workload === undefined ? DEFAULT_ROUTER : routerOf(workload.router);
  const notes = [...kind.caveats(workload)];
  if (kind.can.goesBackThrough === 'cluster') {
    notes.push(
      `The router '${kind.kind}' goes back through the cluster: while the Kubernetes API does not answer, no request goes back to stable, and it is tried again until it does. Only a router of a load balancer promises a way back without the cluster.`,
    );
  }
  if (plan.preview !== undefined && workload === undefined) {
    notes.push(
      "Whether the router can do a preview depends on the workload's previewRule: check with --workload FILE.",
    );
  }
  if (workload?.connections === 'drain') {
    notes.push(
      `connections: drain. After a roll back long connections to the canary may stay open for ${durationText(workload.maxDrainSeconds)}.`,
    );
  }
  if (workload?.backgroundWork === 'safe') {
    notes.push(
      'backgroundWork: safe. Queue consumers of the canary take their full share of the work from its first pod on, whatever the traffic weight is.',
    );
  }
  return notes;
}

const names = (metrics: readonly Pick<Metric, 'name'>[]): string => metrics.map(metric => metric.name).join(', ');
