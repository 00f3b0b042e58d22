import type { Destinations } from '../outbound/destinations.ts';
import type { Hooks } from './hooks.ts';

/** Hooks over HTTP, loaded when one is called: most looks call none, and what is read at a cold start is counted. */
export function openHttpHooks(destinations: Destinations): Hooks {
  let opened: Promise<Hooks> | undefined;
  const hooks = () => (opened ??= import('./http-hooks.ts').then(({ httpHooks }) => httpHooks(destinations)));
  return {
    call: async call => (await hooks()).call(call),
    poll: async (statusUrl, timeoutSeconds) => (await hooks()).poll(statusUrl, timeoutSeconds),
  };
}
