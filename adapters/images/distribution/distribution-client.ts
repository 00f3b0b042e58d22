import * as z from 'zod';
import { parsedJson } from '../../../domain/parsed-json.ts';
import { type Repository, repositoryText } from '../../../domain/repository.ts';
import { type Answer, type AskOptions, ask, type HttpRequest, NoAnswerError } from '../../outbound/http-client.ts';
import type { Secrets } from '../../secrets/secrets.ts';
import { ImageRegistryUnreachableError, RegistryRefusedError } from '../image-registry.ts';
import { challengeOf } from './challenge.ts';
import { basicOf } from './credentials.ts';

/** Of one request; a look-up makes three at the most, and the function has 20 s. */
const TIMEOUT_MS = 4_000;
/** The specification's own limit of a manifest. */
const LARGEST_MANIFEST_BYTES = 4_194_304;

/** Everything that a container can be made of: an index of several platforms or one image, of OCI's shape or Docker's. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** `http` and `loopback`: for a registry on this computer, as in tests. */
export type DistributionOptions = Partial<Omit<AskOptions, 'timeoutMs' | 'largestBytes' | 'name' | 'signal'>>;

export interface DistributionDeps {
  secrets: Secrets;
  options?: DistributionOptions;
}

/** `closed`: it wants credentials, and the workload names none. */
export type ManifestAnswer = { kind: 'manifest'; text: string } | { kind: 'absent' } | { kind: 'closed' };

/**
 * A manifest by the OCI distribution specification: `GET /v2/<name>/manifests/<digest>`, with the token of the address that the
 * registry names in its challenge ("Token Authentication Specification").
 * @throws RegistryRefusedError the credentials are not accepted, or what it wants is not known here
 * @throws ImageRegistryUnreachableError
 */
export async function readManifest(
  { secrets, options = {} }: DistributionDeps,
  repository: Repository,
  digest: string,
): Promise<ManifestAnswer> {
  const where = apiOf(repository, options);
  const url = `${where.base}/v2/${where.name}/manifests/${digest}`;
  const manifest = (authorization?: string) =>
    asked(
      { method: 'GET', url, headers: { accept: MANIFESTS, ...(authorization !== undefined && { authorization }) } },
      options,
    );
  const first = await manifest();
  if (first.status !== 401) return answerOf(first, repository, { isClosed: false });
  const basic = repository.credentials === undefined ? undefined : await basicOf(secrets, repository.credentials);
  const challenge = challengeOf(first.headers['www-authenticate']);
  if (challenge === undefined) {
    throw new RegistryRefusedError(
      `${repository.registry} wants a way to be asked that is not known here: neither Bearer nor Basic`,
    );
  }
  if (challenge.scheme === 'basic') {
    return basic === undefined ? { kind: 'closed' } : answerOf(await manifest(basic), repository, { isClosed: true });
  }
  const scope = challenge.parameters.scope ?? `repository:${where.name}:pull`;
  const query = new URLSearchParams({ ...challenge.parameters, scope });
  for (const notAsked of ['error', 'error_description']) query.delete(notAsked);
  const token = await tokenOf(`${challenge.realm}?${query}`, basic, { repository, options });
  return token === undefined
    ? { kind: 'closed' }
    : answerOf(await manifest(`Bearer ${token}`), repository, { isClosed: true });
}

const tokenSchema = z
  .looseObject({ token: z.string().min(1).optional(), access_token: z.string().min(1).optional() })
  .transform(({ token, access_token }) => token ?? access_token);

/** @returns undefined where it gives none to those without credentials */
async function tokenOf(
  url: string,
  basic: string | undefined,
  { repository, options }: { repository: Repository; options: DistributionOptions },
): Promise<string | undefined> {
  const headers = { accept: 'application/json', ...(basic !== undefined && { authorization: basic }) };
  const { status, text } = await asked({ method: 'GET', url, headers }, options);
  if (status === 401 || status === 403) {
    if (basic === undefined) return undefined;
    throw notAccepted(repository, status);
  }
  const token = status === 200 ? tokenSchema.safeParse(parsedJson(text)) : undefined;
  if (token?.success === true && token.data !== undefined) return token.data;
  throw new ImageRegistryUnreachableError(`${repository.registry} gave no token: it answered ${status}`);
}

/** @param of.isClosed it was asked with all that there is, so that a refusal is about that */
function answerOf(
  { status, text }: Answer,
  repository: Repository,
  { isClosed }: { isClosed: boolean },
): ManifestAnswer {
  if (status === 200) return { kind: 'manifest', text };
  if (status === 404) return { kind: 'absent' };
  if (isClosed && (status === 401 || status === 403)) {
    if (repository.credentials === undefined) return { kind: 'closed' };
    throw notAccepted(repository, status);
  }
  if (status === 403 && repository.credentials === undefined) return { kind: 'closed' };
  throw new ImageRegistryUnreachableError(
    `${repository.registry} answered ${status} for ${repositoryText(repository)}`,
  );
}

const notAccepted = (repository: Repository, status: number) =>
  new RegistryRefusedError(
    `${repository.registry} does not let ${repositoryText(repository)} be read with the secret ${repository.credentials}: it answered ${status}`,
  );

/** Where its API is. Docker Hub's images have another host than its API, and its own images a folder that nobody writes. */
export function apiOf({ registry = '', name }: Repository, { http = false }: DistributionOptions) {
  const isHub = registry === 'docker.io';
  const host = isHub ? 'registry-1.docker.io' : registry;
  return {
    base: `${http ? 'http' : 'https'}://${host}`,
    name: isHub && !name.includes('/') ? `library/${name}` : name,
  };
}

async function asked(request: HttpRequest, options: DistributionOptions): Promise<Answer> {
  try {
    const limits = { timeoutMs: TIMEOUT_MS, largestBytes: LARGEST_MANIFEST_BYTES };
    return await ask(request, { privateNetworks: [], ...options, ...limits }, status => status === 200);
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    throw new ImageRegistryUnreachableError(`the registry did not answer: ${error.message}`, { cause: error });
  }
}
