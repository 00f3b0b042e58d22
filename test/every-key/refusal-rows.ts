import { PLAN_FILE } from './release-probe.ts';

/** Two plans that differ in the key alone: the first is taken, and with the other value the plan is refused. */
export type RefusalRow = [taken: object, refused: object];

const slow = (idleTimeout: string) => ({
  ...PLAN_FILE,
  idleTimeout,
  metrics: [
    ...PLAN_FILE.metrics,
    {
      name: 'slow',
      source: { kind: 'cloudwatch', bad: { slowerThan: ['90s'] } },
      judge: { kind: 'threshold', successCondition: 'result[0] < 0.05' },
    },
  ],
});

export const REFUSAL_ROWS: Record<string, RefusalRow> = {
  workload: [PLAN_FILE, { ...PLAN_FILE, workload: 'other' }],
  strategy: [PLAN_FILE, { ...PLAN_FILE, strategy: 'blueGreen' }],
  idleTimeout: [slow('5m'), slow('60s')],
};
