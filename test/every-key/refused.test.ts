import { expect, it } from 'vitest';
import { checkPlan } from '../../domain/plan/check-plan.ts';
import { REFUSAL_ROWS } from './refusal-rows.ts';
import { WORKLOAD_FILE, workloadFrom } from './release-probe.ts';

it.each(Object.entries(REFUSAL_ROWS))('%s decides whether the rest of the plan is taken', (_, [taken, refused]) => {
  const workload = workloadFrom(WORKLOAD_FILE);
  expect(checkPlan(taken, workload).kind).toBe('plan');
  expect(checkPlan(refused, workload).kind).toBe('issues');
});
