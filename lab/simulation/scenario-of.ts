import type { Fact } from '../../domain/ledger/facts.ts';
import type { WorkloadOf } from '../../domain/workload.ts';
import { HAND_OVER_AT } from '../../functions/lambda/history.ts';
import { type Random, randomOf } from './random.ts';
import type { Act, FaultRates, Outage, Scenario, SimulatedImage, System } from './scenario.ts';
import { planOf, planSeconds, withBurnRate, withCanaryHealth, withJudge } from './scenario-plan.ts';
import type { Quality } from './world/quality.ts';

const MINUTE_MS = 60_000;
/** A whole minute since the epoch. */
const EPOCH_MS = 1_700_000_040_000;

/** Everything that the seed decides before the first event. */
export function scenarioOf(seed: number): Scenario {
  const random = randomOf(seed, 'scenario');
  const later = randomOf(seed, 'scenario, what came later'); // so that older seeds keep their traces
  const worse = randomOf(seed, 'scenario, what is worse');
  const close = pushesOf(worse);
  const last = randomOf(seed, 'scenario, what came last');
  const counted = withJudge(planOf(random), later);
  const plan = withCanaryHealth(withBurnRate(counted, randomOf(seed, 'scenario, an objective')), last);
  const images = Array.from({ length: random.whole(1, 3) }, (_, index) => imageOf(index, qualityOf(random))).map(
    image => (last.chance(0.07) ? { ...image, quality: flapping(last) } : image),
  );
  const level = random.pick(['none', 'light', 'light', 'heavy', 'heavy', 'heavy'] as const);
  // a plan takes its time; faults and people are there for longer than that, and then it is quiet
  const lastsMs = Math.round(planSeconds(plan) * 1000 * (0.8 + random.next()));
  const quietAtMs = lastsMs + random.whole(5, 30) * MINUTE_MS;
  const hasAutoscaler = random.chance(0.5);
  return {
    seed,
    startEpochMs: EPOCH_MS + random.whole(0, 59_999),
    workload: workloadOf(random),
    plan,
    images,
    stableReplicas: random.whole(1, 6),
    ...(hasAutoscaler ? { autoscalerMinimum: random.whole(1, 3) } : {}),
    podTimes: { readyMs: [2_000, random.pick([10_000, 60_000])], healthyMs: [1_000, random.pick([5_000, 20_000])] },
    draining: {
      connectionsSeconds: random.pick([0, 30, 300]),
      clientsSeconds: random.pick([0, 0, 60]),
    },
    traffic: trafficOf(random),
    hookAnswers: random.pick([
      ['passed'],
      ['passed'],
      ['running', 'running', 'passed'],
      ['unreachable', 'passed'],
      ['failed'],
      ['unreachable'],
      ['running'],
    ] as Scenario['hookAnswers'][]),
    acts: [
      ...actsOf(random, { images, quietAtMs, calm: level === 'none' && random.chance(0.5) }),
      ...manualChangesOf(worse, quietAtMs, level !== 'none'),
      ...editsOf(last, { images, quietAtMs, calm: level === 'none' }),
      ...(level !== 'none' && randomOf(seed, 'scenario, another template').chance(0.08)
        ? [{ atMs: 0, action: { kind: 'editTemplate', at: 'stepStarted' } as const }]
        : []),
      ...atNoReturn(randomOf(seed, 'scenario, at the door'), { images, quietAtMs, calm: level === 'none' }),
    ].map(close),
    ...(random.chance(0.85) ? { approverEveryMs: random.whole(20, 600) * 1000 } : {}),
    faults: level === 'none' ? NO_FAULTS : ratesOf(random, level === 'light' ? 0.002 : 0.009),
    outages:
      level === 'none'
        ? []
        : [...outagesOf(random, quietAtMs), ...slowOnes(worse, quietAtMs), ...fullAccount(last, quietAtMs)],
    quietAtMs,
    ...(later.chance(0.08) ? { isNew: true } : {}),
    ...(last.chance(0.25) ? { namesLiveAlone: true } : {}),
    ...worseOf(worse, quietAtMs, level !== 'none'),
    eventsBefore: random.chance(0.15) ? HAND_OVER_AT - random.whole(12, 40) * 28 : 0,
  };
}

function workloadOf(random: Random): WorkloadOf<'alb'> {
  const rules = Array.from({ length: random.pick([1, 1, 2]) }, (_, index) => `arn:rule/shop-${index}`);
  return {
    name: 'shop',
    cluster: { name: 'prod', namespace: 'default' },
    deployment: 'shop',
    container: 'app',
    repositories: [{ name: 'shop', tags: 'v*' }],
    router: {
      kind: 'alb',
      rules,
      targetGroups: { blue: 'arn:tg/shop-blue', green: 'arn:tg/shop-green' },
      previewRule: 'arn:rule/shop-preview',
    },
    backgroundWork: 'none',
    connections: random.pick(['cut', 'drain']),
    maxDrainSeconds: random.pick([0, 60, 900]),
    ...(random.chance(0.4) ? { alarms: ['shop-errors'] } : {}),
  };
}

const imageOf = (index: number, quality: Quality): SimulatedImage => ({
  tag: `v${index + 1}`,
  digest: `sha256:${String(index + 1).repeat(64)}`,
  quality,
});

function qualityOf(random: Random): Quality {
  const number = random.next();
  if (number < 0.5) return { kind: 'good' };
  const failureShare = random.pick([0.08, 0.2, 0.5, 1]);
  const passes = random.chance(0.3) ? { forMs: random.whole(2, 5) * MINUTE_MS } : {};
  if (number < 0.7) return { kind: 'bad', afterMs: 0, failureShare, ...passes };
  if (number < 0.85) return { kind: 'bad', afterMs: random.whole(1, 30) * MINUTE_MS, failureShare, ...passes };
  if (number < 0.92) return { kind: 'neverReady' };
  return { kind: 'dies', afterMs: random.whole(5, 900) * 1000 };
}

const flapping = (random: Random): Quality => ({
  kind: 'flaps',
  afterMs: random.whole(2, 120) * 1000,
  everyMs: random.pick([15, 30, 90, 200]) * 1000,
  pods: random.pick(['all', 'one', 'one']),
});

const trafficOf = (random: Random): Scenario['traffic'] => {
  const earliestMs = random.pick([20_000, 60_000, 120_000]);
  return {
    requestsPerSecond: random.pick([0.5, 20, 100, 100]),
    lateMs: [earliestMs, earliestMs + random.pick([5_000, 50_000])],
    growsForMs: random.pick([0, 5_000, 40_000]),
    missingShare: random.pick([0, 0, 0, 0.1, 0.5]),
    noiseShare: random.pick([0, 0.3, 1]),
  };
};

interface ActsScene {
  images: SimulatedImage[];
  quietAtMs: number;
  calm: boolean;
}

function actsOf(random: Random, { images, quietAtMs, calm }: ActsScene): Act[] {
  const sometime = () => random.whole(0, Math.floor(quietAtMs * 0.9));
  const acts: Act[] = images.map((_, image) => {
    const atMs = image === 0 ? random.whole(0, 60_000) : sometime();
    const isStarted = random.chance(0.5);
    return isStarted
      ? { atMs, action: { kind: 'start', image, by: random.pick(['ann', 'bob', 'pipeline']) } }
      : { atMs, action: { kind: 'push', image, announced: !random.chance(0.2) } };
  });
  const maybe = (probability: number, action: () => Act['action']) => {
    if (random.chance(probability)) acts.push({ atMs: sometime(), action: action() });
  };
  if (!calm) {
    for (let i = 0; i < 2; i += 1) maybe(0.12, () => ({ kind: 'abort', by: random.pick(['ann', 'bob']) }));
    maybe(0.4, () => ({
      kind: 'abortAt',
      by: 'cho',
      fact: random.pick(['readied', 'shiftIntended', 'shiftIntended', 'soakDone', 'soakDone', 'retiring']),
      afterMs: random.whole(0, 400),
    }));
    maybe(0.25, () => ({ kind: 'undo', by: 'ann' }));
    maybe(0.25, () => ({ kind: 'start', image: random.whole(0, images.length - 1), by: 'ann' }));
    maybe(0.12, () => ({
      kind: 'turnDial',
      weight: random.pick([0, 10, 33.3, 100]),
      backAfterMs: random.whole(5, 1_200) * 1000,
    }));
    for (const machine of ['release', 'rollBack', 'rollBack'] as const) {
      maybe(0.12, () => ({ kind: 'stopExecution', machine }));
    }
    maybe(0.3, () => ({ kind: 'alarm', forMs: random.whole(30, 900) * 1000, announced: random.chance(0.5) }));
    for (const slot of ['blue', 'green'] as const) {
      maybe(0.12, () => ({ kind: 'targetsFail', slot, forMs: random.whole(10, 400) * 1000 }));
    }
    maybe(0.15, () => ({ kind: 'turnBack', by: 'dan', afterMs: random.whole(0, 120) * 1000 }));
    // people who come with the answer to another question, or too late
    maybe(0.3, () => ({ kind: 'approve', by: 'eve', groups: ['leads'], about: random.pick(['active', 'before']) }));
  }
  return acts.sort((a, b) => a.atMs - b.atMs);
}

const NO_FAULTS: FaultRates = {
  call: { refused: 0, answerLost: 0, diesBefore: 0, diesAfter: 0, slow: 0 },
  invocation: { throttled: 0, answerLost: 0, twice: 0, again: 0, slowStart: 0, halfway: 0 },
  event: { lost: 0, twice: 0, late: 0 },
};

const ratesOf = (random: Random, rate: number): FaultRates => {
  const about = () => rate * 2 * random.next();
  return {
    call: { refused: about(), answerLost: about(), diesBefore: about(), diesAfter: about(), slow: about() },
    invocation: {
      throttled: about() * 2,
      answerLost: about() * 2,
      twice: about() * 4,
      again: about() * 4,
      slowStart: about() * 2,
      halfway: rate * 2,
    },
    event: { lost: 0.2 * random.next(), twice: 0.4 * random.next(), late: 0.4 * random.next() },
  };
};

/** In some worlds all pushes come within seconds of each other. */
function pushesOf(random: Random): (act: Act) => Act {
  const isClose = random.chance(0.15);
  const apart = [random.whole(0, 20_000), random.whole(0, 20_000), random.whole(0, 20_000)];
  return act => {
    const { action } = act;
    if (!isClose || (action.kind !== 'push' && action.kind !== 'start')) return act;
    return { ...act, atMs: 20_000 + (apart[action.image] ?? 0) };
  };
}

/** What the world and its people do beside the release: people at rule and cluster, traffic that grows, alarms at every moment. */
function manualChangesOf(random: Random, quietAtMs: number, isRough: boolean): Act[] {
  const acts: Act[] = [];
  const sometime = () => random.whole(0, Math.floor(quietAtMs * 0.8));
  const maybe = (probability: number, action: () => Act['action']) => {
    if (random.chance(probability)) acts.push({ atMs: sometime(), action: action() });
  };
  for (let i = 0; i < 2; i += 1) maybe(0.4, () => ({ kind: 'autoscale', times: random.pick([0.5, 1, 1.5, 3]) }));
  if (!isRough) return acts;
  const backAfterMs = () => random.whole(10, 900) * 1000;
  // for so long that a person has to hear of it
  maybe(0.06, () => ({ kind: 'targetsFail', slot: 'blue', forMs: random.whole(40, 90) * 60_000 }));
  maybe(0.06, () => ({ kind: 'changeRule', to: random.pick(['liveAlone', 'page']), backAfterMs: backAfterMs() }));
  maybe(0.08, () => ({
    kind: 'scaleByHand',
    slot: random.pick(['live', 'idle']),
    replicas: random.pick([0, 1]),
    backAfterMs: backAfterMs(),
  }));
  maybe(0.15, () => ({
    kind: 'alarmAt',
    fact: random.pick(['requested', 'admitted', 'readied', 'shiftIntended', 'soakStarted', 'soakDone', 'retiring']),
    afterMs: random.whole(0, 2_000),
    forMs: random.whole(60, 900) * 1000,
    announced: random.chance(0.5),
  }));
  return acts;
}

/** What is changed under a release: its slot, the Deployment that it was made of, its alarms. */
function editsOf(random: Random, { images, quietAtMs, calm }: ActsScene): Act[] {
  if (calm) return [];
  const acts: Act[] = [];
  const maybe = (probability: number, action: () => Act['action']) => {
    if (random.chance(probability)) acts.push({ atMs: random.whole(0, Math.floor(quietAtMs * 0.8)), action: action() });
  };
  maybe(0.12, () => ({ kind: 'editImage' }));
  for (let i = 0; i < 2; i += 1) {
    maybe(0.15, () => ({
      kind: 'editTemplate',
      ...(random.chance(0.6) && {
        start: { image: random.whole(0, images.length - 1), by: 'ann', afterMs: random.whole(0, 60_000) },
      }),
    }));
  }
  maybe(0.25, () => ({
    kind: 'abortAt',
    by: 'cho',
    fact: random.pick(['canaryIntended', 'sizeIntended', 'sizeIntended']),
    afterMs: random.whole(0, 2_000),
    ...(random.chance(0.7) && { slowsCluster: true as const }),
  }));
  for (let i = 0; i < 2; i += 1) {
    maybe(0.4, () => ({ kind: 'autoscale', times: random.pick([1.5, 3]), slot: 'canary' }));
  }
  maybe(0.1, () => ({ kind: 'deleteAlarms', forMs: random.whole(30, 900) * 1000 }));
  return acts;
}

/** At the last moment at which something can still be taken back. */
function atNoReturn(random: Random, { quietAtMs, calm }: ActsScene): Act[] {
  if (calm) return [];
  const atMs = random.whole(0, Math.floor(quietAtMs * 0.3));
  const number = random.next();
  const abort = (fact: Fact['kind'], ms: [number, number]): Act => ({
    atMs,
    action: { kind: 'abortAt', by: 'dan', fact, afterMs: random.whole(...ms) },
  });
  if (number < 0.12) return [abort('soakDone', [0, 1_500])];
  const backAfterMs = random.whole(300, 1_200) * 1000;
  if (number <= 0.32) {
    const at = number < 0.2 ? 'soakDone' : 'dialRestored';
    return [{ atMs, action: { kind: 'turnDial', weight: random.pick([0, 50]), backAfterMs, at } }];
  }
  if (number <= 0.7) return [];
  if (number <= 0.8) {
    const change: Act = { atMs, action: { kind: 'changeRule', to: 'liveAlone', backAfterMs, at: 'soakStarted' } };
    return [change, abort('soakStarted', [5_000, 40_000])];
  }
  const at = random.pick(['soakStarted', 'soakStarted', 'retiring'] as const);
  return [{ atMs, action: { kind: 'scaleByHand', slot: 'live', replicas: 1, backAfterMs, at } }];
}

/** Slow systems, gaps in what arrives, nodes without room, clocks that are apart, and another version on the same ledger. */
function worseOf(random: Random, quietAtMs: number, isRough: boolean): Partial<Scenario> {
  const span = (seconds: readonly number[]) => {
    const fromMs = random.whole(0, Math.floor(quietAtMs * 0.8));
    return { fromMs, untilMs: Math.min(quietAtMs, fromMs + random.pick(seconds) * 1000) };
  };
  const ledger = random.chance(0.12) ? ({ ledger: 'dynamodb' } as const) : {};
  const newerLines = random.chance(0.15) ? { newerLines: 0.03 } : {};
  if (!isRough) return { ...ledger, ...newerLines };
  return {
    ...ledger,
    ...newerLines,
    ...(random.chance(0.2) && { clockSkewMs: random.pick([500, 2_000, 5_000]) }),
    ...(random.chance(0.25) && {
      gaps: [{ ...span([120, 600, 1_200]), reconciler: random.chance(0.5) }],
    }),
    ...(random.chance(0.1) && { noRoom: [span([60, 300, 900])] }),
  };
}

/** Some systems are slow for minutes. */
const slowOnes = (random: Random, quietAtMs: number): Outage[] =>
  SYSTEMS.filter(() => random.chance(0.05)).map(system => {
    const fromMs = random.whole(0, Math.floor(quietAtMs * 0.8));
    const untilMs = Math.min(quietAtMs, fromMs + random.pick([60, 180, 300]) * 1000);
    return { system, fromMs, untilMs, share: random.pick([1, 0.5]), isSlow: true };
  });

/** For minutes no function runs, whatever it is for. */
function fullAccount(random: Random, quietAtMs: number): Outage[] {
  if (!random.chance(0.15)) return [];
  const fromMs = random.whole(0, Math.floor(quietAtMs * 0.8));
  const untilMs = Math.min(quietAtMs, fromMs + random.pick([40, 120, 600, 1_200]) * 1000);
  return [{ system: 'account', fromMs, untilMs, share: random.pick([1, 1, 0.8]) }];
}

const SYSTEMS: System[] = [
  'ledger',
  'cluster',
  'loadBalancer',
  'metrics',
  'executions',
  'registry',
  'hooks',
  'notifier',
];

function outagesOf(random: Random, quietAtMs: number): Outage[] {
  return SYSTEMS.filter(() => random.chance(0.2)).map(system => {
    const fromMs = random.whole(0, Math.floor(quietAtMs * 0.8));
    const lastsMs = random.pick([20, 60, 300, 900]) * 1000;
    return { system, fromMs, untilMs: Math.min(quietAtMs, fromMs + lastsMs), share: random.pick([1, 1, 0.5]) };
  });
}
