import type { Traffic } from '../../../domain/forecast/traffic.ts';
import { checkPlan } from '../../../domain/plan/check-plan.ts';
import type { Plan } from '../../../domain/plan/plan.ts';

/** As a team writes them, read by the product. */
export const ERRORS = { name: 'errors', source: { kind: 'cloudwatch', bad: 'failedRequests' } };
export const SEQUENTIAL = { ...ERRORS, judge: { kind: 'sequential', ceiling: 'auto' } };
const STEPS = [{ setWeight: 5 }, { bake: '5m' }, { setWeight: 25 }, { bake: '10m' }, { setWeight: 100 }];

export function planOf(more: object = {}): Plan {
  const file = { apiVersion: 'sluice/v1', kind: 'Plan', workload: 'checkout', strategy: 'canary' };
  const read = checkPlan({ ...file, metrics: [SEQUENTIAL], steps: STEPS, soak: '15m', ...more });
  if (read.kind === 'issues') throw new Error(JSON.stringify(read.issues));
  return read.plan;
}
export const traffic = (requestsPerSecond: number, failureRate: number): Traffic => ({
  requestsPerSecond,
  failureRate,
  slowRate: 0.01,
  dispersion: 1,
});
