import type { IncomingMessage } from 'node:http';
import { UnreachableError } from '../../domain/errors.ts';
import { describeFailure } from '../aws-client-config.ts';
import { withoutQuery } from '../outbound/address-text.ts';
import type { Destinations } from '../outbound/destinations.ts';
import { DestinationRefusedError, send } from '../outbound/send.ts';

/** No answer that a verdict is made of is larger; what is larger would fill a Lambda's memory. */
const LARGEST_ANSWER_BYTES = 8_000_000;
/** Of one request with its whole answer. A source that is slower than this is asked again at the next look. */
const REQUEST_TIMEOUT_MS = 5_000;

/** Why an endpoint gave no answer that can be read; the message names what was asked, never its query. */
export class NoAnswerError extends UnreachableError {
  override readonly name = 'NoAnswerError';
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/**
 * One request within a time and a size. Redirects are not followed: where a request goes is what the plan or the workload
 * says. @throws NoAnswerError no connection, time-out, a redirect, 5xx, 429, or an answer that is too large
 */
export async function ask(
  request: HttpRequest,
  { timeoutMs = REQUEST_TIMEOUT_MS, largestBytes = LARGEST_ANSWER_BYTES, signal, ...destinations }: AskOptions = {},
): Promise<{ status: number; text: string }> {
  const { url, ...init } = request;
  const what = `${request.method} ${withoutQuery(url)}`;
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const signals = signal === undefined ? limit : AbortSignal.any([limit, signal]);
    const response = await send({ url, ...init, signal: signals }, destinations);
    const { statusCode: status = 0 } = response;
    if ((status >= 300 && status < 400) || status >= 500 || status === 429) {
      response.destroy();
      const redirect = status < 400 ? ', and redirects are not followed' : '';
      throw new NoAnswerError(`${what} answered ${status}${redirect}`);
    }
    return { status, text: await readText(response, what, largestBytes) };
  } catch (error) {
    if (error instanceof NoAnswerError) throw error;
    if (error instanceof DestinationRefusedError) throw new NoAnswerError(`${what} is not asked: ${error.message}`);
    const why = limit.aborted ? `no whole answer within ${timeoutMs / 1000} s` : describeFailure(error);
    throw new NoAnswerError(`${what}: ${why}`, { cause: error });
  }
}

export interface AskOptions extends Destinations {
  timeoutMs?: number;
  largestBytes?: number;
  /** Ends the request before its time. */
  signal?: AbortSignal;
}

async function readText(response: IncomingMessage, what: string, largestBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > largestBytes) throw new NoAnswerError(`${what} answered more than ${largestBytes / 1e6} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
