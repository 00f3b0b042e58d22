import type { Env } from '../aws-client-config.ts';

/** Where a plan's addresses may lead to, besides the internet. */
export interface Destinations {
  /** This computer: the lab's. In a Lambda that is the runtime's own API. */
  loopback?: boolean;
  /** Networks that are not the internet's, such as `10.20.0.0/16`; `all`: on a person's own computer. Absent: none. */
  privateNetworks?: readonly string[] | 'all';
}

/** @param env SLUICE_PRIVATE_NETWORKS, separated by commas: what the control plane's privateNetworks lists */
export const destinationsOf = (env: Env): Destinations => ({
  privateNetworks: (env.SLUICE_PRIVATE_NETWORKS ?? '').split(',').filter(network => network !== ''),
});
