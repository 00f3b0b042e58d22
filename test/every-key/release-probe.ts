import { checkPlan } from '../../domain/plan/check-plan.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Workload, WorkloadOf } from '../../domain/workload.ts';
import { checkWorkload } from '../../domain/workload-file.ts';
import type { AllDeps } from '../../functions/lambda/handlers.ts';
import type { Act, Scenario } from '../../lab/simulation/scenario.ts';
import { simulate } from '../../lab/simulation/simulate.ts';
import type { Quality } from '../../lab/simulation/world/quality.ts';
import { isEffect } from '../functions/crash-after.ts';

/*
 * What a plan and a workload do: one release by the real handlers and the real machines, in the simulator, and every effect of
 * it in order. The plan and the workload themselves, of which lines and calls carry copies, are left out of what is compared.
 */

export const WORKLOAD_FILE = {
  apiVersion: 'sluice/v1',
  kind: 'Workload',
  name: 'shop',
  cluster: { name: 'prod', namespace: 'default' },
  deployment: 'shop',
  container: 'app',
  repositories: [{ name: 'shop', tags: 'v*' }],
  router: {
    kind: 'alb',
    rules: [arnOf('listener-rule/app/shop/1/2/3')],
    targetGroups: { blue: arnOf('targetgroup/shop-blue/1'), green: arnOf('targetgroup/shop-green/2') },
    previewRule: arnOf('listener-rule/app/shop/1/2/4'),
  },
};

function arnOf(resource: string): string {
  return `arn:aws:elasticloadbalancing:eu-west-1:123456789012:${resource}`;
}

export const PLAN_FILE = {
  apiVersion: 'sluice/v1',
  kind: 'Plan',
  workload: 'shop',
  strategy: 'canary',
  deadline: '4h',
  hold: { atMost: '5m', then: 'rollBack' },
  metrics: [
    {
      name: 'errors',
      source: { kind: 'cloudwatch', bad: 'failedRequests' },
      judge: { kind: 'threshold', successCondition: 'result[0] < 0.05', failureLimit: 0, inconclusiveLimit: 1 },
    },
  ],
  steps: [{ setWeight: 10 }, { bake: '5m' }, { setWeight: 100 }],
  soak: '5m',
  notify: [{ kind: 'sns', on: ['promoted', 'rolledBack', 'held', 'approvalNeeded'] }],
};

/** What there is besides the plan. */
export interface HandlerCase {
  quality?: Quality;
  requestsPerSecond?: number;
  hookAnswers?: Scenario['hookAnswers'];
  /** After the start of the first image. */
  acts?: Act[];
  approverEveryMs?: number;
  clientsSeconds?: number;
}

export const planFrom = (file: object, workload?: Workload): Plan => {
  const checked = checkPlan(file, workload);
  if (checked.kind !== 'plan') throw new Error(JSON.stringify(checked.issues));
  return checked.plan;
};
export const workloadFrom = (file: object): WorkloadOf<'alb'> => {
  const checked = checkWorkload(file);
  if (checked.kind !== 'workload') throw new Error(JSON.stringify(checked.issues));
  return checked.workload as WorkloadOf<'alb'>;
};

const NO_FAULTS: Scenario['faults'] = {
  call: { refused: 0, answerLost: 0, diesBefore: 0, diesAfter: 0, slow: 0 },
  invocation: { throttled: 0, answerLost: 0, twice: 0, again: 0, slowStart: 0, halfway: 0 },
  event: { lost: 0, twice: 0, late: 0 },
};

/** Every effect of a release of this plan, one to a line, with its second. */
export async function effectsOf(
  planFile: object,
  workloadFile: object = WORKLOAD_FILE,
  handlerCase: HandlerCase = {},
): Promise<string[]> {
  const workload = workloadFrom(workloadFile);
  const images = ['1', '2'].map(digit => ({
    tag: `v${digit}`,
    digest: `sha256:${digit.repeat(64)}`,
    quality: handlerCase.quality ?? { kind: 'good' as const },
  }));
  const scenario: Scenario = {
    seed: 1,
    startEpochMs: 1_700_000_040_000,
    workload,
    plan: planFrom(planFile, workload),
    images,
    stableReplicas: 4,
    autoscalerMinimum: 2,
    podTimes: { readyMs: [5_000, 5_000], healthyMs: [2_000, 2_000] },
    draining: { connectionsSeconds: 30, clientsSeconds: handlerCase.clientsSeconds ?? 0 },
    traffic: {
      requestsPerSecond: handlerCase.requestsPerSecond ?? 100,
      lateMs: [20_000, 25_000],
      growsForMs: 0,
      missingShare: 0,
      noiseShare: 0,
    },
    hookAnswers: handlerCase.hookAnswers ?? ['passed'],
    acts: [{ atMs: 1_000, action: { kind: 'start', image: 0, by: 'ann' } }, ...(handlerCase.acts ?? [])],
    ...(handlerCase.approverEveryMs !== undefined && { approverEveryMs: handlerCase.approverEveryMs }),
    faults: NO_FAULTS,
    outages: [],
    quietAtMs: 3 * 3_600_000,
    eventsBefore: 0,
  };
  const effects: string[] = [];
  const startedMs = scenario.startEpochMs;
  const watched = (deps: AllDeps): AllDeps =>
    Object.fromEntries(
      Object.entries(deps).map(([port, methods]) => [
        port,
        typeof methods !== 'object' || methods === null
          ? methods
          : new Proxy(methods as object, {
              get(target, method) {
                const member: unknown = Reflect.get(target, method);
                if (typeof member !== 'function' || typeof method !== 'string') return member;
                return (...args: unknown[]) => {
                  if (isEffect(port, method) || port === 'hooks' || port === 'alarms') {
                    const second = Math.round((Date.now() - startedMs) / 1000);
                    effects.push(`${second} ${port}.${method} ${textOf(args)}`);
                  }
                  return Reflect.apply(member, target, args);
                };
              },
            }),
      ]),
    ) as unknown as AllDeps;
  await simulate(scenario, { deps: watched });
  return effects;
}

/** Copies of the two files, and what follows from their bytes alone. */
const LEFT_OUT = new Set(['plan', 'workload', 'router', 'lastHash', 'previousHash', 'hash', 'state']);

function textOf(args: unknown[]): string {
  const isWorkload = (arg: unknown) =>
    typeof arg === 'object' && arg !== null && 'targetGroups' in Object(Reflect.get(arg, 'router'));
  const told = args.filter(arg => !isWorkload(arg));
  return JSON.stringify(told, (key, value: unknown) => {
    if (LEFT_OUT.has(key)) return undefined;
    const isState = typeof value === 'object' && value !== null && 'ended' in value;
    return isState ? undefined : value;
  });
}
