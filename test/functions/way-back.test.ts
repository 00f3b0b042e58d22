import { describe, expect, it } from 'vitest';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import { parseWayBack } from '../../adapters/router/alb/way-back.ts';
import { dialFor } from '../../domain/dial.ts';
import { at, type Line, requested, shop } from '../support/story.ts';
import { admittedWith, backInput, goingBack, road } from './scenes.ts';
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
    expect(await restore(world)).toMatchObject({ kind: 'advance', because: 'all requests go to blue' });
    expect(rule(world)).toEqual(BLUE_ALONE);
    expect(world.router.rules.get('arn:rule/shop-preview')?.groups).toEqual(BLUE_ALONE);
    expect(world.executions.started).toMatchObject([
      { name: 'shop-1-1', status: 'ABORTED', because: 'shop-1 is rolling back' },
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
        expect.objectContaining({ level: 'error', message: 'rolling back without the ledger', release: 'shop-1' }),
      );
      await world.router.setDial(shop, dialFor('green', 10));
      world.clock.epochMs = input.back.deadlineEpochMs;
      await expect(world.run('restore-traffic', input)).rejects.toMatchObject(named('LedgerUnreachableError'));
      expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
    },
  );

  it('does not take place when the point of no return is passed, or the release is over', async () => {
    for (const end of [{ kind: 'retiring' }, { kind: 'closed', outcome: 'promoted', because: 'live' }] as const) {
      const world = await goingBack();
      await world.tell([105, end]);
      await expect(restore(world)).rejects.toMatchObject(named('StaleExecutionError'));
      expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
    }
  });

  it('loses against a point of no return that is passed in the very moment', async () => {
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
      because: 'the traffic weights are blue 70 %, green 30 %',
    });
    expect(await world.run('restore-traffic', await backInput(world))).toMatchObject({ kind: 'advance' });
    // Assess
    world.wait(270);
    expect(await verify(world)).toMatchObject({ kind: 'lookAgain', because: 'the canary drains for 150 s more' });
  });

  it('pauses before it sends it back again: a second, and longer each time, ten seconds at most', async () => {
    const world = await restored();
    const input = await backInput(world);
    let move: unknown = { kind: 'advance', events: 28 };
    const pauses: unknown[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      await world.router.setDial(shop, dialFor('green', 30));
      move = await world.run('verify-traffic', { ...input, move });
      pauses.push((move as { seconds: number }).seconds);
      // carried on by the states between
      move = await world.run('restore-traffic', { ...input, move });
    }
    expect(pauses).toEqual([1, 2, 4, 8, 10, 10]);
    await world.router.setDial(shop, dialFor('green', 30));
    expect(await world.run('retire-canary', { ...input, move })).toMatchObject({ kind: 'restoreAgain', seconds: 10 });
  });

  it('goes by the ledger, whatever its input says: who can invoke it could have written that', async () => {
    const world = await goingBack();
    const input = await backInput(world);
    const { rules } = parseWayBack(input.back.wayBack);
    const actions = [{ Type: 'forward', TargetGroupArn: 'arn:tg/of-somebody-else' }];
    const wayBack = { ...input.back.wayBack, rules: rules.map(rule => ({ ...rule, actions })) };
    const forged = {
      ...input,
      back: { ...input.back, stable: 'green', wayBack, workload: { ...shop, name: 'other' } },
    };
    expect(await world.run('restore-traffic', forged)).toMatchObject({
      kind: 'advance',
      because: 'all requests go to blue',
    });
    expect(await world.router.readDial(shop)).toEqual({ blue: 100, green: 0 });
    // nor is what was never moved sent anywhere because the input has no way back
    const none = await goingBack();
    await none.run('restore-traffic', { ...(await backInput(none)), back: null });
    expect(await none.router.readDial(shop)).toEqual({ blue: 100, green: 0 });
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
    admittedWith(world, two);
    // Act
    const move = await verify(world);
    // Assess
    expect(move).toMatchObject({ kind: 'restoreAgain', because: 'the traffic weights are blue 100 %, green 10 %' });
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

  it('takes no pods from a canary to which somebody has turned the dial again, and sends the traffic back once more', async () => {
    const world = await goingBack();
    await world.run('restore-traffic', await backInput(world));
    await world.router.setDial(shop, dialFor('green', 10));
    const before = await world.cluster.readSlot(shop, 'green');
    expect(await retire(world)).toMatchObject({ kind: 'restoreAgain' });
    expect(await world.cluster.readSlot(shop, 'green')).toEqual(before);
    expect(await world.kinds()).not.toContain('canaryRetired');
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
    world.cluster.putAutoscaler(shop, 'green', 4);
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    for (const name of ['admit', 'write-canary', 'size-canary']) await world.run(name, road);
    expect(await world.cluster.readSlot(shop, 'blue')).toMatchObject({ autoscalerMinimum: 4 });
    await world.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'no' });
    await retire(world);
    expect(await world.cluster.readSlot(shop, 'blue')).toMatchObject({ autoscalerMinimum: 2, desired: 4 });
    expect(await world.cluster.readSlot(shop, 'green')).toMatchObject({ autoscalerMinimum: 2, desired: 0 });
  });
});
