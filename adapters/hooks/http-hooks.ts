import { type Destinations, refusalText, refusedAddress } from '../../domain/addresses/address.ts';
import { type Answer, ask, type HttpRequest, NoAnswerError, requestText } from '../outbound/http-client.ts';
import { DestinationRefusedError } from '../outbound/send.ts';
import { type HookAnswer, type Hooks, HookUnreachableError } from './hooks.ts';

/** What browsers and proxies take is enough. */
const URL_MOST_CHARACTERS = 2_000;

/**
 * Hooks over HTTP. Redirects are not followed and bodies are not read: the status is the answer, so nothing that a hook
 * says can fill memory or reach a log.
 */
export function httpHooks(destinations: Destinations = {}): Hooks {
  async function answerTo(request: HttpRequest, what: string, timeoutSeconds: number): Promise<HookAnswer> {
    try {
      const options = { ...destinations, timeoutMs: timeoutSeconds * 1000, name: what };
      return readAnswer(request.url, what, await ask(request, options, () => false), destinations);
    } catch (error) {
      if (error instanceof DestinationRefusedError) return { kind: 'failed', because: error.message };
      if (error instanceof NoAnswerError) throw new HookUnreachableError(error.message, { cause: error });
      throw error;
    }
  }

  return {
    call({ url, key, timeoutSeconds, body }) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const request: HttpRequest = { method: 'POST', url, headers, body: JSON.stringify(body) };
      return answerTo(request, requestText(request), timeoutSeconds);
    },
    // its path is the hook's own, and may have a token in it
    poll: (url, timeoutSeconds) =>
      answerTo({ method: 'GET', url }, `GET of what it said at ${hostOf(url)}`, timeoutSeconds),
  };
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'an address');

function readAnswer(
  url: string,
  what: string,
  { status, headers: { location } }: Answer,
  { loopback = false }: Destinations,
): HookAnswer {
  const failed = (because: string): HookAnswer => ({ kind: 'failed', because });
  if (status >= 500) throw new HookUnreachableError(`${what} answered ${status}`);
  if (status === 202) {
    if (location === undefined) return failed(`${what} answered 202 without a Location to ask at`);
    if (!URL.canParse(location, url)) return failed(`${what} answered 202 with a bad Location`);
    const statusUrl = new URL(location, url).href;
    if (statusUrl.length > URL_MOST_CHARACTERS) {
      const found = `${statusUrl.length} characters; expected at most ${URL_MOST_CHARACTERS}`;
      return failed(`${what} answered 202 with a Location of ${found}`);
    }
    const refused = refusedAddress(statusUrl, { loopback, http: false });
    if (refused === undefined) return { kind: 'running', statusUrl };
    return failed(refusalText(`the Location at ${new URL(statusUrl).host}`, refused));
  }
  if (status >= 200 && status < 300) return { kind: 'passed' };
  const redirect = status < 400 ? ', and redirects are not followed' : '';
  return failed(`${what} answered ${status}${redirect}`);
}
