import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Cluster, SlotContent, Template } from '../../../adapters/cluster/cluster.ts';
import type { Slot } from '../../../domain/dial.ts';
import { slotLabels } from '../../../domain/slot/slot-labels.ts';
import type { WorkloadOf } from '../../../domain/workload.ts';

export const checkout: WorkloadOf<'alb'> = {
  name: 'checkout',
  cluster: { name: 'prod', namespace: 'shop' },
  deployment: 'checkout',
  container: 'app',
  repositories: [{ name: 'checkout', tags: 'v*' }],
  router: { kind: 'alb', rules: ['rule'], targetGroups: { blue: 'tg-blue', green: 'tg-green' } },
  backgroundWork: 'none',
  connections: 'cut',
  maxDrainSeconds: 900,
};
/** Starts, listens, gets ready. */
export const GOOD_IMAGE = `registry.example/checkout@sha256:${'a'.repeat(64)}`;
export const OTHER_GOOD_IMAGE = `registry.example/checkout@sha256:${'c'.repeat(64)}`;
/** Ends at once with exit code 3. */
export const BROKEN_IMAGE = `registry.example/checkout@sha256:${'b'.repeat(64)}`;

export const template: Template = {
  podTemplate: {
    metadata: { labels: { app: 'checkout' } },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'registry.example/checkout:v1',
          ports: [{ containerPort: 8080, name: 'http' }],
          env: [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'greeting' } } }],
        },
      ],
    },
  },
  configMaps: { settings: { greeting: 'hello' } },
  minReadySeconds: 0,
  containers: ['app'],
  replicas: 2,
};

const content = (revision: string, image: string): SlotContent => ({ revision, images: { app: image }, template });

/** A cluster under test, and what people and other tools do to it. */
export interface ClusterUnderTest {
  cluster: Cluster;
  /** The team's Deployment `checkout` with two replicas wanted and one ConfigMap, as `template` says. */
  putTemplate(): Promise<void>;
  removeTemplate(): Promise<void>;
  /** Another field manager sets the image of the slot's container. */
  takeImage(slot: Slot, manager: string): Promise<void>;
  /** Another field manager adds the variable DEBUG to the slot's container. */
  addVariable(slot: Slot, manager: string): Promise<void>;
  /** Its maximum is 20. */
  putAutoscaler(slot: Slot, minimum: number): Promise<void>;
  /** The team's own Service `checkout`, which selects `app: checkout`. */
  putService(): Promise<void>;
  /** What the Service `checkout` selects, where it is a slot. */
  serviceSelects(): Promise<Slot | undefined>;
  close(): Promise<void>;
}

/** What every implementation of Cluster keeps. */
export function keepsClusterContract(open: () => Promise<ClusterUnderTest>): void {
  let under: ClusterUnderTest;
  beforeEach(async () => {
    under = await open();
    await under.putTemplate();
  });
  afterEach(async () => under.close());

  const untilReady = (slot: Slot) =>
    expect.poll(() => under.cluster.readSlot(checkout, slot), { timeout: 15_000, interval: 50 });

  it('reads the template: pod template, containers, replicas and the ConfigMaps it refers to', async () => {
    // Act
    const read = await under.cluster.readTemplate(checkout);

    // Assess
    expect(read).toMatchObject({ containers: ['app'], replicas: 2, configMaps: { settings: { greeting: 'hello' } } });
    expect(read.podTemplate).toMatchObject(template.podTemplate);
  });

  it("points the team's own Service at a slot, and again at the other", async () => {
    // Prepare
    const named = { ...checkout, service: 'checkout' };
    await under.putService();
    expect(await under.serviceSelects()).toBeUndefined();

    // Act, Assess: twice is once
    await under.cluster.pointService(named, 'green', 1);
    await under.cluster.pointService(named, 'green', 1);
    expect(await under.serviceSelects()).toBe('green');
    await under.cluster.pointService(named, 'blue', 1);
    expect(await under.serviceSelects()).toBe('blue');
    expect(await under.cluster.readService(named)).toEqual(slotLabels(checkout, 'blue'));
  });

  it("reads what the team's own Service selects, and says nothing of one that is not there or not named", async () => {
    const named = { ...checkout, service: 'checkout' };
    expect(await under.cluster.readService(named)).toBeUndefined();
    await under.putService();
    expect(await under.cluster.readService(named)).toEqual({ app: 'checkout' });
    expect(await under.cluster.readService(checkout)).toBeUndefined();
  });

  it('moves no Service that the workload does not name', async () => {
    await under.putService();
    await under.cluster.pointService(checkout, 'green', 1);
    expect(await under.serviceSelects()).toBeUndefined();
  });

  it('says that a Service which the workload names is not there, before anything is written', async () => {
    const named = { ...checkout, service: 'checkout' };
    await expect(under.cluster.readTemplate(named)).rejects.toMatchObject({
      name: 'TemplateNotFoundError',
      message: expect.stringContaining('there is no Service checkout'),
    });
    await expect(under.cluster.pointService(named, 'green', 1)).rejects.toMatchObject({ name: 'ClusterRefusedError' });
  });

  it('says that the template is not there', async () => {
    // Prepare
    await under.removeTemplate();

    // Act, Assess
    await expect(under.cluster.readTemplate(checkout)).rejects.toMatchObject({ name: 'TemplateNotFoundError' });
  });

  it('reads a slot that was never written as empty and not ready', async () => {
    expect(await under.cluster.readSlot(checkout, 'green')).toEqual({
      desired: 0,
      updated: 0,
      available: 0,
      observed: false,
      ready: false,
    });
  });

  it('writes a slot without any replicas, then scales it until it is ready', async () => {
    // Act
    await under.cluster.writeSlot(checkout, 'green', content('r1', GOOD_IMAGE), 1);

    // Assess
    await untilReady('green').toMatchObject({ revision: 'r1', desired: 0, updated: 0, available: 0, ready: true });

    // Act
    await under.cluster.scaleSlot(checkout, 'green', 2, 1);

    // Assess
    await untilReady('green').toMatchObject({ revision: 'r1', desired: 2, updated: 2, available: 2, ready: true });
  });

  it('keeps the size when the slot is written again, with the same or with a new revision', async () => {
    // Prepare
    await under.cluster.writeSlot(checkout, 'green', content('r1', GOOD_IMAGE), 1);
    await under.cluster.scaleSlot(checkout, 'green', 1, 1);

    // Act
    await under.cluster.writeSlot(checkout, 'green', content('r1', GOOD_IMAGE), 1);
    await under.cluster.writeSlot(checkout, 'green', content('r2', OTHER_GOOD_IMAGE), 1);

    // Assess
    await untilReady('green').toMatchObject({ revision: 'r2', desired: 1, updated: 1, available: 1, ready: true });
  });

  it('scales down to nothing, twice, and a slot that was never written too', async () => {
    // Prepare
    await under.cluster.writeSlot(checkout, 'green', content('r1', GOOD_IMAGE), 1);
    await under.cluster.scaleSlot(checkout, 'green', 1, 1);

    // Act
    await under.cluster.scaleSlot(checkout, 'green', 0, 1);
    await under.cluster.scaleSlot(checkout, 'green', 0, 1);
    await under.cluster.scaleSlot(checkout, 'blue', 0, 1);

    // Assess
    await untilReady('green').toMatchObject({ desired: 0, available: 0, ready: true });
  });

  it('leaves the other slot alone', async () => {
    // Prepare
    await under.cluster.writeSlot(checkout, 'blue', content('r1', GOOD_IMAGE), 1);
    await under.cluster.scaleSlot(checkout, 'blue', 1, 1);

    // Act
    await under.cluster.writeSlot(checkout, 'green', content('r2', OTHER_GOOD_IMAGE), 1);

    // Assess
    await untilReady('blue').toMatchObject({ revision: 'r1', desired: 1, available: 1, ready: true });
  });

  it('says why a slot does not become ready', async () => {
    // Prepare
    await under.cluster.writeSlot(checkout, 'green', content('r1', BROKEN_IMAGE), 1);

    // Act
    await under.cluster.scaleSlot(checkout, 'green', 1, 1);

    // Assess
    await untilReady('green').toMatchObject({
      desired: 1,
      available: 0,
      ready: false,
      problem: expect.stringMatching(/CrashLoopBackOff.*exit code 3/),
    });
  });

  it('refuses to write a slot of which another field manager owns a field, and names both', async () => {
    // Prepare
    await under.cluster.writeSlot(checkout, 'green', content('r1', GOOD_IMAGE), 1);
    await under.takeImage('green', 'argocd-controller');

    // Act, Assess
    await expect(under.cluster.writeSlot(checkout, 'green', content('r2', GOOD_IMAGE), 1)).rejects.toMatchObject({
      name: 'FieldOwnedError',
      message: expect.stringMatching(/containers\[name="app"\]\.image.*"argocd-controller"/),
    });
  });

  it('refuses a slot to which another field manager has added something, names both, and says so of what it reads', async () => {
    // Prepare
    await under.cluster.writeSlot(checkout, 'green', content('r1', GOOD_IMAGE), 1);
    expect(await under.cluster.readSlot(checkout, 'green')).not.toHaveProperty('added');
    await under.addVariable('green', 'debugger');

    // Act, Assess: server-side apply alone would leave it there, and say nothing
    const added = expect.stringMatching(/containers\[name="app"\]\.env\[name="DEBUG"\] .*"debugger"/);
    expect(await under.cluster.readSlot(checkout, 'green')).toMatchObject({ added });
    await expect(under.cluster.writeSlot(checkout, 'green', content('r2', OTHER_GOOD_IMAGE), 1)).rejects.toMatchObject({
      name: 'FieldOwnedError',
      message: added,
    });
  });

  it('refuses an image for a container that the template does not have', async () => {
    const wrong = { ...content('r1', GOOD_IMAGE), images: { sidecar: GOOD_IMAGE } };

    await expect(under.cluster.writeSlot(checkout, 'green', wrong, 1)).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringContaining('no container "sidecar"'),
    });
  });

  it('refuses to scale up a slot that was never written', async () => {
    await expect(under.cluster.scaleSlot(checkout, 'green', 1, 1)).rejects.toMatchObject({
      name: 'ClusterRefusedError',
    });
  });

  it('raises the minimum of the slot’s autoscaler and puts it back; without one it does nothing', async () => {
    // Prepare
    await under.putAutoscaler('blue', 2);

    // Act
    await under.cluster.setAutoscalerMinimum(checkout, 'blue', 5, 1);
    const raised = await under.cluster.readSlot(checkout, 'blue');
    await under.cluster.setAutoscalerMinimum(checkout, 'blue', 6, 2);
    await under.cluster.restoreAutoscalerMinimum(checkout, 'blue', undefined, 2);
    await under.cluster.setAutoscalerMinimum(checkout, 'green', 7, 1);
    await under.cluster.restoreAutoscalerMinimum(checkout, 'green', 7, 1);

    // Assess: the team's is known for as long as another is set
    expect(raised).toMatchObject({ autoscalerMinimum: 5, autoscalerMaximum: 20, ownMinimum: 2 });
    const restored = await under.cluster.readSlot(checkout, 'blue');
    expect(restored).toMatchObject({ autoscalerMinimum: 2 });
    expect(restored).not.toHaveProperty('ownMinimum');
    expect(await under.cluster.readSlot(checkout, 'green')).not.toHaveProperty('autoscalerMinimum');

    // Act, Assess: what the team has now is known better than what was kept
    await under.cluster.setAutoscalerMinimum(checkout, 'blue', 5, 3);
    await under.cluster.restoreAutoscalerMinimum(checkout, 'blue', 3, 3);
    expect(await under.cluster.readSlot(checkout, 'blue')).toMatchObject({ autoscalerMinimum: 3 });
  });

  it('says which images a slot has, those of containers that no push sets too', async () => {
    await under.cluster.writeSlot(checkout, 'green', content('r1', GOOD_IMAGE), 1);
    expect(await under.cluster.readSlot(checkout, 'green')).toMatchObject({ images: { app: GOOD_IMAGE }, position: 1 });
    const bare = await under.cluster.readSlot(checkout, 'blue');
    expect(bare).not.toHaveProperty('images');
    expect(bare).not.toHaveProperty('position');
  });

  const writes: [string, (position: number) => Promise<void>][] = [
    ['a slot', position => under.cluster.writeSlot(checkout, 'green', content('r5', OTHER_GOOD_IMAGE), position)],
    ['a size', position => under.cluster.scaleSlot(checkout, 'green', 5, position)],
    ['no size', position => under.cluster.scaleSlot(checkout, 'green', 0, position)],
    ['a minimum', position => under.cluster.setAutoscalerMinimum(checkout, 'green', 5, position)],
    ['the own minimum', position => under.cluster.restoreAutoscalerMinimum(checkout, 'green', 7, position)],
    ['the Service', position => under.cluster.pointService({ ...checkout, service: 'checkout' }, 'blue', position)],
  ];
  it.each(writes)('leaves what a newer line of the ledger wrote, for an older write of %s', async (_, write) => {
    // Prepare: the newer ones change nothing but the position
    await under.putService();
    await under.putAutoscaler('green', 2);
    await under.cluster.writeSlot(checkout, 'green', content('r1', GOOD_IMAGE), 3);
    await under.cluster.scaleSlot(checkout, 'green', 0, 9);
    await under.cluster.restoreAutoscalerMinimum(checkout, 'green', 2, 9);
    await under.cluster.pointService({ ...checkout, service: 'checkout' }, 'green', 9);

    // Act, Assess
    await expect(write(8)).rejects.toMatchObject({
      name: 'NewerWriteError',
      message: expect.stringMatching(/line 9.*line 8/),
    });
    const kept = { revision: 'r1', images: { app: GOOD_IMAGE }, desired: 0, autoscalerMinimum: 2, position: 9 };
    expect(await under.cluster.readSlot(checkout, 'green')).toMatchObject(kept);
    expect(await under.serviceSelects()).toBe('green');
    await write(9);
  });

  it('keeps the newer one of two that write a slot at once, whether it is there yet or not', async () => {
    for (const newer of [5, 15]) {
      const [, older] = await Promise.allSettled([
        under.cluster.writeSlot(checkout, 'green', content(`r${newer}`, GOOD_IMAGE), newer),
        under.cluster.writeSlot(checkout, 'green', content('old', OTHER_GOOD_IMAGE), newer - 1),
      ]);
      expect(await under.cluster.readSlot(checkout, 'green')).toMatchObject({ revision: `r${newer}`, desired: 0 });
      if (older.status === 'rejected') expect(older.reason).toMatchObject({ name: 'NewerWriteError' });
    }
  });

  it('raises a minimum no further than to the maximum: Kubernetes refuses more', async () => {
    await under.putAutoscaler('blue', 2);
    await under.cluster.setAutoscalerMinimum(checkout, 'blue', 25, 1);
    expect((await under.cluster.readSlot(checkout, 'blue')).autoscalerMinimum).toBe(20);
  });
}
