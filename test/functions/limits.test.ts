import { describe, expect, it } from 'vitest';
import type { StatusAnswer } from '../../application/operations/schemas/status.ts';
import { requested } from '../support/ledger-lines.ts';
import { named, openFakes } from './fakes.ts';

describe('what people say', () => {
  const long = 'x'.repeat(501);
  it.each<[string, object, RegExp]>([
    ['abort', { releaseId: 'shop-1', by: 'ann', because: long }, /because: found 501 characters; expected at most 500/],
    ['abort', { releaseId: 'shop-1', by: long, because: 'no' }, /by: found 501 characters; expected at most 300/],
    ['abort', { releaseId: 'shop-1', by: 'ann', because: '' }, /because: a text that is not empty/],
    ['approve', { releaseId: 'shop-1', name: 'go-live', opening: 1, by: 'ann', groups: [long] }, /groups: found 501/],
    ['start', { workload: 'shop', image: long, by: 'ann' }, /image: found 501 characters/],
    ['undo', { workload: 'shop', by: long }, /by: found 501 characters/],
    ['record-live', { workload: 'shop', slot: 'blue', by: 'ann', because: long }, /because: found 501 characters/],
  ])('to %s is refused where it is too long, before anything is written', async (operation, input, message) => {
    const fakes = await openFakes();
    await fakes.admitted();
    const before = await fakes.everything();
    await expect(fakes.run(operation, input)).rejects.toMatchObject(named('BadInputError', message));
    expect(await fakes.everything()).toEqual(before);
  });
});

describe('status', () => {
  const ask = (fakes: Awaited<ReturnType<typeof openFakes>>, more: object) =>
    fakes.run('status', { workload: 'shop', ...more }) as Promise<Extract<StatusAnswer, { kind: 'workload' }>>;

  it('answers a log of hundreds of releases in pages, each far below the 6 MB of a Lambda', async () => {
    const fakes = await openFakes();
    for (let number = 1; number <= 400; number += 1) {
      const line = { releaseId: `shop-${number}` };
      await fakes.tell(
        [number, requested(), line],
        [number, { kind: 'closed', outcome: 'rejected', because: 'x'.repeat(900) }, line],
      );
    }
    const seqs: number[] = [];
    let pages = 0;
    for (let afterSeq: number | undefined = 0; afterSeq !== undefined; pages += 1) {
      const answer: Extract<StatusAnswer, { kind: 'workload' }> = await ask(fakes, { afterSeq });
      expect(JSON.stringify(answer).length).toBeLessThan(2_000_000);
      seqs.push(...answer.entries.map(({ seq }) => seq));
      afterSeq = answer.nextAfterSeq;
    }
    expect(pages).toBeGreaterThan(1);
    expect(seqs).toEqual(Array.from({ length: 800 }, (_, index) => index + 1));
    // who follows the newest release begins at its own line
    const { state } = await ask(fakes, {});
    expect(state.ended[0]).toMatchObject({ releaseId: 'shop-400', requestedSeq: 799 });
    expect((await ask(fakes, { afterSeq: 798 })).entries.map(({ releaseId }) => releaseId)).toEqual([
      'shop-400',
      'shop-400',
    ]);
  });
});
