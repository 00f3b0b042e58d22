import { describe, expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { admissionOf, bake, type Line, readied, requested, shifted, shop, weight } from '../support/story.ts';
import { road } from './scenes.ts';
import { named, openWorld, type World } from './world.ts';

const OTHER = `registry.example.com/shop@sha256:${'9'.repeat(64)}`;
const baking: Line[] = [
  ...readied(0, 10),
  ...shifted(20, { from: 0, to: 10 }),
  [30, { kind: 'stepStarted', index: 1 }],
];

/** At 10 % in a bake, with a canary that is what was admitted. */
async function baked(): Promise<World> {
  const world = await openWorld({ steps: [weight(10), bake(600), weight(100)] });
  await world.admitted(...baking);
  await world.canary(1);
  await world.router.setDial(shop, dialFor('green', 10));
  world.wait(60);
  return world;
}
/** Ready for its weight, and then a bake of an hour before it. */
async function preparedLongAgo(hold = 120): Promise<World> {
  const world = await openWorld({
    steps: [bake(600), weight(10), weight(100)],
    hold: { atMostSeconds: hold, then: 'rollBack' },
  });
  await world.admitted(
    ...readied(0, 10),
    [30, { kind: 'stepStarted', index: 0 }],
    [630, { kind: 'stepDone', index: 0, because: 'good' }],
  );
  await world.canary(1);
  world.wait(640);
  return world;
}
const look = (world: World) => world.run('look', road);
const shared = { kind: 'rollBack', reason: 'fault' };

describe('what the canary’s slot has in it', () => {
  it('is read back after it was written: an init container that kept the version before is none', async () => {
    // Prepare
    const world = await openWorld({ steps: [weight(10), bake(600), weight(100)] });
    const { podTemplate, ...rest } = await world.cluster.readTemplate(shop);
    const initContainers = [{ name: 'migrate', image: 'shop:latest' }];
    const spec = { ...(podTemplate.spec as object), initContainers };
    world.cluster.putTemplate(shop, { ...rest, podTemplate: { ...podTemplate, spec } });
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await world.run('admit', road);
    const { writeSlot } = world.cluster;
    world.cluster.writeSlot = async (...[workload, slot, content, position]) => {
      await writeSlot(workload, slot, content, position);
      world.cluster.setImage(shop, slot, 'migrate', OTHER);
    };

    // Act, Assess
    await expect(world.run('write-canary', road)).rejects.toMatchObject({
      name: 'SlotNotTakenError',
      message: expect.stringMatching(/container migrate of green has image .*sha256:9+, and .*sha256:2+ was released/),
    });
  });

  it('is read at looks: an image that a person set sends the release back, and both are named', async () => {
    const world = await baked();
    await world.run('read-slot', road);
    expect(await look(world)).toMatchObject({ kind: 'lookAgain' });
    world.cluster.setImage(shop, 'green', 'app', OTHER);
    await world.run('read-slot', road);
    expect(await look(world)).toMatchObject({
      ...shared,
      because: expect.stringMatching(/^container app of green has image .*sha256:9+, and .*sha256:2+ was released/),
    });
  });

  it('is read at looks: what another manager adds to it sends the release back, and is named', async () => {
    const world = await baked();
    world.cluster.add(shop, 'green', 'debugger', '.spec.template.spec.nodeSelector');
    await world.run('read-slot', road);
    expect(await look(world)).toMatchObject({
      ...shared,
      because:
        'green has what Sluice did not write: .spec.template.spec.nodeSelector is of the field manager "debugger"',
    });
  });

  it('of an undo is refused where others have added to it since: that is not what is to be restored', async () => {
    const world = await openWorld();
    await world.tell([0, requested({ undoOf: 'shop-0' })], [0, { kind: 'runClaimed', run: 1 }]);
    await world.tell([0, { kind: 'admitted', admission: admissionOf() }]);
    await world.canary(0);
    world.cluster.add(shop, 'green', 'debugger', '.spec.template.spec.nodeSelector');
    await expect(world.run('write-canary', road)).rejects.toMatchObject(named('SlotNotTakenError', /"debugger"$/));
  });

  it('is looked at before a canary counts as ready: another revision goes back', async () => {
    const world = await openWorld();
    await world.admitted([1, { kind: 'sizeIntended', slot: 'green', replicas: 1, weight: 10 }]);
    await world.canary(1);
    const { podTemplate, ...rest } = await world.cluster.readTemplate(shop);
    const content = { revision: 'another', images: {}, template: { podTemplate, ...rest } };
    await world.cluster.writeSlot(shop, 'green', content, 99);
    await world.run('read-slot', road);
    expect(await look(world)).toMatchObject({
      ...shared,
      because: 'green has revision another, and new was admitted: somebody else wrote it',
    });
    expect(await world.kinds()).not.toContain('readied');
  });

  it('is read again before a weight for which the canary was ready long ago', async () => {
    const world = await preparedLongAgo();
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'pause', asks: 'cluster' });
    world.cluster.setImage(shop, 'green', 'app', OTHER);
    await world.run('read-slot', road);
    expect(await look(world)).toMatchObject(shared);
  });

  it('is read again, and the weight set, where nobody has changed it', async () => {
    const world = await preparedLongAgo();
    await world.run('next-step', road);
    await world.run('read-slot', road);
    world.wait(680); // a good instant to shift
    expect(await look(world)).toMatchObject({ kind: 'shiftTraffic' });
    // once for this step, and then only news
    const before = await world.kinds();
    await world.run('read-slot', road);
    expect(await world.kinds()).toEqual(before);
  });

  it('is not known where the cluster does not answer: the weight stays, then the release goes back, an abort at once', async () => {
    const world = await preparedLongAgo();
    await world.run('next-step', road);
    world.cluster.setReachable(false);
    await expect(world.run('read-slot', road)).rejects.toMatchObject(named('ClusterUnreachableError'));
    world.wait(710);
    expect(await look(world)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/^on hold: the cluster did not say .*: no weight is set without/),
    });
    world.wait(835);
    expect(await look(world)).toMatchObject(shared);
    await world.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'enough' });
    expect((await world.ledger.read('shop')).active?.rollBack).toMatchObject({ reason: 'aborted' });
  });

  it.each(['before', 'behind'])('is read before stable is given up, %s the point of no return', async side => {
    const world = await openWorld({ steps: [weight(100)] });
    const soaked: Line[] = [
      ...readied(0, 100, 4),
      ...shifted(20, { from: 0, to: 100 }),
      [30, { kind: 'soakStarted' }],
      [40, { kind: 'soakDone', because: 'good' }],
    ];
    await world.admitted(...soaked, ...(side === 'behind' ? ([[50, { kind: 'retiring' }]] as Line[]) : []));
    await world.canary(4);
    await world.router.setDial(shop, dialFor('green', 100));
    world.cluster.setImage(shop, 'green', 'app', OTHER);
    world.wait(900);
    const move = await world.run('retire-stable', road);
    if (side === 'before') expect(move).toMatchObject(shared);
    else expect(move).toMatchObject({ kind: 'lookAgain', because: expect.stringContaining('blue keeps its pods') });
    expect(await world.cluster.readSlot(shop, 'blue')).toMatchObject({ desired: 4 });
    expect(world.notifier.notices).toHaveLength(side === 'behind' ? 1 : 0);
  });

  it('is read back when it was written: what is not there is no canary', async () => {
    const world = await openWorld();
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await world.run('admit', road);
    const { writeSlot } = world.cluster;
    world.cluster.writeSlot = async (workload, slot, content, position) => {
      await writeSlot(workload, slot, { ...content, images: { app: OTHER } }, position);
    };
    await expect(world.run('write-canary', road)).rejects.toMatchObject(named('SlotNotTakenError', /sha256:9/));
    expect(await world.kinds()).not.toContain('canaryWritten');
  });
});
