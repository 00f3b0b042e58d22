import { expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { approval, at, bake, readied, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

/** At 25 % in green, which was given 2 replicas; blue had 4 at admission. */
async function at25(options: { autoscalers?: boolean } = {}) {
  const fakes = await openFakes({ steps: [weight(25), weight(50), weight(100)], metrics: [] });
  if (options.autoscalers === true) {
    fakes.cluster.putAutoscaler(shop, 'blue', 2, 40);
    fakes.cluster.putAutoscaler(shop, 'green', 2, 40);
  }
  await fakes.admitted(...readied(0, 25, 2), ...shifted(20, { from: 0, to: 25 }));
  await fakes.canary(2);
  await fakes.router.setDial(shop, dialFor('green', 25));
  fakes.wait(30);
  return fakes;
}
const green = (fakes: Fakes) => fakes.cluster.readSlot(shop, 'green');
const blue = (fakes: Fakes) => fakes.cluster.readSlot(shop, 'blue');
const intended = async (fakes: Fakes) => (await fakes.facts()).filter(fact => fact.kind === 'sizeIntended').slice(1);

it('leaves a canary with traffic the replicas that its autoscaler or a person gave it, and raises the minimum only', async () => {
  const fakes = await at25({ autoscalers: true });
  fakes.cluster.setReplicas(shop, 'green', 8);
  expect(await fakes.run('size-canary', road)).toMatchObject({
    because: 'green is scaled to 3 for weight 50 %, and keeps the 8 that it has',
  });
  expect(await green(fakes)).toMatchObject({ desired: 8, autoscalerMinimum: 3 });
  // nor is a minimum lowered that somebody raised
  fakes.cluster.putAutoscaler(shop, 'green', 6, 40);
  await fakes.run('size-canary', road);
  expect(await green(fakes)).toMatchObject({ desired: 8, autoscalerMinimum: 6 });
});

it.each([
  ['has turned the dial to it', (fakes: Fakes) => fakes.router.setDial(shop, { blue: 66.7, green: 33.3 })],
  [
    'has made a page of the rule',
    (fakes: Fakes) => [...fakes.router.rules.values()].map(rule => rule.groups.splice(0)),
  ],
])('leaves a canary without a weight its replicas where a person %s', async (_, change) => {
  const fakes = await openFakes({ steps: [weight(100)], metrics: [] });
  fakes.cluster.putAutoscaler(shop, 'green', 2, 40);
  await fakes.admitted();
  await fakes.canary(6);
  fakes.cluster.setReplicas(shop, 'green', 6);
  await change(fakes);
  await fakes.run('size-canary', road);
  expect(await green(fakes)).toMatchObject({ desired: 6 });
});

it('takes from a canary without requests what it has too much', async () => {
  const fakes = await openFakes({ steps: [weight(100)], metrics: [] });
  await fakes.admitted();
  await fakes.canary(6);
  await fakes.run('size-canary', road);
  expect(await green(fakes)).toMatchObject({ desired: 4 });
});

it("gives the canary its share of stable's present size, and stable's minimum follows it", async () => {
  const fakes = await openFakes({ steps: [weight(100)], metrics: [] });
  fakes.cluster.putAutoscaler(shop, 'blue', 2, 40);
  await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  await fakes.run('admit', road);
  await fakes.run('write-canary', road);
  fakes.cluster.setReplicas(shop, 'blue', 20);
  await fakes.run('size-canary', road);
  expect(await green(fakes)).toMatchObject({ desired: 20 });
  expect(await blue(fakes)).toMatchObject({ desired: 20, autoscalerMinimum: 20 });
});

it("raises stable's minimum where stable grew, also where the canary's share stays the same number of pods", async () => {
  const fakes = await openFakes({ steps: [weight(5), weight(100)], metrics: [] });
  fakes.cluster.putAutoscaler(shop, 'blue', 2, 40);
  await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  await fakes.run('admit', road);
  await fakes.run('write-canary', road);
  await fakes.run('size-canary', road);
  const sizedAt = (await fakes.ledger.read('shop')).active?.size?.intendedAtEpochMs;
  fakes.cluster.setReplicas(shop, 'blue', 6);
  fakes.wait(5);
  await fakes.run('read-slot', road);
  expect(await fakes.run('look', road)).toMatchObject({
    kind: 'advance',
    because: 'blue has 6 replicas now: sized again for 5 %',
  });
  await fakes.run('size-canary', road);
  expect(await blue(fakes)).toMatchObject({ autoscalerMinimum: 6 });
  expect(await green(fakes)).toMatchObject({ desired: 1 });
  // the time that the canary has to become ready is not renewed by it, and nobody sizes it for ever
  expect((await fakes.ledger.read('shop')).active?.size?.intendedAtEpochMs).toBe(sizedAt);
  await fakes.run('read-slot', road);
  expect(await fakes.run('look', road)).toMatchObject({ because: '0 of 1 targets healthy in green' });
});

it.each([0, 1])('does not size the canary by a stable that was scaled to %i', async replicas => {
  const fakes = await at25();
  fakes.cluster.setReplicas(shop, 'blue', replicas);
  await fakes.run('size-canary', road);
  expect(await green(fakes)).toMatchObject({ desired: 3 });
});

it('sizes the canary again where stable grew before the shift, and turns nothing until it is ready for that', async () => {
  const fakes = await openFakes({ steps: [weight(100)], metrics: [] });
  await fakes.admitted([0, { kind: 'stepStarted', index: 0 }], ...readied(1, 100, 4));
  await fakes.canary(4);
  fakes.cluster.setReplicas(shop, 'blue', 20);
  fakes.wait(5);
  await fakes.run('read-slot', road);
  // whoever comes first finds it: the step, the look, and the shift itself
  expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'sizeCanary' });
  expect(await fakes.run('look', road)).toMatchObject({
    kind: 'advance',
    because: 'blue has 20 replicas now: sized again for 100 %',
  });
  expect(await fakes.run('shift-traffic', road)).toMatchObject({ kind: 'advance' });
  expect(await fakes.kinds()).not.toContain('shiftIntended');
  await fakes.run('size-canary', road);
  expect(await green(fakes)).toMatchObject({ desired: 20 });
  expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'sizeCanary' });
  // the load balancer has only 4 of them yet
  await fakes.run('read-slot', road);
  expect(await fakes.run('look', road)).toMatchObject({ because: '4 of 20 targets healthy in green' });
  fakes.targets.counts.green.healthy = 20;
  expect(await fakes.run('look', road)).toMatchObject({ kind: 'advance' });
  expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'shiftTraffic' });
});

it('reads the slots again after an approval: what was ready before it was scaled down by hand meanwhile', async () => {
  const fakes = await openFakes({ steps: [approval(), weight(100)], metrics: [] });
  await fakes.admitted(...readied(1, 100, 4), [900, { kind: 'stepDone', index: 0, because: '' }]);
  await fakes.canary(1);
  fakes.wait(901);
  expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'pause', asks: 'cluster' });
  await fakes.run('read-slot', road);
  expect(await fakes.run('look', road)).toMatchObject({ kind: 'advance' });
  expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'sizeCanary' });
  await fakes.run('size-canary', road);
  expect(await green(fakes)).toMatchObject({ desired: 4 });
  expect((await fakes.ledger.read('shop')).active?.readiedForWeight).toBeUndefined();
});

it('writes a size down once, however often it is set: the time to become ready is not renewed', async () => {
  const fakes = await at25();
  await fakes.run('size-canary', road);
  fakes.wait(60);
  await fakes.run('size-canary', road);
  expect(await intended(fakes)).toMatchObject([{ kind: 'sizeIntended', slot: 'green', replicas: 3, weight: 50 }]);
  expect((await fakes.ledger.read('shop')).active?.size?.intendedAtEpochMs).toBe(at(30));
});

it('says that the autoscaler of the canary allows fewer replicas, and does not set a minimum above its maximum', async () => {
  const fakes = await at25();
  fakes.cluster.putAutoscaler(shop, 'green', 1, 2);
  await fakes.run('size-canary', road);
  expect(await green(fakes)).toMatchObject({ desired: 2, autoscalerMinimum: 2 });
  expect(await fakes.run('read-slot', road)).toMatchObject({
    because: 'the autoscaler of green allows at most 2 replicas',
  });
  expect(await fakes.run('look', road)).toMatchObject({
    kind: 'lookAgain',
    because: '2 of 3 pods ready in green: the autoscaler of green allows at most 2 replicas',
  });
  fakes.wait(30 + 600);
  expect(await fakes.run('look', road)).toMatchObject({ kind: 'rollBack', reason: 'notReady' });
});

it('is read at looks in a bake, and only news is written down', async () => {
  const fakes = await openFakes({ steps: [weight(25), bake(600), weight(100)], metrics: [] });
  await fakes.admitted(...readied(0, 25, 2), ...shifted(20, { from: 0, to: 25 }));
  await fakes.canary(2);
  for (const seconds of [60, 120]) {
    fakes.wait(seconds);
    await fakes.run('read-slot', road);
  }
  fakes.cluster.setReplicas(shop, 'blue', 5);
  await fakes.run('read-slot', road);
  const seen = (await fakes.facts()).filter(fact => fact.kind === 'slotSeen').slice(1);
  expect(seen.map(({ stable }) => stable?.desired)).toEqual([4, 5]);
});

it('writes down restarts above those of its start, how a container ended, and replicas that stay missing', async () => {
  const plan = { canaryHealth: { restarts: 3, lostReplicasSeconds: 300 }, metrics: [] };
  const fakes = await openFakes({ ...plan, steps: [weight(25), bake(3_600), weight(100)] });
  await fakes.admitted(...readied(0, 25, 2), ...shifted(20, { from: 0, to: 25 }), [
    30,
    { kind: 'stepStarted', index: 1 },
  ]);
  await fakes.canary(2);
  await fakes.router.setDial(shop, dialFor('green', 25));
  fakes.cluster.lose(shop, 'green', 1);
  for (const seconds of [60, 120, 359]) {
    fakes.wait(seconds);
    await fakes.run('read-slot', road);
    expect(await fakes.run('look', road)).toMatchObject({ kind: 'lookAgain' });
  }
  fakes.wait(360);
  await fakes.run('read-slot', road);
  expect(await fakes.run('look', road)).toMatchObject({
    kind: 'rollBack',
    because: '1 of 2 replicas of green are missing for more than 5m',
  });
  fakes.cluster.lose(shop, 'green', 0);
  fakes.cluster.restart(shop, 'green', [1, 3], 'container app ended with exit code 7');
  await fakes.run('read-slot', road);
  expect((await fakes.facts()).at(-1)).toMatchObject({ restarts: 4, mostRestarts: 3 });
  expect(await fakes.run('look', road)).toMatchObject({
    kind: 'rollBack',
    reason: 'notReady',
    because: 'green restarted 4 times since it was ready, and 3 are borne: container app ended with exit code 7',
  });
});
