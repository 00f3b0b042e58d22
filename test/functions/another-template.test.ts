import { describe, expect, it } from 'vitest';
import { shop, weight } from '../support/story.ts';
import { pushed, road, scheduled } from './scenes.ts';
import { named, openWorld, template, type World } from './world.ts';

const start = (world: World, more: object = {}) =>
  world.run('start', { workload: 'shop', image: 'v2', by: 'ann', ...more });
const second = { releaseId: 'shop-2', run: 1 };
const state = (world: World) => world.ledger.read('shop');
/** A variable is added to the Deployment. */
const addVariable = (world: World, value = 'b') => {
  const env = [{ name: 'A', value }];
  const containers = [{ name: 'app', image: 'shop:latest', env, ports: [{ containerPort: 8080 }] }];
  world.cluster.putTemplate(shop, { ...template, podTemplate: { spec: { containers } } });
};
async function admitted(plan: Parameters<typeof openWorld>[0] = {}) {
  const world = await openWorld(plan);
  await start(world);
  await world.run('admit', road);
  return world;
}
/** shop-1 goes back or is promoted, and shop-2 is admitted or not. */
async function next(world: World, end: 'promoted' | 'rolledBack') {
  if (end === 'promoted') await world.tell([40, { kind: 'stableRetired', slot: 'blue' }]);
  else await world.tell([40, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }]);
  await world.run('close', { releaseId: 'shop-1', ...(end === 'promoted' ? { run: 1 } : { attempt: 1 }) });
  if (end === 'promoted') {
    await world.canary(4);
    await world.cluster.writeSlot(
      shop,
      'green',
      {
        revision: (await state(world)).live?.revision ?? '',
        images: {},
        template,
      },
      (await state(world)).seq,
    );
    await world.router.setDial(shop, { blue: 0, green: 100 });
  }
  return world.run('admit', second);
}

describe('the same image, asked for again after its release was admitted', () => {
  it('is queued, and released where a variable was added to the Deployment', async () => {
    const world = await admitted();
    addVariable(world);
    expect(await start(world)).toEqual({ kind: 'waiting', releaseId: 'shop-2', againOf: 'shop-1' });
    expect(await next(world, 'promoted')).toMatchObject({ kind: 'admitted' });
  });

  it.each(['promoted', 'rolledBack'] as const)(
    'ends as superseded where the Deployment is the same and the first one ended %s',
    async end => {
      const world = await admitted();
      await start(world);
      expect(await next(world, end)).toMatchObject({
        kind: 'refused',
        because: expect.stringMatching(/is the one that shop-1 released \((promoted|rolledBack, degraded)\)/),
      });
      await world.run('close', second);
      expect((await state(world)).ended[0]).toMatchObject({
        releaseId: 'shop-2',
        outcome: 'superseded',
        sameAs: 'shop-1',
      });
    },
  );

  it('a third time is the one that waits', async () => {
    const world = await admitted();
    await start(world);
    expect(await start(world)).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-2' });
  });

  it('does not take the place of another image that waits: that one reads the Deployment too', async () => {
    const world = await admitted();
    await start(world, { image: 'v3' });
    expect(await start(world)).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    expect((await state(world)).waiting?.releaseId).toBe('shop-2');
  });

  it('does not take back the first one, although the plan replaces by newer images', async () => {
    const world = await admitted({ onNewImage: 'replace' });
    expect(await start(world)).toMatchObject({ kind: 'waiting' });
    await world.run('reconcile', scheduled);
    expect((await state(world)).active).not.toHaveProperty('rollBack');
  });

  it('is one release where the plan refuses what comes during one, and where an event says the push twice', async () => {
    const refusing = await admitted({ onNewImage: 'reject' });
    expect(await start(refusing)).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    const world = await admitted();
    expect(await world.run('image-pushed', pushed('v2', '2'))).toMatchObject([{ kind: 'alreadyRequested' }]);
    expect((await state(world)).releases).toBe(1);
  });
});

describe('a Deployment that arrives after its push', () => {
  it('between admission and the writing of the slot: the release goes back, and the next one has it', async () => {
    const world = await admitted();
    addVariable(world);
    await expect(world.run('write-canary', road)).rejects.toMatchObject(named('TemplateChangedError'));
    expect((await state(world)).waiting).toMatchObject({
      releaseId: 'shop-2',
      againOf: 'shop-1',
      requestedBy: 'ann', // who may not approve the first may not approve the second
    });
    expect(await next(world, 'rolledBack')).toMatchObject({ kind: 'admitted' });
  });

  it('while the release is on its way: a release of it is queued, once, and the canary is sized as before', async () => {
    const world = await admitted({ steps: [weight(10), weight(100)] });
    await world.run('write-canary', road);
    addVariable(world);
    expect(await world.run('size-canary', road)).toMatchObject({ kind: 'lookAgain' });
    await world.run('size-canary', road);
    expect(await state(world)).toMatchObject({ releases: 2, waiting: { releaseId: 'shop-2', againOf: 'shop-1' } });
  });

  it('and goes again before the next release is admitted: nothing is released twice', async () => {
    const world = await admitted();
    await world.run('write-canary', road);
    addVariable(world);
    await world.run('size-canary', road);
    world.cluster.putTemplate(shop, template);
    expect(await next(world, 'promoted')).toMatchObject({ kind: 'refused' });
  });

  it('is left to the team where the plan refuses what comes during a release', async () => {
    const world = await admitted({ onNewImage: 'reject' });
    await world.run('write-canary', road);
    addVariable(world);
    await world.run('size-canary', road);
    expect((await state(world)).releases).toBe(1);
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(/template changed after admission/) }),
    );
  });
});
