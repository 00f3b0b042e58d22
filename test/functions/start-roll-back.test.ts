import { describe, expect, it } from 'vitest';
import { at, type Line, readied, shifted } from '../support/story.ts';
import { road } from './scenes.ts';
import { named, openWorld } from './world.ts';

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

  it('finds that it was promoted where the one-way door has closed, and sends it on in the next execution', async () => {
    const { world, answer } = await claim({ error: { Error: 'x' } }, [30, { kind: 'retiring' }]);
    expect(await answer).toEqual({ kind: 'promoted' });
    expect(world.executions.started.map(({ machine, name }) => [machine, name])).toEqual([
      ['release', 'shop-1-1'],
      ['release', 'shop-1-2'],
    ]);
    expect(await world.kinds()).not.toContain('rollBackClaimed');
  });

  it('behind the one-way door starts six executions at once, and then one every ten minutes', async () => {
    // Prepare: each execution ends with the same fault as soon as it has begun
    const world = await openWorld();
    await world.admitted(...at10, [30, { kind: 'retiring' }]);
    const runs = async () => (await world.ledger.read('shop')).active?.run ?? 0;
    const tick = { 'detail-type': 'Scheduled Event' };
    // Act: an hour in which the reconciler passes each minute
    const perMinute: number[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      const before = await runs();
      for (let again = 0; again < 10; again += 1) {
        const run = await runs();
        if (world.executions.started.at(-1)?.status === 'RUNNING') {
          await world.run('start-roll-back', { releaseId: 'shop-1', run, error: { Error: 'RouterRuleError' } });
          world.executions.end('release', `shop-1-${run}`, 'FAILED');
        }
        await world.run('reconcile', tick);
      }
      perMinute.push((await runs()) - before);
      world.wait(60 * (minute + 1));
    }
    // Assess
    expect(perMinute[0]).toBeGreaterThan(3);
    expect((await runs()) - 1).toBeLessThanOrEqual(6 + 6);
    expect(Math.max(...perMinute.slice(1))).toBe(1);
    expect(perMinute.slice(-12).reduce((sum, count) => sum + count)).toBeGreaterThan(0);
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
