import { describe, expect, it } from 'vitest';
import { at, imageOf, type Line, planOf, readied, requested, shifted, shop } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { pushed } from './handler-cases.ts';

const announce = (fakes: Fakes, tag: string | undefined, digit: string, more: object = {}) =>
  fakes.run('image-pushed', pushed(tag, digit, more));
const push = (fakes: Fakes, tag: string, digit: string, seconds: number) =>
  fakes.images.push({ repository: 'shop', tag, digest: imageOf(digit).digest, atEpochMs: at(seconds) });
const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const started = { workload: 'shop', kind: 'started', releaseId: 'shop-1' };
const requests = async (fakes: Fakes) => (await fakes.kinds()).filter(kind => kind === 'requested').length;

describe('a push', () => {
  it('starts a release of its digest, with the plan and the workload as they are registered', async () => {
    const fakes = await openFakes();
    expect(await announce(fakes, 'v2', '2')).toEqual([started]);
    const { active } = await fakes.ledger.read('shop');
    expect(active).toMatchObject({ requestedBy: 'push', images: { app: imageOf('2') }, plan: planOf() });
    expect(fakes.executions.started).toMatchObject([{ machine: 'release', name: 'shop-1-1' }]);
  });

  it('announced twice, and two announcements at once, is one release', async () => {
    const fakes = await openFakes();
    await Promise.all([announce(fakes, 'v2', '2'), announce(fakes, 'v2', '2')]);
    expect(await announce(fakes, 'v2', '2')).toMatchObject([{ kind: 'alreadyRequested', releaseId: 'shop-1' }]);
    expect(await requests(fakes)).toBe(1);
    expect(fakes.executions.started).toHaveLength(1);
  });

  it('releases the digest that was announced, wherever its tag points by now', async () => {
    const fakes = await openFakes();
    push(fakes, 'latest', '2', 1);
    push(fakes, 'latest', '3', 2);
    await announce(fakes, 'latest', '2');
    const images = { app: { digest: imageOf('2').digest, reference: 'latest', pushedAtEpochMs: at(1) } };
    expect((await fakes.ledger.read('shop')).active).toMatchObject({ images });
  });

  it.each<[string, () => object]>([
    ['an untagged image', () => pushed(undefined, '2')],
    ['a child of an index, which has no tag', () => pushed('', '2')],
    ['a chart', () => pushed('v2', '2', { 'artifact-media-type': 'application/vnd.cncf.helm.config.v1+json' })],
    ['a signature', () => pushed(`sha256-${'2'.repeat(64)}.sig`, '2')],
    ["another team's repository", () => pushed('v2', '2', { 'repository-name': 'api' })],
    ['an image that could not be pushed', () => pushed('v2', '2', { result: 'FAILURE' })],
    ['an image that is deleted', () => pushed('v2', '2', { 'action-type': 'DELETE' })],
  ])('of %s starts nothing', async (_, event) => {
    const fakes = await openFakes();
    expect(await fakes.run('image-pushed', event())).toEqual([]);
    expect(await fakes.kinds()).toEqual([]);
  });

  it('of an index is released by the digest of the index, its children start nothing', async () => {
    const fakes = await openFakes();
    for (const digit of ['3', '4']) await announce(fakes, undefined, digit);
    await announce(fakes, 'v2', '2', { 'manifest-media-type': 'application/vnd.oci.image.index.v1+json' });
    expect((await fakes.ledger.read('shop')).active).toMatchObject({ images: { app: imageOf('2') } });
    expect(await requests(fakes)).toBe(1);
  });

  it('of another account or region is for the workloads that name that registry, and for no others', async () => {
    // Prepare
    const fakes = await openFakes();
    const registry = '222222222222.dkr.ecr.eu-central-1.amazonaws.com';
    const theirs = { ...shop, name: 'api', repositories: [{ name: 'shop', registry, tags: 'v*' }] };
    await fakes.workloads.register({ workload: theirs, plan: planOf({ workload: 'api' }) });
    fakes.images.push({ repository: `${registry}/shop`, tag: 'v2', digest: imageOf('2').digest, atEpochMs: at(1) });
    const from = (account: string, region: string) =>
      fakes.run('image-pushed', { ...pushed('v2', '2'), account, region });
    // Act, Assess
    expect(await from('333333333333', 'eu-central-1')).toEqual([]);
    expect(await from('222222222222', 'eu-west-1')).toEqual([]);
    expect(await from('222222222222', 'eu-central-1')).toMatchObject([{ workload: 'api', kind: 'started' }]);
    expect((await fakes.ledger.read('api')).active?.images).toMatchObject({
      app: { repository: `${registry}/shop`, uri: `${registry}/shop@${imageOf('2').digest}` },
    });
    expect(await from('123456789012', 'eu-west-1')).toMatchObject([{ workload: 'shop', kind: 'started' }]);
  });

  it('starts nothing where its tag does not match, and where the image is gone by now', async () => {
    const fakes = await openFakes();
    await fakes.workloads.register({
      workload: { ...shop, repositories: [{ name: 'shop', tags: 'v*' }] },
      plan: planOf(),
    });
    expect(await announce(fakes, 'nightly', '2')).toEqual([]);
    expect(await announce(fakes, 'v9', '9')).toMatchObject([
      { kind: 'ignored', because: expect.stringMatching(/is no longer in shop$/) },
    ]);
    expect(await fakes.kinds()).toEqual([]);
  });

  it('of a repository of two workloads is for both; what fails for one does not keep the other from it', async () => {
    const fakes = await openFakes();
    await fakes.workloads.register({ workload: { ...shop, name: 'api' }, plan: planOf({ workload: 'api' }) });
    const { read } = fakes.ledger;
    fakes.ledger.read = async name => {
      if (name === 'api') throw new Error('the log of api is broken');
      return read.call(fakes.ledger, name);
    };
    await expect(announce(fakes, 'v2', '2')).rejects.toMatchObject(
      named('PartlyFailedError', /^api: Error: the log of api is broken$/),
    );
    expect(fakes.executions.started.map(({ name }) => name)).toEqual(['shop-1-1']);
    fakes.ledger.read = read;
    expect(await announce(fakes, 'v2', '2')).toMatchObject([
      { workload: 'api', kind: 'started' },
      { workload: 'shop', kind: 'alreadyRequested' },
    ]);
  });

  it('that cannot be looked up fails, so that it is announced again', async () => {
    const fakes = await openFakes();
    fakes.images.breakWith('throttled');
    await expect(announce(fakes, 'v2', '2')).rejects.toMatchObject(
      named('PartlyFailedError', /^shop: ImageRegistryUnreachableError: /),
    );
  });
});

describe('a second push during a release', () => {
  it('waits with onNewImage: queue', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...at10);
    push(fakes, 'v3', '3', 30);
    expect(await announce(fakes, 'v3', '3')).toMatchObject([{ kind: 'waiting', releaseId: 'shop-2' }]);
    expect(await announce(fakes, 'v3', '3')).toMatchObject([{ kind: 'alreadyRequested', releaseId: 'shop-2' }]);
    expect((await fakes.ledger.read('shop')).active).toMatchObject({ releaseId: 'shop-1' });
  });

  it('takes the first back with onNewImage: replace', async () => {
    const fakes = await openFakes({ onNewImage: 'replace' });
    await fakes.admitted(...at10);
    push(fakes, 'v3', '3', 30);
    expect(await announce(fakes, 'v3', '3')).toMatchObject([{ kind: 'waiting' }]);
    expect((await fakes.ledger.read('shop')).active?.rollBack?.because).toBe('replaced by shop-2');
  });

  it('is refused with onNewImage: reject, which stands in the ledger once and outlives the release', async () => {
    const fakes = await openFakes({ onNewImage: 'reject' });
    await fakes.admitted(...at10);
    push(fakes, 'v3', '3', 30);
    const because = 'shop-1 is in progress, and the plan says onNewImage: reject';
    expect(await announce(fakes, 'v3', '3')).toMatchObject([{ kind: 'refused', releaseId: 'shop-1', because }]);
    expect(await announce(fakes, 'v3', '3')).toMatchObject([{ kind: 'ignored' }]);
    expect((await fakes.facts()).filter(({ kind }) => kind === 'pushRefused')).toEqual([
      { kind: 'pushRefused', image: { ...imageOf('3'), pushedAtEpochMs: at(30) }, because },
    ]);
    await fakes.tell([40, { kind: 'closed', outcome: 'promoted', because: 'live' }]);
    expect(await announce(fakes, 'v3', '3')).toMatchObject([{ kind: 'ignored' }]);
    expect(await fakes.run('start', { workload: 'shop', image: 'v3', by: 'ann' })).toMatchObject({ kind: 'started' });
  });

  it('that is older than what is on its way, or waits, is no newer revision', async () => {
    const fakes = await openFakes();
    await fakes.admitted([
      5,
      requested({ images: { app: { ...imageOf('3'), pushedAtEpochMs: at(4) } } }),
      { releaseId: 'shop-2' },
    ]);
    push(fakes, 'v4', '4', 3);
    expect(await announce(fakes, 'v4', '4')).toMatchObject([{ kind: 'ignored' }]);
    expect((await fakes.ledger.read('shop')).waiting?.releaseId).toBe('shop-2');
  });
});

describe('an image that was taken back', () => {
  const takenBack: Line[] = [[50, { kind: 'closed', outcome: 'rolledBack', reason: 'degraded', because: 'errors' }]];

  it('is not released again by its announcement, but by a person, or when it is pushed again', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...takenBack);
    expect(await announce(fakes, 'v2', '2')).toMatchObject([
      { kind: 'ignored', because: 'shop-1 released it and ended after this push: rolledBack' },
    ]);
    expect(await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' })).toMatchObject({ kind: 'started' });
    await fakes.tell([70, { kind: 'closed', outcome: 'rolledBack', because: 'errors' }, { releaseId: 'shop-2' }]);
    push(fakes, 'v2', '2', 80);
    expect(await announce(fakes, 'v2', '2')).toMatchObject([{ kind: 'started', releaseId: 'shop-3' }]);
  });

  it('is not what a tag that was moved back to the older image asks for: that one is', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...takenBack);
    push(fakes, 'stable', '1', 60);
    expect(await announce(fakes, 'stable', '1')).toMatchObject([{ kind: 'started' }]);
    expect((await fakes.ledger.read('shop')).active).toMatchObject({
      images: { app: { digest: imageOf('1').digest } },
    });
  });
});
