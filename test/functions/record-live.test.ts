import { describe, expect, it } from 'vitest';
import { statusText } from '../../cli/status-text.ts';
import { dialFor } from '../../domain/dial.ts';
import { admissionOf, imageOf, type Line, readied, requested, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes, template } from './fakes.ts';
import { road, scheduled } from './handler-cases.ts';

/*
 * After a promotion somebody turns the rule back by hand, in an emergency. Then the ledger and the rule disagree about which
 * slot is live, and every release is refused until a person says which of them is right.
 */

const record = (fakes: Fakes, more: object = {}) =>
  fakes.run('record-live', { workload: 'shop', slot: 'blue', by: 'ann', because: 'errors at night', ...more });
const state = (fakes: Fakes) => fakes.ledger.read('shop');
const admit = (fakes: Fakes, releaseId: string) => fakes.run('admit', { releaseId, run: 1 });

const soaked: Line[] = [
  ...readied(0, 100, 4),
  ...shifted(20, { from: 0, to: 100 }),
  [30, { kind: 'soakStarted' }],
  [40, { kind: 'soakDone', because: 'good' }],
];
const promoted: Line[] = [
  ...soaked,
  [50, { kind: 'retiring' }],
  [500, { kind: 'stableRetired', slot: 'blue' }],
  [501, { kind: 'closed', outcome: 'promoted', because: 'live' }],
];

/** shop-1 took the traffic from blue (`old`) to green (`new`, image v2); the rule was turned back to blue, which has pods. */
async function turned(ledgerLines: Line[] = promoted, plan = {}) {
  const fakes = await openFakes(plan);
  await fakes.admitted(...ledgerLines);
  await fakes.canary(4);
  fakes.wait(1_000);
  return fakes;
}
const row = async (fakes: Fakes) => {
  const answer = (await fakes.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1];
  return statusText('shop', answer, { paste: command => `npx sluice ${command}` });
};

describe('a rule that was turned back by hand', () => {
  it.each(['start', 'undo'])(
    'keeps %s from beginning, and the refusal names the command; so does the status',
    async operation => {
      const fakes = await turned();
      await fakes.run(operation, { workload: 'shop', by: 'ann', ...(operation === 'start' && { image: 'v3' }) });
      expect(await admit(fakes, 'shop-2')).toMatchObject({
        kind: 'refused',
        because:
          'green was promoted last, but blue gets the traffic: the weights were changed outside Sluice. If that is to stay, record it, then ask again: npx sluice record-live shop --slot blue',
      });
      await fakes.tell([1_001, { kind: 'closed', outcome: 'rejected', because: 'x' }, { releaseId: 'shop-2' }]);
      expect(await row(fakes)).toMatch(
        /traffic was turned by hand\. If that is to stay: npx sluice record-live shop --slot blue\n/,
      );
    },
  );

  it('offers nothing where the slot that has the traffic has no pods: that is to be mended first', async () => {
    const fakes = await turned();
    fakes.cluster.setReplicas(shop, 'blue', 0);
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    expect(await admit(fakes, 'shop-2')).toMatchObject({ because: expect.stringMatching(/blue has no replicas$/) });
  });

  it('is recorded once: who, why, what was live before; callers inside the cluster follow', async () => {
    const fakes = await turned();
    expect(await record(fakes)).toEqual({
      kind: 'recorded',
      slot: 'blue',
      revision: 'old',
      releaseId: 'shop-1',
      leftReplicas: 4,
      leftDeployment: 'shop-green',
      namespace: 'default',
    });
    expect(await record(fakes, { by: 'bob' })).toMatchObject({ kind: 'wasRecorded', revision: 'old' });
    expect((await fakes.kinds()).filter(kind => kind === 'liveRecorded')).toHaveLength(1);
    expect((await state(fakes)).live).toMatchObject({
      slot: 'blue',
      revision: 'old',
      recorded: {
        by: 'ann',
        because: 'errors at night',
        from: { slot: 'green', revision: 'new', releaseId: 'shop-1' },
      },
    });
    expect(await row(fakes)).toMatch(
      /live {7}blue, revision old, turned by hand from green \(shop-1\), recorded by ann, /,
    );
  });

  it("is where the team's own Service points from then on, also where whoever recorded it died in between", async () => {
    const fakes = await turned();
    const { plan } = await fakes.workloads.read('shop');
    const workload = { ...shop, service: 'shop' };
    await fakes.workloads.register({ workload, plan });
    await expect(record(fakes)).rejects.toMatchObject(named('ClusterRefusedError'));
    fakes.cluster.putService(workload, 'shop');
    expect(await record(fakes)).toMatchObject({ kind: 'wasRecorded', service: 'shop' });
    expect(fakes.cluster.pointsAt(workload, 'shop')).toBe('blue');
  });

  it('is ground for the next release: it goes to the other slot', async () => {
    const fakes = await turned();
    await record(fakes);
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    expect(await admit(fakes, 'shop-2')).toMatchObject({ kind: 'admitted' });
    expect((await state(fakes)).active?.admission).toMatchObject({
      stable: 'blue',
      canary: 'green',
      stableRevision: 'old',
    });
  });

  it('is not followed by what was turned away from: only a person, or a newer push, starts that again', async () => {
    const fakes = await turned();
    await record(fakes);
    await fakes.run('reconcile', scheduled);
    expect((await state(fakes)).active).toBeUndefined();
    expect(await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' })).toMatchObject({ kind: 'started' });
  });

  it('an undo of it brings back what was turned away from, and says so; asked twice it is one', async () => {
    const fakes = await turned();
    await record(fakes);
    const undo = () => fakes.run('undo', { workload: 'shop', by: 'bob' });
    const answer = { releaseId: 'shop-2', restoresUndone: { releaseId: 'shop-1', images: { app: imageOf('2') } } };
    expect(await undo()).toEqual(answer);
    expect(await undo()).toEqual(answer);
    expect(await admit(fakes, 'shop-2')).toMatchObject({ kind: 'admitted', because: 'revision new' });
  });

  it('an undo of it is refused where the other slot has another revision by now', async () => {
    const fakes = await turned();
    await record(fakes);
    await fakes.cluster.writeSlot(
      shop,
      'green',
      { revision: 'other', images: { app: imageOf('3').uri }, template },
      (await fakes.ledger.read('shop')).seq,
    );
    await fakes.run('undo', { workload: 'shop', by: 'bob' });
    expect(await admit(fakes, 'shop-2')).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(/^green has revision other, not new that was live before/),
    });
  });

  it('and turned forward again is recorded as well', async () => {
    const fakes = await turned();
    await record(fakes);
    await fakes.router.setDial(shop, dialFor('green', 100));
    expect(await record(fakes, { slot: 'green' })).toMatchObject({ kind: 'recorded', revision: 'new' });
    expect((await state(fakes)).live).toMatchObject({ slot: 'green', images: { app: imageOf('2') } });
  });
});

describe('it is refused, and nothing is written,', () => {
  const never = { releaseId: 'shop-1' };
  it.each<[string, Line[], (fakes: Fakes) => unknown, RegExp]>([
    [
      'while the rule is split',
      promoted,
      fakes => fakes.router.setDial(shop, dialFor('green', 10)),
      /^the traffic weights are blue 90 %.*: send everything to blue first$/,
    ],
    [
      'while the other slot has the traffic',
      promoted,
      fakes => fakes.router.setDial(shop, dialFor('green', 100)),
      /send everything to blue first$/,
    ],
    [
      'where it has no pods',
      promoted,
      fakes => fakes.cluster.setReplicas(shop, 'blue', 0),
      /^blue has no replicas: scale it up/,
    ],
    [
      'where nobody of it answers',
      promoted,
      fakes => Object.assign(fakes.targets.counts.blue, { healthy: 0, unhealthy: 4 }),
      /^no target of blue is healthy$/,
    ],
    [
      'where nobody has checked it yet',
      promoted,
      fakes => Object.assign(fakes.targets.counts.blue, { healthy: 0, initial: 4 }),
      /4 are not checked yet, ask again/,
    ],
    ['during a release', soaked, () => undefined, /^shop-1 is in progress; abort it instead/],
    [
      'before any promotion',
      [[1, { kind: 'closed', outcome: 'rejected', because: 'x' }, never]],
      () => undefined,
      /^no release of shop was promoted/,
    ],
    [
      'behind the end of the old slot',
      [...soaked, [50, { kind: 'retiring' }], [60, { kind: 'stableRetired', slot: 'blue' }]],
      () => undefined,
      /^shop-1 is about to end/,
    ],
  ])('%s', async (_, ledgerLines, set, because) => {
    const fakes = await turned(ledgerLines);
    await set(fakes);
    const untouched = await fakes.everything();
    await expect(record(fakes)).rejects.toMatchObject(named('RefusedError', because));
    expect(await fakes.everything()).toEqual(untouched);
  });

  it('where somebody is still at the rule: it is read twice', async () => {
    const fakes = await turned();
    const { readDial } = fakes.router;
    let reads = 0;
    fakes.router.readDial = async workload => {
      reads += 1;
      return reads === 1 ? readDial.call(fakes.router, workload) : dialFor('green', 100);
    };
    await expect(record(fakes)).rejects.toMatchObject(named('RefusedError', /green 100 %: send everything/));
  });

  it('of a first release: nothing was live before', async () => {
    const fakes = await openFakes({}, { isNew: true });
    await fakes.tell(
      [0, requested()],
      [0, { kind: 'admitted', admission: admissionOf({ first: true }) }],
      [20, { kind: 'retiring' }],
    );
    await expect(record(fakes)).rejects.toMatchObject(named('RefusedError', /^shop-1 was the first/));
  });
});

describe('past the point of no return, while the old slot drains', () => {
  const retire = (fakes: Fakes) => fakes.run('retire-stable', road);
  const draining: Line[] = [...soaked, [50, { kind: 'retiring' }]];
  const open = async () => {
    const fakes = await turned(draining, { steps: [weight(100)] });
    fakes.cluster.putAutoscaler(shop, 'blue', 4);
    fakes.wait(60);
    return fakes;
  };

  it('a rule that is turned back keeps the old pods, and the command is named', async () => {
    const fakes = await open();
    fakes.wait(5_000);
    expect(await retire(fakes)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(
        /blue keeps its pods\. If that is to stay: npx sluice record-live shop --slot blue$/,
      ),
    });
    expect(await fakes.cluster.readSlot(shop, 'blue')).toMatchObject({ desired: 4 });
  });

  it('and is recorded ends the release as rolled back: the new slot drains and is scaled down, the old one stays', async () => {
    const fakes = await open();
    expect(await record(fakes)).toMatchObject({ kind: 'recorded', ends: true, leftReplicas: 0 });
    expect(await record(fakes)).toMatchObject({ kind: 'wasRecorded' });
    // 30 s of deregistration delay and 120 s more
    fakes.wait(209);
    expect(await retire(fakes)).toMatchObject({ kind: 'lookAgain', because: expect.stringMatching(/^green drains/) });
    fakes.wait(211);
    expect(await retire(fakes)).toMatchObject({ kind: 'retired' });
    expect(await retire(fakes)).toMatchObject({ kind: 'retired' });
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 0 });
    expect(await fakes.cluster.readSlot(shop, 'blue')).toMatchObject({ desired: 4 });
    await fakes.run('close', road);
    const { ended, live } = await state(fakes);
    expect(ended[0]).toMatchObject({
      outcome: 'rolledBack',
      reason: 'aborted',
      because: 'ann turned the traffic back to blue by hand: errors at night',
    });
    expect(live).toBeUndefined();
    await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' });
    expect(await admit(fakes, 'shop-2')).toMatchObject({ kind: 'admitted' });
  });

  it('keeps both where the rule is turned once more, and goes on where that is recorded', async () => {
    const fakes = await open();
    await record(fakes);
    await fakes.router.setDial(shop, dialFor('green', 100));
    fakes.wait(5_000);
    expect(await retire(fakes)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/green keeps its pods/),
    });
    await record(fakes, { slot: 'green' });
    expect(await retire(fakes)).toMatchObject({ kind: 'retired', because: 'blue is at rest' });
  });

  it('keeps the new pods while nobody of the old slot answers', async () => {
    const fakes = await open();
    await record(fakes);
    fakes.targets.counts.blue.healthy = 0;
    fakes.wait(5_000);
    expect(await retire(fakes)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/no target of blue/),
    });
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 4 });
  });
});
