import { describe, expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { admissionOf, at, type Line, readied, requested, shifted, shop } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

describe("the promotion's last act", () => {
  const soaked: Line[] = [
    ...readied(0, 100, 4),
    ...shifted(20, { from: 0, to: 100 }),
    [30, { kind: 'soakStarted' }],
    [40, { kind: 'soakDone', because: 'good' }],
  ];
  const retire = (fakes: Fakes) => fakes.run('retire-stable', road);
  async function soakedFakes(...ledgerLines: Line[]) {
    const fakes = await openFakes({ steps: [{ kind: 'setWeight', weight: 100 }] });
    fakes.cluster.putAutoscaler(shop, 'blue', 4);
    await fakes.admitted(...soaked, ...ledgerLines);
    await fakes.canary(4);
    await fakes.router.setDial(shop, dialFor('green', 100));
    fakes.wait(50);
    return fakes;
  }
  const blue = (fakes: Fakes) => fakes.cluster.readSlot(shop, 'blue');

  it('passes the point of no return first, and takes the pods when stable has drained', async () => {
    const fakes = await soakedFakes();
    // 30 s of deregistration and 120 s: 150 s from there on, looked at every 30 s
    expect(await retire(fakes)).toMatchObject({
      kind: 'lookAgain',
      seconds: 30,
      because: 'blue drains for 150 s more',
    });
    expect((await fakes.kinds()).at(-1)).toBe('retiring');
    fakes.wait(190);
    expect(await retire(fakes)).toMatchObject({ kind: 'lookAgain', seconds: 10 });
    expect(await blue(fakes)).toMatchObject({ desired: 4 });
    fakes.wait(200);
    expect(await retire(fakes)).toMatchObject({ kind: 'retired', because: 'blue is at rest' });
    expect(await blue(fakes)).toMatchObject({ desired: 0 });
    expect((await fakes.kinds()).slice(-2)).toEqual(['retiring', 'stableRetired']);
  });

  it("moves the team's own Service to the canary at the point of no return, while stable still has its pods", async () => {
    // Prepare
    const named = { ...shop, service: 'shop' };
    const fakes = await openFakes({ steps: [{ kind: 'setWeight', weight: 100 }] });
    fakes.cluster.putService(shop, 'shop');
    await fakes.tell(
      [0, requested({ workload: named })],
      [0, { kind: 'runClaimed', run: 1 }],
      [0, { kind: 'admitted', admission: admissionOf() }],
      ...soaked,
    );
    await fakes.canary(4);
    await fakes.router.setDial(shop, dialFor('green', 100));
    fakes.wait(50);
    expect(fakes.cluster.pointsAt(shop, 'shop')).toBeUndefined();
    // Act
    await retire(fakes);
    // Assess
    expect(fakes.cluster.pointsAt(shop, 'shop')).toBe('green');
    expect(await blue(fakes)).toMatchObject({ desired: 4 });
  });

  it('leaves stable its pods while the dial is not at 100 for the canary, before the point of no return and behind it', async () => {
    for (const ledgerLines of [[], [[50, { kind: 'retiring' }] as Line]]) {
      const fakes = await soakedFakes(...ledgerLines);
      await fakes.router.setDial(shop, dialFor('green', 90));
      fakes.wait(5_000);
      expect(await retire(fakes)).toMatchObject({
        kind: 'lookAgain',
        because: 'the traffic weights are blue 10 %, green 90 %: blue keeps its pods',
      });
      expect(await blue(fakes)).toMatchObject({ desired: 4 });
      expect((await fakes.kinds()).filter(kind => kind === 'retiring')).toHaveLength(ledgerLines.length);
    }
  });

  it('goes back past the deadline while somebody else holds the dial, but never from past the point of no return', async () => {
    const kinds: unknown[] = [];
    for (const ledgerLines of [[], [[50, { kind: 'retiring' }] as Line]]) {
      const fakes = await soakedFakes(...ledgerLines);
      await fakes.router.setDial(shop, dialFor('green', 90));
      fakes.wait(100_000);
      kinds.push(await retire(fakes));
    }
    expect(kinds).toMatchObject([{ kind: 'rollBack', reason: 'deadline' }, { kind: 'lookAgain' }]);
  });

  it("gives both slots the minimum that stable's autoscaler had", async () => {
    const fakes = await openFakes({ steps: [{ kind: 'setWeight', weight: 100 }] });
    fakes.cluster.putAutoscaler(shop, 'blue', 2);
    fakes.cluster.putAutoscaler(shop, 'green', 1);
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await fakes.run('admit', road);
    await fakes.run('write-canary', road);
    await fakes.run('size-canary', road);
    await fakes.tell(...soaked, [50, { kind: 'retiring' }]);
    await fakes.router.setDial(shop, dialFor('green', 100));
    fakes.targets.counts.green.healthy = 4;
    fakes.wait(5_000);
    await retire(fakes);
    expect(await blue(fakes)).toMatchObject({ desired: 0, autoscalerMinimum: 2 });
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ autoscalerMinimum: 2 });
  });

  it('and going back exclude each other: of an abort and the promotion at once, one has it', async () => {
    // Prepare
    const abort = (fakes: Fakes) => fakes.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'stop' });
    const fakes = await soakedFakes();
    // Act
    const [promotion, aborted] = await Promise.allSettled([retire(fakes), abort(fakes)]);
    // Assess
    const kinds = await fakes.kinds();
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
    const fakes = await soakedFakes();
    fakes.ledger.quicker = { releaseId: 'shop-1', atEpochMs: at(50), by: 'shop-1 run 1', fact: { kind: 'retiring' } };
    const late = fakes.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'stop' });
    await expect(late).rejects.toMatchObject(named('RefusedError', /^shop-1 is promoted; use undo$/));
    expect(await fakes.kinds()).not.toContain('rollBackClaimed');
  });

  it('is refused to a release whose roll back was claimed in the very moment', async () => {
    const fakes = await soakedFakes();
    const fact = { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'stop' } as const;
    fakes.ledger.quicker = { releaseId: 'shop-1', atEpochMs: at(50), by: 'bob', fact };
    await expect(retire(fakes)).rejects.toMatchObject(named('StaleExecutionError', /is rolling back/));
    expect(await fakes.kinds()).not.toContain('retiring');
  });

  const scaled = async (fakes: Fakes, desired: number, healthy: number) => {
    fakes.cluster.setReplicas(shop, 'green', desired);
    fakes.targets.counts.green.healthy = healthy;
  };

  it.each([
    [1, 1, 'green was scaled to 1, and Sluice gave it 4 replicas: blue keeps its pods'],
    [4, 2, '2 of 4 targets healthy in green, which has all of the requests: blue keeps its pods'],
  ])(
    'does not pass the point of no return while the live slot has %i replicas and %i healthy targets',
    async (desired, healthy, because) => {
      const fakes = await soakedFakes();
      await scaled(fakes, desired, healthy);
      expect(await retire(fakes)).toMatchObject({ kind: 'lookAgain', because });
      await retire(fakes);
      expect((await fakes.kinds()).filter(kind => kind === 'held')).toHaveLength(1);
      expect(await fakes.kinds()).not.toContain('retiring');
      await scaled(fakes, 4, 4);
      await retire(fakes);
      expect((await fakes.kinds()).slice(-2)).toEqual(['resumed', 'retiring']);
    },
  );

  it('goes back at its deadline where the live slot stays too small, and at once where it has no healthy target', async () => {
    const fakes = await soakedFakes();
    await scaled(fakes, 1, 1);
    fakes.wait(7_200);
    expect(await retire(fakes)).toMatchObject({ kind: 'rollBack', reason: 'deadline' });
    const dead = await soakedFakes();
    await scaled(dead, 0, 0);
    expect(await retire(dead)).toMatchObject({ kind: 'rollBack', reason: 'notReady' });
  });

  it('past the point of no return keeps the pods of stable, calls a person at once and each hour, and goes on when the live slot is whole', async () => {
    const fakes = await soakedFakes();
    await retire(fakes);
    await scaled(fakes, 0, 0);
    for (const seconds of [300, 330, 9_000]) {
      fakes.wait(seconds);
      expect(await retire(fakes)).toMatchObject({ kind: 'lookAgain', seconds: 30 });
    }
    expect(await blue(fakes)).toMatchObject({ desired: 4 });
    expect(fakes.notifier.notices.map(({ subject }) => subject)).toEqual([
      'shop-1: needs a person',
      'shop-1: needs a person', // 145 minutes later
    ]);
    await scaled(fakes, 4, 4);
    expect(await retire(fakes)).toMatchObject({ kind: 'retired' });
  });

  it('leaves the size to an autoscaler that has the slot, but not one of nobody', async () => {
    const fakes = await soakedFakes();
    fakes.cluster.putAutoscaler(shop, 'green', 2);
    await scaled(fakes, 2, 2);
    await retire(fakes);
    expect((await fakes.kinds()).at(-1)).toBe('retiring');
    const empty = await soakedFakes();
    empty.cluster.putAutoscaler(shop, 'green', 2);
    await scaled(empty, 0, 0);
    expect(await retire(empty)).toMatchObject({ kind: 'rollBack' });
  });

  it('is tried again where the load balancer or the cluster does not say how the live slot is', async () => {
    const fakes = await soakedFakes();
    fakes.targets.failNext(1);
    await expect(retire(fakes)).rejects.toMatchObject(named('TargetsUnreachableError'));
    expect(await fakes.kinds()).not.toContain('retiring');
  });
});
