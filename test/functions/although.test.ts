import { describe, expect, it } from 'vitest';
import { statusText } from '../../cli/status-text.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { approval, at, bake, type Line, readied, requested, shifted, shop, weight } from '../support/story.ts';
import { alarmArn, alarmChanged, road } from './scenes.ts';
import { named, openWorld, type World } from './world.ts';

const burns = 'shop-burns';
const slow = alarmArn('shop-slow');
async function open(plan: Partial<Plan> = {}) {
  const world = await openWorld(plan);
  const { plan: registered } = await world.workloads.read('shop');
  await world.workloads.register({ workload: { ...shop, alarms: [burns, slow] }, plan: registered });
  for (const alarm of [burns, 'shop-slow']) world.alarms.set(alarm, 'OK');
  return world;
}
const start = (world: World, more: object = {}) =>
  world.run('start', { workload: 'shop', image: 'v2', by: 'ann', ...more });
const state = (world: World) => world.ledger.read('shop');
const admit = (world: World) => world.run('admit', road);

describe('all of stable is down, and a fix is released', () => {
  const steps = [weight(10), bake(300), approval(), weight(50), weight(100)];
  const down = (world: World) => Object.assign(world.targets.counts.blue, { healthy: 0 });

  it('is refused, with what a person may say', async () => {
    const world = await open({ steps });
    down(world);
    await start(world);
    expect(await admit(world)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(/^no target of blue, .*: --although-stable-is-down$/),
    });
  });

  it('begins where somebody said so, all at once behind its approvals; what is left is said, and who said it stands in the ledger', async () => {
    const world = await open({ steps });
    down(world);
    expect(await start(world, { althoughStableIsDown: true })).toMatchObject({
      kind: 'started',
      although: [expect.stringMatching(/^although stable is down: .* Left: .* Missing: .*the way back/)],
    });
    expect(await admit(world)).toMatchObject({ kind: 'admitted' });
    const { active } = await state(world);
    expect(active?.plan.steps).toEqual(steps);
    expect(active?.admission?.walks?.steps).toEqual([approval(), weight(100)]);
    expect(active).toMatchObject({
      admission: { stableIsDown: true, stableReplicas: 4 },
      although: { stableIsDown: true, by: 'ann', atEpochMs: world.clock.now() },
    });
    expect((await world.ledger.entries('shop'))[0]).toMatchObject({
      by: 'ann',
      fact: { kind: 'requested', although: { stableIsDown: true } },
    });
    const answer = (await world.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1];
    expect(statusText('shop', answer, { paste: text => text })).toMatch(
      /\n {2}although {3}ann, 2023-11-14 22:14 UTC: although stable is down: /,
    );
  });

  it('walks its whole plan where stable is up again when it begins', async () => {
    const world = await open({ steps });
    await start(world, { althoughStableIsDown: true });
    await admit(world);
    const { active } = await state(world);
    expect(active?.plan.steps).toEqual(steps);
    expect(active?.admission).not.toHaveProperty('stableIsDown');
  });

  it('with no pod of stable left is sized by the Deployment', async () => {
    const world = await open({ steps });
    down(world);
    await world.cluster.scaleSlot(shop, 'blue', 0, 0);
    await start(world, { althoughStableIsDown: true });
    await admit(world);
    expect((await state(world)).active?.admission?.stableReplicas).toBe(1);
  });
});

describe('an alarm rings, and a fix is released', () => {
  const ring = (world: World, name: string, from = 'OK') => {
    world.alarms.set(name, 'ALARM', 'errors', at(24));
    return world.run('alarm-changed', alarmChanged(name, 24, { from }));
  };

  it('begins at once where somebody named it, by name or ARN', async () => {
    const world = await open();
    world.alarms.set(burns, 'ALARM', 'errors');
    world.alarms.set('shop-slow', 'ALARM', 'late');
    expect(await start(world, { althoughAlarms: [alarmArn(burns), 'shop-slow'] })).toMatchObject({
      although: [expect.stringMatching(/^although shop-burns, arn:.*: ignored until it was OK once.* Left: /)],
    });
    expect(await admit(world)).toMatchObject({ kind: 'admitted' });
    expect((await state(world)).active?.although).toMatchObject({ alarms: [burns, slow], by: 'ann' });
  });

  it('is held all the same by another one', async () => {
    const world = await open();
    world.alarms.set('shop-slow', 'ALARM', 'late');
    await start(world, { althoughAlarms: [burns] });
    expect(await admit(world)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/shop-slow is in ALARM/),
    });
  });

  it('that is held already begins when somebody overrides it; saying it twice is saying it once', async () => {
    const world = await open();
    world.alarms.set(burns, 'ALARM', 'errors');
    await start(world);
    expect(await admit(world)).toMatchObject({ kind: 'lookAgain' });
    for (const by of ['bob', 'bob']) {
      expect(await start(world, { althoughAlarms: [burns], by })).toMatchObject({ kind: 'alreadyRequested' });
    }
    expect((await world.kinds()).filter(kind => kind === 'overridden')).toHaveLength(1);
    expect((await state(world)).active?.although).toMatchObject({ by: 'bob' });
    expect(await admit(world)).toMatchObject({ kind: 'admitted' });
  });

  it('an alarm that the workload does not have is a mistake, and nothing is requested', async () => {
    const world = await open();
    await expect(start(world, { althoughAlarms: ['shop-bruns'] })).rejects.toMatchObject(
      named('RefusedError', /^shop has no alarm shop-bruns: it has shop-burns, arn:/),
    );
    expect(await world.kinds()).toEqual([]);
  });

  const at10: Line[] = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
  async function at10Although() {
    const world = await open();
    world.alarms.set(burns, 'ALARM', 'errors');
    await start(world, { althoughAlarms: [burns] });
    await admit(world);
    await world.tell(...at10);
    return world;
  }
  const goesBack = [{ workload: 'shop', kind: 'goesBack', attempt: 1 }];

  it('is ignored while it was never OK, also when it comes again from having no data', async () => {
    const world = await at10Although();
    expect(await ring(world, burns, 'INSUFFICIENT_DATA')).toMatchObject([
      { kind: 'nothing', because: 'ann started shop-1 although it rings, and it has not been OK since' },
    ]);
    expect((await state(world)).active?.rollBack).toBeUndefined();
  });

  it('takes the release back when it was OK and rings again', async () => {
    const world = await at10Although();
    world.alarms.set(burns, 'OK', '', at(23));
    await world.run('alarm-changed', alarmChanged(burns, 23, { from: 'ALARM', to: 'OK' }));
    expect((await state(world)).active?.alarmsWereOk).toEqual([burns]);
    expect(await ring(world, burns, 'INSUFFICIENT_DATA')).toEqual(goesBack);
  });

  it('takes it back where the event of its OK was lost', async () => {
    expect(await ring(await at10Although(), burns, 'OK')).toEqual(goesBack);
  });

  it('counts from the start where it was OK when the release began', async () => {
    const world = await open();
    await start(world, { althoughAlarms: [burns] });
    await admit(world);
    await world.tell(...at10);
    expect(await ring(world, burns, 'INSUFFICIENT_DATA')).toEqual(goesBack);
  });

  it('others take it back as ever', async () => {
    expect(await ring(await at10Although(), 'shop-slow')).toEqual(goesBack);
  });

  it('its OK is written down once, and not of a release that overrides nothing', async () => {
    const world = await at10Although();
    const ok = alarmChanged(burns, 23, { from: 'ALARM', to: 'OK' });
    world.alarms.set(burns, 'OK', '', at(23));
    await world.run('alarm-changed', ok);
    await world.run('alarm-changed', ok);
    expect((await world.kinds()).filter(kind => kind === 'alarmWasOk')).toHaveLength(1);
    const other = await open();
    await other.tell([0, requested({ workload: { ...shop, alarms: [burns] } })]);
    await other.run('alarm-changed', ok);
    expect(await other.kinds()).toEqual(['requested']);
  });
});
