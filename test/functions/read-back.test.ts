import { describe, expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { admissionOf, bake, type Line, readied, requested, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

const OTHER = `registry.example.com/shop@sha256:${'9'.repeat(64)}`;
const baking: Line[] = [
  ...readied(0, 10),
  ...shifted(20, { from: 0, to: 10 }),
  [30, { kind: 'stepStarted', index: 1 }],
];

/** At 10 % in a bake, with a canary that is what was admitted. */
async function baked(): Promise<Fakes> {
  const fakes = await openFakes({ steps: [weight(10), bake(600), weight(100)] });
  await fakes.admitted(...baking);
  await fakes.canary(1);
  await fakes.router.setDial(shop, dialFor('green', 10));
  fakes.wait(60);
  return fakes;
}
/** Ready for its weight, and then a bake of an hour before it. */
async function preparedLongAgo(hold = 120): Promise<Fakes> {
  const fakes = await openFakes({
    steps: [bake(600), weight(10), weight(100)],
    hold: { atMostSeconds: hold, then: 'rollBack' },
  });
  await fakes.admitted(
    ...readied(0, 10),
    [30, { kind: 'stepStarted', index: 0 }],
    [630, { kind: 'stepDone', index: 0, because: 'good' }],
  );
  await fakes.canary(1);
  fakes.wait(640);
  return fakes;
}
const look = (fakes: Fakes) => fakes.run('look', road);
const shared = { kind: 'rollBack', reason: 'fault' };

describe('what the canary’s slot has in it', () => {
  it('is read back after it was written: an init container that kept the version before is none', async () => {
    // Prepare
    const fakes = await openFakes({ steps: [weight(10), bake(600), weight(100)] });
    const { podTemplate, ...rest } = await fakes.cluster.readTemplate(shop);
    const initContainers = [{ name: 'migrate', image: 'shop:latest' }];
    const spec = { ...(podTemplate.spec as object), initContainers };
    fakes.cluster.putTemplate(shop, { ...rest, podTemplate: { ...podTemplate, spec } });
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await fakes.run('admit', road);
    const { writeSlot } = fakes.cluster;
    fakes.cluster.writeSlot = async (...[workload, slot, content, position]) => {
      await writeSlot(workload, slot, content, position);
      fakes.cluster.setImage(shop, slot, 'migrate', OTHER);
    };

    // Act, Assess
    await expect(fakes.run('write-canary', road)).rejects.toMatchObject({
      name: 'SlotNotTakenError',
      message: expect.stringMatching(/container migrate of green has image .*sha256:9+, and .*sha256:2+ was released/),
    });
  });

  it('is read at looks: an image that a person set sends the release back, and both are named', async () => {
    const fakes = await baked();
    await fakes.run('read-slot', road);
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain' });
    fakes.cluster.setImage(shop, 'green', 'app', OTHER);
    await fakes.run('read-slot', road);
    expect(await look(fakes)).toMatchObject({
      ...shared,
      because: expect.stringMatching(/^container app of green has image .*sha256:9+, and .*sha256:2+ was released/),
    });
  });

  it('is read at looks: what another manager adds to it sends the release back, and is named', async () => {
    const fakes = await baked();
    fakes.cluster.add(shop, 'green', 'debugger', '.spec.template.spec.nodeSelector');
    await fakes.run('read-slot', road);
    expect(await look(fakes)).toMatchObject({
      ...shared,
      because:
        'green has what Sluice did not write: .spec.template.spec.nodeSelector is of the field manager "debugger"',
    });
  });

  it('of an undo is refused where others have added to it since: that is not what is to be restored', async () => {
    const fakes = await openFakes();
    await fakes.tell([0, requested({ undoOf: 'shop-0' })], [0, { kind: 'runClaimed', run: 1 }]);
    await fakes.tell([0, { kind: 'admitted', admission: admissionOf() }]);
    await fakes.canary(0);
    fakes.cluster.add(shop, 'green', 'debugger', '.spec.template.spec.nodeSelector');
    await expect(fakes.run('write-canary', road)).rejects.toMatchObject(named('SlotNotTakenError', /"debugger"$/));
  });

  it('is looked at before a canary counts as ready: another revision goes back', async () => {
    const fakes = await openFakes();
    await fakes.admitted([1, { kind: 'sizeIntended', slot: 'green', replicas: 1, weight: 10 }]);
    await fakes.canary(1);
    const { podTemplate, ...rest } = await fakes.cluster.readTemplate(shop);
    const content = { revision: 'another', images: {}, template: { podTemplate, ...rest } };
    await fakes.cluster.writeSlot(shop, 'green', content, 99);
    await fakes.run('read-slot', road);
    expect(await look(fakes)).toMatchObject({
      ...shared,
      because: 'green has revision another, and new was admitted: somebody else wrote it',
    });
    expect(await fakes.kinds()).not.toContain('readied');
  });

  it('is read again before a weight for which the canary was ready long ago', async () => {
    const fakes = await preparedLongAgo();
    expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'pause', asks: 'cluster' });
    fakes.cluster.setImage(shop, 'green', 'app', OTHER);
    await fakes.run('read-slot', road);
    expect(await look(fakes)).toMatchObject(shared);
  });

  it('is read again, and the weight set, where nobody has changed it', async () => {
    const fakes = await preparedLongAgo();
    await fakes.run('next-step', road);
    await fakes.run('read-slot', road);
    fakes.wait(680); // a good instant to shift
    expect(await look(fakes)).toMatchObject({ kind: 'shiftTraffic' });
    // once for this step, and then only news
    const before = await fakes.kinds();
    await fakes.run('read-slot', road);
    expect(await fakes.kinds()).toEqual(before);
  });

  it('is not known where the cluster does not answer: the weight stays, then the release goes back, an abort at once', async () => {
    const fakes = await preparedLongAgo();
    await fakes.run('next-step', road);
    fakes.cluster.setReachable(false);
    await expect(fakes.run('read-slot', road)).rejects.toMatchObject(named('ClusterUnreachableError'));
    fakes.wait(710);
    expect(await look(fakes)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/^on hold: the cluster did not say .*: no weight is set without/),
    });
    fakes.wait(835);
    expect(await look(fakes)).toMatchObject(shared);
    await fakes.run('abort', { releaseId: 'shop-1', by: 'bob', because: 'enough' });
    expect((await fakes.ledger.read('shop')).active?.rollBack).toMatchObject({ reason: 'aborted' });
  });

  it.each(['before', 'behind'])('is read before stable is given up, %s the point of no return', async side => {
    const fakes = await openFakes({ steps: [weight(100)] });
    const soaked: Line[] = [
      ...readied(0, 100, 4),
      ...shifted(20, { from: 0, to: 100 }),
      [30, { kind: 'soakStarted' }],
      [40, { kind: 'soakDone', because: 'good' }],
    ];
    await fakes.admitted(...soaked, ...(side === 'behind' ? ([[50, { kind: 'retiring' }]] as Line[]) : []));
    await fakes.canary(4);
    await fakes.router.setDial(shop, dialFor('green', 100));
    fakes.cluster.setImage(shop, 'green', 'app', OTHER);
    fakes.wait(900);
    const move = await fakes.run('retire-stable', road);
    if (side === 'before') expect(move).toMatchObject(shared);
    else expect(move).toMatchObject({ kind: 'lookAgain', because: expect.stringContaining('blue keeps its pods') });
    expect(await fakes.cluster.readSlot(shop, 'blue')).toMatchObject({ desired: 4 });
    expect(fakes.notifier.notices).toHaveLength(side === 'behind' ? 1 : 0);
  });

  it('is read back when it was written: what is not there is no canary', async () => {
    const fakes = await openFakes();
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await fakes.run('admit', road);
    const { writeSlot } = fakes.cluster;
    fakes.cluster.writeSlot = async (workload, slot, content, position) => {
      await writeSlot(workload, slot, { ...content, images: { app: OTHER } }, position);
    };
    await expect(fakes.run('write-canary', road)).rejects.toMatchObject(named('SlotNotTakenError', /sha256:9/));
    expect(await fakes.kinds()).not.toContain('canaryWritten');
  });
});
