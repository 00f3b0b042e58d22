import { expect, it } from 'vitest';
import type { ImageRegistry } from '../../../adapters/images/image-registry.ts';

export const NOON = Date.UTC(2026, 10, 21, 12);
export const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

export interface OpenRegistry {
  registry: ImageRegistry;
  push(push: { repository: string; tag?: string; digest: string; atEpochMs: number; parts?: string[] }): void;
  breakDown(): void;
}

/** Every image registry keeps this. */
export const keepsImageRegistryContract = (open: () => Promise<OpenRegistry>) => {
  const push = (tag: string, digit: string, atEpochMs: number) => ({
    repository: 'checkout',
    tag,
    digest: digest(digit),
    atEpochMs,
  });

  it('finds an image by its tag', async () => {
    const { registry, push: onPush } = await open();
    onPush(push('v1', 'a', NOON));
    onPush(push('v2', 'b', NOON + 60_000));
    expect(await registry.resolve({ name: 'checkout' }, 'v1')).toEqual({
      uri: expect.stringMatching(new RegExp(`^[^/@]+/checkout@${digest('a')}$`)),
      digest: digest('a'),
      pushedAtEpochMs: NOON,
    });
  });

  it('finds an image by its digest, tagged or not', async () => {
    const { registry, push: onPush } = await open();
    onPush(push('v1', 'a', NOON));
    onPush({ repository: 'checkout', digest: digest('b'), atEpochMs: NOON + 60_000 });
    expect(await registry.resolve({ name: 'checkout' }, digest('a'))).toMatchObject({ digest: digest('a') });
    expect(await registry.resolve({ name: 'checkout' }, digest('b'))).toMatchObject({
      digest: digest('b'),
      pushedAtEpochMs: NOON + 60_000,
    });
  });

  it('says what the parts of an index are, and that other images have none', async () => {
    const { registry, push: onPush } = await open();
    onPush(push('v1-arm64', 'a', NOON));
    onPush(push('v1-amd64', 'b', NOON));
    onPush({ ...push('v1', 'c', NOON + 1_000), parts: [digest('a'), digest('b')] });
    expect(await registry.readParts({ name: 'checkout' }, [digest('a'), digest('c'), digest('f')])).toEqual([
      digest('a'),
      digest('b'),
    ]);
    expect(await registry.readParts({ name: 'checkout' }, [digest('a')])).toEqual([]);
    expect(await registry.readParts({ name: 'checkout' }, [])).toEqual([]);
    await expect(registry.readParts({ name: 'nowhere' }, [digest('a')])).rejects.toMatchObject({
      name: 'ImageNotFoundError',
    });
  });

  it('finds the newest image of a tag that has moved', async () => {
    const { registry, push: onPush } = await open();
    onPush(push('latest', 'a', NOON));
    onPush(push('latest', 'b', NOON + 60_000));
    expect(await registry.resolve({ name: 'checkout' }, 'latest')).toMatchObject({
      digest: digest('b'),
      pushedAtEpochMs: NOON + 60_000,
    });
  });

  it('says which tags there are when one is not, the five newest', async () => {
    const { registry, push: onPush } = await open();
    // pushed in another order than they are named
    for (const [index, tag] of ['v3', 'v1', 'v2', 'v6', 'v5', 'v4'].entries())
      onPush(push(tag, String(index), NOON + index * 60_000));
    await expect(registry.resolve({ name: 'checkout' }, 'v9')).rejects.toMatchObject({
      name: 'ImageNotFoundError',
      message: 'there is no image v9 in checkout; its newest tags are v4, v5, v6, v2, v1',
    });
  });

  it('says so when a repository has no tags, or is not there', async () => {
    const { registry, push: onPush } = await open();
    onPush({ repository: 'checkout', digest: digest('a'), atEpochMs: NOON });
    await expect(registry.resolve({ name: 'checkout' }, 'v9')).rejects.toMatchObject({
      name: 'ImageNotFoundError',
      message: 'there is no image v9 in checkout; it has no tags at all',
    });
    await expect(registry.resolve({ name: 'basket' }, 'v9')).rejects.toMatchObject({
      name: 'ImageNotFoundError',
      message: 'there is no repository basket',
    });
  });

  it('lists what has a tag, with all its tags and its push time; a tag that moved is where it moved to', async () => {
    const { registry, push: onPush } = await open();
    onPush(push('v1', 'a', NOON));
    onPush(push('latest', 'a', NOON));
    onPush({ repository: 'checkout', digest: digest('b'), atEpochMs: NOON + 30_000 });
    onPush(push('v2', 'c', NOON + 60_000));
    onPush(push('latest', 'c', NOON + 60_000));
    const images = (await registry.listTagged({ name: 'checkout' })).toSorted(
      (a, b) => a.pushedAtEpochMs - b.pushedAtEpochMs,
    );
    expect(images.map(({ tags, ...image }) => ({ ...image, tags: tags.toSorted() }))).toEqual([
      { digest: digest('a'), tags: ['v1'], pushedAtEpochMs: NOON },
      { digest: digest('c'), tags: ['latest', 'v2'], pushedAtEpochMs: NOON + 60_000 },
    ]);
    await expect(registry.listTagged({ name: 'basket' })).rejects.toMatchObject({
      name: 'ImageNotFoundError',
      message: 'there is no repository basket',
    });
  });

  it('throws ImageRegistryUnreachableError when nothing answers: that is no missing image', async () => {
    const { registry, push: onPush, breakDown } = await open();
    onPush(push('v1', 'a', NOON));
    breakDown();
    await expect(registry.resolve({ name: 'checkout' }, 'v1')).rejects.toMatchObject({
      name: 'ImageRegistryUnreachableError',
    });
    await expect(registry.listTagged({ name: 'checkout' })).rejects.toMatchObject({
      name: 'ImageRegistryUnreachableError',
    });
  });
};
