import { describe, expect, it } from 'vitest';
import { ClusterRefusedError } from '../../adapters/cluster/errors.ts';
import { statusText } from '../../cli/status-text.ts';
import { dialFor } from '../../domain/dial.ts';
import { slotLabels } from '../../domain/slot/slot-labels.ts';
import { admissionOf, bake, requested, shop, weight } from '../support/story.ts';
import { scheduled } from './scenes.ts';
import { named, openWorld, template, type World } from './world.ts';

/*
 * The team's own Service, by which callers inside the cluster come in, follows the live slot. kubectl apply merges the file's
 * selector into it, and then it selects no pod.
 */

const HOUR = 3_600;
const workload = { ...shop, service: 'shop' };
const road = { releaseId: 'shop-2', run: 1 };
const merged = { app: 'shop', ...slotLabels(shop, 'green') };
const REPAIR = 'npx sluice record-live shop --slot green';
const BECAUSE = `Service shop (app=shop, sluice.dev/workload=shop, sluice.dev/slot=green) selects no pod of green, which is live: callers inside the cluster find none of its pods. To point it at green again: ${REPAIR}`;

/** shop-1 was promoted to green, at which the Service points; shop-2 is requested. */
async function promoted() {
  const world = await openWorld({
    steps: [weight(25), bake(4 * HOUR), weight(100)],
    metrics: [],
    deadlineSeconds: 6 * HOUR,
  });
  const { plan } = await world.workloads.read('shop');
  await world.workloads.register({ workload, plan });
  await world.tell(
    [0, requested({ plan, workload })],
    [0, { kind: 'admitted', admission: admissionOf() }],
    [1, { kind: 'closed', outcome: 'promoted', because: 'live' }],
  );
  await world.canary(4);
  await world.router.setDial(shop, dialFor('green', 100));
  world.cluster.putService(workload, 'shop');
  await world.cluster.pointService(workload, 'green', 3);
  world.wait(60);
  return world;
}

/** shop-2 is at its bake of some hours. */
async function baking() {
  const world = await promoted();
  await world.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
  await world.run('admit', road);
  await world.run('write-canary', road);
  await world.run('next-step', road);
  await world.run('size-canary', road);
  world.targets.counts.blue.healthy = 2;
  await world.tell(
    [61, { kind: 'readied', weight: 25 }, { releaseId: 'shop-2' }],
    [
      62,
      { kind: 'shiftIntended', from: { blue: 0, green: 100 }, to: { blue: 25, green: 75 }, weight: 25 },
      { releaseId: 'shop-2' },
    ],
    [63, { kind: 'shiftConfirmed', dial: { blue: 25, green: 75 }, weight: 25 }, { releaseId: 'shop-2' }],
    [64, { kind: 'stepStarted', index: 1 }, { releaseId: 'shop-2' }],
  );
  await world.router.setDial(shop, { blue: 25, green: 75 });
  world.wait(90);
  return world;
}

/** A pass of the loop: the cluster is asked, then it looks. */
async function pass(world: World) {
  await world.run('read-slot', road);
  return world.run('look', road);
}
const pages = (world: World) => world.notifier.notices.map(({ message }) => JSON.parse(message).because);
const findings = async (world: World) => (await world.facts()).filter(({ kind }) => kind === 'finding');
const status = async (world: World) =>
  statusText('shop', (await world.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1], {
    paste: command => `npx sluice ${command}`,
  });

describe("the team's Service that selects no pod of the live slot", () => {
  it('is found at admission, which begins the release all the same, and a person gets the command', async () => {
    const world = await promoted();
    world.cluster.selectBy(workload, 'shop', merged);
    await world.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    expect(await world.run('admit', road)).toMatchObject({ kind: 'admitted' });
    expect(pages(world)).toEqual([BECAUSE]);
    expect(await status(world)).toContain(`found      since 2023-11-14 22:15 UTC: ${BECAUSE}\n`);
  });

  it('is found while a release bakes, paged once and then each hour, and the release goes on', async () => {
    const world = await baking();
    world.cluster.selectBy(workload, 'shop', merged);
    for (let seconds = 90; seconds <= 90 + 2 * HOUR; seconds += 300) {
      world.wait(seconds);
      expect(await pass(world)).toMatchObject({ kind: 'lookAgain' });
      await world.run('reconcile', scheduled);
    }
    expect(await findings(world)).toEqual([{ kind: 'finding', what: 'service', because: BECAUSE }]);
    expect(pages(world)).toEqual([BECAUSE, BECAUSE, BECAUSE]);
  });

  it('is told by the reconciler where whoever found it died before it could', async () => {
    const world = await baking();
    world.cluster.selectBy(workload, 'shop', merged);
    await world.run('read-slot', road);
    expect(pages(world)).toEqual([]);
    await world.run('reconcile', scheduled);
    expect(pages(world)).toEqual([BECAUSE]);
  });

  it('is over where somebody has mended it, and one that comes and goes is paged every ten minutes at most', async () => {
    const world = await baking();
    for (let seconds = 100; seconds < 1_300; seconds += 30) {
      world.wait(seconds);
      world.cluster.selectBy(workload, 'shop', (seconds / 30) % 2 < 1 ? merged : slotLabels(shop, 'green'));
      await pass(world);
    }
    world.cluster.selectBy(workload, 'shop', slotLabels(shop, 'green'));
    await pass(world);
    expect((await world.ledger.read('shop')).active?.findings).toBeUndefined();
    expect(await status(world)).not.toContain('found ');
    expect(pages(world)).toHaveLength(2);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['points at the canary', slotLabels(shop, 'blue'), /callers inside the cluster go to blue\. To point/],
    ['has no selector', {}, /^Service shop \(without a selector\) selects no pod of green/],
    [
      "selects the Deployment's pods, of which there are none",
      { app: 'shop' },
      /^Service shop \(app=shop\) selects no/,
    ],
  ])('is found as well where it %s', async (_, selector, because) => {
    const world = await baking();
    world.cluster.selectBy(workload, 'shop', selector);
    await pass(world);
    expect(pages(world)).toEqual([expect.stringMatching(because)]);
  });

  it('is found where it was removed', async () => {
    const world = await baking();
    world.cluster.readService = async () => undefined;
    await pass(world);
    expect(pages(world)).toEqual([expect.stringMatching(/^there is no Service shop: .*--slot green$/)]);
  });
});

describe('nothing is found', () => {
  it('where it selects the live slot', async () => {
    const world = await baking();
    await pass(world);
    expect(await findings(world)).toEqual([]);
  });

  it('before the first promotion, when it is the team that has it', async () => {
    const world = await openWorld({ steps: [weight(25), weight(100)], metrics: [] });
    const { plan } = await world.workloads.read('shop');
    await world.workloads.register({ workload, plan });
    world.cluster.putService(workload, 'shop');
    await world.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    await world.run('admit', { releaseId: 'shop-1', run: 1 });
    await world.run('read-slot', { releaseId: 'shop-1', run: 1 });
    expect(await findings(world)).toEqual([]);
  });

  it("while it selects the Deployment's own pods and those are there, as where it is named later than at adoption", async () => {
    const world = await baking();
    const labelled = { ...template.podTemplate, metadata: { labels: { app: 'shop' } } };
    world.cluster.putTemplate(shop, { ...template, podTemplate: labelled, replicas: 3 });
    world.cluster.selectBy(workload, 'shop', { app: 'shop' });
    await pass(world);
    expect(await findings(world)).toEqual([]);
  });

  it('where the cluster does not say: what was found before stays, and the slots are read all the same', async () => {
    const world = await baking();
    world.cluster.selectBy(workload, 'shop', merged);
    await pass(world);
    world.cluster.readService = async () => {
      throw new ClusterRefusedError('GET services: 403');
    };
    world.cluster.setReplicas(shop, 'green', 5);
    await pass(world);
    const { active } = await world.ledger.read('shop');
    expect(active?.findings?.service?.because).toBe(BECAUSE);
    expect(active?.slotSeen?.stable?.desired).toBe(5);
  });
});

describe('a Service at the slot that a release is to fill', () => {
  it('is refused, with the command: what comes by it is no part of the traffic weights', async () => {
    const world = await promoted();
    world.cluster.selectBy(workload, 'shop', slotLabels(shop, 'blue'));
    await world.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    expect(await world.run('admit', road)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(
        /selects pods of blue, .*: let it select the live slot alone \(npx sluice record-live shop --slot green\)$/,
      ),
    });
  });
});

describe('the way out', () => {
  const record = (world: World, more: object = {}) =>
    world.run('record-live', { workload: 'shop', slot: 'green', by: 'bob', because: 'kubectl apply', ...more });
  const pointed = async (world: World) =>
    (await world.ledger.entries('shop')).filter(({ fact }) => fact.kind === 'servicePointed');
  const line = {
    by: 'bob',
    fact: {
      ...{ kind: 'servicePointed', slot: 'green', service: 'shop', because: 'kubectl apply' },
      before: 'app=shop, sluice.dev/workload=shop, sluice.dev/slot=green',
    },
  };

  it('during a release points the Service at the live slot, says who did so, and the release goes on', async () => {
    const world = await baking();
    world.cluster.selectBy(workload, 'shop', merged);
    await pass(world);
    expect(await record(world)).toMatchObject({ kind: 'wasRecorded', slot: 'green', underWay: 'shop-2' });
    expect(await world.cluster.readService(workload)).toEqual(slotLabels(shop, 'green'));
    expect(await pointed(world)).toMatchObject([{ ...line, releaseId: 'shop-2' }]);
    expect((await world.ledger.read('shop')).active?.findings).toBeUndefined();
    expect(await pass(world)).toMatchObject({ kind: 'lookAgain' });
    expect(await findings(world)).toHaveLength(1);
  });

  it('is found wanting where whoever took it died between the line and the deed', async () => {
    const world = await baking();
    world.cluster.selectBy(workload, 'shop', merged);
    const { pointService } = world.cluster;
    world.cluster.pointService = async () => {
      throw new Error('the handler dies');
    };
    await expect(record(world)).rejects.toThrow('the handler dies');
    world.cluster.pointService = pointService;
    await pass(world);
    expect(pages(world)).toEqual([BECAUSE]);
    await record(world);
    expect(world.cluster.pointsAt(workload, 'shop')).toBe('green');
  });

  it('at rest does the same, in a line of its own; where nothing is to be mended there is none', async () => {
    const world = await promoted();
    expect(await record(world)).toMatchObject({ kind: 'wasRecorded' });
    expect(await pointed(world)).toEqual([]);
    world.cluster.selectBy(workload, 'shop', merged);
    const before = await world.ledger.read('shop');
    expect(await record(world)).toMatchObject({ kind: 'wasRecorded', service: 'shop' });
    expect(await pointed(world)).toMatchObject([{ ...line, releaseId: 'shop-1' }]);
    expect((await world.ledger.read('shop')).live).toEqual(before.live);
    expect(await world.cluster.readService(workload)).toEqual(slotLabels(shop, 'green'));
  });

  it.each<[string, object, (world: World) => unknown, RegExp]>([
    ['there is nothing to mend', {}, () => undefined, /^shop-2 is in progress; abort it instead/],
    ['it is the canary that is named', { slot: 'blue' }, breakIt, /^shop-2 is in progress; abort it instead/],
    [
      'the live slot has no pods',
      {},
      world => {
        breakIt(world);
        world.cluster.setReplicas(shop, 'green', 0);
      },
      /^green has no replicas/,
    ],
  ])('is refused during a release where %s, and nothing is written', async (_, more, set, because) => {
    const world = await baking();
    set(world);
    const untouched = await world.everything();
    await expect(record(world, more)).rejects.toMatchObject(named('RefusedError', because));
    expect(await world.everything()).toEqual(untouched);
    expect(await pointed(world)).toEqual([]);
  });
});

function breakIt(world: World): void {
  world.cluster.selectBy(workload, 'shop', merged);
}
