import {
  BatchGetImage$,
  type BatchGetImageRequest,
  type BatchGetImageResponse,
  DescribeImages$,
  type DescribeImagesRequest,
  type DescribeImagesResponse,
  DescribeRepositories$,
  type DescribeRepositoriesRequest,
  type DescribeRepositoriesResponse,
  type ImageIdentifier,
} from '@aws-sdk/client-ecr';
import { AwsError } from './aws-error.ts';
import type { SchemaEndpoint } from './endpoint.ts';

/** Twelve digits, as every account has; the lab's own. */
const REGISTRY_ID = '123456789012';
const MOST_RESULTS = 1000;

export interface Push {
  repository: string;
  /** Absent: an untagged push. A tag that another image has moves to this one. */
  tag?: string;
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string;
  atEpochMs: number;
  /** Of an index: digests of its parts. */
  parts?: string[];
}

export interface EcrEndpoint extends SchemaEndpoint {
  /** Makes the repository where it is not there. */
  push(push: Push): void;
  /** `<registry>/<repository>`, without tag or digest. */
  repositoryUri(repository: string): string;
}

interface Image {
  digest: string;
  tags: Set<string>;
  pushedAtEpochMs: number;
  parts: string[];
}

/**
 * A registry in memory: repositories, tags and digests, but no layers.
 * @param onPush told of every push, as EventBridge is
 */
export function ecrEndpoint(onPush: (push: Push) => void = () => {}): EcrEndpoint {
  const repositories = new Map<string, Map<string, Image>>();
  const repositoryUri = (name: string) => `${REGISTRY_ID}.dkr.ecr.eu-west-1.amazonaws.com/${name}`;

  function imagesOf(repository: string): Map<string, Image> {
    const images = repositories.get(repository);
    if (images !== undefined) return images;
    const message = `The repository with name '${repository}' does not exist in the registry with id '${REGISTRY_ID}'`;
    throw new AwsError('RepositoryNotFoundException', message);
  }

  function find(repository: string, id: ImageIdentifier): Image {
    const found = [...imagesOf(repository).values()].find(
      ({ digest, tags }) =>
        (id.imageDigest === undefined || id.imageDigest === digest) &&
        (id.imageTag === undefined || tags.has(id.imageTag)),
    );
    if (found !== undefined) return found;
    const { imageDigest = 'null', imageTag = 'null' } = id;
    const message = `The image with imageId {imageDigest:'${imageDigest}', imageTag:'${imageTag}'} does not exist within the repository with name '${repository}' in the registry with id '${REGISTRY_ID}'`;
    throw new AwsError('ImageNotFoundException', message);
  }

  async function describeImages(input: DescribeImagesRequest): Promise<DescribeImagesResponse> {
    const { repositoryName = '', imageIds, filter, maxResults = 100, nextToken } = input;
    const all = [...imagesOf(repositoryName).values()];
    const isTagged = ({ tags }: Image) => tags.size > 0;
    const matching =
      imageIds !== undefined
        ? imageIds.map(id => {
            refuseBadId(id);
            return find(repositoryName, id);
          })
        : all.filter(image => {
            if (filter?.tagStatus === 'TAGGED') return isTagged(image);
            return filter?.tagStatus === 'UNTAGGED' ? !isTagged(image) : true;
          });
    if (maxResults < 1 || maxResults > MOST_RESULTS)
      throw invalid(`Invalid parameter at 'maxResults': must be between 1 and ${MOST_RESULTS}`);
    const from = Number(nextToken ?? 0);
    const to = from + maxResults;
    return {
      imageDetails: matching.slice(from, to).map(({ digest, tags, pushedAtEpochMs }) => ({
        registryId: REGISTRY_ID,
        repositoryName,
        imageDigest: digest,
        ...(tags.size > 0 && { imageTags: [...tags] }),
        imagePushedAt: new Date(pushedAtEpochMs),
      })),
      ...(to < matching.length && { nextToken: String(to) }),
    };
  }

  /** Manifests hold what this registry knows: an index's parts, and of a single image nothing. */
  async function batchGetImage({
    repositoryName = '',
    imageIds = [],
  }: BatchGetImageRequest): Promise<BatchGetImageResponse> {
    const known = imagesOf(repositoryName);
    const isThere = ({ imageDigest = '' }: ImageIdentifier) => known.has(imageDigest);
    return {
      images: imageIds.filter(isThere).map(({ imageDigest = '' }) => {
        const parts = known.get(imageDigest)?.parts ?? [];
        const manifest = parts.length === 0 ? {} : { manifests: parts.map(digest => ({ digest })) };
        const imageManifest = JSON.stringify({ schemaVersion: 2, ...manifest });
        return { registryId: REGISTRY_ID, repositoryName, imageId: { imageDigest }, imageManifest };
      }),
      failures: imageIds
        .filter(id => !isThere(id))
        .map(imageId => ({ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' })),
    };
  }

  async function describeRepositories(input: DescribeRepositoriesRequest): Promise<DescribeRepositoriesResponse> {
    const names = input.repositoryNames ?? [...repositories.keys()];
    return {
      repositories: names.map(name => {
        imagesOf(name);
        return { registryId: REGISTRY_ID, repositoryName: name, repositoryUri: repositoryUri(name) };
      }),
    };
  }

  return {
    signingName: 'ecr',
    operations: {
      BatchGetImage: { schema: BatchGetImage$, handle: batchGetImage },
      DescribeImages: { schema: DescribeImages$, handle: describeImages },
      DescribeRepositories: { schema: DescribeRepositories$, handle: describeRepositories },
    },
    repositoryUri,
    push({ repository, tag, digest, atEpochMs, parts = [] }) {
      const images = repositories.get(repository) ?? new Map<string, Image>();
      repositories.set(repository, images);
      if (tag !== undefined) for (const image of images.values()) image.tags.delete(tag);
      const image = images.get(digest) ?? { digest, tags: new Set<string>(), pushedAtEpochMs: atEpochMs, parts };
      image.pushedAtEpochMs = atEpochMs;
      if (tag !== undefined) image.tags.add(tag);
      images.set(digest, image);
      onPush({ repository, ...(tag === undefined ? {} : { tag }), digest, atEpochMs });
    },
  };
}

function refuseBadId({ imageTag, imageDigest }: ImageIdentifier): void {
  if (imageDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(imageDigest))
    throw invalid(`Invalid parameter at 'imageDigest' failed to satisfy constraint: 'Invalid digest'`);
  if (imageTag !== undefined && !/^\w[\w.-]{0,127}$/.test(imageTag))
    throw invalid(`Invalid parameter at 'imageTag' failed to satisfy constraint: 'Invalid tag'`);
}

const invalid = (message: string) => new AwsError('InvalidParameterException', message);
