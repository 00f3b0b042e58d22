import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type AllDeps, makeHandlers } from '../../functions/lambda/handlers.ts';
import type { Line } from '../support/story.ts';
import { backScenes, inputOf, roadScenes, allScenes as scenes } from './scenes.ts';
import { named, openWorld } from './world.ts';

describe('the handlers', () => {
  it('of the lab are the files of functions/, so that a new one cannot be forgotten', async () => {
    const files = await readdir(new URL('../../functions', import.meta.url), { withFileTypes: true });
    const names = files.filter(file => file.isFile()).map(file => file.name.replace(/\.ts$/, ''));
    expect(Object.keys(makeHandlers({} as AllDeps)).sort()).toEqual(names.sort());
  });

  it('are all here: each has a scene in which it has something to do', () => {
    expect(scenes.map(scene => scene.name).sort()).toEqual(Object.keys(makeHandlers({} as AllDeps)).sort());
  });
});

describe.each(scenes)('$name', scene => {
  it('run twice leaves the world and the ledger as run once', async () => {
    // Prepare
    const world = await scene.open();
    const input = await inputOf(scene, world);
    const untouched = await world.everything();
    // Act
    await world.run(scene.name, input);
    const once = await world.everything();
    await world.run(scene.name, input);
    // Assess
    expect(await world.everything()).toEqual(once);
    if (!['audit', 'status', 'verify-traffic', 'look'].includes(scene.name.replace(/-in-cluster$/, '')))
      expect(once).not.toEqual(untouched);
  });

  it('reads again and thinks again where somebody else appended first', async () => {
    // Prepare
    const alone = await scene.open();
    const raced = await scene.open();
    await alone.run(scene.name, await inputOf(scene, alone));
    const { active } = await raced.ledger.read('shop');
    raced.ledger.quicker =
      active === undefined
        ? undefined // nobody else can write of a release that is not there: see the operations' own tests
        : {
            releaseId: active.releaseId,
            atEpochMs: raced.clock.now(),
            by: 'somebody',
            fact: { kind: 'resumed' },
          };
    // Act
    await raced.run(scene.name, await inputOf(scene, raced));
    raced.ledger.quicker = undefined;
    // Assess: the same facts, and between them what the other wrote
    const mine = (await raced.ledger.entries('shop')).filter(entry => entry.by !== 'somebody').map(entry => entry.fact);
    expect(mine).toEqual(await alone.facts());
  });

  it.each([
    ['null', null],
    ['an empty object', {}],
    ['a text', 'shop-1'],
    ['a release id that is none', { releaseId: 'shop', run: 1, attempt: 1, by: 'ann', because: 'x', groups: [] }],
    ['numbers where names belong', { releaseId: 7, run: 'one', workload: 7, image: 7, by: 7 }],
  ])('refuses %s as bad input, and touches nothing', async (_, input) => {
    const world = await scene.open();
    if (scene.name === 'status' && JSON.stringify(input) === '{}') return; // asks for the names of all workloads
    const untouched = await world.everything();
    await expect(world.run(scene.name, input)).rejects.toMatchObject(
      named('BadInputError', new RegExp(`^${scene.name}: `)),
    );
    expect(await world.everything()).toEqual(untouched);
  });

  it('logs what it wrote with workload, release and seq, and with its own name', async () => {
    const world = await scene.open();
    const before = (await world.ledger.read('shop')).seq;
    const logged = world.lines.length;
    await world.run(scene.name, await inputOf(scene, world));
    const appended = world.lines.slice(logged).filter(({ message }) => String(message).startsWith('appended'));
    const entries = await world.ledger.entries('shop', before);
    expect(appended).toMatchObject(
      entries.map(({ seq, fact, releaseId }) => ({
        message: `appended ${fact.kind}`,
        function: scene.name,
        workload: 'shop',
        release: releaseId,
        seq,
      })),
    );
  });
});

describe.each(roadScenes)('$name of an execution that is stale', scene => {
  const stale: [string, Line[], RegExp][] = [
    [
      'because the next run has begun',
      [[200, { kind: 'runClaimed', run: 2 }]],
      /^run 1 of shop-1 was followed by run 2$/,
    ],
    [
      'because the release goes back',
      [[200, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'no' }]],
      /^shop-1 is rolling back \(aborted\)$/,
    ],
    [
      'because the release is over',
      [[200, { kind: 'closed', outcome: 'rejected', because: 'no' }]],
      /^shop-1 is not the active release$/,
    ],
  ];
  it.each(stale)('does nothing, %s', async (_, story, because) => {
    // Prepare
    const world = await scene.open();
    await world.tell(...story);
    const untouched = await world.everything();
    // Act
    const done = world.run(scene.name, await inputOf(scene, world));
    // Assess
    await expect(done).rejects.toMatchObject(named('StaleExecutionError', because));
    expect(await world.everything()).toEqual(untouched);
  });
});

describe.each(backScenes)('$name of an attempt that is stale', scene => {
  const stale: [string, Line[], RegExp][] = [
    [
      'because the next attempt has begun',
      [[200, { kind: 'rollBackClaimed', attempt: 2, reason: 'degraded', because: 'no' }]],
      /^attempt 1 to take shop-1 back is not the newest \(2\)$/,
    ],
    [
      'because the release is over',
      [[200, { kind: 'closed', outcome: 'rolledBack', because: 'no' }]],
      /^shop-1 is not the active release$/,
    ],
  ];
  it.each(stale)('does nothing, %s', async (_, story, because) => {
    const world = await scene.open();
    await world.tell(...story);
    const untouched = await world.everything();
    const done = world.run(scene.name, await inputOf(scene, world));
    await expect(done).rejects.toMatchObject(named('StaleExecutionError', because));
    expect(await world.everything()).toEqual(untouched);
  });
});

it('a handler that loses again and again gives up to the retries of its state machine', async () => {
  const world = await openWorld();
  await world.admitted();
  const { append } = world.ledger;
  let tries = 0;
  world.ledger.append = async (workload, after, line) => {
    tries += 1;
    await append.call(world.ledger, workload, after, {
      ...line,
      by: `somebody ${tries}`,
      fact: { kind: 'canaryIntended', slot: 'green', revision: 'new' },
    });
    return append.call(world.ledger, workload, after, line);
  };
  await expect(world.run('soak', { releaseId: 'shop-1', run: 1 })).rejects.toMatchObject(named('LedgerConflictError'));
  expect(tries).toBe(6);
});
