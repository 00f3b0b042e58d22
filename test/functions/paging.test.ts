import { describe, expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { approval, type Line, readied, requested, shifted, shop, weight } from '../support/story.ts';
import { scheduled } from './scenes.ts';
import { named, openWorld, type World } from './world.ts';

const HOUR = 3_600;
const at10 = [
  [1, { kind: 'canaryIntended', slot: 'green', revision: 'new' }],
  [2, { kind: 'canaryWritten', slot: 'green', revision: 'new' }],
  ...readied(0, 10),
  ...shifted(20, { from: 0, to: 10 }),
] as Line[];
const reasons = (world: World) => world.notifier.notices.map(({ message }) => JSON.parse(message).because);
const claim: Line = [100, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }];

/** The reconciler's passes of so many hours, each five minutes. */
async function passes(world: World, { from, hours }: { from: number; hours: number }) {
  for (let seconds = from; seconds <= from + hours * HOUR; seconds += 300) {
    world.wait(seconds);
    await world.run('reconcile', scheduled);
  }
}

/** At 10 %, on its way back, with the execution's input. */
async function goingBack() {
  const world = await openWorld();
  await world.admitted(...at10, claim);
  await world.canary(4);
  await world.router.setDial(shop, dialFor('green', 10));
  const back = {
    ...{ workload: shop, stable: 'blue', deadlineEpochMs: world.clock.epochMs + 7_200_000 },
    wayBack: await world.router.planWayBack(shop, 'blue'),
  };
  const input = { releaseId: 'shop-1', attempt: 1, back };
  await world.executions.start('rollBack', 'rb-shop-1-1', input);
  return { world, input };
}

describe('a person is called once, and then again', () => {
  it('where both slots are unhealthy at 10 % and the way back loops', async () => {
    const { world, input } = await goingBack();
    world.targets.counts.blue.healthy = 0;
    world.targets.counts.blue.unhealthy = 4;
    for (let loop = 0; loop < 100; loop += 1) {
      world.wait(100 + loop * 10);
      expect(await world.run('restore-traffic', input)).toMatchObject({ kind: 'lookAgain' });
      await world.run('reconcile', scheduled);
    }
    const page =
      'waiting for the requests to go back to blue: no target of blue is healthy: the traffic stays where it is until one is';
    expect(reasons(world)).toEqual([page]);
    expect((await world.kinds()).filter(kind => kind === 'held')).toHaveLength(1);
    await passes(world, { from: 1_200, hours: 2 });
    expect(reasons(world)).toEqual([page, page, page]);
    const { active } = await world.ledger.read('shop');
    expect(active?.paged).toMatchObject({ what: 'restoring', times: 3 });
  });

  it('where a maintenance page stands in the way back', async () => {
    const { world, input } = await goingBack();
    const rule = world.router.rules.get('arn:rule/shop');
    if (rule !== undefined) world.router.rules.set('arn:rule/shop', { ...rule, groups: [] });
    await world.run('restore-traffic', input);
    await passes(world, { from: 100, hours: 1.5 });
    expect(reasons(world)).toEqual(Array(2).fill(expect.stringMatching(/go back to blue: rule arn:rule.shop answers/)));
  });

  it('where the cluster never answers in RetireCanary', async () => {
    const world = await openWorld();
    const back: Line[] = [
      [101, { kind: 'goingBack', attempt: 1 }],
      [102, { kind: 'dialRestored', dial: { blue: 100, green: 0 } }],
      [103, { kind: 'dialVerified', dial: { blue: 100, green: 0 } }],
    ];
    await world.admitted(...at10, claim, ...back);
    await world.executions.start('rollBack', 'rb-shop-1-1', {});
    await passes(world, { from: 300, hours: 3 });
    expect(reasons(world)).toEqual(Array(3).fill(expect.stringMatching(/connections of green to end, and its pods/)));
  });

  it.each<[string, Line[], RegExp]>([
    ['that never drains', [], /connections of blue to end/],
    [
      'whose live slot cannot carry the requests',
      [[500, { kind: 'held', because: '0 of 4 targets healthy in green', fault: true }]],
      /0 of 4 targets healthy in green/,
    ],
  ])('about a release behind the point of no return for 72 hours, %s', async (_, story, reason) => {
    const world = await openWorld({ steps: [weight(100)] });
    const soaked: Line[] = [
      [30, { kind: 'soakStarted' }],
      [40, { kind: 'soakDone', because: 'good' }],
      [50, { kind: 'retiring' }],
    ];
    await world.admitted(...at10, ...soaked, ...story);
    await passes(world, { from: 300, hours: 72 });
    expect(reasons(world)).toEqual(Array(72).fill(expect.stringMatching(reason)));
  });

  it('about an approval, and about the release in the queue behind it, once a day', async () => {
    const steps = [weight(10), approval({ withinSeconds: 3 * 24 * HOUR }), weight(100)];
    const world = await openWorld({ steps });
    await world.admitted(
      ...at10,
      [25, { kind: 'approvalOpened', name: 'go-live' }],
      [30, requested(), { releaseId: 'shop-2' }],
    );
    await passes(world, { from: 300, hours: 49 });
    const days = (text: string) => reasons(world).filter(reason => reason.includes(text));
    expect(days('approval go-live')).toHaveLength(2);
    expect(days('shop-1 to end')).toHaveLength(2);
  });

  it('as soon as somebody can be reached again, and not before it is known that they were', async () => {
    const { world } = await goingBack();
    world.wait(100 + HOUR);
    world.notifier.breakWith('throttled');
    await world.run('reconcile', scheduled);
    expect(await world.kinds()).not.toContain('paged');
    world.notifier.breakWith(undefined);
    await world.run('reconcile', scheduled);
    await world.run('reconcile', scheduled);
    expect(reasons(world)).toEqual([expect.stringMatching(/an execution that takes it back/)]);
  });
});

describe('a workload for which the reconciler can do nothing', () => {
  it('is told by its name once an hour, and the others are seen to', async () => {
    const world = await openWorld();
    await world.workloads.register({
      workload: { ...shop, name: 'api' },
      plan: (await world.workloads.read('shop')).plan,
    });
    const { read } = world.ledger;
    world.ledger.read = async name => {
      if (name === 'api') throw Object.assign(new Error('update its functions'), { name: 'UnknownEntryError' });
      return read.call(world.ledger, name);
    };
    for (let minute = 0; minute < 120; minute += 1) {
      world.wait(minute * 60);
      await expect(world.run('reconcile', scheduled)).rejects.toMatchObject(named('PartlyFailedError', /api/));
    }
    expect(world.notifier.notices.map(({ subject }) => subject)).toEqual(Array(2).fill('api: needs a person'));
    expect(reasons(world)[0]).toMatch(/UnknownEntryError: update its functions/);
  });
});
