import { describe, expect, it } from 'vitest';
import { statusText } from '../../cli/status-text.ts';
import { type Dial, dialFor, type Slot } from '../../domain/dial.ts';
import { admissionOf, type Line, requested, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { scheduled } from './handler-cases.ts';

/*
 * A roll back with `connections: cut` deregisters the targets of pods that stay. The AWS Load Balancer Controller believes them
 * to be registered, and does not register them again: the pods are ready, and the load balancer sends them nothing.
 */

const road = { releaseId: 'shop-2', run: 1 };
interface Move {
  kind: string;
  because: string;
}

/** What the state machine does in the pass at so many seconds, until it pauses. */
async function pass(fakes: Fakes, seconds: number): Promise<Move> {
  fakes.wait(seconds);
  await fakes.run('read-slot', road);
  let move = (await fakes.run('look', road)) as Move;
  for (let states = 0; states < 10; states += 1) {
    if (move.kind === 'advance') move = (await fakes.run('next-step', road)) as Move;
    else if (move.kind === 'sizeCanary') move = (await fakes.run('size-canary', road)) as Move;
    else if (move.kind === 'shiftTraffic') move = (await fakes.run('shift-traffic', road)) as Move;
    else return move;
  }
  throw new Error('the state machine does not come to rest');
}

/** shop-2 is admitted and its slot written; none of the slot's pods is registered. */
async function begun(kind: 'start' | 'undo'): Promise<{ fakes: Fakes; canary: Slot; before: Dial }> {
  const fakes = await openFakes({ steps: [weight(100)], metrics: [] });
  const { plan } = await fakes.workloads.read('shop');
  const end: Line =
    kind === 'undo'
      ? [2, { kind: 'closed', outcome: 'promoted', because: 'live' }]
      : [2, { kind: 'closed', outcome: 'rolledBack', reason: 'aborted', because: 'looks wrong' }];
  await fakes.tell([0, requested({ plan })], [1, { kind: 'admitted', admission: admissionOf() }], end);
  await fakes.canary(4);
  const canary = kind === 'undo' ? 'blue' : 'green';
  const before = dialFor(canary, 0);
  await fakes.router.setDial(shop, before);
  await fakes.targets.cutConnections(shop, canary);
  fakes.targets.counts[canary].draining = 0;
  fakes.wait(10);
  await fakes.run(kind, { workload: 'shop', by: 'ann', ...(kind === 'start' && { image: 'v2' }) });
  expect(await fakes.run('admit', road)).toMatchObject({ kind: 'admitted' });
  await fakes.run('write-canary', road);
  return { fakes, canary, before };
}

const why = (canary: Slot) =>
  new RegExp(
    `4 of 4 ready pods are not registered in its target group.*kubectl rollout restart -n default deployment/shop-${canary}`,
  );

describe.each(['start', 'undo'] as const)('%s over a slot whose ready pods nobody has registered again', kind => {
  it('sets no weight, says why and the way out, and goes on once the targets are healthy', async () => {
    const { fakes, canary, before } = await begun(kind);
    for (let seconds = 11; seconds < 500; seconds += 5) {
      await pass(fakes, seconds);
      expect(await fakes.router.readDial(shop)).toEqual(before);
    }
    expect((await pass(fakes, 500)).because).toMatch(/^0 of 4 targets healthy/);
    expect((await pass(fakes, 501)).because).toMatch(why(canary));
    const answer = (await fakes.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1];
    expect(statusText('shop', answer, { paste: String })).toMatch(why(canary));

    // some are not enough
    fakes.targets.counts[canary].healthy = 3;
    await pass(fakes, 510);
    expect(await fakes.router.readDial(shop)).toEqual(before);

    fakes.targets.counts[canary].healthy = 4;
    for (let seconds = 515; seconds < 700; seconds += 1) await pass(fakes, seconds);
    expect(await fakes.router.readDial(shop)).toEqual(dialFor(canary, 100));
  });

  it('goes back with that reason where they never are, and moves nothing', async () => {
    const { fakes, canary, before } = await begun(kind);
    let move: Move = { kind: '', because: '' };
    for (let seconds = 11; seconds < 700 && move.kind !== 'rollBack'; seconds += 5) move = await pass(fakes, seconds);
    expect(move).toMatchObject({ kind: 'rollBack', reason: 'notReady', because: expect.stringMatching(why(canary)) });
    expect(await fakes.router.readDial(shop)).toEqual(before);
    expect(await fakes.kinds()).not.toContain('shiftIntended');
  });

  it('tells a person where nobody looks any more, with the reason', async () => {
    const { fakes, canary } = await begun(kind);
    for (let seconds = 11; seconds < 200; seconds += 5) await pass(fakes, seconds);
    await fakes.executions.start('release', 'shop-2-1', road);
    fakes.wait(1_000);
    await fakes.run('reconcile', scheduled);
    const pages = fakes.notifier.notices.map(({ message }) => JSON.parse(message).because);
    expect(pages).toEqual([expect.stringMatching(why(canary))]);
  });

  it('does not shift where they are lost between the look and the shift', async () => {
    const { fakes, canary, before } = await begun(kind);
    fakes.targets.counts[canary].healthy = 4;
    for (let seconds = 11; seconds < 30; seconds += 1) {
      fakes.wait(seconds);
      await fakes.run('read-slot', road);
      const looked = (await fakes.run('look', road)) as Move;
      if (looked.kind !== 'advance') continue;
      const next = (await fakes.run('next-step', road)) as Move;
      if (next.kind === 'sizeCanary') await fakes.run('size-canary', road);
    }
    fakes.targets.counts[canary].healthy = 0;
    expect(await fakes.run('shift-traffic', road)).toMatchObject({
      kind: 'lookAgain',
      because: `${canary} has no healthy targets`,
    });
    expect(await fakes.router.readDial(shop)).toEqual(before);
  });
});
