import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Destinations } from '../../domain/addresses/address.ts';
import { UnreachableError } from '../../domain/errors.ts';
import { describeFailure } from '../aws-client-config.ts';
import { refusalOf, withoutQuery } from './address-text.ts';
import { DestinationRefusedError, type Outbound, send } from './send.ts';

/** No answer that a verdict is made of is larger; what is larger would fill a Lambda's memory. */
const LARGEST_ANSWER_BYTES = 8_000_000;

/** Why an address gave no answer that can be read; the message names what was asked, never its query. */
export class NoAnswerError extends UnreachableError {
  override readonly name = 'NoAnswerError';
}

export type HttpRequest = Omit<Outbound, 'signal'>;

export interface AskOptions extends Destinations {
  /** Of one request with its whole answer. */
  timeoutMs: number;
  /** Whether http to another computer is allowed. Absent: https only. */
  http?: boolean;
  largestBytes?: number;
  /** Ends the request before its time. */
  signal?: AbortSignal;
  /** What the request is called in an error, where its address is nobody's to see. Absent: method and address without query. */
  name?: string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/**
 * One request to an address that a plan or a workload names, within a time and a size. The one way in which a release asks an
 * address: its text is judged, then the address that its name leads to, when it is connected to. Redirects are not followed:
 * where a request goes is what the plan or the workload says.
 * @param readsBody by status; of an answer whose body is not read `text` is empty
 * @throws DestinationRefusedError nothing was sent   @throws NoAnswerError no connection, time-out, or an answer too large
 */
export async function ask(
  request: HttpRequest,
  options: AskOptions,
  readsBody: (status: number) => boolean,
): Promise<Answer> {
  const { timeoutMs, http = false, largestBytes = LARGEST_ANSWER_BYTES, signal, name, ...destinations } = options;
  const refused = refusalOf(request.url, { loopback: destinations.loopback ?? false, http });
  if (refused !== undefined) throw new DestinationRefusedError(refused);
  const what = name ?? requestText(request);
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const signals = signal === undefined ? limit : AbortSignal.any([limit, signal]);
    const response = await send({ ...request, signal: signals }, destinations);
    const { statusCode: status = 0, headers } = response;
    if (readsBody(status)) return { status, headers, text: await readText(response, what, largestBytes) };
    response.destroy();
    return { status, headers, text: '' };
  } catch (error) {
    if (error instanceof NoAnswerError) throw error;
    if (error instanceof DestinationRefusedError)
      throw new DestinationRefusedError(`${what} is not asked: ${error.message}`, { cause: error });
    const why = limit.aborted ? `no whole answer within ${timeoutMs / 1000} s` : describeFailure(error);
    throw new NoAnswerError(`${what}: ${why}`, { cause: error });
  }
}

/** `POST https://hooks.example.com/smoke`: what a request is called in a sentence. */
export const requestText = ({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string =>
  `${method} ${withoutQuery(url)}`;

async function readText(response: IncomingMessage, what: string, largestBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > largestBytes)
      throw new NoAnswerError(
        `${what} answered more than ${largestBytes / 1e6} MB, the most that is read: ask for less (fewer series or fields)`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
