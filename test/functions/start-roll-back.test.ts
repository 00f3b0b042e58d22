import { describe, expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { at, type Line, readied, shifted, shop } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { backInput, goingBack, road, scheduled } from './handler-cases.ts';

describe('starting the way back', () => {
  const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
  const claim = async (input: object, ...ledgerLines: Line[]) => {
    const fakes = await openFakes();
    await fakes.admitted(...at10, ...ledgerLines);
    return { fakes, answer: fakes.run('start-roll-back', { ...road, ...input }) };
  };

  it("claims it with the look's reason and starts it with all that it needs", async () => {
    const { fakes, answer } = await claim({
      move: { kind: 'rollBack', reason: 'notReady', because: '0 of 1 pods ready' },
    });
    expect(await answer).toEqual({ kind: 'goesBack', attempt: 1 });
    expect((await fakes.facts()).at(-1)).toEqual({
      kind: 'rollBackClaimed',
      attempt: 1,
      reason: 'notReady',
      because: '0 of 1 pods ready',
    });
    expect(fakes.executions.started.at(-1)).toMatchObject({
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
    const { fakes, answer } = await claim({ error });
    await answer;
    expect((await fakes.ledger.read('shop')).active?.rollBack).toMatchObject({ reason: 'fault', because });
  });

  it('finds that it was promoted where the point of no return is passed, and sends it on in the next execution', async () => {
    const { fakes, answer } = await claim({ error: { Error: 'x' } }, [30, { kind: 'retiring' }]);
    expect(await answer).toEqual({ kind: 'promoted' });
    expect(fakes.executions.started.map(({ machine, name }) => [machine, name])).toEqual([
      ['release', 'shop-1-1'],
      ['release', 'shop-1-2'],
    ]);
    expect(await fakes.kinds()).not.toContain('rollBackClaimed');
  });

  it('past the point of no return starts six executions at once, and then one every ten minutes', async () => {
    // Prepare: each execution ends with the same fault as soon as it has begun
    const fakes = await openFakes();
    await fakes.admitted(...at10, [30, { kind: 'retiring' }]);
    const runs = async () => (await fakes.ledger.read('shop')).active?.run ?? 0;
    const tick = { 'detail-type': 'Scheduled Event' };
    // Act: an hour in which the reconciler passes each minute
    const perMinute: number[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      const before = await runs();
      for (let again = 0; again < 10; again += 1) {
        const run = await runs();
        if (fakes.executions.started.at(-1)?.status === 'RUNNING') {
          await fakes.run('start-roll-back', { releaseId: 'shop-1', run, error: { Error: 'RouterRuleError' } });
          fakes.executions.end('release', `shop-1-${run}`, 'FAILED');
        }
        await fakes.run('reconcile', tick);
      }
      perMinute.push((await runs()) - before);
      fakes.wait(60 * (minute + 1));
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
    expect(await without.fakes.kinds()).not.toContain('rollBackClaimed');
  });

  it('started by several at once is one: the release, an operator and an alarm', async () => {
    const { fakes, answer } = await claim({ move: { reason: 'degraded', because: 'errors' } });
    await Promise.all([
      answer,
      fakes.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'stop' }),
      fakes.run('start-roll-back', { ...road, error: { Error: 'x' } }),
    ]);
    expect((await fakes.kinds()).filter(kind => kind === 'rollBackClaimed')).toHaveLength(1);
    expect(fakes.executions.started.filter(({ machine }) => machine === 'rollBack')).toHaveLength(1);
  });
});

describe('a way back whose history is about to be full', () => {
  const again = async (fakes: Fakes, events = 20_000) => ({ ...(await backInput(fakes)), move: { events } });

  it('goes on in the next attempt with the same claim, and nobody is called when that one dies the first time', async () => {
    const fakes = await goingBack([101, { kind: 'goingBack', attempt: 1 }]);
    expect(await fakes.run('start-roll-back', await again(fakes))).toEqual({ kind: 'goesBack', attempt: 2 });
    expect((await fakes.facts()).at(-1)).toMatchObject({ attempt: 2, reason: 'degraded', handsOver: true });
    expect(fakes.executions.started.at(-1)).toMatchObject({ machine: 'rollBack', name: 'rb-shop-1-2' });
    // repeated: its own claim is found
    expect(await fakes.run('start-roll-back', await again(fakes))).toEqual({ kind: 'goesBack', attempt: 2 });
    fakes.executions.end('rollBack', 'rb-shop-1-2', 'FAILED');
    await fakes.run('reconcile', scheduled);
    expect((await fakes.facts()).at(-1)).toMatchObject({ kind: 'rollBackClaimed', attempt: 3 });
    expect(fakes.notifier.notices).toEqual([]);
  });

  it('does nothing where another attempt was claimed since', async () => {
    const claimed = (attempt: number): Line => [
      110,
      { kind: 'rollBackClaimed', attempt, reason: 'degraded', because: 'errors: 5 of 100' },
    ];
    const fakes = await goingBack(claimed(2), claimed(3));
    await expect(fakes.run('start-roll-back', await again(fakes))).rejects.toMatchObject(
      named('StaleExecutionError', /attempt 1/),
    );
  });

  it.each([['restore-traffic'], ['verify-traffic']])('is handed over by %s', async name => {
    const fakes = await goingBack([101, { kind: 'goingBack', attempt: 1 }]);
    fakes.targets.counts.blue = { ...fakes.targets.counts.blue, healthy: 0, unhealthy: 4 };
    expect(await fakes.run(name, await again(fakes, 19_971))).toMatchObject({ events: 19_999 });
    expect(await fakes.run(name, await again(fakes, 19_972))).toMatchObject({ kind: 'nextAttempt' });
  });

  it('keeps what the attempt before has verified: the drain goes on, and does not begin anew', async () => {
    const fakes = await goingBack(
      [101, { kind: 'goingBack', attempt: 1 }],
      [102, { kind: 'dialRestored', dial: dialFor('green', 0) }],
      [103, { kind: 'dialVerified', dial: dialFor('green', 0) }],
    );
    await fakes.router.setDial(shop, dialFor('green', 0));
    await fakes.run('start-roll-back', await again(fakes));
    expect(await fakes.run('restore-traffic', await backInput(fakes, 2))).toMatchObject({ kind: 'advance' });
    expect((await fakes.facts()).at(-1)).toMatchObject({ kind: 'rollBackClaimed' });
    // unless somebody turned the dial meanwhile
    await fakes.router.setDial(shop, dialFor('green', 10));
    await fakes.run('restore-traffic', await backInput(fakes, 2));
    expect((await fakes.facts()).at(-1)).toMatchObject({ kind: 'dialRestored' });
  });
});
