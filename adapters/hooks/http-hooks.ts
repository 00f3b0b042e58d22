import type { IncomingMessage } from 'node:http';
import { refusalText, refusedAddress } from '../../domain/addresses/address.ts';
import { describeFailure } from '../aws-client-config.ts';
import { refusalOf, withoutQuery } from '../outbound/address-text.ts';
import type { Destinations } from '../outbound/destinations.ts';
import { DestinationRefusedError, type Outbound, send } from '../outbound/send.ts';
import { type HookAnswer, type Hooks, HookUnreachableError } from './hooks.ts';

/** What browsers and proxies take is enough. */
const URL_MOST_CHARACTERS = 2_000;

/**
 * Hooks over HTTP. Redirects are not followed and bodies are not read: the status is the answer, so nothing that a hook
 * says can fill memory or reach a log.
 */
export function httpHooks(destinations: Destinations = {}): Hooks {
  const { loopback = false } = destinations;
  async function ask(
    url: string,
    timeoutSeconds: number,
    request: Pick<Outbound, 'method' | 'headers' | 'body'>,
  ): Promise<HookAnswer> {
    const refused = refusalOf(url, { loopback, http: false }, 'the address of the hook');
    if (refused !== undefined) return { kind: 'failed', because: refused };
    const what =
      request.method === 'POST' ? `POST ${withoutQuery(url)}` : `GET of what it said at ${new URL(url).host}`;
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    let response: IncomingMessage;
    try {
      response = await send({ url, signal, ...request }, destinations);
    } catch (error) {
      if (error instanceof DestinationRefusedError)
        return { kind: 'failed', because: `${what} is not asked: ${error.message}` };
      throw new HookUnreachableError(`${what}: ${describeFailure(error)}`, { cause: error });
    }
    response.destroy();
    return answerOf(url, what, response);
  }

  function answerOf(url: string, what: string, { statusCode: status = 0, headers }: IncomingMessage): HookAnswer {
    if (status >= 500) throw new HookUnreachableError(`${what} answered ${status}`);
    if (status === 202) {
      const { location } = headers;
      if (location === undefined)
        return { kind: 'failed', because: `${what} answered 202 without a Location to ask at` };
      if (!URL.canParse(location, url)) return { kind: 'failed', because: `${what} answered 202 with a bad Location` };
      const statusUrl = new URL(location, url).href;
      if (statusUrl.length > URL_MOST_CHARACTERS) {
        const found = `${statusUrl.length} characters; expected at most ${URL_MOST_CHARACTERS}`;
        return { kind: 'failed', because: `${what} answered 202 with a Location of ${found}` };
      }
      const refused = refusedAddress(statusUrl, { loopback, http: false });
      if (refused === undefined) return { kind: 'running', statusUrl };
      return { kind: 'failed', because: refusalText(`the Location at ${new URL(statusUrl).host}`, refused) };
    }
    if (status >= 200 && status < 300) return { kind: 'passed' };
    const redirect = status < 400 ? ', and redirects are not followed' : '';
    return { kind: 'failed', because: `${what} answered ${status}${redirect}` };
  }

  return {
    call: ({ url, key, timeoutSeconds, body }) =>
      ask(url, timeoutSeconds, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      }),
    poll: (statusUrl, timeoutSeconds) => ask(statusUrl, timeoutSeconds, { method: 'GET' }),
  };
}
