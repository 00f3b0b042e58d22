import { describe, expect, it } from 'vitest';
import type { ReleaseOutput } from '../../application/outputs.ts';
import { dialFor } from '../../domain/dial.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { HAND_OVER_AT } from '../../functions/lambda/history.ts';
import { approval, at, bake, hook, type Line, readied, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

const URL = 'https://hooks.example.com/smoke';
const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const baking: Line[] = [...at10, [30, { kind: 'stepStarted', index: 1 }]];
const look = (fakes: Fakes, events = 0) => fakes.run('look', { ...road, move: { events } });

/** At 10 % in green. */
async function baked(plan: Partial<Plan> = {}, ...ledgerLines: Line[]) {
  const fakes = await openFakes(plan);
  await fakes.admitted(...baking, ...ledgerLines);
  await fakes.canary(1);
  await fakes.router.setDial(shop, dialFor('green', 10));
  return fakes;
}
/** What both versions did in the minute that begins then. */
const minute = (fakes: Fakes, seconds: number, canary: object) => {
  fakes.metrics.publish('green', at(seconds), canary);
  fakes.metrics.publish('blue', at(seconds), { good: 900 });
};
/** Looks twice, so that two reads agree and the windows until then freeze. */
async function seen(fakes: Fakes, seconds: number) {
  fakes.wait(seconds - 10);
  await look(fakes);
  fakes.wait(seconds);
  return look(fakes);
}

describe('a look', () => {
  it('reads the windows that have ended, keeps them, and judges them when they are frozen', async () => {
    // Prepare: from 60 s on a window is whole; the shift at 20 s straddles the one before
    const fakes = await baked();
    minute(fakes, 60, { good: 99, target5xx: 1 });
    // Act
    const first = await seen(fakes, 190);
    // Assess
    expect(first).toMatchObject({ kind: 'lookAgain', events: 28 });
    const windows = await fakes.ledger.windows('shop-1');
    expect(windows.find(({ startEpochMs }) => startEpochMs === at(60))).toMatchObject({
      frozenAtEpochMs: at(190),
      straddles: false,
    });
    expect(windows.find(({ startEpochMs }) => startEpochMs === at(0))).toMatchObject({ straddles: true });
    expect((await fakes.facts()).at(-1)).toMatchObject({ kind: 'judged', verdict: { kind: 'watching' } });
  });

  it('that finds the canary degraded rolls back, and has written down why before', async () => {
    const fakes = await baked();
    minute(fakes, 60, { good: 80, target5xx: 20 });
    expect(await seen(fakes, 190)).toMatchObject({
      kind: 'rollBack',
      reason: 'degraded',
      because: expect.stringContaining('errors'),
    });
    expect((await fakes.facts()).at(-1)).toMatchObject({
      kind: 'judged',
      verdict: { kind: 'degraded', metric: 'errors' },
    });
  });

  it('writes nothing where it finds nothing new', async () => {
    const fakes = await baked();
    minute(fakes, 60, { good: 99, target5xx: 1 });
    await seen(fakes, 190);
    const { length } = await fakes.kinds();
    fakes.wait(191);
    await look(fakes);
    expect(await fakes.kinds()).toHaveLength(length);
  });

  it("goes on without metrics: their source's fault is not the canary's", async () => {
    const fakes = await baked();
    fakes.metrics.breakWith('Throttling');
    fakes.wait(200);
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain' });
    expect((await fakes.facts()).at(-1)).toMatchObject({
      kind: 'judged',
      verdict: { kind: 'inconclusive', fault: true },
    });
    expect(fakes.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'the metrics cannot be read', release: 'shop-1' }),
    );
  });

  it('takes a canary back that has lost every target, with nothing but that to say against it', async () => {
    const fakes = await baked();
    minute(fakes, 60, { good: 100 });
    fakes.targets.counts.green.healthy = 0;
    expect(await seen(fakes, 190)).toMatchObject({
      kind: 'rollBack',
      reason: 'notReady',
      because: 'no target of green is healthy, and 10 % of the requests go there',
    });
  });

  it('does not take it back for one odd answer about its targets', async () => {
    const fakes = await baked();
    const { read } = fakes.targets;
    let reads = 0;
    fakes.targets.read = async workload => {
      const counts = await read(workload);
      reads += 1;
      return reads === 1 ? { ...counts, green: { ...counts.green, healthy: 0 } } : counts;
    };
    fakes.wait(100);
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain' });
    expect(reads).toBe(2);
  });

  it('waits for targets that register after the shift, and not for ever', async () => {
    const fakes = await baked();
    Object.assign(fakes.targets.counts.green, { healthy: 0, initial: 1 });
    fakes.wait(60);
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain', seconds: 5 });
    fakes.wait(90);
    expect(await look(fakes)).toMatchObject({ kind: 'rollBack', reason: 'notReady' });
  });

  it('that learns nothing of the targets is tried again: no answer is not "none"', async () => {
    const fakes = await baked();
    fakes.targets.failNext(1);
    fakes.wait(100);
    await expect(look(fakes)).rejects.toMatchObject(named('TargetsUnreachableError'));
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain' });
  });

  it('after a sizing that failed holds for the cluster, and not for what was throttled', async () => {
    const due: Line[] = [
      [390, { kind: 'stepDone', index: 1, because: '' }],
      [391, { kind: 'stepStarted', index: 2 }],
    ];
    const lookAfter = async (error: string) => {
      const fakes = await baked({}, ...due);
      fakes.wait(430);
      const move = { kind: 'sizeAgain', because: error, events: 100 };
      const answer = await fakes.run('look', { ...road, move });
      return { answer, kinds: await fakes.kinds() };
    };
    const away = await lookAfter('ClusterUnreachableError');
    expect(away.answer).toMatchObject({ kind: 'advance', because: expect.stringContaining('does not answer') });
    expect(away.kinds).toContain('held');
    for (const error of ['ThrottledError', 'Lambda.TooManyRequestsException']) {
      const { answer, kinds } = await lookAfter(error);
      expect([answer, kinds.includes('held')]).toEqual([expect.objectContaining({ kind: 'advance' }), false]);
    }
  });

  it('that holds tells it once', async () => {
    const fakes = await baked({ notify: [{ kind: 'sns', on: ['held'] }] });
    fakes.wait(400);
    expect(await look(fakes)).toMatchObject({
      kind: 'lookAgain',
      seconds: 10,
      because: expect.stringMatching(/^on hold: /),
    });
    fakes.wait(410);
    await look(fakes);
    expect(fakes.notifier.notices.map(({ subject }) => subject)).toEqual(['shop-1: held']);
    expect((await fakes.kinds()).filter(kind => kind === 'held')).toHaveLength(1);
  });

  it('that asks a person tells it once', async () => {
    const fakes = await baked({
      hold: { atMostSeconds: 60, then: 'ask' },
      notify: [{ kind: 'sns', on: ['approvalNeeded'] }],
    });
    for (const seconds of [400, 470, 480]) {
      fakes.wait(seconds);
      await look(fakes);
    }
    expect(fakes.notifier.notices.map(({ subject }) => subject)).toEqual(['shop-1: approvalNeeded']);
    expect((await fakes.ledger.read('shop')).active?.approvals['proceed?']).toMatchObject({ openedAtEpochMs: at(470) });
  });

  it('that cannot see the dial or the targets is a fault, to be tried again', async () => {
    const fakes = await baked();
    fakes.router.failNext(1);
    await expect(look(fakes)).rejects.toMatchObject(named('RouterUnreachableError'));
    fakes.targets.failNext(1);
    await expect(look(fakes)).rejects.toMatchObject(named('TargetsUnreachableError'));
  });

  it.each<[string, Partial<Plan>, Line[], string]>([
    [
      'the cluster while the canary is made ready',
      {},
      [
        [31, { kind: 'stepDone', index: 1, because: '' }],
        [32, { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 100 }],
      ],
      'cluster',
    ],
    [
      'a person while an approval is open',
      { steps: [weight(10), approval(), weight(100)] },
      [[31, { kind: 'approvalOpened', name: 'go-live' }]],
      'person',
    ],
    ['nobody right before a shift', { steps: [weight(10), weight(100)] }, readied(30, 100, 4), 'nobody'],
  ])('says that the loop has to ask %s', async (_, plan, ledgerLines, asks) => {
    const fakes = await baked(plan, ...ledgerLines);
    const move = { events: 0, asks: 'cluster' };
    expect(await fakes.run('look', { ...road, move })).toMatchObject({ kind: 'lookAgain', asks });
  });

  it('asks the cluster every 30 s at most, whether it answers or not', async () => {
    const fakes = await baked();
    fakes.wait(320);
    const first = (await look(fakes)) as ReleaseOutput<'look'>;
    expect(first).toMatchObject({ seconds: 10, asks: 'cluster' });
    // the cluster did not answer: the move is still the one that the look made
    const second = await fakes.run('look', { ...road, move: first });
    expect(second).toMatchObject({ seconds: 10, asks: 'nobody', slotAskedAtEpochMs: at(320) });
    fakes.wait(341);
    expect(await fakes.run('look', { ...road, move: second })).toMatchObject({ seconds: 10, asks: 'cluster' });
  });

  it('asks the cluster between two pauses of an approval, at once', async () => {
    const opened: Line = [31, { kind: 'approvalOpened', name: 'go-live' }];
    const fakes = await baked({ steps: [weight(10), approval(), weight(100)] }, opened);
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain', asks: 'cluster', seconds: 1 });
  });
});

describe('an execution', () => {
  it('counts what its history holds, through the handlers between the looks too', async () => {
    const fakes = await baked({}, [31, { kind: 'stepDone', index: 1, because: '' }]);
    const move = { events: 410 };
    expect(await fakes.run('next-step', { ...road, move })).toMatchObject({ kind: 'sizeCanary', events: 438 });
    expect(await fakes.run('size-canary', { ...road, move })).toMatchObject({ events: 438 });
    // the look counts it: a cluster that did not answer costs as much
    expect(await fakes.run('read-slot', { ...road, move })).toMatchObject({ events: 410 });
    expect(await look(fakes, 410)).toMatchObject({ events: 438 });
    const asked = { ...road, move: { events: 410, asks: 'cluster' } };
    expect(await fakes.run('look', asked)).toMatchObject({ events: 443 });
  });

  it('is followed by the next before its history is full, and a step is never left out for it', async () => {
    const fakes = await baked();
    expect(await look(fakes, HAND_OVER_AT - 29)).toMatchObject({ kind: 'lookAgain' });
    expect(await look(fakes, HAND_OVER_AT - 28)).toMatchObject({ kind: 'nextRun', events: HAND_OVER_AT });
    const over = await baked({ metrics: [] });
    over.wait(400);
    expect(await look(over, HAND_OVER_AT)).toMatchObject({ kind: 'nextRun' });
    expect((await over.facts()).at(-1)).toMatchObject({ kind: 'stepDone', index: 1 });
    expect(await over.run('next-step', { ...road, move: { events: 0 } })).toMatchObject({ kind: 'sizeCanary' });
  });

  it('goes back at once, however full its history is', async () => {
    const fakes = await baked();
    fakes.targets.counts.green.healthy = 0;
    fakes.wait(200);
    expect(await look(fakes, HAND_OVER_AT)).toMatchObject({ kind: 'rollBack' });
  });

  it('claims the next run before it starts it, once', async () => {
    const fakes = await baked();
    await Promise.all([fakes.run('start-next-run', road), fakes.run('start-next-run', road)]);
    expect((await fakes.facts()).at(-1)).toEqual({ kind: 'runClaimed', run: 2 });
    expect(fakes.executions.started.map(({ name }) => name)).toEqual(['shop-1-1', 'shop-1-2']);
  });

  it('starts the run that somebody claimed who then died', async () => {
    const fakes = await baked({}, [40, { kind: 'runClaimed', run: 2 }]);
    await fakes.run('start-next-run', road);
    expect(fakes.executions.started.at(-1)).toMatchObject({ name: 'shop-1-2', input: { releaseId: 'shop-1', run: 2 } });
  });

  it('has no next run when it is stale, or the release goes back', async () => {
    const stale = await baked({}, [40, { kind: 'runClaimed', run: 3 }]);
    await expect(stale.run('start-next-run', road)).rejects.toMatchObject(named('StaleExecutionError', /was followed/));
    const back = await baked({}, [40, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'no' }]);
    await expect(back.run('start-next-run', road)).rejects.toMatchObject(
      named('StaleExecutionError', /is rolling back/),
    );
    expect([...stale.executions.started, ...back.executions.started].map(({ name }) => name)).toEqual([
      'shop-1-1',
      'shop-1-1',
    ]);
  });
});

describe('a hook', () => {
  const hooked = (retries = 0, ...ledgerLines: Line[]) =>
    baked({ steps: [weight(10), hook({ retries }), weight(100)] }, ...ledgerLines);
  const answers = async (fakes: Fakes) => (await fakes.facts()).filter(({ kind }) => kind.startsWith('hook'));

  it('is called with what it needs to know and a key that repetitions share, intent first', async () => {
    const fakes = await hooked();
    fakes.hooks.answer(URL, { kind: 'passed' });
    expect(await fakes.run('call-hook', road)).toMatchObject({ kind: 'lookAgain', seconds: 1 });
    expect(fakes.hooks.calls).toEqual([
      {
        url: URL,
        key: 'shop-1-smoke',
        timeoutSeconds: 10,
        body: { releaseId: 'shop-1', workload: 'shop', hook: 'smoke', revision: 'new', slot: 'green' },
      },
    ]);
    expect(await answers(fakes)).toEqual([
      { kind: 'hookCalled', name: 'smoke', attempt: 1 },
      { kind: 'hookAnswered', name: 'smoke', passed: true, because: 'it passed' },
    ]);
    expect(await look(fakes)).toMatchObject({ kind: 'advance', because: 'hook smoke passed' });
  });

  it('that says no takes the release back', async () => {
    const fakes = await hooked();
    fakes.hooks.answer(URL, { kind: 'failed', because: '404' });
    await fakes.run('call-hook', road);
    expect(await look(fakes)).toMatchObject({
      kind: 'rollBack',
      reason: 'degraded',
      because: 'hook smoke failed: 404',
    });
    expect(fakes.hooks.calls).toHaveLength(1);
  });

  it('that runs is asked where it said, and written down once', async () => {
    const fakes = await hooked();
    fakes.hooks.answer(URL, { kind: 'running', statusUrl: `${URL}/1` });
    fakes.hooks.answer(`${URL}/1`, { kind: 'running', statusUrl: `${URL}/1` }, { kind: 'passed' });
    fakes.wait(40);
    expect(await fakes.run('call-hook', road)).toMatchObject({ kind: 'lookAgain', seconds: 5 });
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain', seconds: 5, because: 'hook smoke runs' });
    expect(await look(fakes)).toMatchObject({ kind: 'advance' });
    expect(fakes.hooks.polls).toEqual([`${URL}/1`, `${URL}/1`]);
    expect((await answers(fakes)).map(({ kind }) => kind)).toEqual(['hookCalled', 'hookRunning', 'hookAnswered']);
  });

  it('that runs stands in no log and no ledger with the address at which it is asked: that is signed', async () => {
    const fakes = await hooked();
    const signed = 'https://hooks.example.com/jobs/k7-path-secret?X-Amz-Signature=q9-query-secret';
    fakes.hooks.answer(URL, { kind: 'running', statusUrl: signed });
    fakes.hooks.answer(signed, { kind: 'running', statusUrl: signed });
    await fakes.run('call-hook', road);
    await look(fakes);
    expect(fakes.hooks.polls).toEqual([signed]);
    const told = JSON.stringify([
      await fakes.ledger.entries('shop'),
      await fakes.run('status', { workload: 'shop', afterSeq: 0 }),
      fakes.lines,
    ]);
    expect(told).not.toMatch(/k7-path-secret|q9-query-secret/);
    expect(told).toContain('"host":"hooks.example.com"');
  });

  it.each(['is lost', 'is another one'])(
    'that runs and whose address %s is called again, with the same key',
    async how => {
      const fakes = await hooked(1);
      fakes.hooks.answer(URL, { kind: 'running', statusUrl: `${URL}/1` }, { kind: 'passed' });
      await fakes.run('call-hook', road);
      fakes.ledger.readHookAddress = async () => (how === 'is lost' ? undefined : 'https://elsewhere.example.com');
      await look(fakes);
      expect(fakes.hooks.polls).toEqual([]);
      expect(fakes.hooks.calls.map(({ key }) => key)).toEqual(['shop-1-smoke', 'shop-1-smoke']);
    },
  );

  it('that does not answer is called again while the plan has retries, and then counts as failed', async () => {
    const fakes = await hooked(1);
    expect(await fakes.run('call-hook', road)).toMatchObject({ kind: 'lookAgain' });
    expect(await look(fakes)).toMatchObject({
      kind: 'rollBack',
      because: expect.stringMatching(/^hook smoke failed: no answer to 2 calls/),
    });
    expect(fakes.hooks.calls.map(({ key }) => key)).toEqual(['shop-1-smoke', 'shop-1-smoke']);
    expect((await answers(fakes)).map(fact => 'attempt' in fact && fact.attempt)).toEqual([1, 2, false]);
  });

  it('that runs for too long is called again while the plan has retries, and then takes the release back', async () => {
    const fakes = await hooked(1);
    fakes.hooks.answer(URL, { kind: 'running', statusUrl: `${URL}/1` }, { kind: 'running', statusUrl: `${URL}/2` });
    for (const n of [1, 2]) fakes.hooks.answer(`${URL}/${n}`, { kind: 'running', statusUrl: `${URL}/${n}` });
    fakes.wait(40);
    await fakes.run('call-hook', road);
    fakes.wait(339);
    await look(fakes);
    expect(fakes.hooks.calls).toHaveLength(1);
    fakes.wait(340);
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain' });
    expect(fakes.hooks.calls).toHaveLength(2);
    fakes.wait(640);
    expect(await look(fakes)).toMatchObject({
      kind: 'rollBack',
      reason: 'fault',
      because: 'hook smoke did not answer within 300 s',
    });
    expect(fakes.hooks.calls).toHaveLength(2);
  });

  it('before the first weight is not called until the canary is ready for it', async () => {
    const fakes = await openFakes({ strategy: 'blueGreen', steps: [hook(), bake(60), weight(100)] });
    await fakes.admitted([1, { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 100 }]);
    await fakes.canary(0);
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain', asks: 'cluster' });
    expect(fakes.hooks.calls).toEqual([]);
  });
});
