import { describe, expect, it } from 'vitest';
import { statusText } from '../../cli/status-text.ts';
import { dialFor } from '../../domain/dial.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { admissionOf, type Line, planOf, readied, requested, shifted, shop, weight } from '../support/story.ts';
import { road } from './scenes.ts';
import { openWorld, type World } from './world.ts';

/** No event of these alarms ever comes: what is known of them is what is read. */
const workload = { ...shop, alarms: ['burns', 'slow'] };
async function open(story: Line[], plan: Partial<Plan> = {}, first = false) {
  const world = await openWorld(plan, { isNew: first });
  const wayBack = await world.router.planWayBack(shop, 'blue');
  await world.workloads.register({ workload, plan: planOf(plan) });
  await world.tell(
    [0, requested({ workload, plan: planOf(plan) })],
    [0, { kind: 'runClaimed', run: 1 }],
    [0, { kind: 'admitted', admission: admissionOf({ wayBack, ...(first && { first: true as const }) }) }],
    ...story,
  );
  await world.canary(4);
  for (const alarm of workload.alarms) world.alarms.set(alarm, 'OK');
  return world;
}
const at10: Line[] = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 }), [40, { kind: 'stepStarted', index: 1 }]];
const soaked: Line[] = [
  ...readied(0, 100, 4),
  ...shifted(20, { from: 0, to: 100 }),
  [30, { kind: 'soakStarted' }],
  [40, { kind: 'soakDone', because: 'good' }],
];
const isUnder = (story: Line[]) => story.some(([, fact]) => fact.kind === 'shiftConfirmed');
async function look(world: World, seconds: number, story: Line[]) {
  world.wait(seconds);
  if (isUnder(story)) await world.router.setDial(shop, dialFor('green', 10));
  return world.run('look', road);
}

describe('the first weight', () => {
  const shift = async (world: World) => {
    world.wait(20);
    return world.run('shift-traffic', road);
  };

  it.each<[string, (world: World) => void]>([
    ['an alarm rings', world => world.alarms.set('burns', 'ALARM', '5xx')],
    ['an alarm was deleted since the release began', world => world.alarms.delete('slow')],
    ['the alarms cannot be read', world => world.alarms.unreachable(true)],
  ])('is not set while %s, although the look before it found nothing', async (_, change) => {
    const world = await open(readied(0, 10));
    expect(await look(world, 20, [])).toMatchObject({ kind: 'shiftTraffic' });
    change(world);
    expect(await shift(world)).toMatchObject({ kind: 'lookAgain' });
    expect(await world.router.readDial(shop)).toEqual(dialFor('green', 0));
    expect(await look(world, 20, [])).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/^on hold: /),
    });
    expect((await world.ledger.read('shop')).active?.hold).toBeDefined();
  });

  it('of a first release is its point of no return: it does not pass it over an alarm', async () => {
    const world = await open(readied(0, 100, 4), {}, true);
    world.alarms.set('burns', 'ALARM');
    expect(await shift(world)).toMatchObject({ kind: 'lookAgain' });
    expect(await world.kinds()).not.toContain('retiring');
    world.alarms.set('burns', 'OK');
    expect(await shift(world)).toMatchObject({ kind: 'advance' });
    expect(await world.kinds()).toContain('retiring');
  });

  it('is set where a person overrides the alarm by then: the release that waits is meant, and no other is queued', async () => {
    const world = await open(readied(0, 10));
    world.alarms.set('burns', 'ALARM');
    expect(await shift(world)).toMatchObject({ kind: 'lookAgain' });
    const start = { workload: 'shop', image: 'v2', althoughAlarms: ['burns'], by: 'bob' };
    for (const _ of ['once', 'twice']) {
      expect(await world.run('start', start)).toMatchObject({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    }
    expect((await world.kinds()).filter(kind => kind === 'overridden')).toHaveLength(1);
    expect((await world.ledger.read('shop')).waiting).toBeUndefined();
    expect(await shift(world)).toMatchObject({ kind: 'advance' });
  });
});

describe('a look while the canary has traffic', () => {
  it('finds an alarm whose event was lost, and takes the release back', async () => {
    const world = await open(at10);
    world.alarms.set('burns', 'ALARM', '5xx');
    expect(await look(world, 100, at10)).toMatchObject({
      kind: 'rollBack',
      reason: 'degraded',
      because: 'burns is in ALARM (5xx)',
    });
  });

  it('says once, and in the status, which alarms protect nothing', async () => {
    const world = await open(at10);
    world.alarms.set('burns', 'INSUFFICIENT_DATA');
    world.alarms.delete('slow');
    for (const seconds of [100, 110]) expect(await look(world, seconds, at10)).toMatchObject({ kind: 'lookAgain' });
    world.alarms.set('burns', 'OK');
    await look(world, 120, at10);
    world.alarms.set('burns', 'INSUFFICIENT_DATA');
    await look(world, 130, at10);
    expect((await world.facts()).filter(({ kind }) => kind === 'alarmSilent')).toEqual([
      { kind: 'alarmSilent', alarm: 'burns', why: 'noData' },
      { kind: 'alarmSilent', alarm: 'slow', why: 'missing' },
    ]);
    const answer = (await world.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1];
    const text = statusText('shop', answer, { paste: command => command });
    expect(text).toMatch(/\n {2}alarms {5}alarm burns has no data: .*\n {2}alarms {5}alarm slow is not there: /);
  });

  it('goes on judging where the alarms cannot be read', async () => {
    const world = await open(at10);
    world.alarms.unreachable(true);
    expect(await look(world, 100, at10)).toMatchObject({
      kind: 'lookAgain',
      because: expect.not.stringMatching(/hold/),
    });
  });

  it('writes down that an overridden alarm was OK, where the event of that was lost', async () => {
    const world = await open([...at10, [41, { kind: 'overridden', although: { alarms: ['burns'] } }]]);
    world.alarms.set('burns', 'ALARM');
    expect(await look(world, 100, at10)).toMatchObject({ kind: 'lookAgain' });
    world.alarms.set('burns', 'OK');
    await look(world, 110, at10);
    world.alarms.set('burns', 'ALARM');
    expect(await look(world, 120, at10)).toMatchObject({ kind: 'rollBack', reason: 'degraded' });
  });
});

describe('the point of no return of a promotion', () => {
  const retire = async (world: World, seconds: number) => {
    world.wait(seconds);
    await world.router.setDial(shop, dialFor('green', 100));
    return world.run('retire-stable', road);
  };
  const plan = { steps: [weight(100)], notify: [{ kind: 'sns' as const, on: ['held' as const] }] };

  it('is not gone through while an alarm rings: the release goes back', async () => {
    const world = await open(soaked, plan);
    world.alarms.set('burns', 'ALARM');
    expect(await retire(world, 60)).toMatchObject({ kind: 'rollBack', reason: 'degraded' });
    expect(await world.kinds()).not.toContain('retiring');
  });

  it('waits while the alarms cannot be read, tells it once, and goes back at the deadline', async () => {
    const world = await open(soaked, plan);
    world.alarms.unreachable(true);
    for (const seconds of [60, 90]) expect(await retire(world, seconds)).toMatchObject({ kind: 'lookAgain' });
    expect(world.notifier.notices).toHaveLength(1);
    expect(await retire(world, 7_200)).toMatchObject({ kind: 'rollBack', reason: 'deadline' });
    world.alarms.unreachable(false);
    await retire(world, 120);
    expect((await world.kinds()).slice(-2)).toEqual(['resumed', 'retiring']);
  });
});
