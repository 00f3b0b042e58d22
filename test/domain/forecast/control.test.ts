import { expect, it } from 'vitest';
import { blindAt } from '../../../domain/forecast/blind-at.ts';
import { foreseen } from '../../../domain/forecast/forecast.ts';
import { proposals } from '../../../domain/forecast/propose.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import { planOf } from '../../adapters/plan-file/plan-text.ts';

const PLAN = `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: blueGreen
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
detect: { ratio: 3, atLeast: 0% }
steps:
  - setWeight: 100
soak: 10m
control: 5
`;
const traffic: Traffic = { requestsPerSecond: 200, failureRate: 0.002, slowRate: 0.01, dispersion: 1 };
const options = { withinSeconds: 3600 };

it('a blue-green plan with a control gets the shortest soak that sees, as it would be written', () => {
  const plan = planOf(PLAN);
  const better = proposals(plan, traffic, options);
  expect(better.map(({ kind, steps }) => [kind, steps])).toEqual([['shortest', [{ kind: 'setWeight', weight: 100 }]]]);
  const [shortest] = better;
  if (shortest === undefined) throw new Error('no proposal');
  // longer than the ten minutes that are too short, and what it promises it keeps in the plan that is written
  expect(shortest.soakSeconds).toBeGreaterThan(600);
  const written = planOf(PLAN.replace('10m', `${shortest.soakSeconds}s`));
  const { effect, healthy } = foreseen(written, traffic, { releases: 300, seed: 4 });
  expect(effect?.fault.failureRate).toBeCloseTo(0.006, 9);
  expect(effect?.found).toBeGreaterThan(0.76);
  expect(healthy.promoted).toBeGreaterThanOrEqual(0.98);
});

it('its soak is called a soak where it is too short', () => {
  const plan = planOf(PLAN);
  const past = { requests: 720_000, bad: [1440], phi: [1], windows: 60, assumed: false };
  expect(blindAt(plan, { errors: past })).toEqual([
    expect.stringMatching(
      /^at 200 requests a second, 95 % weight and 0\.2 % failures on stable, it takes \d+ minutes of data to see a canary that fails 0\.6 % of requests; the soak lasts 10 minutes: it holds/,
    ),
  ]);
});

it('a point more than few failures is seen in the ten minutes: nothing has to be longer', () => {
  const plan = planOf(PLAN.replace('atLeast: 0%', 'atLeast: 1%'));
  const past = { requests: 720_000, bad: [1440], phi: [1], windows: 60, assumed: false };
  expect(blindAt(plan, { errors: past })).toEqual([]);
});
