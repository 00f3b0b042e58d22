import { describe, expect, it } from 'vitest';
import type { Plan } from '../../domain/plan/plan.ts';
import { approval, bake, imageOf, type Line, readied, requested, shifted, weight } from '../support/story.ts';
import { named, openWorld, type World } from './world.ts';

const approve = (world: World, by = 'bob', groups = ['leads']) =>
  world.run('approve', { releaseId: 'shop-1', by, groups });
const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const opened: Line = [25, { kind: 'approvalOpened', name: 'go-live' }];

/** A release of ann's at its approval, whose pause waits for a token. */
async function waiting(step: Parameters<typeof approval>[0] = {}, more: Partial<Plan> = {}) {
  const world = await openWorld({ steps: [weight(10), approval(step), weight(100)], ...more });
  await world.admitted(...at10, opened);
  const token = world.executions.openToken('release', 'shop-1-1');
  await world.run('await-approval', { releaseId: 'shop-1', run: 1, taskToken: token });
  return { world, token };
}

describe('an approval', () => {
  it('is written down with its giver and groups, and ends the pause at once', async () => {
    const { world, token } = await waiting();
    expect(await approve(world)).toEqual({ kind: 'approved', name: 'go-live' });
    expect((await world.ledger.entries('shop')).at(-1)).toMatchObject({
      by: 'bob',
      fact: { kind: 'approved', name: 'go-live', groups: ['leads'] },
    });
    expect(world.executions.answers).toEqual([{ taskToken: token, output: {} }]);
  });

  it('given twice is given once', async () => {
    const { world } = await waiting();
    await approve(world);
    expect(await approve(world)).toEqual({ kind: 'wasApproved', name: 'go-live' });
    expect(await approve(world, 'carol')).toEqual({ kind: 'wasApproved', name: 'go-live' });
    expect((await world.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
    expect(world.executions.answers).toHaveLength(1);
  });

  it('that was written down by somebody who then died ends the pause when it is given again', async () => {
    const { world } = await waiting();
    await world.tell([30, { kind: 'approved', name: 'go-live', groups: ['leads'] }, { by: 'bob' }]);
    expect(await approve(world)).toEqual({ kind: 'wasApproved', name: 'go-live' });
    expect(world.executions.answers).toHaveLength(1);
  });

  it('that comes when the pause has just ended is not lost, and no fault', async () => {
    const { world, token } = await waiting();
    world.executions.expireToken(token);
    expect(await approve(world)).toEqual({ kind: 'approved', name: 'go-live' });
    expect((await world.ledger.read('shop')).active?.approvals['go-live']?.completeAtEpochMs).toBeDefined();
  });

  it('that comes between two tokens ends the next pause as soon as it begins', async () => {
    const { world, token } = await waiting();
    world.executions.expireToken(token);
    await approve(world);
    const next = world.executions.openToken('release', 'shop-1-1');
    await world.run('await-approval', { releaseId: 'shop-1', run: 1, taskToken: next });
    expect(world.executions.answers).toEqual([{ taskToken: next, output: {} }]);
    expect((await world.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
  });

  it('by two people needs two people: one of them twice is one', async () => {
    const { world } = await waiting({ required: 2 });
    expect(await approve(world, 'bob')).toEqual({ kind: 'oneMoreNeeded', name: 'go-live' });
    expect(await approve(world, 'bob')).toEqual({ kind: 'oneMoreNeeded', name: 'go-live' });
    expect((await world.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
    expect(world.executions.answers).toEqual([]);
    expect(await approve(world, 'carol')).toEqual({ kind: 'approved', name: 'go-live' });
    expect(world.executions.answers).toHaveLength(1);
  });

  it('may come from any one of its groups', async () => {
    const { world } = await waiting({ groups: ['leads', 'on-call'] });
    expect(await approve(world, 'bob', ['everybody', 'on-call'])).toMatchObject({ kind: 'approved' });
  });

  it('may come from the starter, unless the plan wants somebody else', async () => {
    const own = await waiting();
    expect(await approve(own.world, 'ann')).toMatchObject({ kind: 'approved' });
    const { world } = await waiting({ notTheStarter: true });
    await expect(approve(world, 'ann')).rejects.toMatchObject(
      named('RefusedError', /^ann started shop-1, and go-live wants somebody else$/),
    );
    expect(await approve(world, 'bob')).toMatchObject({ kind: 'approved' });
  });
});

describe('an approval is refused', () => {
  it.each<[string, string[], RegExp]>([
    ['from another group', ['sales', 'support'], /^go-live is for leads; bob is in sales, support$/],
    ['from no group', [], /^go-live is for leads; bob is in no group$/],
  ])('%s', async (_, groups, message) => {
    const { world } = await waiting();
    await expect(approve(world, 'bob', groups)).rejects.toMatchObject(named('RefusedError', message));
    expect(await world.kinds()).not.toContain('approved');
    expect(world.executions.answers).toEqual([]);
  });

  it('that comes late: the release goes back because nobody had approved', async () => {
    const { world } = await waiting();
    const because = 'go-live was not approved within 3600 s';
    await world.tell([3_700, { kind: 'rollBackClaimed', attempt: 1, reason: 'deadline', because }]);
    const late = named('RefusedError', /^shop-1 is rolling back: go-live was not approved within 3600 s$/);
    await expect(approve(world)).rejects.toMatchObject(late);
    expect(await world.kinds()).not.toContain('approved');
    expect(world.executions.answers).toEqual([]);
  });

  it('for another release: the one that waits behind it, and the one before it', async () => {
    const { world } = await waiting();
    await world.tell([30, requested({ images: { app: imageOf('3') } }), { releaseId: 'shop-2' }]);
    const other = (releaseId: string) => world.run('approve', { releaseId, by: 'bob', groups: ['leads'] });
    await expect(other('shop-2')).rejects.toMatchObject(named('RefusedError', /^shop-2 is not in progress$/));
    await world.tell(
      [40, { kind: 'closed', outcome: 'rolledBack', because: 'errors' }],
      [41, { kind: 'approvalOpened', name: 'go-live' }, { releaseId: 'shop-2' }],
    );
    await expect(other('shop-1')).rejects.toMatchObject(named('RefusedError', /^shop-1 is not in progress$/));
    expect(await world.kinds()).not.toContain('approved');
    expect(world.executions.answers).toEqual([]);
  });

  it('where none is open: before it, after it, and where the release is not on its way', async () => {
    const world = await openWorld({ steps: [weight(10), approval(), bake(60), weight(100)] });
    await world.admitted(...at10);
    const none = named('RefusedError', /^shop-1 waits for no approval$/);
    await expect(approve(world)).rejects.toMatchObject(none);
    await world.tell(opened, [30, { kind: 'stepDone', index: 1, because: '' }]);
    await expect(approve(world)).rejects.toMatchObject(none);
    await world.tell([31, { kind: 'closed', outcome: 'rolledBack', because: 'no' }]);
    await expect(approve(world)).rejects.toMatchObject(named('RefusedError', /^shop-1 is not in progress$/));
  });
});

describe('what a hold asks', () => {
  const held: Line[] = [
    ...at10,
    [400, { kind: 'held', because: 'too little data', fault: false }],
    [1_000, { kind: 'approvalOpened', name: 'proceed?' }],
  ];

  it('may be answered by whoever may come through this door, once', async () => {
    const world = await openWorld({ hold: { atMostSeconds: 600, then: 'ask' } });
    await world.admitted(...held);
    expect(await approve(world, 'bob', [])).toEqual({ kind: 'approved', name: 'proceed?' });
    expect(await approve(world, 'bob', [])).toEqual({ kind: 'wasApproved', name: 'proceed?' });
    expect((await world.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
  });

  it('is no longer asked when the hold is over', async () => {
    const world = await openWorld({ hold: { atMostSeconds: 600, then: 'ask' } });
    await world.admitted(...held, [1_010, { kind: 'resumed' }]);
    await expect(approve(world)).rejects.toMatchObject(named('RefusedError', /^shop-1 waits for no approval$/));
  });
});
