import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { afterEach, describe, expect, it } from 'vitest';
import { canRun, ecrRegistry } from '../../../adapters/images/ecr-registry.ts';
import { ecrEndpoint } from '../../../lab/aws/ecr-endpoint.ts';
import { labClientConfig, openWireServer } from '../../../lab/aws/wire-server.ts';
import { digest, keepsImageRegistryContract, NOON } from './image-registry.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

async function openEcr() {
  const ecr = ecrEndpoint();
  const server = await openWireServer({ endpoints: [ecr] });
  const client = new ECRClient(labClientConfig(server.url));
  closers.push(async () => {
    client.destroy();
    await server.close();
  });
  return { ecr, server, client, registry: ecrRegistry(() => client), push: ecr.push };
}

describe('ECR', () => {
  keepsImageRegistryContract(async () => {
    const opened = await openEcr();
    return { ...opened, breakDown: () => opened.server.faults.drop('DescribeImages', Number.POSITIVE_INFINITY) };
  });

  it('gives the address that a container is set to', async () => {
    const { registry, ecr, push } = await openEcr();
    push({ repository: 'shop/checkout', tag: 'v1', digest: digest('a'), atEpochMs: NOON });
    const { uri } = await registry.resolve({ name: 'shop/checkout' }, 'v1');
    expect(uri).toBe(`${ecr.repositoryUri('shop/checkout')}@${digest('a')}`);
  });

  it('of another account and region is asked there, by its account, and only for images', async () => {
    // Prepare
    const regions: (string | undefined)[] = [];
    const calls: { name: string; input: object }[] = [];
    const registry = ecrRegistry(region => {
      regions.push(region);
      const send = async (command: { constructor: { name: string }; input: object }) => {
        calls.push({ name: command.constructor.name, input: command.input });
        return { imageDetails: [{ imageDigest: digest('a'), imageTags: ['v1'], imagePushedAt: new Date(NOON) }] };
      };
      return { send } as unknown as ECRClient;
    });
    const other = { name: 'shop/checkout', registry: '222222222222.dkr.ecr.eu-central-1.amazonaws.com' };
    // Act
    const found = await registry.resolve(other, digest('a'));
    await registry.listTagged(other);
    await registry.readParts(other, [digest('a')]);
    // Assess
    expect(found.uri).toBe(`222222222222.dkr.ecr.eu-central-1.amazonaws.com/shop/checkout@${digest('a')}`);
    expect(new Set(regions)).toEqual(new Set(['eu-central-1']));
    expect(calls.map(({ name }) => name)).toEqual([
      'DescribeImagesCommand',
      'DescribeImagesCommand',
      'BatchGetImageCommand',
    ]);
    for (const { input } of calls) {
      expect(input).toMatchObject({ registryId: '222222222222', repositoryName: 'shop/checkout' });
    }
  });

  it('of another account says what lets it be read, where it may not be', async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    const registry = ecrRegistry(() => ({ send: async () => Promise.reject(denied) }) as unknown as ECRClient);
    const registryOf = '222222222222.dkr.ecr.eu-central-1.amazonaws.com';
    await expect(registry.resolve({ name: 'checkout', registry: registryOf }, digest('a'))).rejects.toThrow(
      /the policy of repository 222222222222\.dkr\.ecr\.eu-central-1\.amazonaws\.com\/checkout has to let the control plane's account read it, and registryAccounts/,
    );
  });

  it.each(['v 1', 'sha256:abc', '-v1'])('says of %s that it is neither a tag nor a digest', async reference => {
    const { registry, push } = await openEcr();
    push({ repository: 'checkout', tag: 'v1', digest: digest('a'), atEpochMs: NOON });
    await expect(registry.resolve({ name: 'checkout' }, reference)).rejects.toMatchObject({
      name: 'ImageNotFoundError',
      message: `${reference} is neither a tag nor a digest in checkout`,
    });
  });

  it('names no tags where there are more than one call shows: the newest could be among the others', async () => {
    const { registry, push } = await openEcr();
    for (let index = 0; index < 1001; index += 1)
      push({
        repository: 'checkout',
        tag: `v${index}`,
        digest: `sha256:${String(index).padStart(64, '0')}`,
        atEpochMs: NOON,
      });
    await expect(registry.resolve({ name: 'checkout' }, 'nightly')).rejects.toThrow(
      'there is no image nightly in checkout',
    );
    await expect(registry.resolve({ name: 'checkout' }, 'nightly')).rejects.not.toThrow(/newest/);
  });

  it('names the tags however many images without a tag there are', async () => {
    const { registry, push } = await openEcr();
    for (let index = 0; index < 1001; index += 1)
      push({ repository: 'checkout', digest: `sha256:${String(index).padStart(64, '0')}`, atEpochMs: NOON });
    push({ repository: 'checkout', tag: 'v1', digest: digest('a'), atEpochMs: NOON });
    await expect(registry.resolve({ name: 'checkout' }, 'v9')).rejects.toThrow(
      'there is no image v9 in checkout; its newest tags are v1',
    );
  });

  it('lists images page by page', async () => {
    const { registry, push } = await openEcr();
    const digestOf = (index: number) => `sha256:${String(index).padStart(64, '0')}`;
    for (let index = 0; index < 1001; index += 1)
      push({ repository: 'checkout', tag: `v${index}`, digest: digestOf(index), atEpochMs: NOON + index * 1_000 });
    const images = await registry.listTagged({ name: 'checkout' });
    expect(images).toHaveLength(1001);
    expect(images.at(-1)).toEqual({ digest: digestOf(1000), tags: ['v1000'], pushedAtEpochMs: NOON + 1_000_000 });
  });

  it('looks through twenty pages at most: where there are more, the newest is not known, and that is said', async () => {
    let pages = 0;
    const send = async () => {
      pages += 1;
      return {
        imageDetails: [{ imageDigest: digest('a'), imageTags: ['v1'], imagePushedAt: new Date(NOON) }],
        nextToken: 'on',
      };
    };
    const registry = ecrRegistry(() => ({ send }) as unknown as ECRClient);
    await expect(registry.listTagged({ name: 'checkout' })).rejects.toMatchObject({
      name: 'TooManyImagesError',
      message:
        'checkout has more than 20000 images with a tag; a lifecycle policy of the repository can expire old ones',
    });
    expect(pages).toBe(20);
  });

  it.each([
    ['an image', 'application/vnd.oci.image.config.v1+json', true],
    ['what says nothing of itself', undefined, true],
    ['a chart', 'application/vnd.cncf.helm.config.v1+json', false],
  ])('knows whether %s can run', (_, mediaType, can) => {
    expect(canRun(mediaType)).toBe(can);
  });

  it('is asked again when it throttles once, and named when it throttles on: the image is not missing', async () => {
    const { registry, push, server } = await openEcr();
    push({ repository: 'checkout', tag: 'v1', digest: digest('a'), atEpochMs: NOON });
    server.faults.throttle('DescribeImages', 1);
    expect(await registry.resolve({ name: 'checkout' }, 'v1')).toMatchObject({ digest: digest('a') });
    // just long enough for one call with its three attempts: what comes next would be answered
    server.faults.throttle('DescribeImages', 3);
    await expect(registry.resolve({ name: 'checkout' }, 'v1')).rejects.toMatchObject({
      name: 'ImageRegistryUnreachableError',
      message: expect.stringMatching(/ThrottlingException/),
    });
  });
});

describe("the lab's ECR", () => {
  it('lists images page by page, those with tags or those without', async () => {
    const { client, push } = await openEcr();
    push({ repository: 'checkout', tag: 'v1', digest: digest('a'), atEpochMs: NOON });
    push({ repository: 'checkout', digest: digest('b'), atEpochMs: NOON + 1_000 });
    push({ repository: 'checkout', tag: 'v2', digest: digest('c'), atEpochMs: NOON + 2_000 });
    const list = async (more: { tagStatus?: 'TAGGED' | 'UNTAGGED'; nextToken?: string } = {}) => {
      const { tagStatus, nextToken } = more;
      const input = { repositoryName: 'checkout', maxResults: 2, nextToken, filter: tagStatus && { tagStatus } };
      const page = await client.send(new DescribeImagesCommand(input));
      return { digests: page.imageDetails?.map(({ imageDigest }) => imageDigest), nextToken: page.nextToken };
    };
    const first = await list();
    expect(first.digests).toEqual([digest('a'), digest('b')]);
    expect(await list({ nextToken: first.nextToken ?? '' })).toEqual({ digests: [digest('c')], nextToken: undefined });
    expect((await list({ tagStatus: 'TAGGED' })).digests).toEqual([digest('a'), digest('c')]);
    expect((await list({ tagStatus: 'UNTAGGED' })).digests).toEqual([digest('b')]);
  });

  it('keeps the image that lost its tag', async () => {
    const { client, push } = await openEcr();
    push({ repository: 'checkout', tag: 'latest', digest: digest('a'), atEpochMs: NOON });
    push({ repository: 'checkout', tag: 'latest', digest: digest('b'), atEpochMs: NOON + 1_000 });
    const command = new DescribeImagesCommand({
      repositoryName: 'checkout',
      imageIds: [{ imageDigest: digest('a') }, { imageTag: 'latest' }],
    });
    const { imageDetails } = await client.send(command);
    expect(imageDetails?.map(({ imageDigest, imageTags }) => ({ imageDigest, imageTags }))).toEqual([
      { imageDigest: digest('a'), imageTags: undefined },
      { imageDigest: digest('b'), imageTags: ['latest'] },
    ]);
  });
});
