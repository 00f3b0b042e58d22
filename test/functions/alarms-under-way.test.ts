import { describe, expect, it } from 'vitest';
import { statusText } from '../../cli/status-text.ts';
import { dialFor } from '../../domain/dial.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { admissionOf, type Line, planOf, readied, requested, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

/** No event of these alarms ever comes: what is known of them is what is read. */
const workload = { ...shop, alarms: ['burns', 'slow'] };
async function open(ledgerLines: Line[], plan: Partial<Plan> = {}, first = false) {
  const fakes = await openFakes(plan, { isNew: first });
  const wayBack = await fakes.router.planWayBack(shop, 'blue');
  await fakes.workloads.register({ workload, plan: planOf(plan) });
  await fakes.tell(
    [0, requested({ workload, plan: planOf(plan) })],
    [0, { kind: 'runClaimed', run: 1 }],
    [0, { kind: 'admitted', admission: admissionOf({ wayBack, ...(first && { first: true as const }) }) }],
    ...ledgerLines,
  );
  await fakes.canary(4);
  for (const alarm of workload.alarms) fakes.alarms.set(alarm, 'OK');
  return fakes;
}
const at10: Line[] = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 }), [40, { kind: 'stepStarted', index: 1 }]];
const soaked: Line[] = [
  ...readied(0, 100, 4),
  ...shifted(20, { from: 0, to: 100 }),
  [30, { kind: 'soakStarted' }],
  [40, { kind: 'soakDone', because: 'good' }],
];
const isUnder = (ledgerLines: Line[]) => ledgerLines.some(([, fact]) => fact.kind === 'shiftConfirmed');
async function look(fakes: Fakes, seconds: number, ledgerLines: Line[]) {
  fakes.wait(seconds);
  if (isUnder(ledgerLines)) await fakes.router.setDial(shop, dialFor('green', 10));
  return fakes.run('look', road);
}

describe('the first weight', () => {
  const shift = async (fakes: Fakes) => {
    fakes.wait(20);
    return fakes.run('shift-traffic', road);
  };

  it.each<[string, (fakes: Fakes) => void]>([
    ['an alarm rings', fakes => fakes.alarms.set('burns', 'ALARM', '5xx')],
    ['an alarm was deleted since the release began', fakes => fakes.alarms.delete('slow')],
    ['the alarms cannot be read', fakes => fakes.alarms.unreachable(true)],
  ])('is not set while %s, although the look before it found nothing', async (_, change) => {
    const fakes = await open(readied(0, 10));
    expect(await look(fakes, 20, [])).toMatchObject({ kind: 'shiftTraffic' });
    change(fakes);
    expect(await shift(fakes)).toMatchObject({ kind: 'lookAgain' });
    expect(await fakes.router.readDial(shop)).toEqual(dialFor('green', 0));
    expect(await look(fakes, 20, [])).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/^on hold: /),
    });
    expect((await fakes.ledger.read('shop')).active?.hold).toBeDefined();
  });

  it('of a first release is its point of no return: it does not pass it over an alarm', async () => {
    const fakes = await open(readied(0, 100, 4), {}, true);
    fakes.alarms.set('burns', 'ALARM');
    expect(await shift(fakes)).toMatchObject({ kind: 'lookAgain' });
    expect(await fakes.kinds()).not.toContain('retiring');
    fakes.alarms.set('burns', 'OK');
    expect(await shift(fakes)).toMatchObject({ kind: 'advance' });
    expect(await fakes.kinds()).toContain('retiring');
  });

  it('is set where a person overrides the alarm by then: the release that waits is meant, and no other is queued', async () => {
    const fakes = await open(readied(0, 10));
    fakes.alarms.set('burns', 'ALARM');
    expect(await shift(fakes)).toMatchObject({ kind: 'lookAgain' });
    const start = { workload: 'shop', image: 'v2', althoughAlarms: ['burns'], by: 'bob' };
    for (const _ of ['once', 'twice']) {
      expect(await fakes.run('start', start)).toMatchObject({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    }
    expect((await fakes.kinds()).filter(kind => kind === 'overridden')).toHaveLength(1);
    expect((await fakes.ledger.read('shop')).waiting).toBeUndefined();
    expect(await shift(fakes)).toMatchObject({ kind: 'advance' });
  });
});

describe('a look while the canary has traffic', () => {
  it('finds an alarm whose event was lost, and takes the release back', async () => {
    const fakes = await open(at10);
    fakes.alarms.set('burns', 'ALARM', '5xx');
    expect(await look(fakes, 100, at10)).toMatchObject({
      kind: 'rollBack',
      reason: 'degraded',
      because: 'burns is in ALARM (5xx)',
    });
  });

  it('says once, and in the status, which alarms protect nothing', async () => {
    const fakes = await open(at10);
    fakes.alarms.set('burns', 'INSUFFICIENT_DATA');
    fakes.alarms.delete('slow');
    for (const seconds of [100, 110]) expect(await look(fakes, seconds, at10)).toMatchObject({ kind: 'lookAgain' });
    fakes.alarms.set('burns', 'OK');
    await look(fakes, 120, at10);
    fakes.alarms.set('burns', 'INSUFFICIENT_DATA');
    await look(fakes, 130, at10);
    expect((await fakes.facts()).filter(({ kind }) => kind === 'alarmSilent')).toEqual([
      { kind: 'alarmSilent', alarm: 'burns', why: 'noData' },
      { kind: 'alarmSilent', alarm: 'slow', why: 'missing' },
    ]);
    const answer = (await fakes.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1];
    const text = statusText('shop', answer, { paste: command => command });
    expect(text).toMatch(/\n {2}alarms {5}alarm burns has no data: .*\n {2}alarms {5}alarm slow is not there: /);
  });

  it('goes on judging where the alarms cannot be read', async () => {
    const fakes = await open(at10);
    fakes.alarms.unreachable(true);
    expect(await look(fakes, 100, at10)).toMatchObject({
      kind: 'lookAgain',
      because: expect.not.stringMatching(/hold/),
    });
  });

  it('writes down that an overridden alarm was OK, where the event of that was lost', async () => {
    const fakes = await open([...at10, [41, { kind: 'overridden', although: { alarms: ['burns'] } }]]);
    fakes.alarms.set('burns', 'ALARM');
    expect(await look(fakes, 100, at10)).toMatchObject({ kind: 'lookAgain' });
    fakes.alarms.set('burns', 'OK');
    await look(fakes, 110, at10);
    fakes.alarms.set('burns', 'ALARM');
    expect(await look(fakes, 120, at10)).toMatchObject({ kind: 'rollBack', reason: 'degraded' });
  });
});

describe('the point of no return of a promotion', () => {
  const retire = async (fakes: Fakes, seconds: number) => {
    fakes.wait(seconds);
    await fakes.router.setDial(shop, dialFor('green', 100));
    return fakes.run('retire-stable', road);
  };
  const plan = { steps: [weight(100)], notify: [{ kind: 'sns' as const, on: ['held' as const] }] };

  it('is not gone through while an alarm rings: the release goes back', async () => {
    const fakes = await open(soaked, plan);
    fakes.alarms.set('burns', 'ALARM');
    expect(await retire(fakes, 60)).toMatchObject({ kind: 'rollBack', reason: 'degraded' });
    expect(await fakes.kinds()).not.toContain('retiring');
  });

  it('waits while the alarms cannot be read, tells it once, and goes back at the deadline', async () => {
    const fakes = await open(soaked, plan);
    fakes.alarms.unreachable(true);
    for (const seconds of [60, 90]) expect(await retire(fakes, seconds)).toMatchObject({ kind: 'lookAgain' });
    expect(fakes.notifier.notices).toHaveLength(1);
    expect(await retire(fakes, 7_200)).toMatchObject({ kind: 'rollBack', reason: 'deadline' });
    fakes.alarms.unreachable(false);
    await retire(fakes, 120);
    expect((await fakes.kinds()).slice(-2)).toEqual(['resumed', 'retiring']);
  });
});
