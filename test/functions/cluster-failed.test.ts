import { expect, it } from 'vitest';
import { ClusterUnreachableError } from '../../adapters/cluster/errors.ts';
import { waitingOf } from '../../domain/release/waiting.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

const WEBHOOK = `the cluster's admission webhook "policy" does not work: PATCH /x: the cluster answered 500`;

async function admitted() {
  const fakes = await openFakes();
  await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  await fakes.run('admit', road);
  return fakes;
}
const awaited = async (fakes: Fakes) => waitingOf(await fakes.ledger.read('shop'), fakes.clock.now())[0]?.awaited;
const failures = async (fakes: Fakes) => (await fakes.facts()).filter(({ kind }) => kind === 'clusterFailed');

it('what keeps the canary from being written is told with what is waited for, once, and is over when it is written', async () => {
  const fakes = await admitted();
  const { writeSlot } = fakes.cluster;
  fakes.cluster.writeSlot = () => Promise.reject(new ClusterUnreachableError(WEBHOOK));
  for (let tries = 0; tries < 3; tries += 1) {
    await expect(fakes.run('write-canary', road)).rejects.toMatchObject(named('ClusterUnreachableError', /policy/));
  }
  expect(await failures(fakes)).toEqual([{ kind: 'clusterFailed', because: WEBHOOK }]);
  expect(await awaited(fakes)).toBe(`green to be written: ${WEBHOOK}`);

  fakes.cluster.writeSlot = writeSlot;
  await fakes.run('write-canary', road);
  expect(await awaited(fakes)).not.toContain('policy');
});

it('a cluster that has no room for our calls fails at nothing', async () => {
  const fakes = await admitted();
  fakes.cluster.writeSlot = () => Promise.reject(new ClusterUnreachableError('full', { httpStatusCode: 429 }));
  await expect(fakes.run('write-canary', road)).rejects.toMatchObject({ name: 'ThrottledError' });
  expect(await failures(fakes)).toEqual([]);
});

it('a cluster that fails in turns in two ways writes a line a minute at most', async () => {
  const fakes = await admitted();
  let tries = 0;
  fakes.cluster.writeSlot = () => Promise.reject(new ClusterUnreachableError(`way ${tries++ % 2}`));
  for (const seconds of [1, 2, 3, 70]) {
    fakes.wait(seconds);
    await expect(fakes.run('write-canary', road)).rejects.toThrow(/way/);
  }
  expect(await failures(fakes)).toEqual([
    { kind: 'clusterFailed', because: 'way 0' },
    { kind: 'clusterFailed', because: 'way 1' },
  ]);
});

it('what fails while the canary is sized is in the sentence of its hold', async () => {
  const fakes = await openFakes();
  await fakes.admitted();
  await fakes.canary(0);
  fakes.cluster.scaleSlot = () => Promise.reject(new ClusterUnreachableError(WEBHOOK));
  await expect(fakes.run('size-canary', road)).rejects.toThrow(/policy/);
  const move = { kind: 'sizeAgain', seconds: 10, because: 'ClusterUnreachableError', asks: 'nobody' };
  await fakes.run('look', { ...road, move });
  expect((await fakes.facts()).at(-1)).toEqual({
    kind: 'held',
    because: expect.stringMatching(/cannot be sized .*webhook "policy" does not work/),
    fault: true,
  });
});
