import { describe, expect, it } from 'vitest';
import type { Plan } from '../../domain/plan/plan.ts';
import { approval, bake, imageOf, type Line, readied, requested, shifted, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';

/** The line that opens the first approval of `waiting` and of `held`. */
const OPENED = 9;
const go = { releaseId: 'shop-1', name: 'go-live', opening: OPENED };
const approve = (fakes: Fakes, by = 'bob', groups = ['leads'], meant: object = {}) =>
  fakes.run('approve', { ...go, ...meant, by, groups });
const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const opened: Line = [25, { kind: 'approvalOpened', name: 'go-live' }];

/** A release of ann's at its approval, whose pause waits for a token. */
async function waiting(step: Parameters<typeof approval>[0] = {}, more: Partial<Plan> = {}) {
  const fakes = await openFakes({ steps: [weight(10), approval(step), weight(100)], ...more });
  await fakes.admitted(...at10, opened);
  const token = fakes.executions.openToken('release', 'shop-1-1');
  await fakes.run('await-approval', { releaseId: 'shop-1', run: 1, taskToken: token });
  return { fakes, token };
}

describe('an approval', () => {
  it('is written down with its giver and groups, and ends the pause at once', async () => {
    const { fakes, token } = await waiting();
    expect(await approve(fakes)).toEqual({ kind: 'approved', name: 'go-live' });
    expect((await fakes.ledger.entries('shop')).at(-1)).toMatchObject({
      by: 'bob',
      fact: { kind: 'approved', name: 'go-live', groups: ['leads'], opening: OPENED },
    });
    expect(fakes.executions.answers).toEqual([{ taskToken: token, output: {} }]);
  });

  it('given after its time is refused, whether or not somebody has looked since: the release goes back', async () => {
    const { fakes } = await waiting({ withinSeconds: 600 });
    fakes.wait(25 + 599);
    await expect(approve(fakes, 'bob', ['others'])).rejects.toMatchObject(named('RefusedError', /is for leads/));
    fakes.wait(25 + 600);
    await expect(approve(fakes)).rejects.toMatchObject(
      named('RefusedError', /^go-live of shop-1 could be given until 2023-11-14T\S+Z: it goes back$/),
    );
    expect(await fakes.kinds()).not.toContain('approved');
  });

  it.each(['bob\x1b[2K', 'bob\ncarol', 'bob\r', '\u202ebob'])(
    'given by a name with control characters is refused: %j',
    async by => {
      const { fakes } = await waiting();
      await expect(approve(fakes, by)).rejects.toMatchObject(named('BadInputError', /by: found control characters/));
      expect(await fakes.kinds()).not.toContain('approved');
    },
  );

  it('given twice is given once', async () => {
    const { fakes } = await waiting();
    await approve(fakes);
    expect(await approve(fakes)).toEqual({ kind: 'wasApproved', name: 'go-live' });
    expect(await approve(fakes, 'carol')).toEqual({ kind: 'wasApproved', name: 'go-live' });
    expect((await fakes.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
    expect(fakes.executions.answers).toHaveLength(1);
  });

  it('that was written down by somebody who then died ends the pause when it is given again', async () => {
    const { fakes } = await waiting();
    await fakes.tell([30, { kind: 'approved', name: 'go-live', groups: ['leads'] }, { by: 'bob' }]);
    expect(await approve(fakes)).toEqual({ kind: 'wasApproved', name: 'go-live' });
    expect(fakes.executions.answers).toHaveLength(1);
  });

  it('that comes when the pause has just ended is not lost, and no fault', async () => {
    const { fakes, token } = await waiting();
    fakes.executions.expireToken(token);
    expect(await approve(fakes)).toEqual({ kind: 'approved', name: 'go-live' });
    expect((await fakes.ledger.read('shop')).active?.approvals['go-live']?.completeAtEpochMs).toBeDefined();
  });

  it('that comes between two tokens ends the next pause as soon as it begins', async () => {
    const { fakes, token } = await waiting();
    fakes.executions.expireToken(token);
    await approve(fakes);
    const next = fakes.executions.openToken('release', 'shop-1-1');
    await fakes.run('await-approval', { releaseId: 'shop-1', run: 1, taskToken: next });
    expect(fakes.executions.answers).toEqual([{ taskToken: next, output: {} }]);
    expect((await fakes.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
  });

  it('by two people needs two people: one of them twice is one', async () => {
    const { fakes } = await waiting({ required: 2 });
    expect(await approve(fakes, 'bob')).toEqual({ kind: 'oneMoreNeeded', name: 'go-live' });
    expect(await approve(fakes, 'bob')).toEqual({ kind: 'oneMoreNeeded', name: 'go-live' });
    expect((await fakes.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
    expect(fakes.executions.answers).toEqual([]);
    expect(await approve(fakes, 'carol')).toEqual({ kind: 'approved', name: 'go-live' });
    expect(fakes.executions.answers).toHaveLength(1);
  });

  it('may come from any one of its groups', async () => {
    const { fakes } = await waiting({ groups: ['leads', 'on-call'] });
    expect(await approve(fakes, 'bob', ['everybody', 'on-call'])).toMatchObject({ kind: 'approved' });
  });

  it('may come from the starter, unless the plan wants somebody else', async () => {
    const own = await waiting();
    expect(await approve(own.fakes, 'ann')).toMatchObject({ kind: 'approved' });
    const { fakes } = await waiting({ notTheStarter: true });
    await expect(approve(fakes, 'ann')).rejects.toMatchObject(
      named('RefusedError', /^ann started shop-1, and go-live wants somebody else$/),
    );
    expect(await approve(fakes, 'bob')).toMatchObject({ kind: 'approved' });
  });
});

describe('an approval is refused', () => {
  it.each<[string, string[], RegExp]>([
    ['from another group', ['sales', 'support'], /^go-live is for leads; bob is in sales, support$/],
    ['from no group', [], /^go-live is for leads; bob is in no group$/],
  ])('%s', async (_, groups, message) => {
    const { fakes } = await waiting();
    await expect(approve(fakes, 'bob', groups)).rejects.toMatchObject(named('RefusedError', message));
    expect(await fakes.kinds()).not.toContain('approved');
    expect(fakes.executions.answers).toEqual([]);
  });

  it('that comes late: the release goes back because nobody had approved', async () => {
    const { fakes } = await waiting();
    const because = 'go-live was not approved within 3600 s';
    await fakes.tell([3_700, { kind: 'rollBackClaimed', attempt: 1, reason: 'deadline', because }]);
    const late = named('RefusedError', /^shop-1 is rolling back: go-live was not approved within 3600 s$/);
    await expect(approve(fakes)).rejects.toMatchObject(late);
    expect(await fakes.kinds()).not.toContain('approved');
    expect(fakes.executions.answers).toEqual([]);
  });

  it('for another release: the one that waits behind it, and the one before it', async () => {
    const { fakes } = await waiting();
    await fakes.tell([30, requested({ images: { app: imageOf('3') } }), { releaseId: 'shop-2' }]);
    const other = (releaseId: string) => approve(fakes, 'bob', ['leads'], { releaseId });
    await expect(other('shop-2')).rejects.toMatchObject(named('RefusedError', /^shop-2 is not in progress$/));
    await fakes.tell(
      [40, { kind: 'closed', outcome: 'rolledBack', because: 'errors' }],
      [41, { kind: 'approvalOpened', name: 'go-live' }, { releaseId: 'shop-2' }],
    );
    await expect(other('shop-1')).rejects.toMatchObject(named('RefusedError', /^shop-1 is not in progress$/));
    expect(await fakes.kinds()).not.toContain('approved');
    expect(fakes.executions.answers).toEqual([]);
  });

  it('where none is open: before it, after it, and where the release is not on its way', async () => {
    const fakes = await openFakes({ steps: [weight(10), approval(), bake(60), weight(100)] });
    await fakes.admitted(...at10);
    const none = named('RefusedError', /^shop-1 waits for no approval$/);
    await expect(approve(fakes)).rejects.toMatchObject(none);
    await fakes.tell(opened, [30, { kind: 'stepDone', index: 1, because: '' }]);
    await expect(approve(fakes)).rejects.toMatchObject(none);
    await fakes.tell([31, { kind: 'closed', outcome: 'rolledBack', because: 'no' }]);
    await expect(approve(fakes)).rejects.toMatchObject(named('RefusedError', /^shop-1 is not in progress$/));
  });
});

describe('what a hold asks', () => {
  const held: Line[] = [
    ...at10,
    [400, { kind: 'held', because: 'too little data', fault: false }],
    [1_000, { kind: 'approvalOpened', name: 'proceed?' }],
  ];

  const proceed = { name: 'proceed?', opening: OPENED + 1 };

  it('may be answered by whoever may call this operation where the plan asks nobody else, once', async () => {
    const fakes = await openFakes({ hold: { atMostSeconds: 600, then: 'ask' } });
    await fakes.admitted(...held);
    expect(await approve(fakes, 'bob', [], proceed)).toEqual({ kind: 'approved', name: 'proceed?' });
    expect(await approve(fakes, 'bob', [], proceed)).toEqual({ kind: 'wasApproved', name: 'proceed?' });
    expect((await fakes.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
  });

  it('is no longer asked when the hold is over', async () => {
    const fakes = await openFakes({ hold: { atMostSeconds: 600, then: 'ask' } });
    await fakes.admitted(...held, [1_010, { kind: 'resumed' }]);
    await expect(approve(fakes)).rejects.toMatchObject(named('RefusedError', /^shop-1 waits for no approval$/));
  });
});

describe('an approval counts for its step and opening only', () => {
  const two = [weight(10), approval({ name: 'tested' }), approval({ name: 'go-live' }), weight(100)];
  const tested = { name: 'tested', opening: OPENED };
  const openedTested: Line = [25, { kind: 'approvalOpened', name: 'tested' }];
  const next: Line[] = [
    [30, { kind: 'approved', name: 'tested', groups: ['leads'], opening: OPENED }, { by: 'bob' }],
    [31, { kind: 'stepDone', index: 1, because: 'tested was approved' }],
    [32, { kind: 'approvalOpened', name: 'go-live' }],
  ];
  async function atTheSecond() {
    const fakes = await openFakes({ steps: two });
    await fakes.admitted(...at10, openedTested, ...next);
    const token = fakes.executions.openToken('release', 'shop-1-1');
    await fakes.run('await-approval', { releaseId: 'shop-1', run: 1, taskToken: token });
    return fakes;
  }

  it('a retry of the first, when the second is open, is answered kindly and gives nothing', async () => {
    const fakes = await atTheSecond();
    expect(await approve(fakes, 'bob', ['leads'], tested)).toEqual({ kind: 'wasApproved', name: 'tested' });
    expect((await fakes.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
    expect(fakes.executions.answers).toEqual([]); // the pause of the second goes on
  });

  it('a first one that went unanswered gives nothing of the second', async () => {
    const fakes = await openFakes({ steps: two });
    await fakes.admitted(...at10, openedTested);
    const early = { name: 'go-live', opening: 10 };
    await expect(approve(fakes, 'bob', ['leads'], early)).rejects.toMatchObject(
      named('RefusedError', /^shop-1 waits for approval tested, opening 9, not for go-live$/),
    );
  });

  it.each<[string, Line[]]>([
    ['goes back', [[40, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }]]],
    ['is over', [[40, { kind: 'closed', outcome: 'promoted', because: 'live' }]]],
  ])('a second click is answered kindly when the release %s', async (_, ledgerLines) => {
    const fakes = await atTheSecond();
    await fakes.tell(...ledgerLines);
    expect(await approve(fakes, 'bob', ['leads'], tested)).toEqual({ kind: 'wasApproved', name: 'tested' });
    expect((await fakes.kinds()).filter(kind => kind === 'approved')).toHaveLength(1);
  });

  it('one of two that were wanted is no approval once the release is over', async () => {
    const { fakes } = await waiting({ required: 2 });
    await approve(fakes, 'bob');
    await fakes.tell([40, { kind: 'closed', outcome: 'rolledBack', because: 'no' }]);
    await expect(approve(fakes, 'bob')).rejects.toMatchObject(named('RefusedError', /^shop-1 is not in progress$/));
  });

  it.each<[string, object, RegExp]>([
    ['no name', { name: undefined }, /the name of the approval, as status shows it[\s\S]*name/],
    ['no opening', { opening: undefined }, /the opening of the approval, as status shows it[\s\S]*opening/],
    ['an opening that is no number of a line', { opening: '9' }, /opening/],
  ])('a call with %s is told what is missing', async (_, meant, message) => {
    const { fakes } = await waiting();
    await expect(approve(fakes, 'bob', ['leads'], meant)).rejects.toMatchObject(named('BadInputError', message));
    expect(await fakes.kinds()).not.toContain('approved');
  });

  const asked = (seconds: number): Line[] => [
    [seconds, { kind: 'held', because: 'too little data', fault: false }],
    [seconds + 600, { kind: 'approvalOpened', name: 'proceed?' }],
  ];
  const proceed = (opening: number) => ({ name: 'proceed?', opening });
  async function askedAgain() {
    const fakes = await openFakes({ hold: { atMostSeconds: 600, then: 'ask' } });
    await fakes.admitted(...at10, ...asked(400));
    return fakes;
  }

  it('the answer to the question of one hold is none to that of the next', async () => {
    const fakes = await askedAgain();
    await fakes.tell([1_010, { kind: 'resumed' }], ...asked(2_000));
    await expect(approve(fakes, 'bob', [], proceed(10))).rejects.toMatchObject(
      named('RefusedError', /asked for again since: it waits for approval proceed\?, opening 13, not for opening 10$/),
    );
    expect(await approve(fakes, 'bob', [], proceed(13))).toMatchObject({ kind: 'approved' });
  });

  it('a second click on the question of a hold that is over is answered kindly', async () => {
    const fakes = await askedAgain();
    await approve(fakes, 'bob', [], proceed(10));
    await fakes.tell([1_010, { kind: 'stepDone', index: 1, because: 'a person approved' }]);
    expect(await approve(fakes, 'bob', [], proceed(10))).toEqual({ kind: 'wasApproved', name: 'proceed?' });
  });

  it('a line that was written for another opening counts for nothing', async () => {
    const fakes = await askedAgain();
    await fakes.tell([1_020, { kind: 'approved', name: 'proceed?', groups: [], opening: 4 }]);
    expect((await fakes.ledger.read('shop')).active?.approvals['proceed?']?.completeAtEpochMs).toBeUndefined();
  });

  it("a hold's question is for those who may approve the plan's steps", async () => {
    const steps = [weight(10), bake(60), approval({ groups: ['leads'], notTheStarter: true }), weight(100)];
    const fakes = await openFakes({ steps, hold: { atMostSeconds: 600, then: 'ask' } });
    await fakes.admitted(...at10, ...asked(400));
    await expect(approve(fakes, 'bob', ['sales'], proceed(10))).rejects.toMatchObject(
      named('RefusedError', /^proceed\? is for leads; bob is in sales$/),
    );
    await expect(approve(fakes, 'ann', ['leads'], proceed(10))).rejects.toMatchObject(
      named('RefusedError', /^ann started shop-1, and proceed\? wants somebody else$/),
    );
    expect(await approve(fakes, 'bob', ['leads'], proceed(10))).toMatchObject({ kind: 'approved' });
  });
});
