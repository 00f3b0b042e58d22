import { type ClientRequest, type IncomingMessage, request as openRequest } from 'node:http';
import type { Target } from './target-group.ts';

/** What goes to a target, on a connection of its own. */
export interface Upstream {
  request: ClientRequest;
  /** The target has taken the connection: what fails from then on is no connection error. */
  isConnected(): boolean;
}

/** Opens a client's request at one target, once: nothing is ever re-sent. */
export function openUpstream(
  { method, url }: IncomingMessage,
  { host, port }: Target,
  headers: readonly string[],
): Upstream {
  let connected = false;
  const request = openRequest({ host, port, method, path: url, headers, agent: false });
  request.once('socket', socket => socket.once('connect', () => (connected = true)));
  return { request, isConnected: () => connected };
}
