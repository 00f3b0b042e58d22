import { describe, expect, it } from 'vitest';
import {
  approval,
  at,
  imageOf,
  type Line,
  planOf,
  readied,
  requested,
  shifted,
  shop,
  weight,
} from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { attemptEnded, goingBack, scheduled, stopped } from './handler-cases.ts';

const reconcile = (fakes: Fakes) => fakes.run('reconcile', scheduled);
const started = (fakes: Fakes) => fakes.executions.started.map(({ name, status }) => `${name} ${status}`);
const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const claimed: Line = [0, { kind: 'runClaimed', run: 1 }];

describe('the reconciler', () => {
  it('does nothing where nothing is wrong, at rest and during a release', async () => {
    const resting = await openFakes();
    expect(await reconcile(resting)).toEqual([]);
    const fakes = await openFakes();
    await fakes.admitted(...at10);
    fakes.wait(300);
    const untouched = await fakes.everything();
    expect(await reconcile(fakes)).toEqual([]);
    expect(await fakes.everything()).toEqual(untouched);
  });

  it.each<[string, Line[]]>([
    ['that was requested and never claimed', [[0, requested()]]],
    ['whose first run was claimed and never started', [[0, requested()], claimed]],
    [
      'that waited, and became the active one when its predecessor was closed by a process that then died',
      [
        [0, requested({ images: { app: imageOf('1') } }), { releaseId: 'shop-1' }],
        [1, requested(), { releaseId: 'shop-2' }],
        [2, { kind: 'closed', outcome: 'rejected', because: 'no' }, { releaseId: 'shop-1' }],
      ],
    ],
  ])('starts a release %s, once', async (_, ledgerLines) => {
    const fakes = await openFakes();
    await fakes.tell(...ledgerLines);
    const releaseId = (await fakes.ledger.read('shop')).active?.releaseId;
    expect(await reconcile(fakes)).toEqual([{ workload: 'shop', release: { kind: 'goesOn', run: 1 } }]);
    expect(await reconcile(fakes)).toEqual([]);
    expect(started(fakes)).toEqual([`${releaseId}-1 RUNNING`]);
  });

  it('starts the next run that was claimed and never started', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...at10, [24, { kind: 'runClaimed', run: 2 }]);
    expect(await reconcile(fakes)).toEqual([{ workload: 'shop', release: { kind: 'goesOn', run: 2 } }]);
  });

  it('sends back a release whose execution is gone, although no event said so', async () => {
    const fakes = await stopped();
    expect(await reconcile(fakes)).toEqual([{ workload: 'shop', release: { kind: 'goesBack', attempt: 1 } }]);
    expect((await fakes.ledger.read('shop')).active?.rollBack).toMatchObject({ reason: 'fault' });
  });

  it('tries a roll back again that nobody executes, for ever, and calls a person once after the second', async () => {
    const unstarted = await goingBack();
    await reconcile(unstarted);
    expect(started(unstarted)).toEqual(['shop-1-1 RUNNING', 'rb-shop-1-1 RUNNING']);
    const fakes = await attemptEnded(1);
    for (const attempt of [2, 3, 4]) {
      expect(await reconcile(fakes)).toEqual([{ workload: 'shop', release: { kind: 'goesBack', attempt } }]);
      expect(fakes.notifier.notices).toHaveLength(attempt < 3 ? 0 : 1);
      fakes.executions.end('rollBack', `rb-shop-1-${attempt}`, 'FAILED');
    }
  });

  it('leaves a release alone that was closed while it looked', async () => {
    const fakes = await attemptEnded(2);
    const { describe: ask } = fakes.executions;
    fakes.executions.describe = async (machine, name) => {
      fakes.executions.describe = ask;
      await fakes.tell([200, { kind: 'closed', outcome: 'rolledBack', because: 'errors' }]);
      return ask(machine, name);
    };
    await reconcile(fakes);
    expect(fakes.notifier.notices).toEqual([]);
    expect((await fakes.ledger.read('shop')).active).toBeUndefined();
  });

  it('takes back the release that a waiting one replaces, where nobody did', async () => {
    const fakes = await openFakes({ onNewImage: 'replace' });
    const plan = planOf({ onNewImage: 'replace' });
    await fakes.admitted([5, requested({ images: { app: imageOf('3') }, plan }), { releaseId: 'shop-2' }]);
    await reconcile(fakes);
    expect((await fakes.ledger.read('shop')).active?.rollBack?.because).toBe('replaced by shop-2');
  });

  it('does for the other workloads what it cannot do for one, and then says for which it could not', async () => {
    const fakes = await stopped();
    await fakes.workloads.register({ workload: { ...shop, name: 'api' }, plan: planOf({ workload: 'api' }) });
    const { read } = fakes.ledger;
    fakes.ledger.read = async name => {
      if (name === 'api') throw new Error('the log of api is broken');
      return read.call(fakes.ledger, name);
    };
    await expect(reconcile(fakes)).rejects.toMatchObject(
      named('PartlyFailedError', /^api: Error: the log of api is broken$/),
    );
    expect(started(fakes)).toEqual(['shop-1-1 FAILED', 'rb-shop-1-1 RUNNING']);
  });
});

describe('a deadline that has passed', () => {
  // admissionOf: two hours after NOON
  it('takes back a release that nothing else has ended, a minute later', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...at10);
    fakes.wait(7_200 + 59);
    expect(await reconcile(fakes)).not.toMatchObject([{ release: {} }]);
    fakes.wait(7_200 + 60);
    expect(await reconcile(fakes)).toMatchObject([{ workload: 'shop', release: { kind: 'goesBack', attempt: 1 } }]);
    expect((await fakes.ledger.read('shop')).active?.rollBack).toMatchObject({ reason: 'deadline' });
  });

  it('does not count the time in which people think', async () => {
    const fakes = await openFakes({ steps: [weight(10), approval({ withinSeconds: 14_400 }), weight(100)] });
    await fakes.admitted(...at10, [25, { kind: 'approvalOpened', name: 'go-live' }]);
    fakes.wait(10_000);
    await reconcile(fakes);
    expect(await fakes.kinds()).not.toContain('rollBackClaimed');
  });

  it('is none past the point of no return, and none of a release that goes back', async () => {
    const promoted = await openFakes();
    await promoted.admitted(...at10, [25, { kind: 'retiring' }]);
    const back = await goingBack();
    await back.executions.start('rollBack', 'rb-shop-1-1', {});
    for (const fakes of [promoted, back]) {
      const before = fakes.executions.started.length;
      fakes.wait(100_000);
      await reconcile(fakes);
      expect(fakes.executions.started).toHaveLength(before);
    }
  });
});

describe('a push that no event announced', () => {
  /** Registered at NOON: what is there from before was not pushed to be released. */
  async function registered(...ledgerLines: Line[]) {
    const fakes = await openFakes();
    await fakes.tell(...ledgerLines);
    fakes.wait(1_000);
    return fakes;
  }
  const push = (fakes: Fakes, tag: string | undefined, digit: string, seconds: number) =>
    fakes.images.push({
      repository: 'shop',
      ...(tag === undefined ? {} : { tag }),
      digest: imageOf(digit).digest,
      atEpochMs: at(seconds),
    });
  const over = (seconds: number, outcome: 'rolledBack' | 'rejected' = 'rolledBack'): Line[] => [
    [1, requested()],
    [2, { kind: 'runClaimed', run: 1 }],
    [seconds, { kind: 'closed', outcome, because: 'errors' }],
  ];

  it('is found, and only the newest of several is released', async () => {
    const fakes = await registered();
    push(fakes, 'v6', '6', 20);
    push(fakes, 'v5', '5', 10);
    expect(await reconcile(fakes)).toEqual([
      { workload: 'shop', push: { workload: 'shop', kind: 'started', releaseId: 'shop-1' } },
    ]);
    expect((await fakes.ledger.read('shop')).active).toMatchObject({
      requestedBy: 'reconcile',
      images: { app: { digest: imageOf('6').digest, reference: 'v6', pushedAtEpochMs: at(20) } },
    });
    expect(await reconcile(fakes)).toEqual([]);
  });

  it('is none that is older than the workload, nor of a workload of which we know nothing', async () => {
    expect(await reconcile(await registered())).toEqual([]);
    const unknown = await openFakes();
    await unknown.workloads.register({ workload: shop, plan: planOf() });
    push(unknown, 'v5', '5', 10);
    unknown.wait(1_000);
    expect(await reconcile(unknown)).toEqual([]);
  });

  it('is given two minutes for its event to come', async () => {
    const fakes = await registered();
    push(fakes, 'v5', '5', 881);
    expect(await reconcile(fakes)).toEqual([]);
    fakes.wait(1_001);
    expect(await reconcile(fakes)).toMatchObject([{ push: { kind: 'started' } }]);
  });

  it('is none that was tried and taken back, until it is pushed again', async () => {
    const fakes = await registered(...over(50));
    push(fakes, 'v2', '2', 1);
    expect(await reconcile(fakes)).toEqual([]);
    push(fakes, 'v2', '2', 60);
    fakes.wait(1_300); // its next turn
    expect(await reconcile(fakes)).toMatchObject([{ push: { kind: 'started', releaseId: 'shop-2' } }]);
  });

  it('has a tag that matches: children of an index and other tags start nothing', async () => {
    const fakes = await registered();
    await fakes.workloads.register({
      workload: { ...shop, repositories: [{ name: 'shop', tags: 'v*' }] },
      plan: planOf(),
      registeredAtEpochMs: at(0),
    });
    push(fakes, undefined, '5', 20);
    push(fakes, 'nightly', '6', 30);
    expect(await reconcile(fakes)).toEqual([]);
  });

  it('waits its turn during a release', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...at10);
    push(fakes, 'v5', '5', 30);
    fakes.wait(1_000);
    expect(await reconcile(fakes)).toMatchObject([{ push: { kind: 'waiting', releaseId: 'shop-2' } }]);
    expect(await reconcile(fakes)).toEqual([]);
  });

  it('is looked for where a repository is not there, or the registry does not answer, without harm', async () => {
    const fakes = await registered();
    await fakes.workloads.register({
      workload: { ...shop, repositories: [{ name: 'gone', tags: '*' }] },
      plan: planOf(),
      registeredAtEpochMs: at(0),
    });
    expect(await reconcile(fakes)).toEqual([]);
    fakes.images.breakWith('throttled');
    fakes.wait(1_300);
    await expect(reconcile(fakes)).rejects.toMatchObject(named('PartlyFailedError', /ImageRegistryUnreachableError/));
  });
});
