import { refusalText, refusedAddress } from '../../domain/address.ts';
import { describeFailure } from '../aws-client-config.ts';
import { type HookAnswer, type Hooks, HookUnreachableError } from './hooks.ts';

/** It stands in the ledger: what browsers and proxies take is enough. */
const URL_MOST_CHARACTERS = 2_000;

export interface HttpHooksOptions {
  /**
   * Takes http:// on 127.0.0.1 and localhost, for the lab. In a Lambda these are the runtime's own API, which a plan
   * must not reach: there it stays off.
   */
  loopback?: boolean;
}

/**
 * Hooks over HTTP. Redirects are not followed and bodies are not read: the status is the answer, so nothing that a hook
 * says can fill memory or reach a log.
 */
export function httpHooks({ loopback = false }: HttpHooksOptions = {}): Hooks {
  async function ask(
    url: string,
    timeoutSeconds: number,
    request: { method: 'GET' } | { method: 'POST'; key: string; body: string },
  ): Promise<HookAnswer> {
    const refused = refusalOf(url, loopback);
    if (refused !== undefined) return { kind: 'failed', because: refused };
    const what = `${request.method} ${nameOf(url)}`;
    let response: Response;
    try {
      response = await fetch(url, {
        method: request.method,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
        ...(request.method === 'POST' && {
          headers: { 'content-type': 'application/json', 'idempotency-key': request.key },
          body: request.body,
        }),
      });
    } catch (error) {
      // fetch says `TypeError: fetch failed` of everything; its cause has the name
      const cause = error instanceof TypeError && error.cause !== undefined ? error.cause : error;
      throw new HookUnreachableError(`${what}: ${describeFailure(cause)}`, { cause: error });
    }
    await response.body?.cancel();
    return answerOf(url, what, response);
  }

  function answerOf(url: string, what: string, { status, headers }: Response): HookAnswer {
    if (status >= 500) throw new HookUnreachableError(`${what} answered ${status}`);
    if (status === 202) {
      const location = headers.get('location');
      if (location === null) return { kind: 'failed', because: `${what} answered 202 without a Location to ask at` };
      if (!URL.canParse(location, url)) return { kind: 'failed', because: `${what} answered 202 with a bad Location` };
      const statusUrl = new URL(location, url).href;
      if (statusUrl.length > URL_MOST_CHARACTERS) {
        const found = `${statusUrl.length} characters; expected at most ${URL_MOST_CHARACTERS}`;
        return { kind: 'failed', because: `${what} answered 202 with a Location of ${found}` };
      }
      const refused = refusalOf(statusUrl, loopback);
      return refused === undefined ? { kind: 'running', statusUrl } : { kind: 'failed', because: refused };
    }
    if (status >= 200 && status < 300) return { kind: 'passed' };
    const redirect = status < 400 ? ', and redirects are not followed' : '';
    return { kind: 'failed', because: `${what} answered ${status}${redirect}` };
  }

  return {
    call: ({ url, key, timeoutSeconds, body }) =>
      ask(url, timeoutSeconds, { method: 'POST', key, body: JSON.stringify(body) }),
    poll: (statusUrl, timeoutSeconds) => ask(statusUrl, timeoutSeconds, { method: 'GET' }),
  };
}

/** Why this URL is not called; undefined: it is. The rules are those of the check of a plan. */
function refusalOf(text: string, loopback: boolean): string | undefined {
  const refused = refusedAddress(text, { loopback, http: false });
  if (refused === undefined) return undefined;
  return refusalText(URL.canParse(text) ? nameOf(text) : 'the address of the hook', refused);
}

/** Without the query, where people put tokens. */
function nameOf(text: string): string {
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
