import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import { dialFor } from '../../domain/dial.ts';
import { imageOf, readied, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { backInput, road } from './handler-cases.ts';

type Write = 'writeSlot' | 'scaleSlot' | 'setAutoscalerMinimum' | 'pointService';

/** The next call of this kind is sent, and reaches the cluster only when it is let through: what came meanwhile was earlier. */
function late(fakes: Fakes, kind: Write): { arrives(): void } {
  const { cluster } = fakes;
  const write = cluster[kind] as (...call: unknown[]) => Promise<void>;
  let arrives = () => {};
  const sent = new Promise<void>(resolve => {
    arrives = resolve;
  });
  const slow = async (...call: unknown[]) => {
    cluster[kind] = write as Cluster[typeof kind] as never;
    await sent;
    await write(...call);
  };
  cluster[kind] = slow as never;
  return { arrives };
}
/** Until everything that can happen without it has happened. */
const meanwhile = () => new Promise(resolve => setImmediate(resolve));

const second = { releaseId: 'shop-2', run: 1 };
const stale = { name: 'StaleExecutionError' };
const green = (fakes: Fakes) => fakes.cluster.readSlot(shop, 'green');
const blue = (fakes: Fakes) => fakes.cluster.readSlot(shop, 'blue');
const abort = (fakes: Fakes) => fakes.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'not today' });

/** shop-1's canary goes to rest, and its release is over. */
async function goesBack(fakes: Fakes): Promise<void> {
  const input = await backInput(fakes);
  for (const name of ['restore-traffic', 'verify-traffic']) await fakes.run(name, input);
  fakes.wait(2_000);
  await fakes.run('verify-traffic', input);
  await fakes.tell([2_000, { kind: 'dialVerified', dial: dialFor('green', 0) }]);
  expect(await fakes.run('retire-canary', input)).toMatchObject({ kind: 'retired' });
  await fakes.run('close', { releaseId: 'shop-1', attempt: 1 });
}

/** v2 is admitted as shop-1, and stable has an autoscaler of the team's. */
async function admitted(): Promise<Fakes> {
  const fakes = await openFakes({ steps: [weight(50), weight(100)], onNewImage: 'replace' });
  fakes.cluster.putAutoscaler(shop, 'blue', 2);
  fakes.cluster.putAutoscaler(shop, 'green', 1);
  await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  await fakes.run('admit', road);
  return fakes;
}

describe('a write that reaches the cluster after a newer claim', () => {
  it('of a canary whose release was replaced does not land over the next release’s', async () => {
    const fakes = await admitted();
    const write = late(fakes, 'writeSlot');
    const writing = fakes.run('write-canary', road);
    await meanwhile();
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    await goesBack(fakes);
    await fakes.run('admit', second);
    await fakes.run('write-canary', second);
    const { revision } = await green(fakes);

    write.arrives();
    await expect(writing).rejects.toMatchObject(stale);
    expect(await green(fakes)).toMatchObject({ revision, images: { app: imageOf('3').uri } });
  });

  it('of a canary whose release went back leaves the slot as it was put to rest', async () => {
    const fakes = await admitted();
    await fakes.cluster.writeSlot(
      shop,
      'green',
      { revision: 'before', images: {}, template: await fakes.cluster.readTemplate(shop) },
      0,
    );
    const write = late(fakes, 'writeSlot');
    const writing = fakes.run('write-canary', road);
    await meanwhile();
    await abort(fakes);
    await goesBack(fakes);

    write.arrives();
    await expect(writing).rejects.toMatchObject(stale);
    expect(await green(fakes)).toMatchObject({ revision: 'before', desired: 0 });
  });

  it.each(['scaleSlot', 'setAutoscalerMinimum'] as const)(
    'of a size, %s: no pods stay in the slot, and stable’s autoscaler has the team’s minimum',
    async kind => {
      const fakes = await admitted();
      await fakes.run('write-canary', road);
      const write = late(fakes, kind);
      const sizing = fakes.run('size-canary', road);
      await meanwhile();
      await abort(fakes);
      await goesBack(fakes);

      write.arrives();
      await expect(sizing).rejects.toMatchObject(stale);
      expect(await green(fakes)).toMatchObject({ desired: 0, autoscalerMinimum: 2 });
      expect(await blue(fakes)).toMatchObject({ autoscalerMinimum: 2 });
      expect(await blue(fakes)).not.toHaveProperty('ownMinimum');
    },
  );

  it('of the way back, scaling to nothing, leaves the next release its canary', async () => {
    const fakes = await admitted();
    await fakes.run('write-canary', road);
    await fakes.run('size-canary', road);
    await abort(fakes);
    await fakes.tell([2, { kind: 'goingBack', attempt: 1 }], [3, { kind: 'dialVerified', dial: dialFor('green', 0) }]);
    const write = late(fakes, 'scaleSlot');
    const retiring = fakes.run('retire-canary', await backInput(fakes));
    await meanwhile();
    // its second try is quicker
    await fakes.run('retire-canary', await backInput(fakes));
    await fakes.run('close', { releaseId: 'shop-1', attempt: 1 });
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    for (const name of ['admit', 'write-canary', 'size-canary']) await fakes.run(name, second);

    write.arrives();
    await expect(retiring).rejects.toMatchObject(stale);
    expect(await green(fakes)).toMatchObject({ desired: 3, images: { app: imageOf('3').uri } });
  });

  it('of the team’s Service does not send its callers back to a slot that an undo has left', async () => {
    const fakes = await openFakes({ steps: [weight(100)] });
    const named = { ...shop, service: 'shop' };
    fakes.cluster.putService(shop, 'shop');
    const write = late(fakes, 'pointService');
    const pointing = fakes.cluster.pointService(named, 'green', 30);
    await fakes.cluster.pointService(named, 'blue', 50);

    write.arrives();
    await expect(pointing).rejects.toMatchObject({ name: 'NewerWriteError' });
    expect(fakes.cluster.pointsAt(shop, 'shop')).toBe('blue');
  });

  it('is written again where the same execution was quicker in another try', async () => {
    const fakes = await admitted();
    await fakes.run('write-canary', road);
    const write = late(fakes, 'scaleSlot');
    const sizing = fakes.run('size-canary', road);
    await meanwhile();
    await fakes.tell([1, { kind: 'sizeIntended', slot: 'green', replicas: 3, weight: 50 }]);
    await fakes.run('size-canary', road);

    write.arrives();
    expect(await sizing).toMatchObject({ kind: 'lookAgain' });
    expect(await green(fakes)).toMatchObject({ desired: 3 });
  });
});

describe('the ground of the next release', () => {
  it('is the team’s minimum, also where a raised one was never put back', async () => {
    const fakes = await admitted();
    await fakes.cluster.setAutoscalerMinimum(shop, 'blue', 4, 1);
    await fakes.tell(...readied(1, 50), ...shifted(2, { from: 0, to: 50 }));
    await abort(fakes);
    await fakes.tell([5, { kind: 'canaryRetired', slot: 'green' }]);
    await fakes.run('close', { releaseId: 'shop-1', attempt: 1 });
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    await fakes.run('admit', second);
    const [, fact] = (await fakes.facts()).filter(({ kind }) => kind === 'admitted');
    expect(fact).toMatchObject({ admission: { stableMinimum: 2 } });
  });

  it('is none where the slot was written at a line that this ledger does not have', async () => {
    const fakes = await openFakes();
    await fakes.cluster.scaleSlot(shop, 'blue', 4, 500);
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    expect(await fakes.run('admit', road)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(/^blue was written at line 500 of a ledger, and this one has 2 lines/),
    });
  });
});
