import { expect, it } from 'vitest';
import { checkPlanInput } from '../../../adapters/plan-file/check-plan-input.ts';
import { checkWorkload } from '../../../domain/workload-file.ts';

const planWith = (characters: number) => ({
  apiVersion: 'sluice/v1',
  kind: 'Plan',
  workload: 'shop',
  strategy: 'canary',
  deadline: '2h',
  metrics: Array.from({ length: 20 }, (_, index) => ({
    name: `depth-${index}`,
    source: { kind: 'prometheus', query: `up{job="${'x'.repeat(characters / 20)}"}` },
    judge: { kind: 'threshold', failureCondition: 'result[0] > 0.5' },
  })),
  steps: [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 100 }],
  soak: '15m',
});

it('a plan that would not fit into a ledger is refused where it comes in, with its size', () => {
  expect(checkPlanInput(planWith(5_000)).kind).toBe('plan');
  // what is a little too large is read with its defaults, and says so
  const larger = checkPlanInput(planWith(16_000));
  expect(larger).toMatchObject({
    issues: [{ found: expect.stringMatching(/^a plan of [12]\d(?:\.\d)? kB \(as JSON/) }],
  });
  const checked = checkPlanInput(planWith(43_000));
  expect(checked).toMatchObject({
    kind: 'issues',
    issues: [
      {
        path: [],
        found: 'a plan of more than 32 kB',
        expected: 'at most 16 kB',
      },
    ],
  });
});

it('so is a workload', () => {
  const arn = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
  const input = {
    apiVersion: 'sluice/v1',
    kind: 'Workload',
    name: 'shop',
    cluster: { name: 'prod', namespace: 'shop' },
    deployment: 'shop',
    container: 'app',
    repositories: Array.from({ length: 100 }, (_, index) => ({ name: `shop/${'x'.repeat(100)}${index}`, tags: '*' })),
    router: {
      kind: 'alb',
      rules: [`${arn}:listener-rule/app/shop/1/2/3`],
      targetGroups: { blue: `${arn}:targetgroup/blue/1`, green: `${arn}:targetgroup/green/1` },
    },
  };
  expect(checkWorkload(input)).toMatchObject({
    kind: 'issues',
    issues: [{ found: expect.stringMatching(/^a workload of 1\d\.?\d* kB/), expected: 'at most 10 kB' }],
  });
});
