import { describe, expect, it } from 'vitest';
import { approval, at, bake, hook, type Line, readied, shifted, shop, weight } from '../support/story.ts';
import { road } from './scenes.ts';
import { named, openWorld, type World } from './world.ts';

const active = async (world: World) => (await world.ledger.read('shop')).active;
const notices = (world: World) => world.notifier.notices.map(({ subject, topicArn }) => [subject, topicArn]);

describe('the next step', () => {
  it('is named with what it is about, and begins when it is named', async () => {
    const world = await openWorld();
    await world.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }));
    world.wait(25);
    const move = { events: 7, slotAskedAtEpochMs: at(25) };
    expect(await world.run('next-step', { ...road, move })).toEqual({
      kind: 'pause',
      seconds: 1,
      because: 'step 2 of 3: pause',
      asks: 'nobody',
      events: 35,
      slotAskedAtEpochMs: at(25),
    });
    expect((await active(world))?.stepStartedAtEpochMs).toBe(at(25));
    world.wait(30);
    await world.run('next-step', road);
    expect((await active(world))?.stepStartedAtEpochMs).toBe(at(25));
  });

  it.each<[string, Parameters<typeof openWorld>[0]]>([
    ['a bake', { steps: [bake(300), weight(100)] }],
    ['a hook', { steps: [hook(), weight(100)] }],
    ['an approval', { steps: [approval(), weight(100)] }],
  ])('that is %s begins when the canary is ready for it, not when its pods are asked for', async (_, plan) => {
    const world = await openWorld(plan);
    await world.admitted();
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'sizeCanary', asks: 'cluster' });
    expect((await active(world))?.stepStartedAtEpochMs).toBeUndefined();
    await world.tell(...readied(400, 100, 4));
    world.wait(401);
    await world.run('next-step', road);
    expect((await active(world))?.stepStartedAtEpochMs).toBe(at(401));
  });

  it('that is a weight begins with its pods', async () => {
    const world = await openWorld();
    await world.admitted();
    await world.run('next-step', road);
    expect(await world.kinds()).toContain('stepStarted');
  });

  it('asks a person where an approval is next', async () => {
    const world = await openWorld({ steps: [weight(10), approval(), weight(100)] });
    await world.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }));
    const move = { slotAskedAtEpochMs: at(0) };
    expect(await world.run('next-step', { ...road, move })).toMatchObject({ kind: 'openApproval', asks: 'person' });
  });

  it('after the last is the soak, and then the end of stable', async () => {
    const world = await openWorld({ steps: [weight(100)] });
    await world.admitted(...readied(0, 100, 4), ...shifted(20, { from: 0, to: 100 }));
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'soak' });
    await world.run('soak', road);
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'pause' });
    await world.tell([30, { kind: 'soakDone', because: 'good' }]);
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'retireStable' });
    expect(await world.kinds()).not.toContain('stepStarted');
  });
});

describe('the preview', () => {
  const preview = { header: { name: 'x-sluice-preview', value: 'canary' } };
  const canarySeen = (world: World) => world.router.rules.get('arn:rule/shop-preview')?.groups;

  it('shows the canary to its header, and to nobody else', async () => {
    const world = await openWorld({ preview });
    await world.admitted(...readied(0, 10));
    expect(await world.run('open-preview', road)).toMatchObject({
      kind: 'advance',
      because: 'x-sluice-preview shows green',
    });
    expect(canarySeen(world)).toEqual([{ arn: 'arn:tg/shop-green', weight: 1 }]);
    expect(await world.router.readDial(shop)).toEqual({ blue: 100, green: 0 });
    expect((await world.kinds()).slice(-2)).toEqual(['previewIntended', 'previewOpened']);
  });

  it('is opened after a crash between the intent and the deed, with one intent', async () => {
    const world = await openWorld({ preview });
    await world.admitted(...readied(0, 10), [1, { kind: 'previewIntended', slot: 'green' }]);
    await world.run('open-preview', road);
    expect((await world.kinds()).filter(kind => kind === 'previewIntended')).toHaveLength(1);
    expect(canarySeen(world)).toEqual([{ arn: 'arn:tg/shop-green', weight: 1 }]);
  });

  it('is none where the plan has none', async () => {
    const world = await openWorld();
    await world.admitted(...readied(0, 10));
    expect(await world.run('open-preview', road)).toMatchObject({
      kind: 'advance',
      because: 'no preview is to be opened',
    });
    expect(canarySeen(world)).toEqual([{ arn: 'arn:tg/shop-blue', weight: 1 }]);
  });

  it('through a rule that asks for another header is a fault that nobody cures by trying again', async () => {
    const world = await openWorld({ preview: { header: { name: 'x-other', value: '1' } } });
    await world.admitted(...readied(0, 10));
    await expect(world.run('open-preview', road)).rejects.toMatchObject(named('RouterRuleError', /x-other/));
  });
});

describe("an approval's pause", () => {
  const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
  const opened: Line = [22, { kind: 'approvalOpened', name: 'go-live' }];
  const waiting = async (...story: Line[]) => {
    const world = await openWorld({
      steps: [weight(10), approval(), weight(100)],
      notify: [{ kind: 'sns', on: ['approvalNeeded'] }],
    });
    await world.admitted(...at10, ...story);
    return { world, token: world.executions.openToken('release', 'shop-1-1') };
  };

  it('begins with telling those who may end it', async () => {
    const { world } = await waiting();
    expect(await world.run('open-approval', road)).toMatchObject({
      kind: 'lookAgain',
      asks: 'person',
      because: 'go-live waits for leads',
    });
    expect(notices(world)).toEqual([['shop-1: approvalNeeded', 'arn:topic/control-plane']]);
  });

  it('keeps its token where an approval finds it; the next pause has its own', async () => {
    const { world } = await waiting(opened);
    await world.run('await-approval', { ...road, taskToken: 'first' });
    await world.run('await-approval', { ...road, taskToken: 'second' });
    expect(await world.ledger.readToken('shop-1')).toBe('second');
    expect(world.executions.answers).toEqual([]);
  });

  it('ends at once where the approval was given while it began', async () => {
    const { world, token } = await waiting(opened, [23, { kind: 'approved', name: 'go-live', groups: ['leads'] }]);
    await world.run('await-approval', { ...road, taskToken: token });
    expect(world.executions.answers).toEqual([{ taskToken: token, output: {} }]);
  });

  it('without a token is bad input', async () => {
    const { world } = await waiting(opened);
    await expect(world.run('await-approval', road)).rejects.toMatchObject(named('BadInputError', /taskToken/));
  });

  it('is none where the step is another', async () => {
    const world = await openWorld();
    await world.admitted(...at10);
    expect(await world.run('open-approval', road)).toMatchObject({ because: 'this step is no approval' });
    expect(await world.run('call-hook', road)).toMatchObject({ because: 'this step is no hook' });
    expect(await world.kinds()).not.toContain('approvalOpened');
  });
});
