import { describe, expect, it } from 'vitest';
import { shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes, template } from './fakes.ts';
import { pushed, road, scheduled } from './handler-cases.ts';

const start = (fakes: Fakes, more: object = {}) =>
  fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann', ...more });
const second = { releaseId: 'shop-2', run: 1 };
const state = (fakes: Fakes) => fakes.ledger.read('shop');
/** A variable is added to the Deployment. */
const addVariable = (fakes: Fakes, value = 'b') => {
  const env = [{ name: 'A', value }];
  const containers = [{ name: 'app', image: 'shop:latest', env, ports: [{ containerPort: 8080 }] }];
  fakes.cluster.putTemplate(shop, { ...template, podTemplate: { spec: { containers } } });
};
async function admitted(plan: Parameters<typeof openFakes>[0] = {}) {
  const fakes = await openFakes(plan);
  await start(fakes);
  await fakes.run('admit', road);
  return fakes;
}
/** shop-1 goes back or is promoted, and shop-2 is admitted or not. */
async function next(fakes: Fakes, end: 'promoted' | 'rolledBack') {
  if (end === 'promoted') await fakes.tell([40, { kind: 'stableRetired', slot: 'blue' }]);
  else await fakes.tell([40, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }]);
  await fakes.run('close', { releaseId: 'shop-1', ...(end === 'promoted' ? { run: 1 } : { attempt: 1 }) });
  if (end === 'promoted') {
    await fakes.canary(4);
    await fakes.cluster.writeSlot(
      shop,
      'green',
      {
        revision: (await state(fakes)).live?.revision ?? '',
        images: {},
        template,
      },
      (await state(fakes)).seq,
    );
    await fakes.router.setDial(shop, { blue: 0, green: 100 });
  }
  return fakes.run('admit', second);
}

describe('the same image, asked for again after its release was admitted', () => {
  it('is queued, and released where a variable was added to the Deployment', async () => {
    const fakes = await admitted();
    addVariable(fakes);
    expect(await start(fakes)).toEqual({ kind: 'waiting', releaseId: 'shop-2', againOf: 'shop-1' });
    expect(await next(fakes, 'promoted')).toMatchObject({ kind: 'admitted' });
  });

  it.each(['promoted', 'rolledBack'] as const)(
    'ends as superseded where the Deployment is the same and the first one ended %s',
    async end => {
      const fakes = await admitted();
      await start(fakes);
      expect(await next(fakes, end)).toMatchObject({
        kind: 'refused',
        because: expect.stringMatching(/is the one that shop-1 released \((promoted|rolledBack, degraded)\)/),
      });
      await fakes.run('close', second);
      expect((await state(fakes)).ended[0]).toMatchObject({
        releaseId: 'shop-2',
        outcome: 'superseded',
        sameAs: 'shop-1',
      });
    },
  );

  it('a third time is the one that waits', async () => {
    const fakes = await admitted();
    await start(fakes);
    expect(await start(fakes)).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-2' });
  });

  it('does not take the place of another image that waits: that one reads the Deployment too', async () => {
    const fakes = await admitted();
    await start(fakes, { image: 'v3' });
    expect(await start(fakes)).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    expect((await state(fakes)).waiting?.releaseId).toBe('shop-2');
  });

  it('does not take back the first one, although the plan replaces by newer images', async () => {
    const fakes = await admitted({ onNewImage: 'replace' });
    expect(await start(fakes)).toMatchObject({ kind: 'waiting' });
    await fakes.run('reconcile', scheduled);
    expect((await state(fakes)).active).not.toHaveProperty('rollBack');
  });

  it('is one release where the plan refuses what comes during one, and where an event says the push twice', async () => {
    const refusing = await admitted({ onNewImage: 'reject' });
    expect(await start(refusing)).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    const fakes = await admitted();
    expect(await fakes.run('image-pushed', pushed('v2', '2'))).toMatchObject([{ kind: 'alreadyRequested' }]);
    expect((await state(fakes)).releases).toBe(1);
  });
});

describe('a Deployment that arrives after its push', () => {
  it('between admission and the writing of the slot: the release goes back, and the next one has it', async () => {
    const fakes = await admitted();
    addVariable(fakes);
    await expect(fakes.run('write-canary', road)).rejects.toMatchObject(named('TemplateChangedError'));
    expect((await state(fakes)).waiting).toMatchObject({
      releaseId: 'shop-2',
      againOf: 'shop-1',
      requestedBy: 'ann', // who may not approve the first may not approve the second
    });
    expect(await next(fakes, 'rolledBack')).toMatchObject({ kind: 'admitted' });
  });

  it('while the release is on its way: a release of it is queued, once, and the canary is sized as before', async () => {
    const fakes = await admitted({ steps: [weight(10), weight(100)] });
    await fakes.run('write-canary', road);
    addVariable(fakes);
    expect(await fakes.run('size-canary', road)).toMatchObject({ kind: 'lookAgain' });
    await fakes.run('size-canary', road);
    expect(await state(fakes)).toMatchObject({ releases: 2, waiting: { releaseId: 'shop-2', againOf: 'shop-1' } });
  });

  it('and goes again before the next release is admitted: nothing is released twice', async () => {
    const fakes = await admitted();
    await fakes.run('write-canary', road);
    addVariable(fakes);
    await fakes.run('size-canary', road);
    fakes.cluster.putTemplate(shop, template);
    expect(await next(fakes, 'promoted')).toMatchObject({ kind: 'refused' });
  });

  it('is left to the team where the plan refuses what comes during a release', async () => {
    const fakes = await admitted({ onNewImage: 'reject' });
    await fakes.run('write-canary', road);
    addVariable(fakes);
    await fakes.run('size-canary', road);
    expect((await state(fakes)).releases).toBe(1);
    expect(fakes.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(/template changed after admission/) }),
    );
  });
});
