import { type AskOptions, ask, type HttpRequest, NoAnswerError, requestText } from '../outbound/http-client.ts';
import { DestinationRefusedError } from '../outbound/send.ts';
import { andWords } from '../outbound/words-of.ts';

/** Of one request with its whole answer. A source that is slower than this is asked again at the next look. */
const REQUEST_TIMEOUT_MS = 5_000;

/** How a source over HTTP is asked; everything has a default. */
export type SourceAskOptions = Partial<Omit<AskOptions, 'name'>>;

const saysSomething = (status: number): boolean =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 429);

/** What went wrong stands in the body of an error: a query that took too long, a page of a proxy in between. */
const hasWords = (status: number): boolean => status < 300 || status >= 400;

/**
 * What a source answers.
 * @throws NoAnswerError it is not asked, no connection, time-out, a redirect, 5xx, 429 (each with the server's own words), too large
 */
export async function askSource(
  request: HttpRequest,
  options: SourceAskOptions = {},
): Promise<{ status: number; text: string }> {
  const answered = ask(request, { timeoutMs: REQUEST_TIMEOUT_MS, ...options }, hasWords);
  const { status, text } = await answered.catch((error: unknown) => {
    if (error instanceof DestinationRefusedError) throw new NoAnswerError(error.message, { cause: error });
    throw error;
  });
  if (saysSomething(status)) return { status, text };
  const redirect = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  throw new NoAnswerError(`${requestText(request)} answered ${status}${redirect}${andWords(text)}`);
}
