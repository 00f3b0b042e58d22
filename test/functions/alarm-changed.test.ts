import { describe, expect, it } from 'vitest';
import type { AlarmState } from '../../adapters/alarms/alarms.ts';
import { at, type Line, planOf, readied, shifted, shop } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { alarmChanged, scheduled, watched } from './handler-cases.ts';

const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
/** CloudWatch says what its event says. */
const ring = (fakes: Fakes, ...about: Parameters<typeof alarmChanged>) => {
  const [name, seconds, { to = 'ALARM' } = {}] = about;
  fakes.alarms.set(name, to as AlarmState, 'Threshold Crossed: 1 datapoint [20.0] was greater than 5.0', at(seconds));
  return fakes.run('alarm-changed', alarmChanged(...about));
};
/** An event that CloudWatch did not send: it does not know of it. */
const forge = (fakes: Fakes, ...about: Parameters<typeof alarmChanged>) =>
  fakes.run('alarm-changed', alarmChanged(...about));
const back = async (fakes: Fakes) => (await fakes.ledger.read('shop')).active?.rollBack;

describe('an alarm that goes into ALARM after the first weight', () => {
  it('takes the release back as degraded, and says which one and why', async () => {
    const fakes = await watched(at10);
    expect(await ring(fakes, 'shop-burns', 24)).toEqual([{ workload: 'shop', kind: 'goesBack', attempt: 1 }]);
    expect(await back(fakes)).toMatchObject({
      reason: 'degraded',
      because: 'alarm shop-burns went into ALARM: Threshold Crossed: 1 datapoint [20.0] was greater than 5.0',
    });
    expect(fakes.executions.started.at(-1)).toMatchObject({ name: 'rb-shop-1-1', status: 'RUNNING' });
  });

  it('may be named by its ARN, and come from having no data', async () => {
    const fakes = await watched(at10);
    expect(await ring(fakes, 'shop-slow', 24, { from: 'INSUFFICIENT_DATA' })).toMatchObject([{ kind: 'goesBack' }]);
  });

  it('counts from the intent of the first weight on: it may have been set before it was confirmed', async () => {
    const fakes = await watched([...readied(0, 10), ...shifted(20, { from: 0, to: 10 }).slice(0, 1)]);
    expect(await ring(fakes, 'shop-burns', 20)).toMatchObject([{ kind: 'goesBack' }]);
  });

  it('told twice, by two at once, and by two alarms takes it back once', async () => {
    const fakes = await watched(at10);
    await Promise.all([ring(fakes, 'shop-burns', 24), ring(fakes, 'shop-slow', 25)]);
    await ring(fakes, 'shop-burns', 24);
    expect((await fakes.kinds()).filter(kind => kind === 'rollBackClaimed')).toHaveLength(1);
    expect(fakes.executions.started).toHaveLength(2);
  });

  it('takes back every workload that names it', async () => {
    const fakes = await watched(at10);
    const api = { ...shop, name: 'api', alarms: ['shop-burns'] };
    await fakes.workloads.register({ workload: api, plan: planOf({ workload: 'api' }) });
    expect(await ring(fakes, 'shop-burns', 24)).toEqual([
      { workload: 'api', kind: 'nothing', because: 'no release is in progress' },
      { workload: 'shop', kind: 'goesBack', attempt: 1 },
    ]);
  });
});

describe('an event that says what CloudWatch does not', () => {
  it.each<[string, AlarmState | undefined, string]>([
    ['is OK', 'OK', 'it is OK by now'],
    ['has no data', 'INSUFFICIENT_DATA', 'it is INSUFFICIENT_DATA by now'],
    ['is not there', undefined, 'it is not there by now'],
  ])('takes nothing back: the alarm %s', async (_, state, because) => {
    const fakes = await watched(at10);
    fakes.alarms.delete('shop-burns');
    if (state !== undefined) fakes.alarms.set('shop-burns', state);
    expect(await forge(fakes, 'shop-burns', 24)).toEqual([{ workload: 'shop', kind: 'nothing', because }]);
    expect(await back(fakes)).toBeUndefined();
  });

  it('of another instant counts for the one that CloudWatch knows', async () => {
    const fakes = await watched(at10);
    fakes.alarms.set('shop-burns', 'ALARM', 'errors', at(-600));
    expect(await forge(fakes, 'shop-burns', 24)).toMatchObject([{ because: 'it rang before shop-1 had traffic' }]);
  });

  it('ends no override: neither that it is OK, nor that it was before', async () => {
    const fakes = await openFakes({ metrics: [] });
    fakes.alarms.set('shop-burns', 'ALARM', 'errors', at(-600));
    const workload = { ...shop, alarms: ['shop-burns'] };
    await fakes.workloads.register({ workload, plan: planOf({ metrics: [] }) });
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann', althoughAlarms: ['shop-burns'] });
    await forge(fakes, 'shop-burns', 24, { from: 'ALARM', to: 'OK' });
    await forge(fakes, 'shop-burns', 24, { from: 'OK', to: 'ALARM' });
    expect(await fakes.kinds()).not.toContain('alarmWasOk');
    // CloudWatch says that it went into ALARM again since
    fakes.alarms.set('shop-burns', 'ALARM', 'errors', at(30));
    await forge(fakes, 'shop-burns', 30, { from: 'OK', to: 'ALARM' });
    expect(await fakes.kinds()).toContain('alarmWasOk');
  });

  it('is tried again where CloudWatch does not answer', async () => {
    const fakes = await watched(at10);
    fakes.alarms.unreachable(true);
    await expect(forge(fakes, 'shop-burns', 24)).rejects.toThrow(/the fake was told not to answer/);
    expect(await back(fakes)).toBeUndefined();
  });
});

describe('an alarm does nothing', () => {
  it.each<[string, Line[], Parameters<typeof alarmChanged>, string]>([
    ['before the first weight', readied(0, 10), ['shop-burns', 24], 'shop-1 has no traffic yet'],
    [
      'that rang before the first weight and is told late',
      at10,
      ['shop-burns', 19],
      'it rang before shop-1 had traffic',
    ],
    [
      'when no release is on its way',
      [...at10, [23, { kind: 'closed', outcome: 'rolledBack', because: 'x' }]],
      ['shop-burns', 24],
      'no release is in progress',
    ],
  ])('%s', async (_, ledgerLines, about, because) => {
    const fakes = await watched(ledgerLines);
    const untouched = await fakes.everything();
    expect(await ring(fakes, ...about)).toEqual([{ workload: 'shop', kind: 'nothing', because }]);
    expect(await fakes.everything()).toEqual(untouched);
  });

  it.each<[string, Parameters<typeof alarmChanged>]>([
    ['when it is over', ['shop-burns', 24, { from: 'ALARM', to: 'OK' }]],
    ['when it has no data', ['shop-burns', 24, { to: 'INSUFFICIENT_DATA' }]],
    ['that rang already', ['shop-burns', 24, { from: 'ALARM' }]],
    ['that no workload names', ['api-burns', 24]],
  ])('%s', async (_, about) => {
    const fakes = await watched(at10);
    expect(await ring(fakes, ...about)).toEqual([]);
    expect(await back(fakes)).toBeUndefined();
  });

  it('past the point of no return', async () => {
    const fakes = await watched([...at10, [23, { kind: 'retiring' }]]);
    expect(await ring(fakes, 'shop-burns', 24)).toEqual([{ workload: 'shop', kind: 'promoted' }]);
    expect(await back(fakes)).toBeUndefined();
  });
});

describe('an alarm that rings before a release begins', () => {
  const admit = (fakes: Fakes) => fakes.run('admit', { releaseId: 'shop-1', run: 1 });
  async function requestedWhile(
    state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA',
    plan: Parameters<typeof openFakes>[0] = {},
  ) {
    const fakes = await openFakes(plan);
    fakes.alarms.set('shop-burns', state, 'errors');
    const workload = { ...shop, alarms: ['shop-burns'] };
    await fakes.workloads.register({ workload, plan: planOf(plan) });
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    return fakes;
  }
  const notify = [{ kind: 'sns' as const, on: ['held' as const] }];

  it('holds it, says so once, and lets it begin when the alarm is over', async () => {
    const fakes = await requestedWhile('ALARM', { notify });
    const held = { kind: 'lookAgain', seconds: 30, because: 'on hold: shop-burns is in ALARM (errors)' };
    expect(await admit(fakes)).toMatchObject(held);
    fakes.wait(30);
    expect(await admit(fakes)).toMatchObject(held);
    expect(await fakes.kinds()).toEqual(['requested', 'runClaimed', 'held']);
    expect(fakes.notifier.notices.map(({ subject }) => subject)).toEqual(['shop-1: held']);
    fakes.alarms.set('shop-burns', 'OK');
    expect(await admit(fakes)).toMatchObject({ kind: 'admitted' });
    expect((await fakes.kinds()).slice(-2)).toEqual(['resumed', 'admitted']);
    expect((await fakes.ledger.read('shop')).active?.hold).toBeUndefined();
  });

  it("refuses it after the plan's hold.atMost: nothing has moved", async () => {
    const fakes = await requestedWhile('ALARM');
    await admit(fakes);
    fakes.wait(599);
    expect(await admit(fakes)).toMatchObject({ kind: 'lookAgain' });
    fakes.wait(600);
    const because =
      'on hold for 600 s: shop-burns is in ALARM (errors). If a fix has to go out all the same: --although shop-burns';
    expect(await admit(fakes)).toMatchObject({ kind: 'refused', because });
    expect((await fakes.kinds()).at(-1)).toBe('refused');
  });

  it.each(['OK', 'INSUFFICIENT_DATA'] as const)('does not hold it in state %s', async state => {
    expect(await admit(await requestedWhile(state))).toMatchObject({ kind: 'admitted' });
  });

  it('does not hold an undo: that is what a person does about it', async () => {
    const fakes = await requestedWhile('ALARM');
    await fakes.tell([1, { kind: 'closed', outcome: 'rejected', because: 'x' }]);
    const images = {};
    const workload = { ...shop, alarms: ['shop-burns'] };
    await fakes.tell(
      [2, { kind: 'requested', images, plan: planOf(), workload, undoOf: 'shop-1' }, { releaseId: 'shop-2' }],
      [2, { kind: 'runClaimed', run: 1 }, { releaseId: 'shop-2' }],
    );
    // green holds nothing to go back to: that is asked, the alarm is not
    expect(await fakes.run('admit', { releaseId: 'shop-2', run: 1 })).toMatchObject({ kind: 'refused' });
    await fakes.run('reconcile', scheduled);
    expect(await fakes.kinds()).not.toContain('held');
  });

  it('that is not there refuses it, and says its name; one that cannot be asked is asked again', async () => {
    const fakes = await requestedWhile('OK');
    const missing = { ...shop, alarms: ['shop-burns', 'nobody-made-this'] };
    await fakes.tell([1, { kind: 'closed', outcome: 'rejected', because: 'x' }]);
    await fakes.workloads.register({ workload: missing, plan: planOf() });
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    fakes.alarms.unreachable(true);
    const again = fakes.run('admit', { releaseId: 'shop-2', run: 1 });
    await expect(again).rejects.toMatchObject({ name: 'AlarmsUnreachableError' });
    fakes.alarms.unreachable(false);
    expect(await fakes.run('admit', { releaseId: 'shop-2', run: 1 })).toMatchObject({
      kind: 'refused',
      because: 'there is no alarm nobody-made-this',
    });
  });
});
