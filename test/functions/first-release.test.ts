import { describe, expect, it } from 'vitest';
import { RouterUnreachableError } from '../../adapters/router/errors.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { approval, bake, hook, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes, template } from './fakes.ts';
import { road } from './handler-cases.ts';

const SMOKE = 'https://hooks.example.com/smoke';
const steps = [weight(10), hook(), bake(300), approval(), weight(100)];

/** A new service: the dial points at blue, in which nothing ever was. Its first release is requested and admitted. */
async function admitted(plan: Partial<Plan> = {}) {
  const fakes = await openFakes({ steps, soakSeconds: 900, ...plan }, { isNew: true });
  fakes.cluster.putTemplate(shop, { ...template, replicas: 3 });
  await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  return { fakes, move: await fakes.run('admit', road) };
}
const release = async (fakes: Fakes) => (await fakes.ledger.read('shop')).active;
const dial = (fakes: Fakes) => fakes.router.readDial(shop);

/** Ready, the hook passed, approved: as far as the shift. */
async function readyToShift() {
  const { fakes } = await admitted();
  await fakes.run('write-canary', road);
  await fakes.run('next-step', road);
  await fakes.run('size-canary', road);
  await fakes.run('read-slot', road);
  fakes.targets.counts.green.healthy = 3;
  await fakes.run('look', road);
  fakes.hooks.answer(SMOKE, { kind: 'passed' });
  expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'callHook' });
  await fakes.run('call-hook', road);
  await fakes.run('look', road);
  expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'openApproval' });
  await fakes.run('open-approval', road);
  const { opening } = (await fakes.ledger.read('shop')).active?.approvals['go-live'] ?? {};
  await fakes.run('approve', { releaseId: 'shop-1', name: 'go-live', opening, by: 'bob', groups: ['leads'] });
  await fakes.run('look', road);
  fakes.wait(2);
  // however long the approval was open: the slots are read again before the weight
  expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'pause', asks: 'cluster' });
  await fakes.run('read-slot', road);
  fakes.wait(20); // a good instant to shift
  expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'shiftTraffic' });
  return fakes;
}
const rollBackInput = (fakes: Fakes) => fakes.executions.started.find(({ machine }) => machine === 'rollBack')?.input;
const takeBack = async (fakes: Fakes) => {
  const input = rollBackInput(fakes);
  for (const name of ['restore-traffic', 'verify-traffic', 'retire-canary', 'close']) await fakes.run(name, input);
};

describe('the first release of a new service', () => {
  it('is admitted with nothing to go back to, at the size of the template', async () => {
    const { fakes, move } = await admitted();
    expect(move).toMatchObject({ kind: 'admitted' });
    const { admission } = (await release(fakes)) ?? {};
    expect(admission).toMatchObject({ first: true, stable: 'blue', canary: 'green', stableReplicas: 3 });
    // no weight before 100, nothing that bakes or soaks: there is nothing to compare with
    expect(admission?.walks).toMatchObject({ steps: [hook(), approval(), weight(100)], soakSeconds: 0 });
  });

  it('is ready and asked about before it gets any traffic, then gets all of it and is promoted at once', async () => {
    // Prepare
    const fakes = await readyToShift();
    expect(await dial(fakes)).toEqual({ blue: 100, green: 0 });
    // Act
    await fakes.run('shift-traffic', road);
    expect(await dial(fakes)).toEqual({ blue: 0, green: 100 });
    expect(await fakes.run('next-step', road)).toMatchObject({ kind: 'retireStable' });
    expect(await fakes.run('retire-stable', road)).toMatchObject({ kind: 'retired' });
    await fakes.run('close', road);
    // Assess: the point of no return was written before the dial was turned
    const kinds = await fakes.kinds();
    expect(kinds.indexOf('retiring')).toBeLessThan(kinds.indexOf('shiftIntended'));
    const { live, ended } = await fakes.ledger.read('shop');
    expect(live).toMatchObject({ slot: 'green', releaseId: 'shop-1' });
    expect(ended[0]).toMatchObject({ outcome: 'promoted' });
  });

  it('that is not ready in time is rejected: nothing was live, nothing is, and no pod is left', async () => {
    // Prepare
    const { fakes } = await admitted();
    await fakes.run('write-canary', road);
    await fakes.run('next-step', road);
    await fakes.run('size-canary', road);
    await fakes.run('start-roll-back', { ...road, move: { reason: 'notReady', because: '0 of 3 pods ready' } });
    // Act: no target is healthy anywhere, and that is not waited for
    await takeBack(fakes);
    // Assess
    expect((await fakes.ledger.read('shop')).ended[0]).toMatchObject({ outcome: 'rejected', reason: 'notReady' });
    expect(await dial(fakes)).toEqual({ blue: 100, green: 0 });
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 0 });
  });

  it('cannot be aborted any more once it has all the traffic', async () => {
    const fakes = await readyToShift();
    await fakes.run('shift-traffic', road);
    await expect(fakes.run('abort', { releaseId: 'shop-1', by: 'ann', because: 'no' })).rejects.toMatchObject(
      named('RefusedError', /promoted; use undo/),
    );
  });

  it('past its deadline past the point of no return is held where it is: a person is called once, and it goes on by itself', async () => {
    // Prepare: the point of no return is passed, the dial was not turned, and now nobody would answer
    const fakes = await readyToShift();
    const { setDial } = fakes.router;
    fakes.router.setDial = () => Promise.reject(new RouterUnreachableError('busy'));
    await expect(fakes.run('shift-traffic', road)).rejects.toMatchObject(named('RouterUnreachableError'));
    fakes.router.setDial = setDial;
    expect(await fakes.kinds()).toContain('retiring');
    fakes.targets.counts.green.healthy = 0;
    fakes.wait(4 * 3_600);
    // Act
    const moves: unknown[] = [];
    for (let i = 0; i < 5; i += 1) {
      moves.push(await fakes.run('look', road));
      fakes.wait(4 * 3_600 + 900 * (i + 1));
    }
    // Assess
    for (const move of moves) {
      const because = expect.stringMatching(/no target of green is healthy/);
      expect(move).toMatchObject({ kind: 'lookAgain', because });
    }
    expect(moves.at(-1)).toMatchObject({ seconds: 30, because: expect.stringMatching(/waits for a person/) });
    expect((await fakes.kinds()).filter(kind => kind === 'held')).toHaveLength(1);
    expect(fakes.notifier.notices.filter(({ subject }) => subject === 'shop-1: needs a person')).toHaveLength(1);
    // the world changes
    fakes.targets.counts.green.healthy = 3;
    fakes.wait(9 * 3_600 + 20);
    expect(await fakes.run('look', road)).toMatchObject({ kind: 'shiftTraffic' });
    await fakes.run('shift-traffic', road);
    expect(await dial(fakes)).toEqual({ blue: 0, green: 100 });
  });

  it('that goes back leaves a canary alone to which somebody has sent the traffic, and says so', async () => {
    // Prepare
    const { fakes } = await admitted();
    await fakes.canary(3);
    await fakes.run('abort', { releaseId: 'shop-1', by: 'ann', because: 'not yet' });
    await fakes.router.setDial(shop, { blue: 0, green: 100 });
    // Act
    const move = await fakes.run('restore-traffic', rollBackInput(fakes));
    // Assess: blue has no targets
    expect(move).toMatchObject({ kind: 'lookAgain', because: expect.stringContaining('nothing is live in blue') });
    expect(await dial(fakes)).toEqual({ blue: 0, green: 100 });
  });

  it('cannot be undone: nothing was live before it', async () => {
    const fakes = await readyToShift();
    await fakes.run('shift-traffic', road);
    await fakes.run('retire-stable', road);
    await fakes.run('close', road);
    await expect(fakes.run('undo', { workload: 'shop', by: 'ann' })).rejects.toMatchObject(
      named('RefusedError', /was the first: nothing was live before/),
    );
  });

  it.each(['unused', 'initial', 'unhealthy'] as const)(
    'is no first release where the other slot has targets that are %s: it was live before somebody turned the dial',
    async state => {
      const fakes = await openFakes({}, { isNew: true });
      fakes.targets.counts.green[state] = 2;
      await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
      expect(await fakes.run('admit', road)).toMatchObject({ kind: 'refused' });
    },
  );

  it('is no first release where something is live that Sluice does not know', async () => {
    const fakes = await openFakes({}, { isNew: true });
    fakes.targets.counts.blue.healthy = 2; // registered by somebody else
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    expect(await fakes.run('admit', road)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('no replicas'),
    });
  });
});
