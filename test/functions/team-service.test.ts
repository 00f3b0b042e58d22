import { describe, expect, it } from 'vitest';
import { ClusterRefusedError } from '../../adapters/cluster/errors.ts';
import { statusText } from '../../cli/status-text.ts';
import { dialFor } from '../../domain/dial.ts';
import { slotLabels } from '../../domain/slot/slot-labels.ts';
import { admissionOf, bake, requested, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes, template } from './fakes.ts';
import { scheduled } from './handler-cases.ts';

/*
 * The team's own Service, by which callers inside the cluster come in, follows the live slot. kubectl apply merges the file's
 * selector into it, and then it selects no pod.
 */

const HOUR = 3_600;
const workload = { ...shop, service: 'shop' };
const road = { releaseId: 'shop-2', run: 1 };
const merged = { app: 'shop', ...slotLabels(shop, 'green') };
const REPAIR = 'npx sluice record-live shop --slot green';
const BECAUSE = `Service shop (app=shop, sluice.dev/workload=shop, sluice.dev/slot=green) selects no pod of green, which is live: callers inside the cluster find none of its pods. To point it at green again: ${REPAIR}`;

/** shop-1 was promoted to green, at which the Service points; shop-2 is requested. */
async function promoted() {
  const fakes = await openFakes({
    steps: [weight(25), bake(4 * HOUR), weight(100)],
    metrics: [],
    deadlineSeconds: 6 * HOUR,
  });
  const { plan } = await fakes.workloads.read('shop');
  await fakes.workloads.register({ workload, plan });
  await fakes.tell(
    [0, requested({ plan, workload })],
    [0, { kind: 'admitted', admission: admissionOf() }],
    [1, { kind: 'closed', outcome: 'promoted', because: 'live' }],
  );
  await fakes.canary(4);
  await fakes.router.setDial(shop, dialFor('green', 100));
  fakes.cluster.putService(workload, 'shop');
  await fakes.cluster.pointService(workload, 'green', 3);
  fakes.wait(60);
  return fakes;
}

/** shop-2 is at its bake of some hours. */
async function baking() {
  const fakes = await promoted();
  await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
  await fakes.run('admit', road);
  await fakes.run('write-canary', road);
  await fakes.run('next-step', road);
  await fakes.run('size-canary', road);
  fakes.targets.counts.blue.healthy = 2;
  await fakes.tell(
    [61, { kind: 'readied', weight: 25 }, { releaseId: 'shop-2' }],
    [
      62,
      { kind: 'shiftIntended', from: { blue: 0, green: 100 }, to: { blue: 25, green: 75 }, weight: 25 },
      { releaseId: 'shop-2' },
    ],
    [63, { kind: 'shiftConfirmed', dial: { blue: 25, green: 75 }, weight: 25 }, { releaseId: 'shop-2' }],
    [64, { kind: 'stepStarted', index: 1 }, { releaseId: 'shop-2' }],
  );
  await fakes.router.setDial(shop, { blue: 25, green: 75 });
  fakes.wait(90);
  return fakes;
}

/** A pass of the loop: the cluster is asked, then it looks. */
async function pass(fakes: Fakes) {
  await fakes.run('read-slot', road);
  return fakes.run('look', road);
}
const pages = (fakes: Fakes) => fakes.notifier.notices.map(({ message }) => JSON.parse(message).because);
const findings = async (fakes: Fakes) => (await fakes.facts()).filter(({ kind }) => kind === 'finding');
const status = async (fakes: Fakes) =>
  statusText('shop', (await fakes.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1], {
    paste: command => `npx sluice ${command}`,
  });

describe("the team's Service that selects no pod of the live slot", () => {
  it('is found at admission, which begins the release all the same, and a person gets the command', async () => {
    const fakes = await promoted();
    fakes.cluster.selectBy(workload, 'shop', merged);
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    expect(await fakes.run('admit', road)).toMatchObject({ kind: 'admitted' });
    expect(pages(fakes)).toEqual([BECAUSE]);
    expect(await status(fakes)).toContain(`found      since 2023-11-14 22:15 UTC: ${BECAUSE}\n`);
  });

  it('is found while a release bakes, paged once and then each hour, and the release goes on', async () => {
    const fakes = await baking();
    fakes.cluster.selectBy(workload, 'shop', merged);
    for (let seconds = 90; seconds <= 90 + 2 * HOUR; seconds += 300) {
      fakes.wait(seconds);
      expect(await pass(fakes)).toMatchObject({ kind: 'lookAgain' });
      await fakes.run('reconcile', scheduled);
    }
    expect(await findings(fakes)).toEqual([{ kind: 'finding', what: 'service', because: BECAUSE }]);
    expect(pages(fakes)).toEqual([BECAUSE, BECAUSE, BECAUSE]);
  });

  it('is told by the reconciler where whoever found it died before it could', async () => {
    const fakes = await baking();
    fakes.cluster.selectBy(workload, 'shop', merged);
    await fakes.run('read-slot', road);
    expect(pages(fakes)).toEqual([]);
    await fakes.run('reconcile', scheduled);
    expect(pages(fakes)).toEqual([BECAUSE]);
  });

  it('is over where somebody has mended it, and one that comes and goes is paged every ten minutes at most', async () => {
    const fakes = await baking();
    for (let seconds = 100; seconds < 1_300; seconds += 30) {
      fakes.wait(seconds);
      fakes.cluster.selectBy(workload, 'shop', (seconds / 30) % 2 < 1 ? merged : slotLabels(shop, 'green'));
      await pass(fakes);
    }
    fakes.cluster.selectBy(workload, 'shop', slotLabels(shop, 'green'));
    await pass(fakes);
    expect((await fakes.ledger.read('shop')).active?.findings).toBeUndefined();
    expect(await status(fakes)).not.toContain('found ');
    expect(pages(fakes)).toHaveLength(2);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['points at the canary', slotLabels(shop, 'blue'), /callers inside the cluster go to blue\. To point/],
    ['has no selector', {}, /^Service shop \(without a selector\) selects no pod of green/],
    [
      "selects the Deployment's pods, of which there are none",
      { app: 'shop' },
      /^Service shop \(app=shop\) selects no/,
    ],
  ])('is found as well where it %s', async (_, selector, because) => {
    const fakes = await baking();
    fakes.cluster.selectBy(workload, 'shop', selector);
    await pass(fakes);
    expect(pages(fakes)).toEqual([expect.stringMatching(because)]);
  });

  it('is found where it was removed', async () => {
    const fakes = await baking();
    fakes.cluster.readService = async () => undefined;
    await pass(fakes);
    expect(pages(fakes)).toEqual([expect.stringMatching(/^there is no Service shop: .*--slot green$/)]);
  });
});

describe('nothing is found', () => {
  it('where it selects the live slot', async () => {
    const fakes = await baking();
    await pass(fakes);
    expect(await findings(fakes)).toEqual([]);
  });

  it('before the first promotion, when it is the team that has it', async () => {
    const fakes = await openFakes({ steps: [weight(25), weight(100)], metrics: [] });
    const { plan } = await fakes.workloads.read('shop');
    await fakes.workloads.register({ workload, plan });
    fakes.cluster.putService(workload, 'shop');
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    await fakes.run('admit', { releaseId: 'shop-1', run: 1 });
    await fakes.run('read-slot', { releaseId: 'shop-1', run: 1 });
    expect(await findings(fakes)).toEqual([]);
  });

  it("while it selects the Deployment's own pods and those are there, as where it is named later than at adoption", async () => {
    const fakes = await baking();
    const labelled = { ...template.podTemplate, metadata: { labels: { app: 'shop' } } };
    fakes.cluster.putTemplate(shop, { ...template, podTemplate: labelled, replicas: 3 });
    fakes.cluster.selectBy(workload, 'shop', { app: 'shop' });
    await pass(fakes);
    expect(await findings(fakes)).toEqual([]);
  });

  it('where the cluster does not say: what was found before stays, and the slots are read all the same', async () => {
    const fakes = await baking();
    fakes.cluster.selectBy(workload, 'shop', merged);
    await pass(fakes);
    fakes.cluster.readService = async () => {
      throw new ClusterRefusedError('GET services: 403');
    };
    fakes.cluster.setReplicas(shop, 'green', 5);
    await pass(fakes);
    const { active } = await fakes.ledger.read('shop');
    expect(active?.findings?.service?.because).toBe(BECAUSE);
    expect(active?.slotSeen?.stable?.desired).toBe(5);
  });
});

describe('a Service at the slot that a release is to fill', () => {
  it('is refused, with the command: what comes by it is no part of the traffic weights', async () => {
    const fakes = await promoted();
    fakes.cluster.selectBy(workload, 'shop', slotLabels(shop, 'blue'));
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    expect(await fakes.run('admit', road)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(
        /selects pods of blue, .*: let it select the live slot alone \(npx sluice record-live shop --slot green\)$/,
      ),
    });
  });
});

describe('the way out', () => {
  const record = (fakes: Fakes, more: object = {}) =>
    fakes.run('record-live', { workload: 'shop', slot: 'green', by: 'bob', because: 'kubectl apply', ...more });
  const pointed = async (fakes: Fakes) =>
    (await fakes.ledger.entries('shop')).filter(({ fact }) => fact.kind === 'servicePointed');
  const line = {
    by: 'bob',
    fact: {
      ...{ kind: 'servicePointed', slot: 'green', service: 'shop', because: 'kubectl apply' },
      before: 'app=shop, sluice.dev/workload=shop, sluice.dev/slot=green',
    },
  };

  it('during a release points the Service at the live slot, says who did so, and the release goes on', async () => {
    const fakes = await baking();
    fakes.cluster.selectBy(workload, 'shop', merged);
    await pass(fakes);
    expect(await record(fakes)).toMatchObject({ kind: 'wasRecorded', slot: 'green', underWay: 'shop-2' });
    expect(await fakes.cluster.readService(workload)).toEqual(slotLabels(shop, 'green'));
    expect(await pointed(fakes)).toMatchObject([{ ...line, releaseId: 'shop-2' }]);
    expect((await fakes.ledger.read('shop')).active?.findings).toBeUndefined();
    expect(await pass(fakes)).toMatchObject({ kind: 'lookAgain' });
    expect(await findings(fakes)).toHaveLength(1);
  });

  it('is found wanting where whoever took it died between the line and the act', async () => {
    const fakes = await baking();
    fakes.cluster.selectBy(workload, 'shop', merged);
    const { pointService } = fakes.cluster;
    fakes.cluster.pointService = async () => {
      throw new Error('the handler dies');
    };
    await expect(record(fakes)).rejects.toThrow('the handler dies');
    fakes.cluster.pointService = pointService;
    await pass(fakes);
    expect(pages(fakes)).toEqual([BECAUSE]);
    await record(fakes);
    expect(fakes.cluster.pointsAt(workload, 'shop')).toBe('green');
  });

  it('at rest does the same, in a line of its own; where nothing is to be mended there is none', async () => {
    const fakes = await promoted();
    expect(await record(fakes)).toMatchObject({ kind: 'wasRecorded' });
    expect(await pointed(fakes)).toEqual([]);
    fakes.cluster.selectBy(workload, 'shop', merged);
    const before = await fakes.ledger.read('shop');
    expect(await record(fakes)).toMatchObject({ kind: 'wasRecorded', service: 'shop' });
    expect(await pointed(fakes)).toMatchObject([{ ...line, releaseId: 'shop-1' }]);
    expect((await fakes.ledger.read('shop')).live).toEqual(before.live);
    expect(await fakes.cluster.readService(workload)).toEqual(slotLabels(shop, 'green'));
  });

  it.each<[string, object, (fakes: Fakes) => unknown, RegExp]>([
    ['there is nothing to mend', {}, () => undefined, /^shop-2 is in progress; abort it instead/],
    ['it is the canary that is named', { slot: 'blue' }, breakIt, /^shop-2 is in progress; abort it instead/],
    [
      'the live slot has no pods',
      {},
      fakes => {
        breakIt(fakes);
        fakes.cluster.setReplicas(shop, 'green', 0);
      },
      /^green has no replicas/,
    ],
  ])('is refused during a release where %s, and nothing is written', async (_, more, set, because) => {
    const fakes = await baking();
    set(fakes);
    const untouched = await fakes.everything();
    await expect(record(fakes, more)).rejects.toMatchObject(named('RefusedError', because));
    expect(await fakes.everything()).toEqual(untouched);
    expect(await pointed(fakes)).toEqual([]);
  });
});

function breakIt(fakes: Fakes): void {
  fakes.cluster.selectBy(workload, 'shop', merged);
}
