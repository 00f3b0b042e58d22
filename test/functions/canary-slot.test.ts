import { describe, expect, it } from 'vitest';
import { imageOf, readied, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes, template } from './fakes.ts';
import { road } from './handler-cases.ts';

const started = async (plan: Parameters<typeof openFakes>[0] = {}) => {
  const fakes = await openFakes(plan);
  await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  return fakes;
};
const active = async (fakes: Fakes) => (await fakes.ledger.read('shop')).active;

describe("the canary's slot", () => {
  it('is written from the template with the image by its digest, intent first', async () => {
    const fakes = await started();
    await fakes.run('admit', road);
    expect(await fakes.run('write-canary', road)).toMatchObject({ kind: 'advance' });
    const revision = (await active(fakes))?.admission?.revision;
    expect(fakes.cluster.written(shop, 'green')).toEqual({ revision, images: { app: imageOf('2').uri }, template });
    expect((await fakes.facts()).slice(-2)).toEqual([
      { kind: 'canaryIntended', slot: 'green', revision },
      { kind: 'canaryWritten', slot: 'green', revision, images: { app: imageOf('2').uri } },
    ]);
  });

  it('is written after a crash between the intent and the act', async () => {
    const fakes = await started();
    await fakes.run('admit', road);
    const { writeSlot } = fakes.cluster;
    fakes.cluster.writeSlot = async () => {
      throw new Error('the handler dies');
    };
    await expect(fakes.run('write-canary', road)).rejects.toThrow('the handler dies');
    fakes.cluster.writeSlot = writeSlot;
    await fakes.run('write-canary', road);
    expect(fakes.cluster.written(shop, 'green')).toBeDefined();
    expect((await active(fakes))?.canaryWritten).toBe(true);
  });

  it('is not written over what another field manager owns: the fault names it, and nothing counts as written', async () => {
    const fakes = await started();
    await fakes.run('admit', road);
    fakes.cluster.own(shop, 'green', 'argocd-controller', 'spec.template');
    await expect(fakes.run('write-canary', road)).rejects.toMatchObject(named('FieldOwnedError', /argocd-controller/));
    expect((await active(fakes))?.canaryWritten).toBe(false);
  });

  it('is not written where the template has changed since admission: that is not what was asked for', async () => {
    const fakes = await started();
    await fakes.run('admit', road);
    const containers = [
      { name: 'app', image: 'shop:latest', env: [{ name: 'A', value: 'b' }], ports: [{ containerPort: 8080 }] },
    ];
    fakes.cluster.putTemplate(shop, { ...template, podTemplate: { spec: { containers } } });
    await expect(fakes.run('write-canary', road)).rejects.toMatchObject(
      named('TemplateChangedError', /after admission$/),
    );
    expect(fakes.cluster.written(shop, 'green')).toBeUndefined();
    expect(await fakes.kinds()).not.toContain('canaryIntended');
  });

  it('is sized for the next weight, with headroom, and stable cannot shrink from now on', async () => {
    const fakes = await openFakes({ steps: [weight(50), weight(100)] });
    await fakes.admitted();
    await fakes.canary(0);
    fakes.cluster.putAutoscaler(shop, 'green', 1);
    expect(await fakes.run('size-canary', road)).toMatchObject({
      kind: 'lookAgain',
      asks: 'cluster',
      because: 'green is scaled to 3 for weight 50 %',
    });
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 3, autoscalerMinimum: 3 });
    expect((await fakes.facts()).at(-1)).toEqual({
      kind: 'sizeIntended',
      slot: 'green',
      replicas: 3,
      weight: 50,
      stableReplicas: 4,
    });
  });

  it.each([
    ["raises the minimum of stable's autoscaler to the replicas it had", 2, 4],
    ['leaves a minimum that is higher already', 6, 6],
  ])('%s', async (_, stableMinimum, minimum) => {
    const fakes = await openFakes();
    fakes.cluster.putAutoscaler(shop, 'blue', stableMinimum);
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await fakes.run('admit', road);
    await fakes.run('write-canary', road);
    await fakes.run('size-canary', road);
    expect(await fakes.cluster.readSlot(shop, 'blue')).toMatchObject({ autoscalerMinimum: minimum, desired: 4 });
  });

  it('never shrinks on the way', async () => {
    const fakes = await openFakes({ steps: [weight(10), weight(20), weight(100)] });
    await fakes.admitted(...readied(0, 10, 4), ...shifted(20, { from: 0, to: 10 }));
    await fakes.canary(4);
    await fakes.run('size-canary', road);
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 4 });
  });

  it('is asked for at the cluster, and only news is written down', async () => {
    const fakes = await openFakes();
    await fakes.admitted([1, { kind: 'sizeIntended', slot: 'green', replicas: 2, weight: 10 }]);
    await fakes.canary(2);
    fakes.cluster.breakImage(imageOf('2').uri, 'container app: CrashLoopBackOff');
    expect(await fakes.run('read-slot', road)).toMatchObject({
      kind: 'lookAgain',
      because: 'container app: CrashLoopBackOff',
      asks: 'cluster',
    });
    await fakes.run('read-slot', road);
    expect((await fakes.facts()).filter(fact => fact.kind === 'slotSeen')).toEqual([
      {
        kind: 'slotSeen',
        slot: 'green',
        desired: 2,
        available: 0,
        ready: false,
        problem: 'container app: CrashLoopBackOff',
        revision: 'new',
        images: { app: imageOf('2').uri },
        stable: { desired: 4, available: 4 },
      },
    ]);
  });
});
