import type { Destinations } from '../../domain/addresses/address.ts';
import type { Env } from '../aws-client-config.ts';

/** @param env SLUICE_PRIVATE_NETWORKS, separated by commas: what the control plane's privateNetworks lists */
export const destinationsOf = (env: Env): Destinations => ({
  privateNetworks: (env.SLUICE_PRIVATE_NETWORKS ?? '').split(',').filter(network => network !== ''),
});
