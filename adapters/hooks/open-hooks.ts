import type { Destinations } from '../../domain/addresses/address.ts';
import { lazy } from '../../domain/lazy.ts';
import type { Hooks } from './hooks.ts';

/** Hooks over HTTP, loaded when one is called: most looks call none, and what is read at a cold start is counted. */
export function openHttpHooks(destinations: Destinations): Hooks {
  const hooks = lazy(async () => (await import('./http-hooks.ts')).httpHooks(destinations));
  return {
    call: async call => (await hooks()).call(call),
    poll: async (statusUrl, timeoutSeconds) => (await hooks()).poll(statusUrl, timeoutSeconds),
  };
}
