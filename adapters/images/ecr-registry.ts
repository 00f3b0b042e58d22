import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  ImageNotFoundException,
  InvalidParameterException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import * as z from 'zod';
import { awsClientConfig, CALL_DEADLINE_MS, describeFailure, type Env } from '../aws-client-config.ts';
import { isDenied, sharedTagHint } from '../denied.ts';
import {
  ImageNotFoundError,
  type ImageRegistry,
  ImageRegistryUnreachableError,
  type ResolvedImage,
  type TaggedImage,
  TooManyImagesError,
} from './image-registry.ts';
import { notFoundSentence } from './not-found-sentence.ts';

/** The most that one DescribeImages answers, so that the newest tags are known from one call or not at all. */
const MOST_RESULTS = 1000;
/** Pages of one look. ECR sorts by nothing, so that the newest image may be on any page. */
const MOST_PAGES = 20;
/** The most that one BatchGetImage takes. */
const MOST_IDS = 100;

/** Images by tag or digest, as ECR knows them at this moment. */
export function ecrRegistry(client: ECRClient): ImageRegistry {
  async function uriOf(repositoryName: string, abortSignal: AbortSignal): Promise<string> {
    const command = new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] });
    const { repositories = [] } = await client.send(command, { abortSignal });
    const uri = repositories[0]?.repositoryUri;
    if (uri === undefined) throw new ImageRegistryUnreachableError(`ECR gave no address of ${repositoryName}`);
    return uri;
  }

  async function detailsOf(repositoryName: string, reference: string, abortSignal: AbortSignal) {
    const imageId = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
    const command = new DescribeImagesCommand({ repositoryName, imageIds: [imageId] });
    const { imageDetails = [] } = await client.send(command, { abortSignal });
    const { imageDigest, imagePushedAt } = imageDetails[0] ?? {};
    if (imageDigest === undefined || imagePushedAt === undefined)
      throw new ImageRegistryUnreachableError(`ECR gave no digest or no push time of ${repositoryName} ${reference}`);
    return { digest: imageDigest, pushedAtEpochMs: imagePushedAt.getTime() };
  }

  async function pageOfTagged(repositoryName: string, abortSignal: AbortSignal, nextToken?: string) {
    const command = new DescribeImagesCommand({
      repositoryName,
      filter: { tagStatus: 'TAGGED' },
      maxResults: MOST_RESULTS,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    return client.send(command, { abortSignal });
  }

  /** For the sentence only: undefined where one call does not know them. */
  async function tagsOf(repositoryName: string, abortSignal: AbortSignal) {
    const { imageDetails = [], nextToken } = await pageOfTagged(repositoryName, abortSignal);
    if (nextToken !== undefined) return undefined;
    return imageDetails.flatMap(({ imageTags = [], imagePushedAt }) =>
      imageTags.map(tag => ({ tag, pushedAtEpochMs: imagePushedAt?.getTime() ?? 0 })),
    );
  }

  async function tagged(repository: string, abortSignal: AbortSignal): Promise<TaggedImage[]> {
    const images: TaggedImage[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      if (pages === MOST_PAGES) throw new TooManyImagesError(tooMany(repository));
      pages += 1;
      const page = await pageOfTagged(repository, abortSignal, next);
      for (const { imageDigest, imageTags = [], imagePushedAt, artifactMediaType } of page.imageDetails ?? []) {
        if (imageDigest === undefined || imagePushedAt === undefined || !canRun(artifactMediaType)) continue;
        images.push({ digest: imageDigest, tags: imageTags, pushedAtEpochMs: imagePushedAt.getTime() });
      }
      next = page.nextToken;
    } while (next !== undefined);
    return images;
  }

  async function resolve(repository: string, reference: string, abortSignal: AbortSignal): Promise<ResolvedImage> {
    try {
      const [uri, details] = await Promise.all([
        uriOf(repository, abortSignal),
        detailsOf(repository, reference, abortSignal),
      ]);
      return { uri: `${uri}@${details.digest}`, ...details };
    } catch (error) {
      if (error instanceof RepositoryNotFoundException)
        throw new ImageNotFoundError(`there is no repository ${repository}`, { cause: error });
      if (error instanceof InvalidParameterException)
        throw new ImageNotFoundError(`${reference} is neither a tag nor a digest in ${repository}`, { cause: error });
      if (!(error instanceof ImageNotFoundException)) throw error;
      const tags = await tagsOf(repository, abortSignal);
      throw new ImageNotFoundError(notFoundSentence(repository, reference, tags), { cause: error });
    }
  }

  async function partsOf(repositoryName: string, digests: readonly string[]): Promise<string[]> {
    if (digests.length === 0) return [];
    const command = new BatchGetImageCommand({
      repositoryName,
      imageIds: digests.slice(0, MOST_IDS).map(imageDigest => ({ imageDigest })),
    });
    const { images = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(CALL_DEADLINE_MS) });
    return [...new Set(images.flatMap(({ imageManifest }) => partsIn(imageManifest)))];
  }

  return {
    async readParts(repository, digests) {
      try {
        return await partsOf(repository, digests);
      } catch (error) {
        if (error instanceof RepositoryNotFoundException)
          throw new ImageNotFoundError(`there is no repository ${repository}`, { cause: error });
        throw asSeamError(error, isDenied(error) ? sharedTagHint(`repository ${repository}`) : '');
      }
    },

    async resolve(repository, reference) {
      try {
        return await resolve(repository, reference, AbortSignal.timeout(CALL_DEADLINE_MS));
      } catch (error) {
        throw asSeamError(error);
      }
    },

    async listTagged(repository) {
      try {
        return await tagged(repository, AbortSignal.timeout(CALL_DEADLINE_MS));
      } catch (error) {
        if (error instanceof RepositoryNotFoundException)
          throw new ImageNotFoundError(`there is no repository ${repository}`, { cause: error });
        throw asSeamError(error);
      }
    },
  };
}

/** An index, of OCI's shape or Docker's; the manifest of a single image has no `manifests`. */
const indexSchema = z.looseObject({ manifests: z.array(z.looseObject({ digest: z.string() })).optional() });

function partsIn(manifest = '{}'): string[] {
  const { manifests = [] } = indexSchema.parse(JSON.parse(manifest));
  return manifests.map(({ digest }) => digest);
}

const tooMany = (repository: string): string =>
  `${repository} has more than ${MOST_PAGES * MOST_RESULTS} images with a tag; a lifecycle policy of the repository can expire old ones`;

function asSeamError(error: unknown, hint = ''): Error {
  if (error instanceof ImageNotFoundError || error instanceof ImageRegistryUnreachableError) return error;
  if (error instanceof TooManyImagesError) return error;
  return new ImageRegistryUnreachableError(`ECR did not answer: ${describeFailure(error)}${hint}`, { cause: error });
}
/**
 * The media types of what a container can be made of; a registry also keeps charts, signatures and lists of parts. An index
 * of several platforms has none, and neither has what an older client pushed.
 */
const IMAGE_CONFIGS = [
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** @param artifactMediaType as ECR says it, in its answers and its events; empty or absent: not known */
export const canRun = (artifactMediaType: string | undefined): boolean =>
  artifactMediaType === undefined || artifactMediaType === '' || IMAGE_CONFIGS.includes(artifactMediaType);

export const openEcrRegistry = (env: Env): ImageRegistry => ecrRegistry(new ECRClient(awsClientConfig(env, 'ECR')));
