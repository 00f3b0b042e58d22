import { describe, expect, it } from 'vitest';
import { imageOf, type Line, planOf, requested, shop } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';

const start = (fakes: Fakes, more: object = {}) =>
  fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann', ...more });
const startWithPlan = (fakes: Fakes, more: object) =>
  fakes.run('start-with-plan', { workload: 'shop', image: 'v2', by: 'ann', ...more });
const planText = (more = '') => `apiVersion: sluice/v1
kind: Plan
workload: shop
strategy: canary
deadline: 1h
${more}metrics: [{ name: errors, source: { kind: cloudwatch, bad: failedRequests }, judge: { kind: relative, max: 1.1 } }]
steps:
  - setWeight: 10
  - bake: 5m
  - setWeight: 100
`;

describe('starting a release', () => {
  it('writes down what was asked for, with the image by its digest, and starts its execution', async () => {
    const fakes = await openFakes();
    expect(await start(fakes)).toEqual({ kind: 'started', releaseId: 'shop-1' });
    const { active } = await fakes.ledger.read('shop');
    expect(active).toMatchObject({ releaseId: 'shop-1', run: 1, requestedBy: 'ann', images: { app: imageOf('2') } });
    expect(fakes.executions.started).toMatchObject([
      { machine: 'release', name: 'shop-1-1', input: { releaseId: 'shop-1', run: 1 } },
    ]);
  });

  it('of the same image twice is one release, by tag or by digest', async () => {
    const fakes = await openFakes();
    await start(fakes);
    expect(await start(fakes)).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    expect(await start(fakes, { image: imageOf('2').digest, by: 'bob' })).toEqual({
      kind: 'alreadyRequested',
      releaseId: 'shop-1',
    });
    expect(fakes.executions.started).toHaveLength(1);
    expect(await fakes.kinds()).toEqual(['requested', 'runClaimed']);
  });

  it('by two at once is one release', async () => {
    const fakes = await openFakes();
    const answers = await Promise.all([start(fakes), start(fakes, { by: 'bob' })]);
    expect(answers).toEqual(
      expect.arrayContaining([
        { kind: 'started', releaseId: 'shop-1' },
        { kind: 'alreadyRequested', releaseId: 'shop-1' },
      ]),
    );
    expect(fakes.executions.started).toHaveLength(1);
  });

  it('is told `started` although the other one was quicker to claim its run: one of two hears that', async () => {
    // Prepare: between ann's request and her claim bob asks for the same
    const fakes = await openFakes();
    const { append } = fakes.ledger;
    let bob: unknown;
    fakes.ledger.append = async (workload, after, line) => {
      const state = await append.call(fakes.ledger, workload, after, line);
      if (line.fact.kind === 'requested') bob = await start(fakes, { by: 'bob' });
      return state;
    };
    // Act
    const ann = await start(fakes);
    // Assess
    expect([ann, bob]).toEqual([
      { kind: 'started', releaseId: 'shop-1' },
      { kind: 'alreadyRequested', releaseId: 'shop-1' },
    ]);
    expect(fakes.executions.started).toHaveLength(1);
  });

  it('is told that it waits although somebody has dropped it in the very moment', async () => {
    const fakes = await openFakes({ onNewImage: 'replace' });
    await fakes.admitted();
    const { append } = fakes.ledger;
    fakes.ledger.append = async (workload, after, line) => {
      const state = await append.call(fakes.ledger, workload, after, line);
      if (line.fact.kind === 'requested') await fakes.run('abort', { releaseId: 'shop-2', by: 'bob', because: 'no' });
      return state;
    };
    expect(await start(fakes, { image: 'v3' })).toEqual({ kind: 'waiting', releaseId: 'shop-2' });
    expect((await fakes.ledger.read('shop')).releases).toBe(2);
  });

  it.each<[string, Line[]]>([
    ['before its execution was claimed', [[0, requested()]]],
    [
      'between the claim and the execution',
      [
        [0, requested()],
        [0, { kind: 'runClaimed', run: 1 }],
      ],
    ],
  ])('again starts what somebody left who died %s', async (_, ledgerLines) => {
    const fakes = await openFakes();
    await fakes.tell(...ledgerLines);
    expect(await start(fakes)).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    expect(fakes.executions.started).toMatchObject([{ name: 'shop-1-1', status: 'RUNNING' }]);
    expect(await fakes.kinds()).toEqual(['requested', 'runClaimed']);
  });

  it('again leaves alone what has begun, and an execution that has ended', async () => {
    const begun = await openFakes();
    await begun.admitted([5, { kind: 'runClaimed', run: 2 }]);
    await start(begun);
    expect(begun.executions.started.map(execution => execution.name)).toEqual(['shop-1-1']);
    const ended = await openFakes();
    await start(ended);
    ended.executions.end('release', 'shop-1-1', 'FAILED');
    expect(await start(ended)).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    expect(ended.lines).toContainEqual(expect.objectContaining({ level: 'warn', release: 'shop-1' }));
  });

  it('by a plan of its own is refused by this operation: that is a right of its own', async () => {
    const fakes = await openFakes();
    await expect(start(fakes, { plan: { file: 'plan.yaml', text: planText() } })).rejects.toMatchObject(
      named('RefusedError', /^a plan of its own .* start-with-plan/),
    );
    expect(await fakes.kinds()).toEqual([]);
  });

  it('by the other operation runs the plan that is given', async () => {
    const fakes = await openFakes();
    await startWithPlan(fakes, { plan: { file: 'plan.yaml', text: planText() } });
    expect((await fakes.ledger.read('shop')).active?.plan).toMatchObject({
      deadlineSeconds: 3_600,
      metrics: [{ judge: { kind: 'relative' } }],
    });
  });
});

describe('starting an image of another registry', () => {
  const GHCR = { name: 'acme/shop', registry: 'ghcr.io' };
  const digest = imageOf('2').digest;
  async function openWith(found: object) {
    const fakes = await openFakes();
    await fakes.workloads.register({
      workload: { ...shop, repositories: [...shop.repositories, GHCR] },
      plan: planOf(),
    });
    const { resolve } = fakes.images;
    fakes.images.resolve = async (repository, reference) =>
      repository.registry === undefined
        ? resolve(repository, reference)
        : {
            uri: `ghcr.io/acme/shop@${reference}`,
            digest: reference,
            pushedAtEpochMs: fakes.clock.now(),
            parts: [],
            ...found,
          };
    return fakes;
  }

  it('releases the digest that was given, and says in the answer and in the ledger that nobody verified it', async () => {
    const unverified = 'ghcr.io wants credentials, and the workload names none';
    const fakes = await openWith({ unverified });
    expect(await start(fakes, { image: `ghcr.io/acme/shop@${digest}` })).toEqual({
      kind: 'started',
      releaseId: 'shop-1',
      unverified,
    });
    const { active } = await fakes.ledger.read('shop');
    expect(active?.images).toEqual({
      app: {
        repository: 'ghcr.io/acme/shop',
        reference: digest,
        digest,
        uri: `ghcr.io/acme/shop@${digest}`,
        pushedAtEpochMs: fakes.clock.now(),
        unverified,
      },
    });
  });

  it('twice is one release, although its push time is that of the call', async () => {
    const fakes = await openWith({});
    const image = `ghcr.io/acme/shop@${digest}`;
    await start(fakes, { image });
    fakes.wait(30);
    expect(await start(fakes, { image })).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-1' });
    expect(await fakes.kinds()).toEqual(['requested', 'runClaimed']);
  });
});

describe('starting during a release', () => {
  const third = { kind: 'waiting', releaseId: 'shop-2' };

  it('waits by default, and nothing else happens', async () => {
    const fakes = await openFakes();
    await fakes.admitted();
    expect(await start(fakes, { image: 'v3' })).toEqual(third);
    expect((await fakes.ledger.read('shop')).active).toMatchObject({ releaseId: 'shop-1' });
    expect(fakes.executions.started).toHaveLength(1);
    expect(await start(fakes, { image: 'v3' })).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-2' });
    expect(fakes.executions.started).toHaveLength(1);
  });

  it('of a newer image replaces the one that waits', async () => {
    const fakes = await openFakes();
    await fakes.admitted();
    await start(fakes, { image: 'v3' });
    expect(await start(fakes, { image: 'v4' })).toEqual({ kind: 'waiting', releaseId: 'shop-3' });
    const { waiting, ended } = await fakes.ledger.read('shop');
    expect(waiting?.releaseId).toBe('shop-3');
    expect(ended).toMatchObject([{ releaseId: 'shop-2', outcome: 'superseded' }]);
  });

  it('takes the one on its way back where the plan says replace', async () => {
    const fakes = await openFakes({ onNewImage: 'replace' });
    await fakes.admitted();
    expect(await start(fakes, { image: 'v3' })).toEqual(third);
    const { active } = await fakes.ledger.read('shop');
    expect(active?.rollBack).toMatchObject({ attempt: 1, reason: 'aborted', because: 'replaced by shop-2' });
    expect(fakes.executions.started.map(execution => execution.name)).toEqual(['shop-1-1', 'rb-shop-1-1']);
  });

  it('replaces it although the first who asked died before that', async () => {
    const fakes = await openFakes({ onNewImage: 'replace' });
    await fakes.admitted([5, requested({ images: { app: imageOf('3') } }), { releaseId: 'shop-2' }]);
    expect(await start(fakes, { image: 'v3' })).toEqual({ kind: 'alreadyRequested', releaseId: 'shop-2' });
    expect((await fakes.ledger.read('shop')).active?.rollBack?.because).toBe('replaced by shop-2');
  });

  it('does not replace what is promoted already: it waits for its end', async () => {
    const fakes = await openFakes({ onNewImage: 'replace' });
    await fakes.admitted([5, { kind: 'retiring' }]);
    expect(await start(fakes, { image: 'v3' })).toEqual(third);
    expect((await fakes.ledger.read('shop')).active?.rollBack).toBeUndefined();
  });

  it('is refused where the plan says reject', async () => {
    const fakes = await openFakes({ onNewImage: 'reject' });
    await fakes.admitted();
    await expect(start(fakes, { image: 'v3' })).rejects.toMatchObject(
      named('RefusedError', /^shop-1 is in progress, and the plan says onNewImage: reject$/),
    );
    expect((await fakes.ledger.read('shop')).waiting).toBeUndefined();
  });

  it('of an image that an undo brings back just now is a release of its own', async () => {
    const fakes = await openFakes();
    await fakes.tell([0, requested({ undoOf: 'shop-0' })], [0, { kind: 'runClaimed', run: 1 }]);
    expect(await start(fakes)).toEqual(third);
  });

  it('of an image that goes back just now is a release of its own', async () => {
    const fakes = await openFakes();
    await fakes.admitted([5, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }]);
    expect(await start(fakes)).toEqual(third);
  });
});

describe('what cannot be started', () => {
  it.each<[string, object, string, RegExp]>([
    [
      'a workload that is not there',
      { workload: 'shp' },
      'WorkloadNotFoundError',
      /^there is no workload "shp"; known: shop$/,
    ],
    ['a tag that is not there', { image: 'v9' }, 'ImageNotFoundError', /v9/],
    ['a plan with mistakes', { plan: { file: 'p.yaml', text: planText('bakes: 1\n') } }, 'RefusedError', /bakes/],
    [
      'the plan of another workload',
      { plan: { file: 'p.yaml', text: planText().replace('workload: shop', 'workload: api') } },
      'RefusedError',
      /^p.yaml:3:11: workload: found 'api'; expected 'shop'/,
    ],
    ['an operation with another key', { imgae: 'v2' }, 'BadInputError', /imgae/],
  ])('%s', async (_, more, name, message) => {
    const fakes = await openFakes();
    const asked = 'plan' in more ? startWithPlan(fakes, more) : start(fakes, more);
    await expect(asked).rejects.toMatchObject(named(name, message));
    expect(await fakes.kinds()).toEqual([]);
    expect(fakes.executions.started).toEqual([]);
  });
});
