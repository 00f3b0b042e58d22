import type { Metric, Plan, Step } from '../../domain/plan/plan.ts';

/** Degraded as soon as a fifth of the canary's requests in one window failed. */
export const errors: Metric = {
  name: 'errors',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: {
    kind: 'threshold',
    failureCondition: 'result[0] > 0.2',
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 4,
    intervalSeconds: 60,
    initialDelaySeconds: 0,
  },
};

export const setWeight = (weight: number): Step => ({ kind: 'setWeight', weight });
export const bake = (seconds: number): Step => ({ kind: 'bake', seconds });

/** The release stays in this step until somebody says go: Story.go. */
export const go: Step = {
  kind: 'approval',
  name: 'go',
  groups: ['leads'],
  required: 1,
  notTheStarter: true,
  withinSeconds: 36_000,
};

/** 20 %, a bake of a minute, 100 %, a soak of a minute. Deadlines far away: this machine may be slow, the lab's clock is not. */
export const planOf = (more: Partial<Plan> = {}): Omit<Plan, 'workload'> => ({
  strategy: 'canary',
  onNewImage: 'queue',
  deadlineSeconds: 100_000,
  progressDeadlineSeconds: 10_000,
  hold: { atMostSeconds: 10_000, then: 'rollBack' },
  windowSeconds: 60,
  metrics: [errors],
  steps: [setWeight(20), bake(60), setWeight(100)],
  soakSeconds: 60,
  notify: [],
  ...more,
});

/** The same without metrics: it goes by time alone. */
export const quickPlan = (more: Partial<Plan> = {}): Omit<Plan, 'workload'> =>
  planOf({ metrics: [], soakSeconds: 0, ...more });
