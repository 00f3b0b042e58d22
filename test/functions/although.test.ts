import { describe, expect, it } from 'vitest';
import { statusText } from '../../cli/status-text.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { approval, at, bake, type Line, readied, requested, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { alarmArn, alarmChanged, road } from './handler-cases.ts';

const burns = 'shop-burns';
const slow = alarmArn('shop-slow');
async function open(plan: Partial<Plan> = {}) {
  const fakes = await openFakes(plan);
  const { plan: registered } = await fakes.workloads.read('shop');
  await fakes.workloads.register({ workload: { ...shop, alarms: [burns, slow] }, plan: registered });
  for (const alarm of [burns, 'shop-slow']) fakes.alarms.set(alarm, 'OK');
  return fakes;
}
const start = (fakes: Fakes, more: object = {}) =>
  fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann', ...more });
const state = (fakes: Fakes) => fakes.ledger.read('shop');
const admit = (fakes: Fakes) => fakes.run('admit', road);

describe('all of stable is down, and a fix is released', () => {
  const steps = [weight(10), bake(300), approval(), weight(50), weight(100)];
  const down = (fakes: Fakes) => Object.assign(fakes.targets.counts.blue, { healthy: 0 });

  it('is refused, with what a person may say', async () => {
    const fakes = await open({ steps });
    down(fakes);
    await start(fakes);
    expect(await admit(fakes)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(/^no target of blue, .*: --although-stable-is-down$/),
    });
  });

  it('begins where somebody said so, all at once behind its approvals; what is left is said, and who said it stands in the ledger', async () => {
    const fakes = await open({ steps });
    down(fakes);
    expect(await start(fakes, { althoughStableIsDown: true })).toMatchObject({
      kind: 'started',
      although: [expect.stringMatching(/^although stable is down: .* Left: .* Missing: .*the way back/)],
    });
    expect(await admit(fakes)).toMatchObject({ kind: 'admitted' });
    const { active } = await state(fakes);
    expect(active?.plan.steps).toEqual(steps);
    expect(active?.admission?.walks?.steps).toEqual([approval(), weight(100)]);
    expect(active).toMatchObject({
      admission: { stableIsDown: true, stableReplicas: 4 },
      although: { stableIsDown: true, by: 'ann', atEpochMs: fakes.clock.now() },
    });
    expect((await fakes.ledger.entries('shop'))[0]).toMatchObject({
      by: 'ann',
      fact: { kind: 'requested', although: { stableIsDown: true } },
    });
    const answer = (await fakes.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1];
    expect(statusText('shop', answer, { paste: text => text })).toMatch(
      /\n {2}although {3}ann, 2023-11-14 22:14 UTC: although stable is down: /,
    );
  });

  it('walks its whole plan where stable is up again when it begins', async () => {
    const fakes = await open({ steps });
    await start(fakes, { althoughStableIsDown: true });
    await admit(fakes);
    const { active } = await state(fakes);
    expect(active?.plan.steps).toEqual(steps);
    expect(active?.admission).not.toHaveProperty('stableIsDown');
  });

  it('with no pod of stable left is sized by the Deployment', async () => {
    const fakes = await open({ steps });
    down(fakes);
    await fakes.cluster.scaleSlot(shop, 'blue', 0, 0);
    await start(fakes, { althoughStableIsDown: true });
    await admit(fakes);
    expect((await state(fakes)).active?.admission?.stableReplicas).toBe(1);
  });
});

describe('an alarm rings, and a fix is released', () => {
  const ring = (fakes: Fakes, name: string, from = 'OK') => {
    fakes.alarms.set(name, 'ALARM', 'errors', at(24));
    return fakes.run('alarm-changed', alarmChanged(name, 24, { from }));
  };

  it('begins at once where somebody named it, by name or ARN', async () => {
    const fakes = await open();
    fakes.alarms.set(burns, 'ALARM', 'errors');
    fakes.alarms.set('shop-slow', 'ALARM', 'late');
    expect(await start(fakes, { althoughAlarms: [alarmArn(burns), 'shop-slow'] })).toMatchObject({
      although: [expect.stringMatching(/^although shop-burns, arn:.*: ignored until it was OK once.* Left: /)],
    });
    expect(await admit(fakes)).toMatchObject({ kind: 'admitted' });
    expect((await state(fakes)).active?.although).toMatchObject({ alarms: [burns, slow], by: 'ann' });
  });

  it('is held all the same by another one', async () => {
    const fakes = await open();
    fakes.alarms.set('shop-slow', 'ALARM', 'late');
    await start(fakes, { althoughAlarms: [burns] });
    expect(await admit(fakes)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/shop-slow is in ALARM/),
    });
  });

  it('that is held already begins when somebody overrides it; saying it twice is saying it once', async () => {
    const fakes = await open();
    fakes.alarms.set(burns, 'ALARM', 'errors');
    await start(fakes);
    expect(await admit(fakes)).toMatchObject({ kind: 'lookAgain' });
    for (const by of ['bob', 'bob']) {
      expect(await start(fakes, { althoughAlarms: [burns], by })).toMatchObject({ kind: 'alreadyRequested' });
    }
    expect((await fakes.kinds()).filter(kind => kind === 'overridden')).toHaveLength(1);
    expect((await state(fakes)).active?.although).toMatchObject({ by: 'bob' });
    expect(await admit(fakes)).toMatchObject({ kind: 'admitted' });
  });

  it('an alarm that the workload does not have is a mistake, and nothing is requested', async () => {
    const fakes = await open();
    await expect(start(fakes, { althoughAlarms: ['shop-bruns'] })).rejects.toMatchObject(
      named('RefusedError', /^shop has no alarm shop-bruns: it has shop-burns, arn:/),
    );
    expect(await fakes.kinds()).toEqual([]);
  });

  const at10: Line[] = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
  async function at10Although() {
    const fakes = await open();
    fakes.alarms.set(burns, 'ALARM', 'errors');
    await start(fakes, { althoughAlarms: [burns] });
    await admit(fakes);
    await fakes.tell(...at10);
    return fakes;
  }
  const goesBack = [{ workload: 'shop', kind: 'goesBack', attempt: 1 }];

  it('is ignored while it was never OK, also when it comes again from having no data', async () => {
    const fakes = await at10Although();
    expect(await ring(fakes, burns, 'INSUFFICIENT_DATA')).toMatchObject([
      { kind: 'nothing', because: 'ann started shop-1 although it rings, and it has not been OK since' },
    ]);
    expect((await state(fakes)).active?.rollBack).toBeUndefined();
  });

  it('takes the release back when it was OK and rings again', async () => {
    const fakes = await at10Although();
    fakes.alarms.set(burns, 'OK', '', at(23));
    await fakes.run('alarm-changed', alarmChanged(burns, 23, { from: 'ALARM', to: 'OK' }));
    expect((await state(fakes)).active?.alarmsWereOk).toEqual([burns]);
    expect(await ring(fakes, burns, 'INSUFFICIENT_DATA')).toEqual(goesBack);
  });

  it('takes it back where the event of its OK was lost', async () => {
    expect(await ring(await at10Although(), burns, 'OK')).toEqual(goesBack);
  });

  it('counts from the start where it was OK when the release began', async () => {
    const fakes = await open();
    await start(fakes, { althoughAlarms: [burns] });
    await admit(fakes);
    await fakes.tell(...at10);
    expect(await ring(fakes, burns, 'INSUFFICIENT_DATA')).toEqual(goesBack);
  });

  it('others take it back as ever', async () => {
    expect(await ring(await at10Although(), 'shop-slow')).toEqual(goesBack);
  });

  it('its OK is written down once, and not of a release that overrides nothing', async () => {
    const fakes = await at10Although();
    const ok = alarmChanged(burns, 23, { from: 'ALARM', to: 'OK' });
    fakes.alarms.set(burns, 'OK', '', at(23));
    await fakes.run('alarm-changed', ok);
    await fakes.run('alarm-changed', ok);
    expect((await fakes.kinds()).filter(kind => kind === 'alarmWasOk')).toHaveLength(1);
    const other = await open();
    await other.tell([0, requested({ workload: { ...shop, alarms: [burns] } })]);
    await other.run('alarm-changed', ok);
    expect(await other.kinds()).toEqual(['requested']);
  });
});
