import { describe, expect, it } from 'vitest';
import { statusText } from '../../cli/status-text.ts';
import {
  admissionOf,
  at,
  imageOf,
  type Line,
  planOf,
  readied,
  requested,
  shifted,
  shop,
} from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { pushed, scheduled } from './handler-cases.ts';

const state = (fakes: Fakes) => fakes.ledger.read('shop');
const status = async (fakes: Fakes) => {
  const answer = (await fakes.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1];
  return statusText('shop', answer, { paste: command => `npx sluice ${command}` });
};
const image = (digit: string, seconds: number) => ({ ...imageOf(digit), pushedAtEpochMs: at(seconds) });

describe('a release tag that is put on an image of before', () => {
  /** v2 was promoted after v3 was pushed; image 4 is as old as v2, was vetted, and gets the tag v9 at 600 s. */
  const ledgerLines: Line[] = [
    [0, requested({ images: { app: image('3', -30) } })],
    [1, { kind: 'admitted', admission: admissionOf() }],
    [100, { kind: 'closed', outcome: 'promoted', because: 'live' }],
  ];
  const retag = (digit = '4', tag = 'v9', seconds = 600) => ({
    ...pushed(tag, digit),
    time: new Date(at(seconds)).toISOString(),
  });
  async function open() {
    const fakes = await openFakes();
    await fakes.tell(...ledgerLines);
    fakes.images.push({ repository: 'shop', tag: 'v9', digest: imageOf('4').digest, atEpochMs: at(-60) });
    fakes.wait(601);
    return fakes;
  }

  it('starts nothing, is written down once, and the status says how it is released', async () => {
    const fakes = await open();
    for (const _ of ['once', 'twice']) {
      expect(await fakes.run('image-pushed', retag())).toMatchObject([{ kind: 'ignored' }]);
    }
    expect((await fakes.kinds()).filter(kind => kind === 'retagPassed')).toHaveLength(1);
    expect((await state(fakes)).active).toBeUndefined();
    expect(await status(fakes)).toMatch(
      /\n {2}tag {8}v9 was put on an image that was pushed at .*was not pushed before it\. To release it: npx sluice start shop --image shop:v9\n/,
    );
  });

  it('is released by that command, and then the status says nothing of it', async () => {
    const fakes = await open();
    await fakes.run('image-pushed', retag());
    expect(await fakes.run('start', { workload: 'shop', image: 'shop:v9', by: 'ann' })).toMatchObject({
      kind: 'started',
    });
    expect((await state(fakes)).active?.images).toMatchObject({
      app: { reference: 'v9', digest: imageOf('4').digest },
    });
    expect(await status(fakes)).not.toMatch(/\n {2}tag /);
  });

  it('of an image that a release has tried is seen as well: it is done until a person says otherwise', async () => {
    const fakes = await open();
    await fakes.tell(
      [200, requested({ images: { app: image('4', -60) } }), { releaseId: 'shop-2' }],
      [300, { kind: 'closed', outcome: 'rolledBack', reason: 'degraded', because: 'x' }, { releaseId: 'shop-2' }],
    );
    await fakes.run('image-pushed', retag());
    expect((await state(fakes)).retag).toMatchObject({ because: expect.stringMatching(/^shop-2 released it/) });
  });

  it('is forgotten when something newer is pushed, and the newest of several is shown', async () => {
    const fakes = await open();
    await fakes.run('image-pushed', retag());
    await fakes.run('image-pushed', retag('2', 'v10', 610));
    expect((await state(fakes)).retag?.image.reference).toBe('v10');
    fakes.images.push({ repository: 'shop', tag: 'v11', digest: imageOf('5').digest, atEpochMs: at(620) });
    await fakes.run('image-pushed', { ...pushed('v11', '5'), time: new Date(at(620)).toISOString() });
    expect((await state(fakes)).retag).toBeUndefined();
  });

  it('is something else than the late event of an old push, and than a tag on what is live', async () => {
    const fakes = await open();
    await fakes.run('image-pushed', retag('4', 'v4', -60));
    await fakes.run('image-pushed', retag('3', 'stable', 600));
    expect(await fakes.kinds()).not.toContain('retagPassed');
  });
});

it('an image of another repository of the workload is started by its name, and one of none is not there', async () => {
  const fakes = await openFakes();
  const repositories = [...shop.repositories, { name: 'team/other', tags: 'v*' }];
  await fakes.workloads.register({ workload: { ...shop, repositories }, plan: planOf() });
  fakes.images.push({ repository: 'team/other', tag: 'v7', digest: imageOf('7').digest, atEpochMs: at(0) });
  await fakes.run('start', { workload: 'shop', image: 'team/other:v7', by: 'ann' });
  expect((await state(fakes)).active?.images.app).toMatchObject({ repository: 'team/other', reference: 'v7' });
  const nowhere = fakes.run('start', { workload: 'shop', image: 'nobody/nothing:v7', by: 'ann' });
  await expect(nowhere).rejects.toMatchObject(named('ImageNotFoundError'));
});

describe('a part of an image of several platforms that has a tag of its own', () => {
  const [arm, index] = [image('6', 10), image('7', 12)];
  const push = (fakes: Fakes, parts: string[] = [arm.digest]) => {
    fakes.images.push({ repository: 'shop', tag: 'v9-arm64', digest: arm.digest, atEpochMs: arm.pushedAtEpochMs });
    fakes.images.push({ repository: 'shop', tag: 'v9', digest: index.digest, atEpochMs: index.pushedAtEpochMs, parts });
  };
  const at12 = (tag: string, digit: string) => ({ ...pushed(tag, digit), time: new Date(at(12)).toISOString() });
  const part = at12('v9-arm64', '6');
  const whole = at12('v9', '7');
  async function open(plan: Parameters<typeof openFakes>[0] = {}) {
    const fakes = await openFakes(plan);
    push(fakes);
    fakes.wait(15);
    return fakes;
  }

  it.each(['queue', 'reject', 'replace'] as const)(
    'and came first is replaced by the whole, also where the plan says %s: nobody asked for it',
    async onNewImage => {
      const fakes = await open({ onNewImage });
      expect(await fakes.run('image-pushed', part)).toMatchObject([{ kind: 'started', releaseId: 'shop-1' }]);
      expect(await fakes.run('image-pushed', whole)).toMatchObject([{ kind: 'waiting', releaseId: 'shop-2' }]);
      const { active, waiting } = await state(fakes);
      expect(active?.rollBack).toMatchObject({
        reason: 'aborted',
        because: "replaced by shop-2: its image is a part of that one's",
      });
      expect(waiting?.images).toMatchObject({ app: { reference: 'v9', parts: [arm.digest] } });
    },
  );

  it('is replaced by the reconciler where the process died in between', async () => {
    const fakes = await open();
    await fakes.run('image-pushed', part);
    await fakes.tell([15, requested({ images: { app: { ...index, parts: [arm.digest] } } }), { releaseId: 'shop-2' }]);
    fakes.wait(20);
    await fakes.run('reconcile', scheduled);
    expect((await state(fakes)).active?.rollBack).toMatchObject({ reason: 'aborted' });
  });

  it('is not replaced where it has requests already, or a person asked for it: the whole waits', async () => {
    const under = await open();
    await under.run('image-pushed', part);
    await under.tell(...readied(16, 10), ...shifted(20, { from: 0, to: 10 }));
    await under.run('image-pushed', whole);
    const asked = await open();
    await asked.run('start', { workload: 'shop', image: 'v9-arm64', by: 'ann' });
    await asked.run('image-pushed', whole);
    for (const fakes of [under, asked]) {
      const { active, waiting } = await state(fakes);
      expect(active?.rollBack).toBeUndefined();
      expect(waiting?.releaseId).toBe('shop-2');
    }
  });

  it('and comes after the whole starts nothing, also where the registry says the same instant', async () => {
    const fakes = await open();
    await fakes.run('image-pushed', whole);
    fakes.images.push({ repository: 'shop', tag: 'v9-arm64', digest: arm.digest, atEpochMs: at(12) });
    expect(await fakes.run('image-pushed', part)).toMatchObject([
      { kind: 'ignored', because: 'it is a part of v9, which is known' },
    ]);
  });

  it('is not what the reconciler releases where no event said anything, in whatever order the registry has them', async () => {
    const fakes = await openFakes();
    push(fakes);
    fakes.images.push({ repository: 'shop', tag: 'v9-arm64', digest: arm.digest, atEpochMs: at(13) });
    fakes.wait(500);
    await fakes.run('reconcile', scheduled);
    expect((await state(fakes)).active?.images).toMatchObject({ app: { reference: 'v9' } });
    const early = await openFakes();
    push(early);
    early.images.push({ repository: 'shop', tag: 'v9', digest: index.digest, atEpochMs: at(450), parts: [arm.digest] });
    early.wait(500);
    await early.run('reconcile', scheduled);
    expect((await state(early)).active).toBeUndefined(); // the whole is too young: its event may still come
  });
});
