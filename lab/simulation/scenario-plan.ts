import type { Metric, Plan, Step } from '../../domain/plan/plan.ts';
import { BURN_SECONDS, LIMIT_SHARE } from './checks/promises.ts';
import type { Random } from './random.ts';

const PREVIEW = { header: { name: 'x-sluice-preview', value: 'canary' } };
export const HOOK_URL = 'https://hooks.example.com/smoke';

/** A plan of the shapes that teams write. */
export function planOf(random: Random): Plan {
  const isCanary = random.chance(0.8);
  const steps = isCanary ? canarySteps(random) : blueGreenSteps(random);
  const soakSeconds = random.pick([0, 120, 300]);
  const seconds = stepSeconds(steps) + soakSeconds;
  const isTight = random.chance(0.12);
  const metrics = random.chance(0.05) ? [] : [metricOf(random)];
  return {
    workload: 'shop',
    strategy: isCanary ? 'canary' : 'blueGreen',
    onNewImage: random.pick(['queue', 'queue', 'replace', 'reject']),
    deadlineSeconds: isTight ? Math.max(120, Math.round(seconds * 0.4)) : seconds + random.whole(30, 90) * 60,
    progressDeadlineSeconds: random.pick([120, 300, 600]),
    hold: { atMostSeconds: random.pick([120, 600, 1_200]), then: random.pick(['rollBack', 'ask', 'proceed']) },
    windowSeconds: 60,
    ...(isCanary && random.chance(0.7) ? {} : { preview: PREVIEW }),
    metrics,
    steps: steps.filter(step => step.kind !== 'analysis' || metrics.length > 0),
    soakSeconds,
    notify: [{ kind: 'sns', on: ['started', 'approvalNeeded', 'promoted', 'rolledBack', 'rejected', 'held'] }],
  };
}

/** Some plans leave the counting to the sequential judge, and some of those let a healthy canary go on early. */
export function withJudge(plan: Plan, random: Random): Plan {
  const isSequential = random.chance(0.25);
  const isEarly = random.chance(0.3);
  if (!isSequential || plan.metrics.length === 0) return plan;
  return {
    ...plan,
    sequential: { alpha: 0.01, detect: { ratio: 2, power: 0.8 } },
    ...(isEarly ? { promoteEarly: { beta: 0.05, nonInferiority: 2, afterSeconds: 120 } } : {}),
    metrics: plan.metrics.map(({ name, source }) => ({
      name,
      source,
      judge: { kind: 'sequential', margin: 1.25, share: 1, ceiling: LIMIT_SHARE, guard: true },
    })),
  };
}

/** An objective of 99 % over a day: of two minutes 5 % may fail, and of the last of them. */
const BURNS_AT = { objective: 0.99, overSeconds: 86_400, longSeconds: BURN_SECONDS, shortSeconds: 60 };

/** Some plans have a service's objective, whose budget the canary may burn only so fast. */
export function withBurnRate(plan: Plan, random: Random): Plan {
  if (!random.chance(0.12) || plan.metrics.length === 0) return plan;
  const { objective, overSeconds, longSeconds, shortSeconds } = BURNS_AT;
  const budget = (LIMIT_SHARE / (1 - objective)) * (longSeconds / overSeconds);
  const { sequential: _, promoteEarly: __, ...rest } = plan;
  return {
    ...rest,
    metrics: plan.metrics.map(({ name, source }) => ({
      name,
      source,
      judge: {
        kind: 'burnRate',
        objective,
        overSeconds,
        windows: [{ longSeconds, shortSeconds, budget }],
        minRequests: 20,
      },
    })),
  };
}

/** Most plans judge the canary by its pods as well. */
export function withCanaryHealth(plan: Plan, random: Random): Plan {
  if (!random.chance(0.7)) return plan;
  return { ...plan, canaryHealth: { restarts: random.pick([0, 3]), lostReplicasSeconds: random.pick([60, 300]) } };
}

/** How long a plan takes where nothing is the matter, in seconds. */
export const planSeconds = (plan: Plan): number => stepSeconds(plan.steps) + plan.soakSeconds + 300;

const stepSeconds = (steps: Step[]): number =>
  steps
    .map(step => {
      if (step.kind === 'bake') return step.seconds;
      if (step.kind === 'analysis') return step.count * 60 + 120;
      return step.kind === 'setWeight' ? 120 : 180;
    })
    .reduce((sum, seconds) => sum + seconds, 0);

function canarySteps(random: Random): Step[] {
  const weights = random.pick([[100], [50, 100], [10, 100], [33.3, 100], [5, 25, 100], [0, 20, 100]]);
  return weights.flatMap((weight, index): Step[] => {
    const setWeight: Step = { kind: 'setWeight', weight };
    return index === weights.length - 1
      ? [...gates(random, 0.25), setWeight]
      : [...gates(random, 0.12), setWeight, between(random)];
  });
}

const blueGreenSteps = (random: Random): Step[] => [...gates(random, 0.5), { kind: 'setWeight', weight: 100 }];

const between = (random: Random): Step =>
  random.chance(0.8)
    ? { kind: 'bake', seconds: random.pick([60, 180, 300, 600]) }
    : { kind: 'analysis', metrics: ['errors'], count: random.whole(1, 4) };

function gates(random: Random, probability: number): Step[] {
  const steps: Step[] = [];
  if (random.chance(probability)) {
    const retries = random.whole(0, 2);
    const name = `smoke-${random.whole(1, 1e6)}`;
    steps.push({ kind: 'hook', name, url: HOOK_URL, timeoutSeconds: random.pick([30, 120]), retries });
  }
  if (random.chance(probability)) {
    steps.push({
      kind: 'approval',
      name: `go-live-${random.whole(1, 1e6)}`,
      groups: ['leads'],
      required: random.pick([1, 1, 2]),
      notTheStarter: random.chance(0.5),
      withinSeconds: random.pick([600, 3_600]),
    });
  }
  return steps;
}

function metricOf(random: Random): Metric {
  const source = { kind: 'cloudwatch', measure: { kind: 'failedRequests' } } as const;
  if (random.chance(0.2)) {
    const judge = { kind: 'relative', max: 5, failureLimit: 1, minRequests: 20, ceiling: LIMIT_SHARE } as const;
    return { name: 'errors', source, judge };
  }
  return {
    name: 'errors',
    source,
    judge: {
      kind: 'threshold',
      failureCondition: `result[0] > ${LIMIT_SHARE}`,
      failureLimit: random.pick([0, 0, 1]),
      inconclusiveLimit: 0,
      consecutiveErrorLimit: 4,
      intervalSeconds: 60,
      initialDelaySeconds: 0,
    },
  };
}
