import { expect, it } from 'vitest';
import { imageOf, type Line, requested } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';

const abort = (fakes: Fakes, releaseId = 'shop-1') =>
  fakes.run('abort', { releaseId, by: 'bob', because: 'not today' });
const refused = (message: RegExp) => named('RefusedError', message);
const second: Line = [1, requested({ images: { app: imageOf('3') } }), { releaseId: 'shop-2' }];

it('takes the release on its way back, and says who wanted it and why', async () => {
  const fakes = await openFakes();
  await fakes.admitted();
  expect(await abort(fakes)).toEqual({ kind: 'goesBack', releaseId: 'shop-1' });
  const claim = (await fakes.ledger.entries('shop')).at(-1);
  expect(claim).toMatchObject({
    by: 'bob',
    fact: { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'not today' },
  });
  const [, back] = fakes.executions.started;
  expect(back).toMatchObject({
    machine: 'rollBack',
    name: 'rb-shop-1-1',
    input: { releaseId: 'shop-1', attempt: 1, back: { stable: 'blue' } },
  });
});

it('twice, and by two at once, is once', async () => {
  const fakes = await openFakes();
  await fakes.admitted();
  expect(await Promise.all([abort(fakes), abort(fakes)])).toEqual([
    expect.objectContaining({ kind: 'goesBack' }),
    expect.objectContaining({ kind: 'goesBack' }),
  ]);
  await abort(fakes);
  expect(fakes.executions.started).toHaveLength(2);
  expect((await fakes.kinds()).filter(kind => kind === 'rollBackClaimed')).toHaveLength(1);
});

it('starts what somebody left who died between the claim and the execution', async () => {
  const fakes = await openFakes();
  await fakes.admitted([5, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }]);
  await abort(fakes);
  expect(fakes.executions.started.at(-1)).toMatchObject({ name: 'rb-shop-1-1', status: 'RUNNING' });
});

it('starts the next attempt where the execution of the last has ended and the release is still open; the reason stays', async () => {
  const fakes = await openFakes();
  await fakes.admitted([5, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }]);
  await abort(fakes);
  fakes.executions.end('rollBack', 'rb-shop-1-1', 'TIMED_OUT');
  await abort(fakes);
  expect(fakes.executions.started.at(-1)).toMatchObject({ name: 'rb-shop-1-2', input: { attempt: 2 } });
  expect((await fakes.ledger.read('shop')).active?.rollBack).toMatchObject({
    attempt: 2,
    reason: 'degraded',
    because: 'errors',
  });
});

it('before admission goes back with nothing to turn', async () => {
  const fakes = await openFakes();
  await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  await abort(fakes);
  expect(fakes.executions.started.at(-1)).toMatchObject({ name: 'rb-shop-1-1', input: { back: null } });
});

it('drops a release that waits and leaves the one on its way', async () => {
  const fakes = await openFakes();
  await fakes.admitted(second);
  expect(await abort(fakes, 'shop-2')).toEqual({ kind: 'dropped', releaseId: 'shop-2' });
  const { active, waiting, ended } = await fakes.ledger.read('shop');
  expect([active?.releaseId, active?.rollBack, waiting]).toEqual(['shop-1', undefined, undefined]);
  expect(ended).toMatchObject([{ releaseId: 'shop-2', outcome: 'rejected', reason: 'aborted', because: 'not today' }]);
  await expect(abort(fakes, 'shop-2')).rejects.toMatchObject(refused(/^shop-2 is over: rejected$/));
});

it('after the point of no return is too late, and names the way that is left', async () => {
  const fakes = await openFakes();
  await fakes.admitted([5, { kind: 'retiring' }]);
  await expect(abort(fakes)).rejects.toMatchObject(refused(/^shop-1 is promoted; use undo$/));
  await fakes.tell(
    [6, { kind: 'stableRetired', slot: 'blue' }],
    [7, { kind: 'closed', outcome: 'promoted', because: 'live' }],
  );
  await expect(abort(fakes)).rejects.toMatchObject(refused(/^shop-1 is promoted; use undo$/));
  expect(fakes.executions.started).toHaveLength(1);
});

it('of what is over, or never was, says so', async () => {
  const fakes = await openFakes();
  await fakes.admitted([5, { kind: 'closed', outcome: 'rolledBack', reason: 'degraded', because: 'errors' }]);
  await expect(abort(fakes)).rejects.toMatchObject(refused(/^shop-1 is over: rolledBack$/));
  await expect(abort(fakes, 'shop-7')).rejects.toMatchObject(refused(/^there is no shop-7$/));
});
