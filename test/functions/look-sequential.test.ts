import { expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { forecast } from '../../domain/forecast/forecast.ts';
import type { Metric, Plan } from '../../domain/plan/plan.ts';
import { at, bake, type Line, planOf, readied, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

const errors: Metric = {
  name: 'errors',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: { kind: 'sequential', margin: 1.25, share: 1, guard: true, ceiling: 'auto' },
};
const plan: Partial<Plan> = {
  metrics: [errors],
  sequential: { alpha: 0.01, detect: { ratio: 2, power: 0.8 } },
  steps: [weight(10), bake(300), weight(100)],
  soakSeconds: 300,
  notify: [{ kind: 'sns', on: ['started'] }],
};
const BLIND =
  'at 16.7 requests a second, 10 % weight and 1 % failures on stable, it takes more than 6 h 40 min of data to see a canary that fails 2 % of requests; this bake lasts 5 minutes: it holds for 10 minutes and then rolls back (noEvidence)';
const look = (fakes: Fakes) => fakes.run('look', road);

async function opened(...ledgerLines: Line[]) {
  const fakes = await openFakes(plan);
  await fakes.admitted(...ledgerLines);
  await fakes.canary(1);
  return fakes;
}

/** The stable version's last hour and a half: 5 and 15 of 1000 bad in turn. */
function publishPast(fakes: Fakes) {
  for (let minute = 1; minute <= 93; minute += 1) {
    const target5xx = minute % 2 === 0 ? 5 : 15;
    fakes.metrics.publish('blue', at(-60 * minute), { good: 1000 - target5xx, target5xx });
  }
}

it("writes down once what the stable version's past says, before the canary gets traffic", async () => {
  const fakes = await opened(...readied(0, 10));
  publishPast(fakes);
  await look(fakes);
  await look(fakes);
  const seen = (await fakes.facts()).filter(fact => fact.kind === 'baselineSeen');
  expect(seen).toEqual([
    {
      kind: 'baselineSeen',
      baseline: { errors: { windows: 90, requests: 90_000, bad: [900], phi: [expect.closeTo(7, 6)], assumed: false } },
      blind: [BLIND],
    },
  ]);
});

it('warns before the first weight where the plan cannot see what it wants to see, in the words of the forecast', async () => {
  const fakes = await opened(...readied(0, 10));
  publishPast(fakes);
  await look(fakes);
  // 16.7 requests a second, 1 % of them failed, five times as noisy as chance
  const traffic = { requestsPerSecond: 90_000 / 5_400, failureRate: 0.01, slowRate: 0.01, dispersion: 5 };
  const foreseen = forecast({ ...planOf(plan) }, traffic, { releases: 1, seed: 1, faults: [] });
  expect(foreseen.blind).toEqual([BLIND]);
  expect(fakes.notifier.notices.map(({ message }) => JSON.parse(message).because)).toEqual([
    `the plan is blind: ${BLIND}`,
  ]);
  expect(fakes.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'the plan is blind' }));
});

it('asks again at the next look where the past could not be read, and goes on without', async () => {
  const fakes = await opened(...readied(0, 10));
  fakes.metrics.breakWith('Throttling');
  await look(fakes);
  expect(await fakes.kinds()).not.toContain('baselineSeen');
  fakes.metrics.breakWith(undefined);
  await look(fakes);
  expect(await fakes.kinds()).toContain('baselineSeen');
});

it('reads no past once the canary has traffic: what it would say is no longer about before', async () => {
  const fakes = await opened(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }));
  await fakes.router.setDial(shop, dialFor('green', 10));
  fakes.wait(30);
  await look(fakes);
  expect(await fakes.kinds()).not.toContain('baselineSeen');
});

it('freezes the ceiling once, when the canary has all the traffic', async () => {
  const ledgerLines: Line[] = [
    ...readied(0, 10),
    ...shifted(20, { from: 0, to: 10 }),
    [30, { kind: 'stepStarted', index: 1 }],
    [330, { kind: 'stepDone', index: 1, because: 'good' }],
    ...readied(330, 100, 4),
    ...shifted(355, { from: 10, to: 100 }),
    [360, { kind: 'soakStarted' }],
  ];
  const fakes = await opened(...ledgerLines);
  await fakes.router.setDial(shop, dialFor('green', 100));
  for (let minute = 1; minute <= 5; minute += 1) {
    fakes.metrics.publish('green', at(60 * minute), { good: 99, target5xx: 1 });
    fakes.metrics.publish('blue', at(60 * minute), { good: 891, target5xx: 9 });
  }
  for (let minute = 6; minute <= 8; minute += 1)
    fakes.metrics.publish('green', at(60 * minute), { good: 990, target5xx: 10 });
  for (const seconds of [570, 580, 590]) {
    fakes.wait(seconds);
    await look(fakes);
  }
  const frozen = (await fakes.facts()).filter(fact => fact.kind === 'ceilingsFrozen');
  expect(frozen).toHaveLength(1);
  // four or five minutes of 9 in 900: 1 %, whose upper bound is well above, and 10 failures in 300 s of 1000 a minute: 0.2 %
  const [ceiling = 0] = frozen[0]?.kind === 'ceilingsFrozen' ? (frozen[0].ceilings.errors ?? []) : [];
  expect(ceiling).toBeGreaterThan(0.0125);
  expect(ceiling).toBeLessThan(0.025);
});
