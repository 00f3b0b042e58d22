import { describe, expect, it } from 'vitest';
import type { Line } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { attemptEnded, backInput, executionEnded, scheduled, stopped } from './handler-cases.ts';

/** Step Functions says what its event says: of an execution that is there and ended in another way, too. */
const hear = (fakes: Fakes, ...about: Parameters<typeof executionEnded>) => {
  const [of, name, status = 'FAILED', more = {}] = about;
  const machine = of === 'release' ? 'release' : 'rollBack';
  const execution = fakes.executions.started.find(one => one.machine === machine && one.name === name);
  const isBad = ['FAILED', 'ABORTED', 'TIMED_OUT'].includes(status);
  if (isBad && execution !== undefined && execution.status !== 'RUNNING') Object.assign(execution, { status, ...more });
  return forge(fakes, ...about);
};
/** An event that Step Functions did not send, or that is ahead of what it describes. */
const forge = (fakes: Fakes, ...about: Parameters<typeof executionEnded>) =>
  fakes.run('execution-ended', executionEnded(...about));
const started = (fakes: Fakes) => fakes.executions.started.map(({ name, status }) => `${name} ${status}`);
const claims = async (fakes: Fakes) => (await fakes.facts()).filter(({ kind }) => kind === 'rollBackClaimed');

describe('an execution that ended without closing its release', () => {
  it.each([
    ['failed', 'FAILED'],
    ['was stopped by somebody', 'ABORTED'],
    ['ran too long', 'TIMED_OUT'],
  ])('goes back when it %s', async (_, status) => {
    const fakes = await stopped();
    expect(await hear(fakes, 'release', 'shop-1-1', status)).toEqual({ kind: 'goesBack', attempt: 1 });
    expect(await claims(fakes)).toEqual([
      {
        kind: 'rollBackClaimed',
        attempt: 1,
        reason: 'fault',
        because: `shop-1-1 ended (${status}) without closing the release`,
      },
    ]);
    expect(started(fakes)).toEqual([`shop-1-1 ${status}`, 'rb-shop-1-1 RUNNING']);
  });

  it('says what ended it, as far as Step Functions knows', async () => {
    const fakes = await stopped();
    await hear(fakes, 'release', 'shop-1-1', 'FAILED', { error: 'States.Runtime', cause: 'x'.repeat(40_000) });
    const [claim] = await claims(fakes);
    expect(claim).toMatchObject({
      because: expect.stringMatching(
        /^shop-1-1 ended \(FAILED\) without closing the release: States.Runtime: x{400,500}$/,
      ),
    });
  });

  it('heard of twice, and by two at once, goes back once', async () => {
    const fakes = await stopped();
    await Promise.all([hear(fakes, 'release', 'shop-1-1'), hear(fakes, 'release', 'shop-1-1', 'ABORTED')]);
    await hear(fakes, 'release', 'shop-1-1');
    expect(await claims(fakes)).toHaveLength(1);
    expect(started(fakes)).toEqual(['shop-1-1 FAILED', 'rb-shop-1-1 RUNNING']);
  });

  it('past the point of no return goes on in the next execution: there is nothing to go back to', async () => {
    const fakes = await stopped([24, { kind: 'retiring' }]);
    expect(await hear(fakes, 'release', 'shop-1-1')).toEqual({ kind: 'goesOn', run: 2 });
    expect(started(fakes)).toEqual(['shop-1-1 FAILED', 'shop-1-2 RUNNING']);
    expect(await claims(fakes)).toEqual([]);
  });

  it.each(['an event says so', 'the reconciler finds it'])(
    'because its functions were too old for a line goes on in newer ones: %s',
    async how => {
      const fakes = await stopped([24, { kind: 'weighed' } as never]);
      const cause = 'entry 12 of shop-1 is ...';
      Object.assign(fakes.executions.started[0] ?? {}, { error: 'UnknownEntryError' });
      if (how === 'an event says so')
        await hear(fakes, 'release', 'shop-1-1', 'FAILED', { error: 'UnknownEntryError', cause });
      else await fakes.run('reconcile', scheduled);
      expect(started(fakes)).toEqual(['shop-1-1 FAILED', 'shop-1-2 RUNNING']);
      expect(await claims(fakes)).toEqual([]);
    },
  );

  it('before admission is rejected: nothing had moved', async () => {
    const fakes = await openFakes();
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    fakes.executions.end('release', 'shop-1-1', 'FAILED');
    await hear(fakes, 'release', 'shop-1-1');
    expect(fakes.executions.started.at(-1)).toMatchObject({ name: 'rb-shop-1-1', input: { back: null } });
  });

  it('of a release that was refused is closed for that by the next: nothing is taken back', async () => {
    const fakes = await openFakes();
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await fakes.tell([1, { kind: 'refused', because: 'the dial is not whole' }]);
    fakes.executions.end('release', 'shop-1-1', 'FAILED');
    expect(await hear(fakes, 'release', 'shop-1-1')).toEqual({ kind: 'goesOn', run: 2 });
    expect(started(fakes)).toEqual(['shop-1-1 FAILED', 'shop-1-2 RUNNING']);
    expect(await claims(fakes)).toEqual([]);
  });

  it('starts the next run where somebody claimed that and died', async () => {
    const fakes = await stopped([24, { kind: 'runClaimed', run: 2 }]);
    expect(await hear(fakes, 'release', 'shop-1-1')).toEqual({ kind: 'goesOn', run: 2 });
    expect(started(fakes)).toEqual(['shop-1-1 FAILED', 'shop-1-2 RUNNING']);
  });
});

describe('an event that says what Step Functions does not', () => {
  it('of an execution that runs takes nothing back: it is asked again for some seconds, and then nothing happens', async () => {
    const fakes = await openFakes();
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    const untouched = await fakes.everything();
    expect(await forge(fakes, 'release', 'shop-1-1')).toEqual({ kind: 'nothing', because: 'shop-1-1 runs' });
    expect(fakes.pauses).toEqual([500, 1_500, 3_000]);
    expect(await fakes.everything()).toEqual(untouched);
  });

  it('that comes before what is described is believed as soon as that says so', async () => {
    const fakes = await openFakes();
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    const { describe: now } = fakes.executions;
    let asked = 0;
    fakes.executions.describe = async (...about) => {
      asked += 1;
      if (asked === 2) fakes.executions.end('release', 'shop-1-1', 'TIMED_OUT');
      return now(...about);
    };
    await forge(fakes, 'release', 'shop-1-1', 'FAILED', { error: 'forged', cause: 'in the event' });
    expect(await claims(fakes)).toMatchObject([{ because: 'shop-1-1 ended (TIMED_OUT) without closing the release' }]);
  });

  it.each([
    ['of the way back that runs', 'roll-back', 'rb-shop-1-1'],
    ['of a run that never was', 'release', 'shop-1-7'],
    ['of an attempt that never was', 'roll-back', 'rb-shop-1-9'],
  ] as const)('%s changes nothing', async (_, machine, name) => {
    const fakes = await openFakes();
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await fakes.run('abort', { releaseId: 'shop-1', by: 'ann', because: 'no' });
    const untouched = await fakes.everything();
    expect(await forge(fakes, machine, name)).toMatchObject({ kind: 'nothing' });
    expect(await fakes.everything()).toEqual(untouched);
  });
});

describe('an execution that has nothing to say any more', () => {
  const nothing: [string, (fakes: Fakes) => Promise<unknown>, Line[]][] = [
    [
      'of a release that is over',
      fakes => hear(fakes, 'release', 'shop-1-1'),
      [[24, { kind: 'closed', outcome: 'rolledBack', because: 'x' }]],
    ],
    ['of a release that never was', fakes => hear(fakes, 'release', 'shop-7-1'), []],
    ['of a workload that never was', fakes => hear(fakes, 'roll-back', 'rb-api-1-1'), []],
    ['of a machine that is not ours', fakes => hear(fakes, 'others' as 'release', 'shop-1-1'), []],
    ['that somebody started by another name', fakes => hear(fakes, 'release', 'by-hand'), []],
    ['of the roll-back machine by another name', fakes => hear(fakes, 'roll-back', 'shop-1-1'), []],
    ['that ended well', fakes => hear(fakes, 'release', 'shop-1-1', 'SUCCEEDED'), []],
    ['that has only begun', fakes => hear(fakes, 'release', 'shop-1-1', 'RUNNING'), []],
  ];
  it.each(nothing)('%s, changes nothing', async (_, about, ledgerLines) => {
    const fakes = await stopped(...ledgerLines);
    const untouched = await fakes.everything();
    expect(await about(fakes)).toMatchObject({ kind: 'nothing' });
    expect(await fakes.everything()).toEqual(untouched);
  });

  it('because the next one runs, or the way back does, changes nothing', async () => {
    const followed = await stopped([24, { kind: 'runClaimed', run: 2 }]);
    await followed.executions.start('release', 'shop-1-2', { releaseId: 'shop-1', run: 2 });
    expect(await hear(followed, 'release', 'shop-1-1')).toEqual({ kind: 'nothing', because: 'shop-1-2 runs' });
    // RestoreTraffic stops the release's execution, and Step Functions tells of that
    const back = await stopped();
    await back.run('abort', { releaseId: 'shop-1', by: 'ann', because: 'no' });
    await back.run('restore-traffic', await backInput(back));
    expect(await hear(back, 'release', 'shop-1-1', 'ABORTED')).toEqual({
      kind: 'nothing',
      because: 'rb-shop-1-1 runs',
    });
  });

  it('that a workload which is called like a roll back has is told apart by its machine', async () => {
    // a release of `rb-shop`: the same name as the first attempt of shop-1
    const fakes = await attemptEnded(1);
    const untouched = await fakes.everything();
    expect(await hear(fakes, 'release', 'rb-shop-1-1')).toMatchObject({
      kind: 'nothing',
      because: 'rb-shop-1 is over',
    });
    expect(await fakes.everything()).toEqual(untouched);
  });
});

describe('a roll back whose execution died', () => {
  it('is tried again, and keeps its reason', async () => {
    const fakes = await attemptEnded(1);
    expect(await hear(fakes, 'roll-back', 'rb-shop-1-1', 'ABORTED')).toEqual({ kind: 'goesBack', attempt: 2 });
    expect((await claims(fakes)).at(-1)).toMatchObject({ attempt: 2, reason: 'degraded', because: 'errors: 5 of 100' });
    expect(started(fakes)).toEqual(['shop-1-1 RUNNING', 'rb-shop-1-1 ABORTED', 'rb-shop-1-2 RUNNING']);
    expect(fakes.notifier.notices).toEqual([]);
  });

  it('for the second time calls a person by the topic of the control plane, and again an hour later, and is tried on', async () => {
    const fakes = await attemptEnded(2);
    expect(await hear(fakes, 'roll-back', 'rb-shop-1-2')).toEqual({ kind: 'goesBack', attempt: 3 });
    expect(fakes.notifier.notices).toMatchObject([
      { topicArn: 'arn:topic/control-plane', subject: 'shop-1: needs a person' },
    ]);
    fakes.executions.end('rollBack', 'rb-shop-1-3', 'FAILED');
    expect(await hear(fakes, 'roll-back', 'rb-shop-1-3')).toEqual({ kind: 'goesBack', attempt: 4 });
    expect(fakes.notifier.notices).toHaveLength(1);
    fakes.clock.epochMs += 3_600_000;
    fakes.executions.end('rollBack', 'rb-shop-1-4', 'FAILED');
    await hear(fakes, 'roll-back', 'rb-shop-1-4');
    expect(fakes.notifier.notices).toHaveLength(2);
  });

  it('is tried on where nobody can be called', async () => {
    const fakes = await attemptEnded(2);
    fakes.notifier.breakWith('throttled');
    expect(await hear(fakes, 'roll-back', 'rb-shop-1-2')).toEqual({ kind: 'goesBack', attempt: 3 });
    expect(await fakes.kinds()).not.toContain('paged');
  });

  it('and was heard of late, or twice, changes nothing where the next attempt runs', async () => {
    const fakes = await attemptEnded(1);
    await hear(fakes, 'roll-back', 'rb-shop-1-1');
    const once = await fakes.everything();
    expect(await hear(fakes, 'roll-back', 'rb-shop-1-1')).toEqual({ kind: 'nothing', because: 'rb-shop-1-2 runs' });
    expect(await fakes.everything()).toEqual(once);
  });

  it('fails where Step Functions does not answer, so that it is told again', async () => {
    const fakes = await stopped();
    fakes.executions.unreachable(true);
    await expect(hear(fakes, 'release', 'shop-1-1')).rejects.toMatchObject(named('ExecutionsUnreachableError'));
    fakes.executions.unreachable(false);
    expect(await hear(fakes, 'release', 'shop-1-1')).toEqual({ kind: 'goesBack', attempt: 1 });
    expect(await claims(fakes)).toHaveLength(1);
  });
});
