import { describe, expect, it } from 'vitest';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import { dialFor } from '../../domain/dial.ts';
import { at, imageOf, type Line, readied, requested, shifted, shop } from '../support/story.ts';
import { backInput, goingBack, road } from './road.ts';
import { named, openWorld, type World } from './world.ts';

const dialOf = (world: World) => world.router.readDial(shop);
const rule = (world: World) => world.router.rules.get('arn:rule/shop')?.groups;
const BLUE_ALONE = [{ arn: 'arn:tg/shop-blue', weight: 1 }];
const cut = (world: World, method: 'read' | 'append') => {
  world.ledger[method] = async () => {
    throw new LedgerUnreachableError('the table did not answer');
  };
};

describe('restoring the traffic', () => {
  const restore = async (world: World, input?: object) =>
    world.run('restore-traffic', { ...(await backInput(world)), ...input });

  it('sends everything to stable alone, preview and all, and stops the release', async () => {
    const world = await goingBack();
    expect(await restore(world)).toMatchObject({ kind: 'advance', because: 'everything goes to blue' });
    expect(rule(world)).toEqual(BLUE_ALONE);
    expect(world.router.rules.get('arn:rule/shop-preview')?.groups).toEqual(BLUE_ALONE);
    expect(world.executions.started).toMatchObject([
      { name: 'shop-1-1', status: 'ABORTED', because: 'shop-1 goes back' },
    ]);
    expect((await world.facts()).slice(-2)).toEqual([
      { kind: 'goingBack', attempt: 1 },
      { kind: 'dialRestored', dial: { blue: 100, green: 0 } },
    ]);
  });

  it('stops the newest execution of the release', async () => {
    const world = await goingBack();
    await world.tell([99, { kind: 'runClaimed', run: 2 }]);
    await world.executions.start('release', 'shop-1-2', { releaseId: 'shop-1', run: 2 });
    await restore(world);
    expect(world.executions.started.find(({ name }) => name === 'shop-1-2')?.status).toBe('ABORTED');
  });

  it('takes place also where Step Functions does not answer', async () => {
    const world = await goingBack();
    world.executions.unreachable(true);
    await expect(restore(world)).rejects.toMatchObject(named('ExecutionsUnreachableError'));
    expect(rule(world)).toEqual(BLUE_ALONE);
    world.executions.unreachable(false);
    expect(await restore(world)).toMatchObject({ kind: 'advance' });
    expect((await world.kinds()).filter(kind => kind === 'goingBack')).toHaveLength(1);
  });

  it.each(['read', 'append'] as const)(
    "takes place without the ledger (%s), until the release's deadline and not after",
    async method => {
      // Prepare
      const world = await goingBack();
      const input = await backInput(world);
      cut(world, method);
      // Act, Assess
      world.clock.epochMs = input.back.deadlineEpochMs - 1;
      expect(await world.run('restore-traffic', input)).toMatchObject({ kind: 'advance' });
      expect(rule(world)).toEqual(BLUE_ALONE);
      expect(world.lines).toContainEqual(
        expect.objectContaining({ level: 'error', message: 'going back without the ledger', release: 'shop-1' }),
      );
      await world.router.setDial(shop, dialFor('green', 10));
      world.clock.epochMs = input.back.deadlineEpochMs;
      await expect(world.run('restore-traffic', input)).rejects.toMatchObject(named('LedgerUnreachableError'));
      expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
    },
  );

  it('does not take place when the one-way door has closed, or the release is over', async () => {
    for (const end of [{ kind: 'retiring' }, { kind: 'closed', outcome: 'promoted', because: 'live' }] as const) {
      const world = await goingBack();
      await world.tell([105, end]);
      await expect(restore(world)).rejects.toMatchObject(named('StaleExecutionError'));
      expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
    }
  });

  it('loses against a door that closes in the very moment', async () => {
    const world = await goingBack();
    world.ledger.quicker = { releaseId: 'shop-1', atEpochMs: at(110), by: 'shop-1 run 1', fact: { kind: 'retiring' } };
    await expect(restore(world)).rejects.toMatchObject(named('StaleExecutionError', /use undo/));
    expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
    expect(await world.kinds()).not.toContain('goingBack');
  });

  it('waits while no target of stable is healthy, and says so; then it takes place', async () => {
    const world = await goingBack();
    world.targets.counts.blue.healthy = 0;
    expect(await restore(world)).toMatchObject({
      kind: 'lookAgain',
      seconds: 10,
      because: expect.stringMatching(/^no target of blue is healthy/),
    });
    expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
    expect(world.executions.started[0]?.status).toBe('ABORTED');
    world.targets.counts.blue.healthy = 1;
    expect(await restore(world)).toMatchObject({ kind: 'advance' });
    expect(rule(world)).toEqual(BLUE_ALONE);
  });

  it('takes place where nobody can say how stable is: not knowing is not "none"', async () => {
    const world = await goingBack();
    world.targets.failNext(1);
    expect(await restore(world)).toMatchObject({ kind: 'advance' });
    expect(rule(world)).toEqual(BLUE_ALONE);
  });

  it('of a release that was never admitted has nothing to turn', async () => {
    const world = await openWorld();
    await world.tell([0, requested()], [1, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'no' }]);
    const untouched = rule(world);
    for (const name of ['restore-traffic', 'verify-traffic']) {
      expect(await world.run(name, { releaseId: 'shop-1', attempt: 1, back: null })).toMatchObject({
        kind: 'advance',
        because: 'nothing had moved',
      });
    }
    expect(await world.run('retire-canary', { releaseId: 'shop-1', attempt: 1, back: null })).toMatchObject({
      kind: 'retired',
    });
    expect(rule(world)).toEqual(untouched);
  });
});

describe('verifying the traffic', () => {
  const verify = async (world: World) => world.run('verify-traffic', await backInput(world));
  const restored = async (...story: Line[]) => {
    const world = await goingBack(
      [101, { kind: 'goingBack', attempt: 1 }],
      [102, { kind: 'dialRestored', dial: dialFor('green', 0) }],
      ...story,
    );
    await world.router.setDial(shop, dialFor('green', 0));
    return world;
  };

  it('lets the canary drain at a verified 0, and looks at the dial meanwhile', async () => {
    const world = await restored();
    // 30 s of deregistration and 120 s, from 110 s on
    expect(await verify(world)).toMatchObject({
      kind: 'lookAgain',
      seconds: 30,
      because: 'the canary drains for 150 s more',
    });
    world.wait(250);
    expect(await verify(world)).toMatchObject({ kind: 'lookAgain', seconds: 10 });
    world.wait(260);
    expect(await verify(world)).toMatchObject({ kind: 'advance' });
    expect((await world.kinds()).filter(kind => kind === 'dialVerified')).toHaveLength(1);
  });

  it('cuts the connections of a canary that had traffic, once the dial shows 0 for it', async () => {
    const world = await restored();
    await verify(world);
    expect(world.targets.counts.green).toMatchObject({ healthy: 0, draining: 4 });
    expect(world.targets.counts.blue).toMatchObject({ healthy: 4 });
  });

  it('sends the traffic back again where somebody has turned the dial, and the drain begins anew', async () => {
    // Prepare: verified at 110 s, turned by somebody, seen at 200 s
    const world = await restored();
    await verify(world);
    await world.router.setDial(shop, dialFor('green', 30));
    world.wait(200);
    // Act
    expect(await verify(world)).toMatchObject({
      kind: 'restoreAgain',
      because: 'the dial is at blue 70 %, green 30 %',
    });
    expect(await world.run('restore-traffic', await backInput(world))).toMatchObject({ kind: 'advance' });
    // Assess
    world.wait(270);
    expect(await verify(world)).toMatchObject({ kind: 'lookAgain', because: 'the canary drains for 150 s more' });
  });

  it('is not content while one of several rules still sends requests to the canary', async () => {
    // Prepare: read as the worst, the first rule at 100 and the second at 90
    const two = { ...shop, router: { ...shop.router, rules: ['arn:rule/shop', 'arn:rule/api'] } };
    const world = await restored();
    world.router.rules.set('arn:rule/api', {
      groups: [
        { arn: 'arn:tg/shop-blue', weight: 90 },
        { arn: 'arn:tg/shop-green', weight: 10 },
      ],
      stickinessSeconds: 0,
      httpHeaders: [],
    });
    const input = await backInput(world);
    // Act
    const move = await world.run('verify-traffic', { ...input, back: { ...input.back, workload: two } });
    // Assess
    expect(move).toMatchObject({ kind: 'restoreAgain', because: 'the dial is at blue 100 %, green 10 %' });
    expect(world.targets.counts.green).toMatchObject({ healthy: 4, draining: 0 });
  });

  it('has nothing to drain where the canary never had traffic', async () => {
    const world = await openWorld();
    await world.admitted([5, { kind: 'rollBackClaimed', attempt: 1, reason: 'notReady', because: 'CrashLoopBackOff' }]);
    expect(await verify(world)).toMatchObject({ kind: 'advance' });
  });
});

describe('retiring the canary', () => {
  const retire = async (world: World) => world.run('retire-canary', await backInput(world));

  it("takes its pods, puts stable's autoscaler back, and gives the rule its two groups again", async () => {
    const world = await goingBack();
    await world.run('restore-traffic', await backInput(world));
    expect(await retire(world)).toMatchObject({ kind: 'retired', because: 'green is at rest' });
    expect(await world.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 0 });
    expect(rule(world)).toEqual([
      { arn: 'arn:tg/shop-blue', weight: 100 },
      { arn: 'arn:tg/shop-green', weight: 0 },
    ]);
  });

  it('waits for a cluster that is away, and leaves the traffic where it is safe', async () => {
    const world = await goingBack();
    await world.run('restore-traffic', await backInput(world));
    world.cluster.setReachable(false);
    await expect(retire(world)).rejects.toMatchObject(named('ClusterUnreachableError'));
    expect(rule(world)).toEqual(BLUE_ALONE);
    expect(await world.kinds()).not.toContain('canaryRetired');
  });

  it('puts the minimum back that a release raised', async () => {
    const world = await openWorld();
    world.cluster.putAutoscaler(shop, 'blue', 2);
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    for (const name of ['admit', 'write-canary', 'size-canary']) await world.run(name, road);
    expect(await world.cluster.readSlot(shop, 'blue')).toMatchObject({ autoscalerMinimum: 4 });
    await world.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'no' });
    await retire(world);
    expect(await world.cluster.readSlot(shop, 'blue')).toMatchObject({ autoscalerMinimum: 2, desired: 4 });
  });
});

describe('starting the way back', () => {
  const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
  const claim = async (input: object, ...story: Line[]) => {
    const world = await openWorld();
    await world.admitted(...at10, ...story);
    return { world, answer: world.run('start-roll-back', { ...road, ...input }) };
  };

  it("claims it with the look's reason and starts it with all that it needs", async () => {
    const { world, answer } = await claim({
      move: { kind: 'rollBack', reason: 'notReady', because: '0 of 1 pods ready' },
    });
    expect(await answer).toEqual({ kind: 'goesBack', attempt: 1 });
    expect((await world.facts()).at(-1)).toEqual({
      kind: 'rollBackClaimed',
      attempt: 1,
      reason: 'notReady',
      because: '0 of 1 pods ready',
    });
    expect(world.executions.started.at(-1)).toMatchObject({
      machine: 'rollBack',
      name: 'rb-shop-1-1',
      input: {
        releaseId: 'shop-1',
        attempt: 1,
        back: {
          stable: 'blue',
          deadlineEpochMs: at(7_200),
          wayBack: { kind: 'alb', stable: 'blue' },
          workload: { name: 'shop' },
        },
      },
    });
  });

  it.each([
    [
      "Lambda's message",
      { Error: 'RouterRuleError', Cause: JSON.stringify({ errorMessage: 'rule x is not there', trace: [] }) },
      'RouterRuleError: rule x is not there',
    ],
    ['a text', { Error: 'States.Timeout', Cause: 'took too long' }, 'States.Timeout: took too long'],
    ['nothing', { Error: 'States.Timeout' }, 'States.Timeout: '],
  ])('takes a fault that retries did not cure for the reason, with %s', async (_, error, because) => {
    const { world, answer } = await claim({ error });
    await answer;
    expect((await world.ledger.read('shop')).active?.rollBack).toMatchObject({ reason: 'fault', because });
  });

  it('finds that it was promoted where the one-way door has closed, and starts nothing', async () => {
    const { world, answer } = await claim({ error: { Error: 'x' } }, [30, { kind: 'retiring' }]);
    expect(await answer).toEqual({ kind: 'promoted' });
    expect(world.executions.started).toHaveLength(1);
  });

  it('is nothing that a stale execution may do, nor one without a reason', async () => {
    const stale = await claim({ error: { Error: 'x' } }, [30, { kind: 'runClaimed', run: 2 }]);
    await expect(stale.answer).rejects.toMatchObject(named('StaleExecutionError'));
    const without = await claim({ move: { kind: 'advance', because: 'all good' } });
    await expect(without.answer).rejects.toMatchObject(named('BadInputError'));
    expect(await without.world.kinds()).not.toContain('rollBackClaimed');
  });

  it('started by several at once is one: the release, an operator and an alarm', async () => {
    const { world, answer } = await claim({ move: { reason: 'degraded', because: 'errors' } });
    await Promise.all([
      answer,
      world.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'stop' }),
      world.run('start-roll-back', { ...road, error: { Error: 'x' } }),
    ]);
    expect((await world.kinds()).filter(kind => kind === 'rollBackClaimed')).toHaveLength(1);
    expect(world.executions.started.filter(({ machine }) => machine === 'rollBack')).toHaveLength(1);
  });
});

describe('closing a release', () => {
  const close = (world: World, by: object = { run: 1 }) => world.run('close', { releaseId: 'shop-1', ...by });
  const claimed: Line = [50, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors: 5 of 100' }];
  const second: Line = [1, requested({ images: { app: imageOf('3') } }), { releaseId: 'shop-2' }];

  it.each<[string, Line[], object]>([
    [
      'promoted',
      [
        [50, { kind: 'retiring' }],
        [60, { kind: 'stableRetired', slot: 'blue' }],
      ],
      { outcome: 'promoted', because: 'revision new is live in green' },
    ],
    [
      'rolled back, with the reason',
      [claimed],
      { outcome: 'rolledBack', reason: 'degraded', because: 'errors: 5 of 100' },
    ],
    [
      'rejected, with what refused it',
      [[50, { kind: 'refused', because: 'the revision is live already' }]],
      { outcome: 'rejected', because: 'the revision is live already' },
    ],
  ])('says that it was %s', async (_, story, end) => {
    const world = await openWorld({ notify: [{ kind: 'sns', on: ['promoted', 'rolledBack', 'rejected'] }] });
    await world.admitted(...story);
    await close(world);
    expect((await world.facts()).at(-1)).toEqual({ kind: 'closed', ...end });
    const { outcome } = end as { outcome: string };
    expect(world.notifier.notices.map(({ subject }) => subject)).toEqual([`shop-1: ${outcome}`]);
  });

  it('says that it was rejected where it went back before admission: nothing had moved', async () => {
    const world = await openWorld();
    await world.tell([0, requested()], claimed);
    await close(world, { attempt: 1 });
    expect((await world.facts()).at(-1)).toEqual({
      kind: 'closed',
      outcome: 'rejected',
      reason: 'degraded',
      because: 'errors: 5 of 100',
    });
  });

  it('is a defect where nothing has ended: it says so and closes nothing', async () => {
    const world = await openWorld();
    await world.admitted();
    await expect(close(world)).rejects.toThrow('shop-1 was neither promoted nor sent back: it cannot be closed');
    expect((await world.ledger.read('shop')).active?.releaseId).toBe('shop-1');
  });

  it('starts the release that waits, and logs that under its own name', async () => {
    const world = await openWorld();
    await world.admitted(second, claimed);
    await close(world, { attempt: 1 });
    expect(world.executions.started.at(-1)).toMatchObject({
      machine: 'release',
      name: 'shop-2-1',
      input: { releaseId: 'shop-2', run: 1 },
    });
    expect(world.lines).toContainEqual(expect.objectContaining({ message: 'appended runClaimed', release: 'shop-2' }));
  });

  it.each<[string, Line[]]>([
    ['before the claim', []],
    ['between the claim and the execution', [[61, { kind: 'runClaimed', run: 1 }, { releaseId: 'shop-2' }]]],
  ])('repeated starts the one that waited where the first try died %s', async (_, story) => {
    const world = await openWorld();
    await world.admitted(second, claimed, [60, { kind: 'closed', outcome: 'rolledBack', because: 'errors' }], ...story);
    await close(world, { attempt: 1 });
    await close(world, { attempt: 1 });
    expect(world.executions.started.map(({ name }) => name)).toEqual(['shop-1-1', 'shop-2-1']);
    expect((await world.kinds()).filter(kind => kind === 'closed')).toHaveLength(1);
  });

  it('repeated when the next has long begun leaves it alone', async () => {
    const world = await openWorld();
    await world.admitted(
      second,
      claimed,
      [60, { kind: 'closed', outcome: 'rolledBack', because: 'errors' }],
      [61, { kind: 'runClaimed', run: 2 }, { releaseId: 'shop-2' }],
    );
    await close(world, { attempt: 1 });
    expect(world.executions.started.map(({ name }) => name)).toEqual(['shop-1-1']);
  });
});

describe('status', () => {
  it('names the workloads, or shows one with its dial, its lines and the windows of its release', async () => {
    const world = await goingBack();
    expect(await world.run('status', {})).toEqual({ kind: 'workloads', names: ['shop'] });
    const seq = (await world.ledger.read('shop')).seq;
    expect(await world.run('status', { workload: 'shop', afterSeq: seq - 1 })).toMatchObject({
      kind: 'workload',
      state: { active: { releaseId: 'shop-1' } },
      dial: { blue: 90, green: 10 },
      entries: [{ seq, fact: { kind: 'rollBackClaimed' } }],
      windows: [],
    });
    expect(await world.run('status', { workload: 'shop' })).toMatchObject({ entries: [] });
    await expect(world.run('status', { workload: 'shp' })).rejects.toMatchObject(
      named('WorkloadNotFoundError', /known: shop/),
    );
  });
});
