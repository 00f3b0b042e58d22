import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  ImageNotFoundException,
  InvalidParameterException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import { ecrPlaceOf, type Repository, repositoryText } from '../../domain/repository.ts';
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
import { partsIn } from './manifest.ts';
import { notFoundSentence } from './not-found-sentence.ts';

/** The most that one DescribeImages answers, so that the newest tags are known from one call or not at all. */
const MOST_RESULTS = 1000;
/** Pages of one look. ECR sorts by nothing, so that the newest image may be on any page. */
const MOST_PAGES = 20;
/** The most that one BatchGetImage takes. */
const MOST_IDS = 100;

/**
 * Images by tag or digest, as ECR knows them at this moment, of any account and region.
 * @param clientIn the client of a region; of the control plane's own where it is undefined
 */
export function ecrRegistry(clientIn: (region: string | undefined) => ECRClient): ImageRegistry {
  /** The client of its region, and what every call says of it. */
  function at({ name, registry }: Repository) {
    const place = registry === undefined ? undefined : ecrPlaceOf(registry);
    const of = { repositoryName: name, ...(place !== undefined && { registryId: place.account }) };
    return { client: clientIn(place?.region), of };
  }

  async function uriOf(repository: Repository, abortSignal: AbortSignal): Promise<string> {
    // of another account a workload names the address itself, and its repository policy need not allow to ask for it
    if (repository.registry !== undefined) return repositoryText(repository);
    const { client, of } = at(repository);
    const command = new DescribeRepositoriesCommand({ repositoryNames: [of.repositoryName] });
    const { repositories = [] } = await client.send(command, { abortSignal });
    const uri = repositories[0]?.repositoryUri;
    if (uri === undefined) throw new ImageRegistryUnreachableError(`ECR gave no address of ${repository.name}`);
    return uri;
  }

  async function detailsOf(repository: Repository, reference: string, abortSignal: AbortSignal) {
    const { client, of } = at(repository);
    const imageId = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
    const command = new DescribeImagesCommand({ ...of, imageIds: [imageId] });
    const { imageDetails = [] } = await client.send(command, { abortSignal });
    const { imageDigest, imagePushedAt } = imageDetails[0] ?? {};
    if (imageDigest === undefined || imagePushedAt === undefined)
      throw new ImageRegistryUnreachableError(
        `ECR gave no digest or no push time of ${repositoryText(repository)} ${reference}`,
      );
    return { digest: imageDigest, pushedAtEpochMs: imagePushedAt.getTime() };
  }

  async function pageOfTagged(repository: Repository, abortSignal: AbortSignal, nextToken?: string) {
    const { client, of } = at(repository);
    const command = new DescribeImagesCommand({
      ...of,
      filter: { tagStatus: 'TAGGED' },
      maxResults: MOST_RESULTS,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    return client.send(command, { abortSignal });
  }

  /** For the sentence only: undefined where one call does not know them. */
  async function tagsOf(repository: Repository, abortSignal: AbortSignal) {
    const { imageDetails = [], nextToken } = await pageOfTagged(repository, abortSignal);
    if (nextToken !== undefined) return undefined;
    return imageDetails.flatMap(({ imageTags = [], imagePushedAt }) =>
      imageTags.map(tag => ({ tag, pushedAtEpochMs: imagePushedAt?.getTime() ?? 0 })),
    );
  }

  async function tagged(repository: Repository, abortSignal: AbortSignal): Promise<TaggedImage[]> {
    const images: TaggedImage[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      if (pages === MOST_PAGES) throw new TooManyImagesError(tooMany(repositoryText(repository)));
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

  async function resolve(repository: Repository, reference: string, abortSignal: AbortSignal): Promise<ResolvedImage> {
    try {
      const [uri, details] = await Promise.all([
        uriOf(repository, abortSignal),
        detailsOf(repository, reference, abortSignal),
      ]);
      return { uri: `${uri}@${details.digest}`, ...details };
    } catch (error) {
      if (error instanceof RepositoryNotFoundException)
        throw new ImageNotFoundError(`there is no repository ${repositoryText(repository)}`, { cause: error });
      if (error instanceof InvalidParameterException)
        throw new ImageNotFoundError(`${reference} is neither a tag nor a digest in ${repositoryText(repository)}`, {
          cause: error,
        });
      if (!(error instanceof ImageNotFoundException)) throw error;
      const tags = await tagsOf(repository, abortSignal);
      throw new ImageNotFoundError(notFoundSentence(repositoryText(repository), reference, tags), { cause: error });
    }
  }

  async function partsOf(repository: Repository, digests: readonly string[]): Promise<string[]> {
    if (digests.length === 0) return [];
    const { client, of } = at(repository);
    const command = new BatchGetImageCommand({
      ...of,
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
          throw new ImageNotFoundError(`there is no repository ${repositoryText(repository)}`, { cause: error });
        throw asSeamError(error, repository, sharedTagHint);
      }
    },

    async resolve(repository, reference) {
      try {
        return await resolve(repository, reference, AbortSignal.timeout(CALL_DEADLINE_MS));
      } catch (error) {
        throw asSeamError(error, repository);
      }
    },

    async listTagged(repository) {
      try {
        return await tagged(repository, AbortSignal.timeout(CALL_DEADLINE_MS));
      } catch (error) {
        if (error instanceof RepositoryNotFoundException)
          throw new ImageNotFoundError(`there is no repository ${repositoryText(repository)}`, { cause: error });
        throw asSeamError(error, repository);
      }
    },
  };
}

const tooMany = (repository: string): string =>
  `${repository} has more than ${MOST_PAGES * MOST_RESULTS} images with a tag; a lifecycle policy of the repository can expire old ones`;

/** @param ownHint what helps where IAM does not allow it in the control plane's own account */
function asSeamError(error: unknown, repository: Repository, ownHint: (what: string) => string = () => ''): Error {
  if (error instanceof ImageNotFoundError || error instanceof ImageRegistryUnreachableError) return error;
  if (error instanceof TooManyImagesError) return error;
  const what = `repository ${repositoryText(repository)}`;
  const hint = isDenied(error) ? (repository.registry === undefined ? ownHint(what) : policyHint(what)) : '';
  return new ImageRegistryUnreachableError(`ECR did not answer: ${describeFailure(error)}${hint}`, { cause: error });
}

const policyHint = (what: string): string =>
  `; the policy of ${what} has to let the control plane's account read it, and registryAccounts has to name its account (docs/deploy.md, "Registries")`;
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

/** @param env AWS_REGION, credentials, AWS_ENDPOINT_URL_ECR where it is not AWS itself */
export function openEcrRegistry(env: Env): ImageRegistry {
  const clients = new Map<string | undefined, ECRClient>();
  return ecrRegistry(region => {
    const known = clients.get(region);
    if (known !== undefined) return known;
    const client = new ECRClient({ ...awsClientConfig(env, 'ECR'), ...(region !== undefined && { region }) });
    clients.set(region, client);
    return client;
  });
}
