import { describe, expect, it } from 'vitest';
import { imageOf, readied, shifted, shop, weight } from '../support/story.ts';
import { road } from './scenes.ts';
import { named, openWorld, template, type World } from './world.ts';

const started = async (plan: Parameters<typeof openWorld>[0] = {}) => {
  const world = await openWorld(plan);
  await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  return world;
};
const active = async (world: World) => (await world.ledger.read('shop')).active;

describe("the canary's slot", () => {
  it('is written from the template with the image by its digest, intent first', async () => {
    const world = await started();
    await world.run('admit', road);
    expect(await world.run('write-canary', road)).toMatchObject({ kind: 'advance' });
    const revision = (await active(world))?.admission?.revision;
    expect(world.cluster.written(shop, 'green')).toEqual({ revision, images: { app: imageOf('2').uri }, template });
    expect((await world.facts()).slice(-2)).toEqual([
      { kind: 'canaryIntended', slot: 'green', revision },
      { kind: 'canaryWritten', slot: 'green', revision, images: { app: imageOf('2').uri } },
    ]);
  });

  it('is written after a crash between the intent and the deed', async () => {
    const world = await started();
    await world.run('admit', road);
    const { writeSlot } = world.cluster;
    world.cluster.writeSlot = async () => {
      throw new Error('the handler dies');
    };
    await expect(world.run('write-canary', road)).rejects.toThrow('the handler dies');
    world.cluster.writeSlot = writeSlot;
    await world.run('write-canary', road);
    expect(world.cluster.written(shop, 'green')).toBeDefined();
    expect((await active(world))?.canaryWritten).toBe(true);
  });

  it('is not written over what another field manager owns: the fault names it, and nothing counts as written', async () => {
    const world = await started();
    await world.run('admit', road);
    world.cluster.own(shop, 'green', 'argocd-controller', 'spec.template');
    await expect(world.run('write-canary', road)).rejects.toMatchObject(named('FieldOwnedError', /argocd-controller/));
    expect((await active(world))?.canaryWritten).toBe(false);
  });

  it('is not written where the template has changed since admission: that is not what was asked for', async () => {
    const world = await started();
    await world.run('admit', road);
    const containers = [
      { name: 'app', image: 'shop:latest', env: [{ name: 'A', value: 'b' }], ports: [{ containerPort: 8080 }] },
    ];
    world.cluster.putTemplate(shop, { ...template, podTemplate: { spec: { containers } } });
    await expect(world.run('write-canary', road)).rejects.toMatchObject(
      named('TemplateChangedError', /after admission$/),
    );
    expect(world.cluster.written(shop, 'green')).toBeUndefined();
    expect(await world.kinds()).not.toContain('canaryIntended');
  });

  it('is sized for the next weight, with headroom, and stable cannot shrink from now on', async () => {
    const world = await openWorld({ steps: [weight(50), weight(100)] });
    await world.admitted();
    await world.canary(0);
    world.cluster.putAutoscaler(shop, 'green', 1);
    expect(await world.run('size-canary', road)).toMatchObject({
      kind: 'lookAgain',
      asks: 'cluster',
      because: 'green is scaled to 3 for weight 50 %',
    });
    expect(await world.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 3, autoscalerMinimum: 3 });
    expect((await world.facts()).at(-1)).toEqual({
      kind: 'sizeIntended',
      slot: 'green',
      replicas: 3,
      weight: 50,
      stableReplicas: 4,
    });
  });

  it.each([
    ["raises the minimum of stable's autoscaler to the replicas it had", 2, 4],
    ['leaves a minimum that is higher already', 6, 6],
  ])('%s', async (_, stableMinimum, minimum) => {
    const world = await openWorld();
    world.cluster.putAutoscaler(shop, 'blue', stableMinimum);
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await world.run('admit', road);
    await world.run('write-canary', road);
    await world.run('size-canary', road);
    expect(await world.cluster.readSlot(shop, 'blue')).toMatchObject({ autoscalerMinimum: minimum, desired: 4 });
  });

  it('never shrinks on the way', async () => {
    const world = await openWorld({ steps: [weight(10), weight(20), weight(100)] });
    await world.admitted(...readied(0, 10, 4), ...shifted(20, { from: 0, to: 10 }));
    await world.canary(4);
    await world.run('size-canary', road);
    expect(await world.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 4 });
  });

  it('is asked for at the cluster, and only news is written down', async () => {
    const world = await openWorld();
    await world.admitted([1, { kind: 'sizeIntended', slot: 'green', replicas: 2, weight: 10 }]);
    await world.canary(2);
    world.cluster.breakImage(imageOf('2').uri, 'container app: CrashLoopBackOff');
    expect(await world.run('read-slot', road)).toMatchObject({
      kind: 'lookAgain',
      because: 'container app: CrashLoopBackOff',
      asks: 'cluster',
    });
    await world.run('read-slot', road);
    expect((await world.facts()).filter(fact => fact.kind === 'slotSeen')).toEqual([
      {
        kind: 'slotSeen',
        slot: 'green',
        desired: 2,
        available: 0,
        ready: false,
        problem: 'container app: CrashLoopBackOff',
        revision: 'new',
        images: { app: imageOf('2').uri },
        stable: { desired: 4, available: 4 },
      },
    ]);
  });
});
