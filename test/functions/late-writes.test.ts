import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import { dialFor } from '../../domain/dial.ts';
import { imageOf, readied, shifted, shop, weight } from '../support/story.ts';
import { backInput, road } from './scenes.ts';
import { openWorld, type World } from './world.ts';

type Write = 'writeSlot' | 'scaleSlot' | 'setAutoscalerMinimum' | 'pointService';

/** The next call of this kind is sent, and reaches the cluster only when it is let through: what came meanwhile was earlier. */
function late(world: World, kind: Write): { arrives(): void } {
  const { cluster } = world;
  const write = cluster[kind] as (...call: unknown[]) => Promise<void>;
  let arrives = () => {};
  const sent = new Promise<void>(resolve => {
    arrives = resolve;
  });
  const slow = async (...call: unknown[]) => {
    cluster[kind] = write as Cluster[typeof kind] as never;
    await sent;
    await write(...call);
  };
  cluster[kind] = slow as never;
  return { arrives };
}
/** Until everything that can happen without it has happened. */
const meanwhile = () => new Promise(resolve => setImmediate(resolve));

const second = { releaseId: 'shop-2', run: 1 };
const stale = { name: 'StaleExecutionError' };
const green = (world: World) => world.cluster.readSlot(shop, 'green');
const blue = (world: World) => world.cluster.readSlot(shop, 'blue');
const abort = (world: World) => world.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'not today' });

/** shop-1's canary goes to rest, and its release is over. */
async function goesBack(world: World): Promise<void> {
  const input = await backInput(world);
  for (const name of ['restore-traffic', 'verify-traffic']) await world.run(name, input);
  world.wait(2_000);
  await world.run('verify-traffic', input);
  await world.tell([2_000, { kind: 'dialVerified', dial: dialFor('green', 0) }]);
  expect(await world.run('retire-canary', input)).toMatchObject({ kind: 'retired' });
  await world.run('close', { releaseId: 'shop-1', attempt: 1 });
}

/** v2 is admitted as shop-1, and stable has an autoscaler of the team's. */
async function admitted(): Promise<World> {
  const world = await openWorld({ steps: [weight(50), weight(100)], onNewImage: 'replace' });
  world.cluster.putAutoscaler(shop, 'blue', 2);
  world.cluster.putAutoscaler(shop, 'green', 1);
  await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  await world.run('admit', road);
  return world;
}

describe('a write that reaches the cluster after a newer claim', () => {
  it('of a canary whose release was replaced does not land over the next release’s', async () => {
    const world = await admitted();
    const write = late(world, 'writeSlot');
    const writing = world.run('write-canary', road);
    await meanwhile();
    await world.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    await goesBack(world);
    await world.run('admit', second);
    await world.run('write-canary', second);
    const { revision } = await green(world);

    write.arrives();
    await expect(writing).rejects.toMatchObject(stale);
    expect(await green(world)).toMatchObject({ revision, images: { app: imageOf('3').uri } });
  });

  it('of a canary whose release went back leaves the slot as it was put to rest', async () => {
    const world = await admitted();
    await world.cluster.writeSlot(
      shop,
      'green',
      { revision: 'before', images: {}, template: await world.cluster.readTemplate(shop) },
      0,
    );
    const write = late(world, 'writeSlot');
    const writing = world.run('write-canary', road);
    await meanwhile();
    await abort(world);
    await goesBack(world);

    write.arrives();
    await expect(writing).rejects.toMatchObject(stale);
    expect(await green(world)).toMatchObject({ revision: 'before', desired: 0 });
  });

  it.each(['scaleSlot', 'setAutoscalerMinimum'] as const)(
    'of a size, %s: no pods stay in the slot, and stable’s autoscaler has the team’s minimum',
    async kind => {
      const world = await admitted();
      await world.run('write-canary', road);
      const write = late(world, kind);
      const sizing = world.run('size-canary', road);
      await meanwhile();
      await abort(world);
      await goesBack(world);

      write.arrives();
      await expect(sizing).rejects.toMatchObject(stale);
      expect(await green(world)).toMatchObject({ desired: 0, autoscalerMinimum: 2 });
      expect(await blue(world)).toMatchObject({ autoscalerMinimum: 2 });
      expect(await blue(world)).not.toHaveProperty('ownMinimum');
    },
  );

  it('of the way back, scaling to nothing, leaves the next release its canary', async () => {
    const world = await admitted();
    await world.run('write-canary', road);
    await world.run('size-canary', road);
    await abort(world);
    await world.tell([2, { kind: 'goingBack', attempt: 1 }], [3, { kind: 'dialVerified', dial: dialFor('green', 0) }]);
    const write = late(world, 'scaleSlot');
    const retiring = world.run('retire-canary', await backInput(world));
    await meanwhile();
    // its second try is quicker
    await world.run('retire-canary', await backInput(world));
    await world.run('close', { releaseId: 'shop-1', attempt: 1 });
    await world.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    for (const name of ['admit', 'write-canary', 'size-canary']) await world.run(name, second);

    write.arrives();
    await expect(retiring).rejects.toMatchObject(stale);
    expect(await green(world)).toMatchObject({ desired: 3, images: { app: imageOf('3').uri } });
  });

  it('of the team’s Service does not send its callers back to a slot that an undo has left', async () => {
    const world = await openWorld({ steps: [weight(100)] });
    const named = { ...shop, service: 'shop' };
    world.cluster.putService(shop, 'shop');
    const write = late(world, 'pointService');
    const pointing = world.cluster.pointService(named, 'green', 30);
    await world.cluster.pointService(named, 'blue', 50);

    write.arrives();
    await expect(pointing).rejects.toMatchObject({ name: 'NewerWriteError' });
    expect(world.cluster.pointsAt(shop, 'shop')).toBe('blue');
  });

  it('is written again where the same execution was quicker in another try', async () => {
    const world = await admitted();
    await world.run('write-canary', road);
    const write = late(world, 'scaleSlot');
    const sizing = world.run('size-canary', road);
    await meanwhile();
    await world.tell([1, { kind: 'sizeIntended', slot: 'green', replicas: 3, weight: 50 }]);
    await world.run('size-canary', road);

    write.arrives();
    expect(await sizing).toMatchObject({ kind: 'lookAgain' });
    expect(await green(world)).toMatchObject({ desired: 3 });
  });
});

describe('the ground of the next release', () => {
  it('is the team’s minimum, also where a raised one was never put back', async () => {
    const world = await admitted();
    await world.cluster.setAutoscalerMinimum(shop, 'blue', 4, 1);
    await world.tell(...readied(1, 50), ...shifted(2, { from: 0, to: 50 }));
    await abort(world);
    await world.tell([5, { kind: 'canaryRetired', slot: 'green' }]);
    await world.run('close', { releaseId: 'shop-1', attempt: 1 });
    await world.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    await world.run('admit', second);
    const [, fact] = (await world.facts()).filter(({ kind }) => kind === 'admitted');
    expect(fact).toMatchObject({ admission: { stableMinimum: 2 } });
  });

  it('is none where the slot was written at a line that this ledger does not have', async () => {
    const world = await openWorld();
    await world.cluster.scaleSlot(shop, 'blue', 4, 500);
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    expect(await world.run('admit', road)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(/^blue was written at line 500 of a ledger, and this one has 2 lines/),
    });
  });
});
