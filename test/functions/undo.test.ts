import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../domain/ledger/steps-of.ts';
import { admissionOf, imageOf, type Line, requested, shop } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes, template } from './fakes.ts';

const undo = (fakes: Fakes, by = 'bob') => fakes.run('undo', { workload: 'shop', by });
const of = (releaseId: string) => ({ releaseId });
/** `shop-<n>` moved from one revision to another. */
const promoted = (n: number, digit: string, admission: Parameters<typeof admissionOf>[0]): Line[] => [
  [n, requested({ images: { app: imageOf(digit) } }), of(`shop-${n}`)],
  [n, { kind: 'admitted', admission: admissionOf(admission) }, of(`shop-${n}`)],
  [n, { kind: 'closed', outcome: 'promoted', because: 'live' }, of(`shop-${n}`)],
];
const first = promoted(1, '2', { stable: 'green', canary: 'blue', stableRevision: 'r0', revision: 'r1' });
const second = promoted(2, '3', { stable: 'blue', canary: 'green', stableRevision: 'r1', revision: 'r2' });

describe('an undo', () => {
  it('is a release of what was live before, in one turn, judged by the same metrics', async () => {
    const fakes = await openFakes();
    await fakes.tell(...first, ...second);
    expect(await undo(fakes)).toEqual({ releaseId: 'shop-3' });
    const { active } = await fakes.ledger.read('shop');
    expect(active).toMatchObject({
      releaseId: 'shop-3',
      undoOf: 'shop-2',
      requestedBy: 'bob',
      images: { app: imageOf('2') },
      plan: { metrics: [{ name: 'errors' }] },
    });
    expect(active && stepsOf(active).steps).toEqual([{ kind: 'setWeight', weight: 100 }]);
    expect(fakes.executions.started).toMatchObject([{ name: 'shop-3-1', input: { releaseId: 'shop-3', run: 1 } }]);
  });

  it('of the first release knows no image: the revision was there before the ledger began', async () => {
    const fakes = await openFakes();
    await fakes.tell(...first);
    await undo(fakes);
    expect((await fakes.ledger.read('shop')).active).toMatchObject({ undoOf: 'shop-1', images: {} });
  });

  it('of an undo says that it restores what was undone, and names it; asked again it says so again', async () => {
    // Prepare
    const fakes = await openFakes();
    const third = promoted(3, '2', { stable: 'green', canary: 'blue', stableRevision: 'r2', revision: 'r1' });
    await fakes.tell(...first, ...second);
    await fakes.tell([3, requested({ undoOf: 'shop-2' }), of('shop-3')], ...third.slice(1));
    // Act
    const answer = await undo(fakes);
    // Assess
    const restoresUndone = { releaseId: 'shop-2', images: { app: imageOf('3') } };
    expect(answer).toEqual({ releaseId: 'shop-4', restoresUndone });
    expect(await undo(fakes, 'carol')).toEqual(answer);
  });

  it('asked twice, and by two at once, is one', async () => {
    const fakes = await openFakes();
    await fakes.tell(...first);
    const both = await Promise.all([undo(fakes), undo(fakes, 'carol')]);
    expect(both).toEqual([{ releaseId: 'shop-2' }, { releaseId: 'shop-2' }]);
    expect(await undo(fakes)).toEqual({ releaseId: 'shop-2' });
    expect(fakes.executions.started).toHaveLength(1);
    expect((await fakes.ledger.read('shop')).releases).toBe(2);
  });

  it('asked again starts what somebody left who died before the execution', async () => {
    const fakes = await openFakes();
    await fakes.tell(
      ...first,
      [5, requested({ undoOf: 'shop-1' }), of('shop-2')],
      [5, { kind: 'runClaimed', run: 1 }, of('shop-2')],
    );
    expect(await undo(fakes)).toEqual({ releaseId: 'shop-2' });
    expect(fakes.executions.started).toMatchObject([{ name: 'shop-2-1' }]);
  });

  it('is refused where there is nothing to undo, or a release is on its way', async () => {
    const fakes = await openFakes();
    await expect(undo(fakes)).rejects.toMatchObject(
      named('RefusedError', /^no release of shop was promoted: there is nothing to undo$/),
    );
    await fakes.admitted();
    await expect(undo(fakes)).rejects.toMatchObject(named('RefusedError', /^shop-1 is in progress; abort it instead$/));
    await expect(fakes.run('undo', { workload: 'shp', by: 'bob' })).rejects.toMatchObject(
      named('WorkloadNotFoundError'),
    );
  });
});

describe('an undo that is admitted', () => {
  /** Green is live with r2; blue, at rest, holds `idle`. */
  async function live(idle: string) {
    const fakes = await openFakes();
    await fakes.tell(...first, ...second);
    for (const [slot, revision] of [
      ['blue', idle],
      ['green', 'r2'],
    ] as const) {
      await fakes.cluster.writeSlot(shop, slot, { revision, images: {}, template }, 0);
    }
    await fakes.cluster.scaleSlot(shop, 'blue', 0, 0);
    await fakes.cluster.scaleSlot(shop, 'green', 3, 0);
    fakes.targets.counts.green.healthy = 3;
    await fakes.router.setDial(shop, { blue: 0, green: 100 });
    await undo(fakes);
    return fakes;
  }

  it('takes what the idle slot holds, and writes nothing there', async () => {
    const fakes = await live('r1');
    const input = { releaseId: 'shop-3', run: 1 };
    expect(await fakes.run('admit', input)).toMatchObject({ kind: 'admitted' });
    const before = fakes.cluster.written(shop, 'blue');
    expect(await fakes.run('write-canary', input)).toMatchObject({ kind: 'advance' });
    expect(fakes.cluster.written(shop, 'blue')).toEqual(before);
    expect((await fakes.ledger.read('shop')).active).toMatchObject({
      canaryWritten: true,
      admission: { canary: 'blue', revision: 'r1' },
    });
  });

  it('is refused where a later release has written its own revision there and was taken back', async () => {
    const fakes = await live('tried');
    expect(await fakes.run('admit', { releaseId: 'shop-3', run: 1 })).toMatchObject({
      kind: 'refused',
      because: 'blue has revision tried, not r1 that was live before shop-2: start a release of it instead',
    });
  });
});
