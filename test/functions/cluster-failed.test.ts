import { expect, it } from 'vitest';
import { ClusterUnreachableError } from '../../adapters/cluster/errors.ts';
import { waitingOf } from '../../domain/release/waiting.ts';
import { road } from './scenes.ts';
import { named, openWorld, type World } from './world.ts';

const WEBHOOK = `the cluster's admission webhook "policy" does not work: PATCH /x: the cluster answered 500`;

async function admitted() {
  const world = await openWorld();
  await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  await world.run('admit', road);
  return world;
}
const awaited = async (world: World) => waitingOf(await world.ledger.read('shop'), world.clock.now())[0]?.awaited;
const failures = async (world: World) => (await world.facts()).filter(({ kind }) => kind === 'clusterFailed');

it('what keeps the canary from being written is told with what is waited for, once, and is over when it is written', async () => {
  const world = await admitted();
  const { writeSlot } = world.cluster;
  world.cluster.writeSlot = () => Promise.reject(new ClusterUnreachableError(WEBHOOK));
  for (let tries = 0; tries < 3; tries += 1) {
    await expect(world.run('write-canary', road)).rejects.toMatchObject(named('ClusterUnreachableError', /policy/));
  }
  expect(await failures(world)).toEqual([{ kind: 'clusterFailed', because: WEBHOOK }]);
  expect(await awaited(world)).toBe(`green to be written: ${WEBHOOK}`);

  world.cluster.writeSlot = writeSlot;
  await world.run('write-canary', road);
  expect(await awaited(world)).not.toContain('policy');
});

it('a cluster that has no room for our calls fails at nothing', async () => {
  const world = await admitted();
  world.cluster.writeSlot = () => Promise.reject(new ClusterUnreachableError('full', { httpStatusCode: 429 }));
  await expect(world.run('write-canary', road)).rejects.toMatchObject({ name: 'ThrottledError' });
  expect(await failures(world)).toEqual([]);
});

it('a cluster that fails in turns in two ways writes a line a minute at most', async () => {
  const world = await admitted();
  let tries = 0;
  world.cluster.writeSlot = () => Promise.reject(new ClusterUnreachableError(`way ${tries++ % 2}`));
  for (const seconds of [1, 2, 3, 70]) {
    world.wait(seconds);
    await expect(world.run('write-canary', road)).rejects.toThrow(/way/);
  }
  expect(await failures(world)).toEqual([
    { kind: 'clusterFailed', because: 'way 0' },
    { kind: 'clusterFailed', because: 'way 1' },
  ]);
});

it('what fails while the canary is sized is in the sentence of its hold', async () => {
  const world = await openWorld();
  await world.admitted();
  await world.canary(0);
  world.cluster.scaleSlot = () => Promise.reject(new ClusterUnreachableError(WEBHOOK));
  await expect(world.run('size-canary', road)).rejects.toThrow(/policy/);
  const move = { kind: 'sizeAgain', seconds: 10, because: 'ClusterUnreachableError', asks: 'nobody' };
  await world.run('look', { ...road, move });
  expect((await world.facts()).at(-1)).toEqual({
    kind: 'held',
    because: expect.stringMatching(/cannot be sized .*webhook "policy" does not work/),
    fault: true,
  });
});
