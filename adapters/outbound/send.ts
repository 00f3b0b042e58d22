import { type LookupAddress, lookup as resolve } from 'node:dns';
import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type Destinations, refusedDestination } from '../../domain/addresses/address.ts';
import { BlockedError } from '../../domain/errors.ts';

/** Nothing was sent: the address, or what its name leads to, is asked by nobody. */
export class DestinationRefusedError extends BlockedError {
  override readonly name = 'DestinationRefusedError';
}

export interface Outbound {
  method: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

/**
 * One request to an address that a plan or a workload names, on a connection of its own: the address that its name resolves to
 * is looked at when it is connected to, and never again. Redirects are not followed, and nothing is decompressed.
 * @throws DestinationRefusedError @throws Error no connection, or the signal ended it
 */
export function send(
  { method, url, headers, body, signal }: Outbound,
  allowed: Destinations,
): Promise<IncomingMessage> {
  const { protocol, hostname } = new URL(url);
  const literal = hostname.replace(/^\[|\]$/g, '');
  const refused = isIP(literal) === 0 ? undefined : refusedDestination(literal, allowed);
  if (refused !== undefined) return Promise.reject(new DestinationRefusedError(refused));
  return new Promise((answer, fail) => {
    const open = protocol === 'https:' ? overHttps : overHttp;
    const options = {
      method,
      signal,
      agent: false as const,
      lookup: guarded(allowed),
      headers: headersOf(headers, body),
    };
    const request = open(url, options, answer);
    request.on('error', error => fail(signal.aborted ? signal.reason : error));
    request.end(body);
  });
}

const headersOf = (headers: Record<string, string> = {}, body: string | undefined): Record<string, string> =>
  body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) };

/** Resolves a name, and refuses it where one of its addresses is refused: which of them is taken is the network's choice. */
const guarded =
  (allowed: Destinations): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses: LookupAddress[] = found ?? [];
      if (error !== null) return callback(error, []);
      for (const { address } of addresses) {
        const refused = refusedDestination(address, allowed);
        if (refused !== undefined) return callback(new DestinationRefusedError(`${hostname}: ${refused}`), []);
      }
      if (options.all === true) return callback(null, addresses);
      const [first] = addresses;
      return callback(null, first?.address ?? '', first?.family);
    });
  };
