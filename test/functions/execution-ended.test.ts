import { describe, expect, it } from 'vitest';
import type { Line } from '../support/story.ts';
import { attemptEnded, backInput, executionEnded, scheduled, stopped } from './scenes.ts';
import { named, openWorld, type World } from './world.ts';

/** Step Functions says what its event says: of an execution that is there and ended in another way, too. */
const hear = (world: World, ...about: Parameters<typeof executionEnded>) => {
  const [of, name, status = 'FAILED', more = {}] = about;
  const machine = of === 'release' ? 'release' : 'rollBack';
  const execution = world.executions.started.find(one => one.machine === machine && one.name === name);
  const isBad = ['FAILED', 'ABORTED', 'TIMED_OUT'].includes(status);
  if (isBad && execution !== undefined && execution.status !== 'RUNNING') Object.assign(execution, { status, ...more });
  return forge(world, ...about);
};
/** An event that Step Functions did not send, or that is ahead of what it describes. */
const forge = (world: World, ...about: Parameters<typeof executionEnded>) =>
  world.run('execution-ended', executionEnded(...about));
const started = (world: World) => world.executions.started.map(({ name, status }) => `${name} ${status}`);
const claims = async (world: World) => (await world.facts()).filter(({ kind }) => kind === 'rollBackClaimed');

describe('an execution that ended without closing its release', () => {
  it.each([
    ['failed', 'FAILED'],
    ['was stopped by somebody', 'ABORTED'],
    ['ran too long', 'TIMED_OUT'],
  ])('goes back when it %s', async (_, status) => {
    const world = await stopped();
    expect(await hear(world, 'release', 'shop-1-1', status)).toEqual({ kind: 'goesBack', attempt: 1 });
    expect(await claims(world)).toEqual([
      {
        kind: 'rollBackClaimed',
        attempt: 1,
        reason: 'fault',
        because: `shop-1-1 ended (${status}) without closing the release`,
      },
    ]);
    expect(started(world)).toEqual([`shop-1-1 ${status}`, 'rb-shop-1-1 RUNNING']);
  });

  it('says what ended it, as far as Step Functions knows', async () => {
    const world = await stopped();
    await hear(world, 'release', 'shop-1-1', 'FAILED', { error: 'States.Runtime', cause: 'x'.repeat(40_000) });
    const [claim] = await claims(world);
    expect(claim).toMatchObject({
      because: expect.stringMatching(
        /^shop-1-1 ended \(FAILED\) without closing the release: States.Runtime: x{400,500}$/,
      ),
    });
  });

  it('heard of twice, and by two at once, goes back once', async () => {
    const world = await stopped();
    await Promise.all([hear(world, 'release', 'shop-1-1'), hear(world, 'release', 'shop-1-1', 'ABORTED')]);
    await hear(world, 'release', 'shop-1-1');
    expect(await claims(world)).toHaveLength(1);
    expect(started(world)).toEqual(['shop-1-1 FAILED', 'rb-shop-1-1 RUNNING']);
  });

  it('past the point of no return goes on in the next execution: there is nothing to go back to', async () => {
    const world = await stopped([24, { kind: 'retiring' }]);
    expect(await hear(world, 'release', 'shop-1-1')).toEqual({ kind: 'goesOn', run: 2 });
    expect(started(world)).toEqual(['shop-1-1 FAILED', 'shop-1-2 RUNNING']);
    expect(await claims(world)).toEqual([]);
  });

  it.each(['an event says so', 'the reconciler finds it'])(
    'because its functions were too old for a line goes on in newer ones: %s',
    async how => {
      const world = await stopped([24, { kind: 'weighed' } as never]);
      const cause = 'entry 12 of shop-1 is ...';
      Object.assign(world.executions.started[0] ?? {}, { error: 'UnknownEntryError' });
      if (how === 'an event says so')
        await hear(world, 'release', 'shop-1-1', 'FAILED', { error: 'UnknownEntryError', cause });
      else await world.run('reconcile', scheduled);
      expect(started(world)).toEqual(['shop-1-1 FAILED', 'shop-1-2 RUNNING']);
      expect(await claims(world)).toEqual([]);
    },
  );

  it('before admission is rejected: nothing had moved', async () => {
    const world = await openWorld();
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    world.executions.end('release', 'shop-1-1', 'FAILED');
    await hear(world, 'release', 'shop-1-1');
    expect(world.executions.started.at(-1)).toMatchObject({ name: 'rb-shop-1-1', input: { back: null } });
  });

  it('of a release that was refused is closed for that by the next: nothing is taken back', async () => {
    const world = await openWorld();
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await world.tell([1, { kind: 'refused', because: 'the dial is not whole' }]);
    world.executions.end('release', 'shop-1-1', 'FAILED');
    expect(await hear(world, 'release', 'shop-1-1')).toEqual({ kind: 'goesOn', run: 2 });
    expect(started(world)).toEqual(['shop-1-1 FAILED', 'shop-1-2 RUNNING']);
    expect(await claims(world)).toEqual([]);
  });

  it('starts the next run where somebody claimed that and died', async () => {
    const world = await stopped([24, { kind: 'runClaimed', run: 2 }]);
    expect(await hear(world, 'release', 'shop-1-1')).toEqual({ kind: 'goesOn', run: 2 });
    expect(started(world)).toEqual(['shop-1-1 FAILED', 'shop-1-2 RUNNING']);
  });
});

describe('an event that says what Step Functions does not', () => {
  it('of an execution that runs takes nothing back: it is asked again for some seconds, and then nothing happens', async () => {
    const world = await openWorld();
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    const untouched = await world.everything();
    expect(await forge(world, 'release', 'shop-1-1')).toEqual({ kind: 'nothing', because: 'shop-1-1 runs' });
    expect(world.pauses).toEqual([500, 1_500, 3_000]);
    expect(await world.everything()).toEqual(untouched);
  });

  it('that comes before what is described is believed as soon as that says so', async () => {
    const world = await openWorld();
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    const { describe: now } = world.executions;
    let asked = 0;
    world.executions.describe = async (...about) => {
      asked += 1;
      if (asked === 2) world.executions.end('release', 'shop-1-1', 'TIMED_OUT');
      return now(...about);
    };
    await forge(world, 'release', 'shop-1-1', 'FAILED', { error: 'forged', cause: 'in the event' });
    expect(await claims(world)).toMatchObject([{ because: 'shop-1-1 ended (TIMED_OUT) without closing the release' }]);
  });

  it.each([
    ['of the way back that runs', 'roll-back', 'rb-shop-1-1'],
    ['of a run that never was', 'release', 'shop-1-7'],
    ['of an attempt that never was', 'roll-back', 'rb-shop-1-9'],
  ] as const)('%s changes nothing', async (_, machine, name) => {
    const world = await openWorld();
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await world.run('abort', { releaseId: 'shop-1', by: 'ann', because: 'no' });
    const untouched = await world.everything();
    expect(await forge(world, machine, name)).toMatchObject({ kind: 'nothing' });
    expect(await world.everything()).toEqual(untouched);
  });
});

describe('an execution that has nothing to say any more', () => {
  const nothing: [string, (world: World) => Promise<unknown>, Line[]][] = [
    [
      'of a release that is over',
      world => hear(world, 'release', 'shop-1-1'),
      [[24, { kind: 'closed', outcome: 'rolledBack', because: 'x' }]],
    ],
    ['of a release that never was', world => hear(world, 'release', 'shop-7-1'), []],
    ['of a workload that never was', world => hear(world, 'roll-back', 'rb-api-1-1'), []],
    ['of a machine that is not ours', world => hear(world, 'others' as 'release', 'shop-1-1'), []],
    ['that somebody started by another name', world => hear(world, 'release', 'by-hand'), []],
    ['of the roll-back machine by another name', world => hear(world, 'roll-back', 'shop-1-1'), []],
    ['that ended well', world => hear(world, 'release', 'shop-1-1', 'SUCCEEDED'), []],
    ['that has only begun', world => hear(world, 'release', 'shop-1-1', 'RUNNING'), []],
  ];
  it.each(nothing)('%s, changes nothing', async (_, about, story) => {
    const world = await stopped(...story);
    const untouched = await world.everything();
    expect(await about(world)).toMatchObject({ kind: 'nothing' });
    expect(await world.everything()).toEqual(untouched);
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
    const world = await attemptEnded(1);
    const untouched = await world.everything();
    expect(await hear(world, 'release', 'rb-shop-1-1')).toMatchObject({
      kind: 'nothing',
      because: 'rb-shop-1 is over',
    });
    expect(await world.everything()).toEqual(untouched);
  });
});

describe('a roll back whose execution died', () => {
  it('is tried again, and keeps its reason', async () => {
    const world = await attemptEnded(1);
    expect(await hear(world, 'roll-back', 'rb-shop-1-1', 'ABORTED')).toEqual({ kind: 'goesBack', attempt: 2 });
    expect((await claims(world)).at(-1)).toMatchObject({ attempt: 2, reason: 'degraded', because: 'errors: 5 of 100' });
    expect(started(world)).toEqual(['shop-1-1 RUNNING', 'rb-shop-1-1 ABORTED', 'rb-shop-1-2 RUNNING']);
    expect(world.notifier.notices).toEqual([]);
  });

  it('for the second time calls a person by the topic of the control plane, and again an hour later, and is tried on', async () => {
    const world = await attemptEnded(2);
    expect(await hear(world, 'roll-back', 'rb-shop-1-2')).toEqual({ kind: 'goesBack', attempt: 3 });
    expect(world.notifier.notices).toMatchObject([
      { topicArn: 'arn:topic/control-plane', subject: 'shop-1: needs a person' },
    ]);
    world.executions.end('rollBack', 'rb-shop-1-3', 'FAILED');
    expect(await hear(world, 'roll-back', 'rb-shop-1-3')).toEqual({ kind: 'goesBack', attempt: 4 });
    expect(world.notifier.notices).toHaveLength(1);
    world.clock.epochMs += 3_600_000;
    world.executions.end('rollBack', 'rb-shop-1-4', 'FAILED');
    await hear(world, 'roll-back', 'rb-shop-1-4');
    expect(world.notifier.notices).toHaveLength(2);
  });

  it('is tried on where nobody can be called', async () => {
    const world = await attemptEnded(2);
    world.notifier.breakWith('throttled');
    expect(await hear(world, 'roll-back', 'rb-shop-1-2')).toEqual({ kind: 'goesBack', attempt: 3 });
    expect(await world.kinds()).not.toContain('paged');
  });

  it('and was heard of late, or twice, changes nothing where the next attempt runs', async () => {
    const world = await attemptEnded(1);
    await hear(world, 'roll-back', 'rb-shop-1-1');
    const once = await world.everything();
    expect(await hear(world, 'roll-back', 'rb-shop-1-1')).toEqual({ kind: 'nothing', because: 'rb-shop-1-2 runs' });
    expect(await world.everything()).toEqual(once);
  });

  it('fails where Step Functions does not answer, so that it is told again', async () => {
    const world = await stopped();
    world.executions.unreachable(true);
    await expect(hear(world, 'release', 'shop-1-1')).rejects.toMatchObject(named('ExecutionsUnreachableError'));
    world.executions.unreachable(false);
    expect(await hear(world, 'release', 'shop-1-1')).toEqual({ kind: 'goesBack', attempt: 1 });
    expect(await claims(world)).toHaveLength(1);
  });
});
