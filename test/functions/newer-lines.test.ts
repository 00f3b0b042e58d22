import { describe, expect, it } from 'vitest';
import type { Entry } from '../../domain/ledger/facts.ts';
import { type Line, readied, shifted } from '../support/ledger-lines.ts';
import { named, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

const at10: Line[] = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
/** A line of a kind that nobody here knows. */
const newer = { kind: 'weighed', grams: 7 } as never;

async function withCriticalLine() {
  const fakes = await openFakes();
  await fakes.admitted(...at10, [22, { kind: 'stepStarted', index: 1 }]);
  const state = await fakes.ledger.read('shop');
  const line = { releaseId: 'shop-1', atEpochMs: fakes.clock.now(), by: 'a newer function', fact: newer };
  const of: Partial<Entry> = { version: 9, critical: true };
  await fakes.ledger.appendOfNewer('shop', state, { ...line, ...of });
  return fakes;
}

describe('a line of a newer version of Sluice', () => {
  it('is passed over by a look, which goes on as without it', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...at10, [22, newer]);
    expect(await fakes.run('look', road)).toMatchObject({ kind: expect.stringMatching(/lookAgain|advance/) });
    expect((await fakes.ledger.read('shop')).passedOverSeq).toBe(9);
  });

  it.each<[string, object]>([
    ['look', road],
    ['next-step', road],
    ['shift-traffic', road],
    ['start-roll-back', { ...road, move: { kind: 'rollBack', reason: 'fault', because: 'x' } }],
    ['abort', { releaseId: 'shop-1', by: 'ann', because: 'no' }],
    ['start', { workload: 'shop', image: 'v3', by: 'ann' }],
    ['status', { workload: 'shop' }],
  ])('that is critical stops %s with a sentence, and nothing is done', async (name, input) => {
    const fakes = await withCriticalLine();
    const before = await fakes.everything();
    await expect(fakes.run(name, input)).rejects.toMatchObject(
      named('UnknownEntryError', /^entry 10 of shop-1 is 'weighed' of version 9, .*: update its functions/),
    );
    expect(await fakes.everything()).toEqual(before);
  });

  it('that is critical stops the reconciler for this workload alone, and takes nothing back', async () => {
    const fakes = await withCriticalLine();
    fakes.executions.end('release', 'shop-1-1', 'FAILED', 'UnknownEntryError');
    await expect(fakes.run('reconcile', { 'detail-type': 'Scheduled Event' })).rejects.toMatchObject(
      named('PartlyFailedError', /update its functions/),
    );
    expect(fakes.executions.started.map(({ name }) => name)).toEqual(['shop-1-1']);
  });
});
