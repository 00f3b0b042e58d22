import { describe, expect, it } from 'vitest';
import { approval, at, bake, hook, type Line, readied, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

const active = async (fakes: Fakes) => (await fakes.ledger.read('shop')).active;
const notices = (fakes: Fakes) => fakes.notifier.notices.map(({ subject, topicArn }) => [subject, topicArn]);

describe('the next step', () => {
  it('is named with what it is about, and begins when it is named', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }));
    fakes.wait(25);
    const move = { events: 7, slotAskedAtEpochMs: at(25) };
    expect(await fakes.run('next-step', { ...road, move })).toEqual({
      kind: 'pause',
      seconds: 1,
      because: 'step 2 of 3: pause',
      asks: 'nobody',
      events: 35,
      slotAskedAtEpochMs: at(25),
    });
    expect((await active(fakes))?.stepStartedAtEpochMs).toBe(at(25));
    fakes.wait(30);
    await fakes.run('next-step', road);
    expect((await active(fakes))?.stepStartedAtEpochMs).toBe(at(25));
  });

  it.each<[string, Parameters<typeof openFakes>[0]]>([
    ['a bake', { steps: [bake(300), weight(100)] }],
    ['a hook', { steps: [hook(), weight(100)] }],
    ['an approval', { steps: [approval(), weight(100)] }],
  ])('that is %s begins when the canary is ready for it, not when its pods are asked for', async (_, plan) => {
    const fakes = await openFakes(plan);
    await fakes.admitted();
    expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'sizeCanary', asks: 'cluster' });
    expect((await active(fakes))?.stepStartedAtEpochMs).toBeUndefined();
    await fakes.tell(...readied(400, 100, 4));
    fakes.wait(401);
    await fakes.run('next-step', road);
    expect((await active(fakes))?.stepStartedAtEpochMs).toBe(at(401));
  });

  it('that is a weight begins with its pods', async () => {
    const fakes = await openFakes();
    await fakes.admitted();
    await fakes.run('next-step', road);
    expect(await fakes.kinds()).toContain('stepStarted');
  });

  it('asks a person where an approval is next', async () => {
    const fakes = await openFakes({ steps: [weight(10), approval(), weight(100)] });
    await fakes.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }));
    const move = { slotAskedAtEpochMs: at(0) };
    expect(await fakes.run('next-step', { ...road, move })).toMatchObject({ kind: 'openApproval', asks: 'person' });
  });

  it('after the last is the soak, and then the end of stable', async () => {
    const fakes = await openFakes({ steps: [weight(100)] });
    await fakes.admitted(...readied(0, 100, 4), ...shifted(20, { from: 0, to: 100 }));
    expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'soak' });
    await fakes.run('soak', road);
    expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'pause' });
    await fakes.tell([30, { kind: 'soakDone', because: 'good' }]);
    expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'retireStable' });
    expect(await fakes.kinds()).not.toContain('stepStarted');
  });
});

describe('the preview', () => {
  const preview = { header: { name: 'x-sluice-preview', value: 'canary' } };
  const canarySeen = (fakes: Fakes) => fakes.router.rules.get('arn:rule/shop-preview')?.groups;

  it('shows the canary to its header, and to nobody else', async () => {
    const fakes = await openFakes({ preview });
    await fakes.admitted(...readied(0, 10));
    expect(await fakes.run('open-preview', road)).toMatchObject({
      kind: 'advance',
      because: 'x-sluice-preview shows green',
    });
    expect(canarySeen(fakes)).toEqual([{ arn: 'arn:tg/shop-green', weight: 1 }]);
    expect(await fakes.router.readDial(shop)).toEqual({ blue: 100, green: 0 });
    expect((await fakes.kinds()).slice(-2)).toEqual(['previewIntended', 'previewOpened']);
  });

  it('is opened after a crash between the intent and the act, with one intent', async () => {
    const fakes = await openFakes({ preview });
    await fakes.admitted(...readied(0, 10), [1, { kind: 'previewIntended', slot: 'green' }]);
    await fakes.run('open-preview', road);
    expect((await fakes.kinds()).filter(kind => kind === 'previewIntended')).toHaveLength(1);
    expect(canarySeen(fakes)).toEqual([{ arn: 'arn:tg/shop-green', weight: 1 }]);
  });

  it('is none where the plan has none', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...readied(0, 10));
    expect(await fakes.run('open-preview', road)).toMatchObject({
      kind: 'advance',
      because: 'no preview is to be opened',
    });
    expect(canarySeen(fakes)).toEqual([{ arn: 'arn:tg/shop-blue', weight: 1 }]);
  });

  it('through a rule that asks for another header is a fault that nobody cures by trying again', async () => {
    const fakes = await openFakes({ preview: { header: { name: 'x-other', value: '1' } } });
    await fakes.admitted(...readied(0, 10));
    await expect(fakes.run('open-preview', road)).rejects.toMatchObject(named('RouterRuleError', /x-other/));
  });
});

describe("an approval's pause", () => {
  const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
  const opened: Line = [22, { kind: 'approvalOpened', name: 'go-live' }];
  const waiting = async (...ledgerLines: Line[]) => {
    const fakes = await openFakes({
      steps: [weight(10), approval(), weight(100)],
      notify: [{ kind: 'sns', on: ['approvalNeeded'] }],
    });
    await fakes.admitted(...at10, ...ledgerLines);
    return { fakes, token: fakes.executions.openToken('release', 'shop-1-1') };
  };

  it('begins with telling those who may end it', async () => {
    const { fakes } = await waiting();
    expect(await fakes.run('open-approval', road)).toMatchObject({
      kind: 'lookAgain',
      asks: 'person',
      because: 'go-live waits for leads',
    });
    expect(notices(fakes)).toEqual([['shop-1: approvalNeeded', 'arn:topic/control-plane']]);
  });

  it('keeps its token where an approval finds it; the next pause has its own', async () => {
    const { fakes } = await waiting(opened);
    await fakes.run('await-approval', { ...road, taskToken: 'first' });
    await fakes.run('await-approval', { ...road, taskToken: 'second' });
    expect(await fakes.ledger.readToken('shop-1')).toBe('second');
    expect(fakes.executions.answers).toEqual([]);
  });

  it('ends at once where the approval was given while it began', async () => {
    const { fakes, token } = await waiting(opened, [23, { kind: 'approved', name: 'go-live', groups: ['leads'] }]);
    await fakes.run('await-approval', { ...road, taskToken: token });
    expect(fakes.executions.answers).toEqual([{ taskToken: token, output: {} }]);
  });

  it('without a token is bad input', async () => {
    const { fakes } = await waiting(opened);
    await expect(fakes.run('await-approval', road)).rejects.toMatchObject(named('BadInputError', /taskToken/));
  });

  it('is none where the step is another', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...at10);
    expect(await fakes.run('open-approval', road)).toMatchObject({ because: 'this step is no approval' });
    expect(await fakes.run('call-hook', road)).toMatchObject({ because: 'this step is no hook' });
    expect(await fakes.kinds()).not.toContain('approvalOpened');
  });
});
