import { lazy } from '../../domain/lazy.ts';
import { ecrPlaceOf, type Repository } from '../../domain/repository.ts';
import type { Env } from '../aws-client-config.ts';
import { systemClock } from '../clock.ts';
import { destinationsOf } from '../outbound/destinations.ts';
import { openEcrRegistry } from './ecr-registry.ts';
import type { ImageRegistry } from './image-registry.ts';

/** Each repository is asked of its own registry: ECR of any account and region, or one that speaks the OCI distribution API. */
export function imageRegistries(ecr: ImageRegistry, other: () => Promise<ImageRegistry>): ImageRegistry {
  const of = async ({ registry }: Repository) =>
    registry === undefined || ecrPlaceOf(registry) !== undefined ? ecr : other();
  return {
    resolve: async (repository, reference) => (await of(repository)).resolve(repository, reference),
    listTagged: async repository => (await of(repository)).listTagged(repository),
    readParts: async (repository, digests) => (await of(repository)).readParts(repository, digests),
  };
}

/** @param env what ECR's and Secrets Manager's clients need, and SLUICE_PRIVATE_NETWORKS */
export const openImageRegistries = (env: Env): ImageRegistry =>
  imageRegistries(
    openEcrRegistry(env),
    // most workloads have none, and a push is of ECR
    lazy(async () => {
      const { distributionRegistry } = await import('./distribution/distribution-registry.ts');
      const { openSecrets } = await import('../secrets/secrets-manager.ts');
      return distributionRegistry({
        secrets: openSecrets(env),
        clock: systemClock,
        options: destinationsOf(env),
      });
    }),
  );
