import { describe, expect, it } from 'vitest';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import { parseWayBack } from '../../adapters/router/alb/way-back.ts';
import { dialFor } from '../../domain/dial.ts';
import { at, type Line, requested, shop } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { admittedWith, backInput, goingBack, road } from './handler-cases.ts';

const dialOf = (fakes: Fakes) => fakes.router.readDial(shop);
const rule = (fakes: Fakes) => fakes.router.rules.get('arn:rule/shop')?.groups;
const BLUE_ALONE = [{ arn: 'arn:tg/shop-blue', weight: 1 }];
const cut = (fakes: Fakes, method: 'read' | 'append') => {
  fakes.ledger[method] = async () => {
    throw new LedgerUnreachableError('the table did not answer');
  };
};

describe('restoring the traffic', () => {
  const restore = async (fakes: Fakes, input?: object) =>
    fakes.run('restore-traffic', { ...(await backInput(fakes)), ...input });

  it('sends everything to stable alone, preview and all, and stops the release', async () => {
    const fakes = await goingBack();
    expect(await restore(fakes)).toMatchObject({ kind: 'advance', because: 'all requests go to blue' });
    expect(rule(fakes)).toEqual(BLUE_ALONE);
    expect(fakes.router.rules.get('arn:rule/shop-preview')?.groups).toEqual(BLUE_ALONE);
    expect(fakes.executions.started).toMatchObject([
      { name: 'shop-1-1', status: 'ABORTED', because: 'shop-1 is rolling back' },
    ]);
    expect((await fakes.facts()).slice(-2)).toEqual([
      { kind: 'goingBack', attempt: 1 },
      { kind: 'dialRestored', dial: { blue: 100, green: 0 } },
    ]);
  });

  it('stops the newest execution of the release', async () => {
    const fakes = await goingBack();
    await fakes.tell([99, { kind: 'runClaimed', run: 2 }]);
    await fakes.executions.start('release', 'shop-1-2', { releaseId: 'shop-1', run: 2 });
    await restore(fakes);
    expect(fakes.executions.started.find(({ name }) => name === 'shop-1-2')?.status).toBe('ABORTED');
  });

  it('takes place also where Step Functions does not answer', async () => {
    const fakes = await goingBack();
    fakes.executions.unreachable(true);
    await expect(restore(fakes)).rejects.toMatchObject(named('ExecutionsUnreachableError'));
    expect(rule(fakes)).toEqual(BLUE_ALONE);
    fakes.executions.unreachable(false);
    expect(await restore(fakes)).toMatchObject({ kind: 'advance' });
    expect((await fakes.kinds()).filter(kind => kind === 'goingBack')).toHaveLength(1);
  });

  it.each(['read', 'append'] as const)(
    "takes place without the ledger (%s), until the release's deadline and not after",
    async method => {
      // Prepare
      const fakes = await goingBack();
      const input = await backInput(fakes);
      cut(fakes, method);
      // Act, Assess
      fakes.clock.epochMs = input.back.deadlineEpochMs - 1;
      expect(await fakes.run('restore-traffic', input)).toMatchObject({ kind: 'advance' });
      expect(rule(fakes)).toEqual(BLUE_ALONE);
      expect(fakes.lines).toContainEqual(
        expect.objectContaining({ level: 'error', message: 'rolling back without the ledger', release: 'shop-1' }),
      );
      await fakes.router.setDial(shop, dialFor('green', 10));
      fakes.clock.epochMs = input.back.deadlineEpochMs;
      await expect(fakes.run('restore-traffic', input)).rejects.toMatchObject(named('LedgerUnreachableError'));
      expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
    },
  );

  it('does not take place when the point of no return is passed, or the release is over', async () => {
    for (const end of [{ kind: 'retiring' }, { kind: 'closed', outcome: 'promoted', because: 'live' }] as const) {
      const fakes = await goingBack();
      await fakes.tell([105, end]);
      await expect(restore(fakes)).rejects.toMatchObject(named('StaleExecutionError'));
      expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
    }
  });

  it('loses against a point of no return that is passed in the very moment', async () => {
    const fakes = await goingBack();
    fakes.ledger.quicker = { releaseId: 'shop-1', atEpochMs: at(110), by: 'shop-1 run 1', fact: { kind: 'retiring' } };
    await expect(restore(fakes)).rejects.toMatchObject(named('StaleExecutionError', /use undo/));
    expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
    expect(await fakes.kinds()).not.toContain('goingBack');
  });

  it('waits while no target of stable is healthy, and says so; then it takes place', async () => {
    const fakes = await goingBack();
    fakes.targets.counts.blue.healthy = 0;
    expect(await restore(fakes)).toMatchObject({
      kind: 'lookAgain',
      seconds: 10,
      because: expect.stringMatching(/^no target of blue is healthy/),
    });
    expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
    expect(fakes.executions.started[0]?.status).toBe('ABORTED');
    fakes.targets.counts.blue.healthy = 1;
    expect(await restore(fakes)).toMatchObject({ kind: 'advance' });
    expect(rule(fakes)).toEqual(BLUE_ALONE);
  });

  it('takes place where nobody can say how stable is: not knowing is not "none"', async () => {
    const fakes = await goingBack();
    fakes.targets.failNext(1);
    expect(await restore(fakes)).toMatchObject({ kind: 'advance' });
    expect(rule(fakes)).toEqual(BLUE_ALONE);
  });

  it('of a release that was never admitted has nothing to turn', async () => {
    const fakes = await openFakes();
    await fakes.tell([0, requested()], [1, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'no' }]);
    const untouched = rule(fakes);
    for (const name of ['restore-traffic', 'verify-traffic']) {
      expect(await fakes.run(name, { releaseId: 'shop-1', attempt: 1, back: null })).toMatchObject({
        kind: 'advance',
        because: 'nothing had moved',
      });
    }
    expect(await fakes.run('retire-canary', { releaseId: 'shop-1', attempt: 1, back: null })).toMatchObject({
      kind: 'retired',
    });
    expect(rule(fakes)).toEqual(untouched);
  });
});

describe('verifying the traffic', () => {
  const verify = async (fakes: Fakes) => fakes.run('verify-traffic', await backInput(fakes));
  const restored = async (...ledgerLines: Line[]) => {
    const fakes = await goingBack(
      [101, { kind: 'goingBack', attempt: 1 }],
      [102, { kind: 'dialRestored', dial: dialFor('green', 0) }],
      ...ledgerLines,
    );
    await fakes.router.setDial(shop, dialFor('green', 0));
    return fakes;
  };

  it('lets the canary drain at a verified 0, and looks at the dial meanwhile', async () => {
    const fakes = await restored();
    // 30 s of deregistration and 120 s, from 110 s on
    expect(await verify(fakes)).toMatchObject({
      kind: 'lookAgain',
      seconds: 30,
      because: 'the canary drains for 150 s more',
    });
    fakes.wait(250);
    expect(await verify(fakes)).toMatchObject({ kind: 'lookAgain', seconds: 10 });
    fakes.wait(260);
    expect(await verify(fakes)).toMatchObject({ kind: 'advance' });
    expect((await fakes.kinds()).filter(kind => kind === 'dialVerified')).toHaveLength(1);
  });

  it('cuts the connections of a canary that had traffic, once the dial shows 0 for it', async () => {
    const fakes = await restored();
    await verify(fakes);
    expect(fakes.targets.counts.green).toMatchObject({ healthy: 0, draining: 4 });
    expect(fakes.targets.counts.blue).toMatchObject({ healthy: 4 });
  });

  it('sends the traffic back again where somebody has turned the dial, and the drain begins anew', async () => {
    // Prepare: verified at 110 s, turned by somebody, seen at 200 s
    const fakes = await restored();
    await verify(fakes);
    await fakes.router.setDial(shop, dialFor('green', 30));
    fakes.wait(200);
    // Act
    expect(await verify(fakes)).toMatchObject({
      kind: 'restoreAgain',
      because: 'the traffic weights are blue 70 %, green 30 %',
    });
    expect(await fakes.run('restore-traffic', await backInput(fakes))).toMatchObject({ kind: 'advance' });
    // Assess
    fakes.wait(270);
    expect(await verify(fakes)).toMatchObject({ kind: 'lookAgain', because: 'the canary drains for 150 s more' });
  });

  it('pauses before it sends it back again: a second, and longer each time, ten seconds at most', async () => {
    const fakes = await restored();
    const input = await backInput(fakes);
    let move: unknown = { kind: 'advance', events: 28 };
    const pauses: unknown[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      await fakes.router.setDial(shop, dialFor('green', 30));
      move = await fakes.run('verify-traffic', { ...input, move });
      pauses.push((move as { seconds: number }).seconds);
      // carried on by the states between
      move = await fakes.run('restore-traffic', { ...input, move });
    }
    expect(pauses).toEqual([1, 2, 4, 8, 10, 10]);
    await fakes.router.setDial(shop, dialFor('green', 30));
    expect(await fakes.run('retire-canary', { ...input, move })).toMatchObject({ kind: 'restoreAgain', seconds: 10 });
  });

  it('goes by the ledger, whatever its input says: who can invoke it could have written that', async () => {
    const fakes = await goingBack();
    const input = await backInput(fakes);
    const { rules } = parseWayBack(input.back.wayBack);
    const actions = [{ Type: 'forward', TargetGroupArn: 'arn:tg/of-somebody-else' }];
    const wayBack = { ...input.back.wayBack, rules: rules.map(rule => ({ ...rule, actions })) };
    const forged = {
      ...input,
      back: { ...input.back, stable: 'green', wayBack, workload: { ...shop, name: 'other' } },
    };
    expect(await fakes.run('restore-traffic', forged)).toMatchObject({
      kind: 'advance',
      because: 'all requests go to blue',
    });
    expect(await fakes.router.readDial(shop)).toEqual({ blue: 100, green: 0 });
    // nor is what was never moved sent anywhere because the input has no way back
    const none = await goingBack();
    await none.run('restore-traffic', { ...(await backInput(none)), back: null });
    expect(await none.router.readDial(shop)).toEqual({ blue: 100, green: 0 });
  });

  it('is not content while one of several rules still sends requests to the canary', async () => {
    // Prepare: read as the worst, the first rule at 100 and the second at 90
    const two = { ...shop, router: { ...shop.router, rules: ['arn:rule/shop', 'arn:rule/api'] } };
    const fakes = await restored();
    fakes.router.rules.set('arn:rule/api', {
      groups: [
        { arn: 'arn:tg/shop-blue', weight: 90 },
        { arn: 'arn:tg/shop-green', weight: 10 },
      ],
      stickinessSeconds: 0,
      httpHeaders: [],
    });
    admittedWith(fakes, two);
    // Act
    const move = await verify(fakes);
    // Assess
    expect(move).toMatchObject({ kind: 'restoreAgain', because: 'the traffic weights are blue 100 %, green 10 %' });
    expect(fakes.targets.counts.green).toMatchObject({ healthy: 4, draining: 0 });
  });

  it('has nothing to drain where the canary never had traffic', async () => {
    const fakes = await openFakes();
    await fakes.admitted([5, { kind: 'rollBackClaimed', attempt: 1, reason: 'notReady', because: 'CrashLoopBackOff' }]);
    expect(await verify(fakes)).toMatchObject({ kind: 'advance' });
  });
});

describe('retiring the canary', () => {
  const retire = async (fakes: Fakes) => fakes.run('retire-canary', await backInput(fakes));

  it("takes its pods, puts stable's autoscaler back, and gives the rule its two groups again", async () => {
    const fakes = await goingBack();
    await fakes.run('restore-traffic', await backInput(fakes));
    expect(await retire(fakes)).toMatchObject({ kind: 'retired', because: 'green is at rest' });
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 0 });
    expect(rule(fakes)).toEqual([
      { arn: 'arn:tg/shop-blue', weight: 100 },
      { arn: 'arn:tg/shop-green', weight: 0 },
    ]);
  });

  it('takes no pods from a canary to which somebody has turned the dial again, and sends the traffic back once more', async () => {
    const fakes = await goingBack();
    await fakes.run('restore-traffic', await backInput(fakes));
    await fakes.router.setDial(shop, dialFor('green', 10));
    const before = await fakes.cluster.readSlot(shop, 'green');
    expect(await retire(fakes)).toMatchObject({ kind: 'restoreAgain' });
    expect(await fakes.cluster.readSlot(shop, 'green')).toEqual(before);
    expect(await fakes.kinds()).not.toContain('canaryRetired');
  });

  it('waits for a cluster that is away, and leaves the traffic where it is safe', async () => {
    const fakes = await goingBack();
    await fakes.run('restore-traffic', await backInput(fakes));
    fakes.cluster.setReachable(false);
    await expect(retire(fakes)).rejects.toMatchObject(named('ClusterUnreachableError'));
    expect(rule(fakes)).toEqual(BLUE_ALONE);
    expect(await fakes.kinds()).not.toContain('canaryRetired');
  });

  it('puts the minimum back that a release raised', async () => {
    const fakes = await openFakes();
    fakes.cluster.putAutoscaler(shop, 'blue', 2);
    fakes.cluster.putAutoscaler(shop, 'green', 4);
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    for (const name of ['admit', 'write-canary', 'size-canary']) await fakes.run(name, road);
    expect(await fakes.cluster.readSlot(shop, 'blue')).toMatchObject({ autoscalerMinimum: 4 });
    await fakes.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'no' });
    await retire(fakes);
    expect(await fakes.cluster.readSlot(shop, 'blue')).toMatchObject({ autoscalerMinimum: 2, desired: 4 });
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ autoscalerMinimum: 2, desired: 0 });
  });
});
