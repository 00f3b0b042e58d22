import { describe, expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { admissionOf, at, type Line, readied, requested, shifted, shop } from '../support/story.ts';
import { road } from './scenes.ts';
import { named, openWorld, type World } from './world.ts';

describe("the promotion's last act", () => {
  const soaked: Line[] = [
    ...readied(0, 100, 4),
    ...shifted(20, { from: 0, to: 100 }),
    [30, { kind: 'soakStarted' }],
    [40, { kind: 'soakDone', because: 'good' }],
  ];
  const retire = (world: World) => world.run('retire-stable', road);
  async function soakedWorld(...story: Line[]) {
    const world = await openWorld({ steps: [{ kind: 'setWeight', weight: 100 }] });
    world.cluster.putAutoscaler(shop, 'blue', 4);
    await world.admitted(...soaked, ...story);
    await world.canary(4);
    await world.router.setDial(shop, dialFor('green', 100));
    world.wait(50);
    return world;
  }
  const blue = (world: World) => world.cluster.readSlot(shop, 'blue');

  it('passes the point of no return first, and takes the pods when stable has drained', async () => {
    const world = await soakedWorld();
    // 30 s of deregistration and 120 s: 150 s from there on, looked at every 30 s
    expect(await retire(world)).toMatchObject({
      kind: 'lookAgain',
      seconds: 30,
      because: 'blue drains for 150 s more',
    });
    expect((await world.kinds()).at(-1)).toBe('retiring');
    world.wait(190);
    expect(await retire(world)).toMatchObject({ kind: 'lookAgain', seconds: 10 });
    expect(await blue(world)).toMatchObject({ desired: 4 });
    world.wait(200);
    expect(await retire(world)).toMatchObject({ kind: 'retired', because: 'blue is at rest' });
    expect(await blue(world)).toMatchObject({ desired: 0 });
    expect((await world.kinds()).slice(-2)).toEqual(['retiring', 'stableRetired']);
  });

  it("moves the team's own Service to the canary at the point of no return, while stable still has its pods", async () => {
    // Prepare
    const named = { ...shop, service: 'shop' };
    const world = await openWorld({ steps: [{ kind: 'setWeight', weight: 100 }] });
    world.cluster.putService(shop, 'shop');
    await world.tell(
      [0, requested({ workload: named })],
      [0, { kind: 'runClaimed', run: 1 }],
      [0, { kind: 'admitted', admission: admissionOf() }],
      ...soaked,
    );
    await world.canary(4);
    await world.router.setDial(shop, dialFor('green', 100));
    world.wait(50);
    expect(world.cluster.pointsAt(shop, 'shop')).toBeUndefined();
    // Act
    await retire(world);
    // Assess
    expect(world.cluster.pointsAt(shop, 'shop')).toBe('green');
    expect(await blue(world)).toMatchObject({ desired: 4 });
  });

  it('leaves stable its pods while the dial is not at 100 for the canary, before the point of no return and behind it', async () => {
    for (const story of [[], [[50, { kind: 'retiring' }] as Line]]) {
      const world = await soakedWorld(...story);
      await world.router.setDial(shop, dialFor('green', 90));
      world.wait(5_000);
      expect(await retire(world)).toMatchObject({
        kind: 'lookAgain',
        because: 'the traffic weights are blue 10 %, green 90 %: blue keeps its pods',
      });
      expect(await blue(world)).toMatchObject({ desired: 4 });
      expect((await world.kinds()).filter(kind => kind === 'retiring')).toHaveLength(story.length);
    }
  });

  it('goes back past the deadline while somebody else holds the dial, but never from past the point of no return', async () => {
    const kinds: unknown[] = [];
    for (const story of [[], [[50, { kind: 'retiring' }] as Line]]) {
      const world = await soakedWorld(...story);
      await world.router.setDial(shop, dialFor('green', 90));
      world.wait(100_000);
      kinds.push(await retire(world));
    }
    expect(kinds).toMatchObject([{ kind: 'rollBack', reason: 'deadline' }, { kind: 'lookAgain' }]);
  });

  it("gives both slots the minimum that stable's autoscaler had", async () => {
    const world = await openWorld({ steps: [{ kind: 'setWeight', weight: 100 }] });
    world.cluster.putAutoscaler(shop, 'blue', 2);
    world.cluster.putAutoscaler(shop, 'green', 1);
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await world.run('admit', road);
    await world.run('write-canary', road);
    await world.run('size-canary', road);
    await world.tell(...soaked, [50, { kind: 'retiring' }]);
    await world.router.setDial(shop, dialFor('green', 100));
    world.targets.counts.green.healthy = 4;
    world.wait(5_000);
    await retire(world);
    expect(await blue(world)).toMatchObject({ desired: 0, autoscalerMinimum: 2 });
    expect(await world.cluster.readSlot(shop, 'green')).toMatchObject({ autoscalerMinimum: 2 });
  });

  it('and going back exclude each other: of an abort and the promotion at once, one has it', async () => {
    // Prepare
    const abort = (world: World) => world.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'stop' });
    const world = await soakedWorld();
    // Act
    const [promotion, aborted] = await Promise.allSettled([retire(world), abort(world)]);
    // Assess
    const kinds = await world.kinds();
    if (kinds.includes('retiring')) {
      expect(promotion.status).toBe('fulfilled');
      expect(aborted).toMatchObject({ reason: named('RefusedError', /use undo/) });
      expect(kinds).not.toContain('rollBackClaimed');
    } else {
      expect(promotion).toMatchObject({ reason: named('StaleExecutionError', /is rolling back/) });
      expect(aborted.status).toBe('fulfilled');
      expect(kinds).toContain('rollBackClaimed');
    }
  });

  it('is too late for an abort that comes in the very moment', async () => {
    const world = await soakedWorld();
    world.ledger.quicker = { releaseId: 'shop-1', atEpochMs: at(50), by: 'shop-1 run 1', fact: { kind: 'retiring' } };
    const late = world.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'stop' });
    await expect(late).rejects.toMatchObject(named('RefusedError', /^shop-1 is promoted; use undo$/));
    expect(await world.kinds()).not.toContain('rollBackClaimed');
  });

  it('is refused to a release whose roll back was claimed in the very moment', async () => {
    const world = await soakedWorld();
    const fact = { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'stop' } as const;
    world.ledger.quicker = { releaseId: 'shop-1', atEpochMs: at(50), by: 'bob', fact };
    await expect(retire(world)).rejects.toMatchObject(named('StaleExecutionError', /is rolling back/));
    expect(await world.kinds()).not.toContain('retiring');
  });

  const scaled = async (world: World, desired: number, healthy: number) => {
    world.cluster.setReplicas(shop, 'green', desired);
    world.targets.counts.green.healthy = healthy;
  };

  it.each([
    [1, 1, 'green was scaled to 1, and Sluice gave it 4 replicas: blue keeps its pods'],
    [4, 2, '2 of 4 targets healthy in green, which has all of the requests: blue keeps its pods'],
  ])(
    'does not pass the point of no return while the live slot has %i replicas and %i healthy targets',
    async (desired, healthy, because) => {
      const world = await soakedWorld();
      await scaled(world, desired, healthy);
      expect(await retire(world)).toMatchObject({ kind: 'lookAgain', because });
      await retire(world);
      expect((await world.kinds()).filter(kind => kind === 'held')).toHaveLength(1);
      expect(await world.kinds()).not.toContain('retiring');
      await scaled(world, 4, 4);
      await retire(world);
      expect((await world.kinds()).slice(-2)).toEqual(['resumed', 'retiring']);
    },
  );

  it('goes back at its deadline where the live slot stays too small, and at once where it has no healthy target', async () => {
    const world = await soakedWorld();
    await scaled(world, 1, 1);
    world.wait(7_200);
    expect(await retire(world)).toMatchObject({ kind: 'rollBack', reason: 'deadline' });
    const dead = await soakedWorld();
    await scaled(dead, 0, 0);
    expect(await retire(dead)).toMatchObject({ kind: 'rollBack', reason: 'notReady' });
  });

  it('past the point of no return keeps the pods of stable, calls a person at once and each hour, and goes on when the live slot is whole', async () => {
    const world = await soakedWorld();
    await retire(world);
    await scaled(world, 0, 0);
    for (const seconds of [300, 330, 9_000]) {
      world.wait(seconds);
      expect(await retire(world)).toMatchObject({ kind: 'lookAgain', seconds: 30 });
    }
    expect(await blue(world)).toMatchObject({ desired: 4 });
    expect(world.notifier.notices.map(({ subject }) => subject)).toEqual([
      'shop-1: needs a person',
      'shop-1: needs a person', // 145 minutes later
    ]);
    await scaled(world, 4, 4);
    expect(await retire(world)).toMatchObject({ kind: 'retired' });
  });

  it('leaves the size to an autoscaler that has the slot, but not one of nobody', async () => {
    const world = await soakedWorld();
    world.cluster.putAutoscaler(shop, 'green', 2);
    await scaled(world, 2, 2);
    await retire(world);
    expect((await world.kinds()).at(-1)).toBe('retiring');
    const empty = await soakedWorld();
    empty.cluster.putAutoscaler(shop, 'green', 2);
    await scaled(empty, 0, 0);
    expect(await retire(empty)).toMatchObject({ kind: 'rollBack' });
  });

  it('is tried again where the load balancer or the cluster does not say how the live slot is', async () => {
    const world = await soakedWorld();
    world.targets.failNext(1);
    await expect(retire(world)).rejects.toMatchObject(named('TargetsUnreachableError'));
    expect(await world.kinds()).not.toContain('retiring');
  });
});
