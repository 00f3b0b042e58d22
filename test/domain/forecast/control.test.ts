import { expect, it } from 'vitest';
import { blindAt } from '../../../domain/forecast/blind-at.ts';
import { foreseenEffect } from '../../../domain/forecast/forecast.ts';
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
detect: { ratio: 3 }
steps:
  - setWeight: 100
soak: 10m
control: 5
`;
const traffic: Traffic = { requestsPerSecond: 200, failureRate: 0.002, slowRate: 0.01, dispersion: 1 };
const options = { releases: 500, seed: 3, withinSeconds: 3600 };

it('a blue-green plan with a control gets the shortest soak that sees, as it would be written', () => {
  const plan = planOf(PLAN);
  const better = proposals(plan, traffic, options);
  expect(better.map(({ kind, steps }) => [kind, steps])).toEqual([['shortest', [{ kind: 'setWeight', weight: 100 }]]]);
  const [shortest] = better;
  if (shortest === undefined) throw new Error('no proposal');
  // longer than the ten minutes that are too short, and what it promises it keeps in the plan that is written
  expect(shortest.soakSeconds).toBeGreaterThan(600);
  const written = planOf(PLAN.replace('10m', `${shortest.soakSeconds}s`));
  expect(foreseenEffect(written, traffic, { ratio: 3, releases: 500, seed: 4 }).found).toBeGreaterThan(0.76);
});

it('its soak is called a soak where it is too short', () => {
  const plan = planOf(PLAN);
  const past = { requests: 720_000, bad: [1440], phi: [1], windows: 60, assumed: false };
  expect(blindAt(plan, { errors: past })).toEqual([
    expect.stringMatching(
      /^at 200 requests a second, 95 % and a failure rate of 0\.2 % a fault of x3 needs \d+ minutes; the soak lasts 10 minutes: it holds/,
    ),
  ]);
});
