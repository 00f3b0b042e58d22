import { describe, expect, it } from 'vitest';
import { imageOf, type Line, requested } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { goingBack } from './handler-cases.ts';

describe('closing a release', () => {
  const close = (fakes: Fakes, by: object = { run: 1 }) => fakes.run('close', { releaseId: 'shop-1', ...by });
  const claimed: Line = [50, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors: 5 of 100' }];
  const second: Line = [1, requested({ images: { app: imageOf('3') } }), { releaseId: 'shop-2' }];

  it.each<[string, Line[], object]>([
    [
      'promoted',
      [
        [50, { kind: 'retiring' }],
        [60, { kind: 'stableRetired', slot: 'blue' }],
      ],
      { outcome: 'promoted', because: 'revision new is live in green' },
    ],
    [
      'rolled back, with the reason',
      [claimed],
      { outcome: 'rolledBack', reason: 'degraded', because: 'errors: 5 of 100' },
    ],
    [
      'rejected, with what refused it',
      [[50, { kind: 'refused', because: 'the revision is live already' }]],
      { outcome: 'rejected', because: 'the revision is live already' },
    ],
  ])('says that it was %s', async (_, ledgerLines, end) => {
    const fakes = await openFakes({ notify: [{ kind: 'sns', on: ['promoted', 'rolledBack', 'rejected'] }] });
    await fakes.admitted(...ledgerLines);
    await close(fakes);
    expect((await fakes.facts()).at(-1)).toEqual({ kind: 'closed', ...end });
    const { outcome } = end as { outcome: string };
    expect(fakes.notifier.notices.map(({ subject }) => subject)).toEqual([`shop-1: ${outcome}`]);
  });

  it('says that it was rejected where it went back before admission: nothing had moved', async () => {
    const fakes = await openFakes();
    await fakes.tell([0, requested()], claimed);
    await close(fakes, { attempt: 1 });
    expect((await fakes.facts()).at(-1)).toEqual({
      kind: 'closed',
      outcome: 'rejected',
      reason: 'degraded',
      because: 'errors: 5 of 100',
    });
  });

  it('is a defect where nothing has ended: it says so and closes nothing', async () => {
    const fakes = await openFakes();
    await fakes.admitted();
    await expect(close(fakes)).rejects.toThrow('shop-1 was neither promoted nor sent back: it cannot be closed');
    expect((await fakes.ledger.read('shop')).active?.releaseId).toBe('shop-1');
  });

  it('starts the release that waits, and logs that under its own name', async () => {
    const fakes = await openFakes();
    await fakes.admitted(second, claimed);
    await close(fakes, { attempt: 1 });
    expect(fakes.executions.started.at(-1)).toMatchObject({
      machine: 'release',
      name: 'shop-2-1',
      input: { releaseId: 'shop-2', run: 1 },
    });
    expect(fakes.lines).toContainEqual(expect.objectContaining({ message: 'appended runClaimed', release: 'shop-2' }));
  });

  it.each<[string, Line[]]>([
    ['before the claim', []],
    ['between the claim and the execution', [[61, { kind: 'runClaimed', run: 1 }, { releaseId: 'shop-2' }]]],
  ])('repeated starts the one that waited where the first try died %s', async (_, ledgerLines) => {
    const fakes = await openFakes();
    await fakes.admitted(
      second,
      claimed,
      [60, { kind: 'closed', outcome: 'rolledBack', because: 'errors' }],
      ...ledgerLines,
    );
    await close(fakes, { attempt: 1 });
    await close(fakes, { attempt: 1 });
    expect(fakes.executions.started.map(({ name }) => name)).toEqual(['shop-1-1', 'shop-2-1']);
    expect((await fakes.kinds()).filter(kind => kind === 'closed')).toHaveLength(1);
  });

  it('repeated when the next has long begun leaves it alone', async () => {
    const fakes = await openFakes();
    await fakes.admitted(
      second,
      claimed,
      [60, { kind: 'closed', outcome: 'rolledBack', because: 'errors' }],
      [61, { kind: 'runClaimed', run: 2 }, { releaseId: 'shop-2' }],
    );
    await close(fakes, { attempt: 1 });
    expect(fakes.executions.started.map(({ name }) => name)).toEqual(['shop-1-1']);
  });
});

describe('status', () => {
  it('names the workloads, or shows one with its dial, its lines and the windows of its release', async () => {
    const fakes = await goingBack();
    expect(await fakes.run('status', {})).toEqual({ kind: 'workloads', names: ['shop'] });
    const seq = (await fakes.ledger.read('shop')).seq;
    expect(await fakes.run('status', { workload: 'shop', afterSeq: seq - 1 })).toMatchObject({
      kind: 'workload',
      state: { active: { releaseId: 'shop-1' } },
      dial: { blue: 90, green: 10 },
      entries: [{ seq, fact: { kind: 'rollBackClaimed' } }],
      windows: [],
    });
    expect(await fakes.run('status', { workload: 'shop' })).toMatchObject({ entries: [] });
    await expect(fakes.run('status', { workload: 'shp' })).rejects.toMatchObject(
      named('WorkloadNotFoundError', /known: shop/),
    );
  });
});
