import { createHash } from 'node:crypto';
import { RefusedError } from '../../../domain/errors.ts';
import { type Repository, repositoryText } from '../../../domain/repository.ts';
import type { Clock } from '../../clock.ts';
import { ImageNotFoundError, type ImageRegistry, ImageRegistryUnreachableError } from '../image-registry.ts';
import { partsIn } from '../manifest.ts';
import { type DistributionDeps, readManifest } from './distribution-client.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Images of registries that speak the OCI distribution API: GHCR, Docker Hub, Artifactory, Harbor. Nobody says when one was
 * pushed there, so a release is by digest, and its time is that of the call. Whether the digest is there is asked where the
 * registry lets us; where it does not, the answer says that nobody verified it, and why.
 */
export function distributionRegistry(deps: DistributionDeps & { clock: Clock }): ImageRegistry {
  const find = async (repository: Repository, digest: string) => {
    if (repository.verify === false) return { unverified: 'the workload says that its registry is not asked' };
    const answer = await readManifest(deps, repository, digest);
    if (answer.kind === 'absent') return undefined;
    if (answer.kind === 'closed') {
      return { unverified: `${repository.registry} wants credentials, and the workload names none` };
    }
    const found = `sha256:${createHash('sha256').update(answer.text).digest('hex')}`;
    if (found === digest) return { text: answer.text };
    throw new ImageRegistryUnreachableError(
      `${repository.registry} answered with a manifest whose digest is ${found}, and ${digest} was asked for`,
    );
  };

  return {
    async resolve(repository, reference) {
      const what = repositoryText(repository);
      if (!DIGEST.test(reference)) {
        throw new RefusedError(
          `${reference} is no digest: an image of ${what} is started by its digest, as ${what}@sha256:…, since nobody says when a tag was put on it`,
        );
      }
      const found = await find(repository, reference);
      if (found === undefined) throw new ImageNotFoundError(`there is no image ${reference} in ${what}`);
      return {
        uri: `${what}@${reference}`,
        digest: reference,
        pushedAtEpochMs: deps.clock.now(),
        parts: 'text' in found ? partsIn(found.text) : [],
        ...('unverified' in found && { unverified: found.unverified }),
      };
    },

    async listTagged() {
      return []; // nobody announces a push there, and none is looked for
    },

    async readParts(repository, digests) {
      const manifests = await Promise.all(digests.map(digest => find(repository, digest)));
      const parts = manifests.flatMap(found => (found !== undefined && 'text' in found ? partsIn(found.text) : []));
      return [...new Set(parts)];
    },
  };
}
