import { lazy } from '../../domain/lazy.ts';
import type { Env } from '../aws-client-config.ts';
import { destinationsOf } from '../outbound/destinations.ts';
import type { Hooks } from './hooks.ts';

/**
 * Hooks over HTTP, loaded when one is called: most looks call none, and what is read at a cold start is counted.
 * @param env SLUICE_PRIVATE_NETWORKS: where hooks may be besides the internet
 */
export function openHttpHooks(env: Env): Hooks {
  const destinations = destinationsOf(env);
  const hooks = lazy(async () => (await import('./http-hooks.ts')).httpHooks(destinations));
  return {
    call: async call => (await hooks()).call(call),
    poll: async (statusUrl, timeoutSeconds) => (await hooks()).poll(statusUrl, timeoutSeconds),
  };
}
