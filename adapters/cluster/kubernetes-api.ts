import { setTimeout as delay } from 'node:timers/promises';
import { HttpMethod, IsomorphicFetchHttpLibrary, PatchStrategy, RequestContext } from '@kubernetes/client-node';
import * as z from 'zod';
import { StaleError } from '../../domain/errors.ts';
import { type ClusterAddress, FIND_DEADLINE_MS } from './eks/directory.ts';
import { ClusterRefusedError, ClusterUnreachableError, FieldOwnedError } from './errors.ts';
import { kubernetesTransports, type Transport } from './kubernetes-transport.ts';

/** How a cluster is reached. */
export interface KubernetesConnection extends ClusterAddress {
  /**
   * Where the cluster is now, asked once in a request that had no answer: its authority may have been rotated, or its endpoint
   * be another. Absent: it never moves.
   */
  find?(): Promise<ClusterAddress>;
  /** Asked before every request: keeps its own token for as long as it is good. `fresh`: the last one was refused. */
  token(fresh: boolean): Promise<string>;
  /** Tries per request; the later ones after 200 ms, 400 ms, … 3 where absent. */
  attempts?: number;
  /** Wall milliseconds for one try to read. 5,000 where absent: three tries fit into a handler's 20 s. */
  attemptTimeoutMs?: number;
  /** The same of one try to write. WRITE_TIMEOUT_MS where absent. */
  writeTimeoutMs?: number;
}

/** What is sent: whole objects or parts of them. */
export interface WrittenObject {
  metadata?: { resourceVersion?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** The object is no longer what it was when it was read: to be read again, not sent again. */
export class WriteConflictError extends StaleError {
  override readonly name = 'WriteConflictError';
}

/** JSON requests to the Kubernetes API. Objects go through untouched: the typed models drop fields they do not know. */
export interface KubernetesApi {
  /** undefined where the answer is 404. */
  get(path: string, query?: Record<string, string>): Promise<unknown>;
  /**
   * Server-side apply. Where the object names a `metadata.resourceVersion` it is written on that one alone.
   * @throws FieldOwnedError unless `force` @throws WriteConflictError it has another resourceVersion
   */
  apply(path: string, object: WrittenObject, by: { manager: string; force: boolean }): Promise<unknown>;
  /** @throws WriteConflictError as above */
  mergePatch(path: string, patch: WrittenObject, by: { manager: string }): Promise<unknown>;
  /** Deletes the object, if it is the one that was read. One that is not there is no error. @throws WriteConflictError it is another */
  remove(path: string, seen: { uid: string; resourceVersion: string }): Promise<void>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/**
 * A write passes the cluster's admission webhooks, and the API server gives each 10 s unless its configuration says otherwise
 * (timeoutSeconds, 30 at most), then says which one did not answer. Whoever hangs up before never hears its name.
 */
export const WRITE_TIMEOUT_MS = 12_000;
/** Of one request with all its tries, below a handler's 20 s. */
export const REQUEST_BUDGET_MS = 16_000;
/** No try begins with less: an API server that is well answers within it. */
const LEAST_TRY_MS = 2_000;
const RETRY_AFTER_MS = 200;
/** Of `Retry-After`; API Priority and Fairness says one second. Two of them and three tries still fit into a handler's 20 s. */
const MOST_RETRY_AFTER_MS = 2_000;
/** 500 InternalError of the API server's admission. */
const WEBHOOK_FAILED = /failed calling webhook "((?:[^"\\]|\\.)+)"/;
/** Server-side apply answers 500, not 400, to an object with a key twice or a field that its schema does not have. */
const NOT_OF_ITS_TYPE = 'failed to create typed patch object';

const statusSchema = z.looseObject({
  message: z.string().default(''),
  reason: z.string().optional(),
  details: z
    .looseObject({
      causes: z
        .array(
          z.looseObject({
            reason: z.string().optional(),
            message: z.string().optional(),
            field: z.string().optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

interface Call {
  method: HttpMethod;
  path: string;
  query?: Record<string, string>;
  body?: WrittenObject;
  contentType?: PatchStrategy | 'application/json';
}
type Answer =
  | { kind: 'answer'; code: number; text: string; retryAfterMs: number }
  | { kind: 'noAnswer'; cause: unknown; used: Transport };

/** @throws ClusterUnreachableError, ClusterRefusedError from every call */
export async function kubernetesApi(connection: KubernetesConnection): Promise<KubernetesApi> {
  const { token, attempts = 3, attemptTimeoutMs = 5_000, writeTimeoutMs = WRITE_TIMEOUT_MS } = connection;
  const transports = await kubernetesTransports(connection, connection.find);
  const http = new IsomorphicFetchHttpLibrary();

  async function once(call: Call, fresh: boolean, timeoutMs: number): Promise<Answer> {
    const used = transports.current();
    const context = new RequestContext(`${used.endpoint}${call.path}`, call.method);
    for (const [name, value] of Object.entries(call.query ?? {})) context.setQueryParam(name, value);
    context.setHeaderParam('Accept', 'application/json');
    context.setHeaderParam('User-Agent', 'sluice');
    context.setHeaderParam('Authorization', `Bearer ${await token(fresh)}`);
    if (call.contentType !== undefined) {
      context.setHeaderParam('Content-Type', call.contentType);
      context.setBody(JSON.stringify(call.body));
    }
    if (used.dispatcher !== undefined) context.setDispatcher(used.dispatcher);
    context.setSignal(AbortSignal.timeout(timeoutMs));
    try {
      const response = await http.send(context).toPromise();
      const retryAfterMs = retryAfterOf(response.headers);
      return { kind: 'answer', code: response.httpStatusCode, text: await response.body.text(), retryAfterMs };
    } catch (cause) {
      return { kind: 'noAnswer', cause, used };
    }
  }

  /** Safe to repeat: reads, server-side applies and merge patches set values. */
  async function send(call: Call): Promise<{ code: number; body: unknown }> {
    const what = `${call.method} ${call.path}`;
    const timeoutMs = call.method === HttpMethod.GET ? attemptTimeoutMs : writeTimeoutMs;
    const beganMs = performance.now();
    let answer = await once(call, false, timeoutMs);
    let whereabouts = '';
    const passedMs = performance.now() - beganMs;
    // a write that hung has no time left for it: a cluster that is elsewhere was missed by the read before it
    if (answer.kind === 'noAnswer' && passedMs + FIND_DEADLINE_MS + LEAST_TRY_MS <= REQUEST_BUDGET_MS) {
      const followed = await transports.follow(answer.used);
      if (followed.kind === 'unknown') whereabouts = `; whether it has moved is not known: ${followed.because}`;
    }
    for (let attempt = 1; attempt < attempts && mayHelpToRetry(answer, call); attempt++) {
      const askedMs = answer.kind === 'answer' ? answer.retryAfterMs : 0;
      if (askedMs > MOST_RETRY_AFTER_MS) break; // whoever called waits longer than a try may take
      const pauseMs = Math.max(askedMs, RETRY_AFTER_MS * 2 ** (attempt - 1));
      const leftMs = REQUEST_BUDGET_MS - (performance.now() - beganMs) - pauseMs;
      if (leftMs < Math.max(timeoutMs, LEAST_TRY_MS)) break; // cut short, a try would lose what the last one was told
      await delay(pauseMs);
      answer = await once(call, answer.kind === 'answer' && answer.code === 401, timeoutMs);
    }
    if (answer.kind === 'noAnswer') {
      const { cause } = answer;
      const hint = isTimeout(cause) && call.method !== HttpMethod.GET ? await whyNoAnswer(call.path) : '';
      throw new ClusterUnreachableError(
        `${what}: no answer from the cluster (${reasonOf(cause)})${hint}${whereabouts}`,
        { cause },
      );
    }
    const { code, text } = answer;
    // a path that the server does not serve (no such CRD, say) is answered in plain text
    if (code === 404) return { code, body: statusOf(text) };
    if (code >= 200 && code < 300) return { code, body: parse(text, what) };
    // in plain text, too: 429 from the server's own filter, 503 of an API service that is away, 502 of a proxy
    const status =
      code === 429 || code > 500
        ? statusOf(text)
        : statusSchema.catch({ message: text.slice(0, 300) }).parse(parse(text, what));
    const owned = (status.details?.causes ?? []).filter(({ reason }) => reason === 'FieldManagerConflict');
    if (owned.length > 0) throw new FieldOwnedError(ownersOf(call.path, owned));
    const webhook = WEBHOOK_FAILED.exec(status.message)?.[1];
    const who = webhook === undefined ? '' : `the cluster's admission webhook "${webhook}" does not work: `;
    const message = `${who}${what}: the cluster answered ${code}: ${status.message}`;
    if (isWriteConflict(answer) && isConditional(call)) throw new WriteConflictError(message);
    if (mayHelpToRetry(answer, call) && code !== 401) {
      throw new ClusterUnreachableError(message, { httpStatusCode: code });
    }
    throw new ClusterRefusedError(message);
  }

  /** A cluster that answers a read and not a write waits for somebody whom it asks about writes alone. */
  async function whyNoAnswer(path: string): Promise<string> {
    const { kind } = await once({ method: HttpMethod.GET, path }, false, LEAST_TRY_MS);
    if (kind === 'noAnswer') return '';
    return `, which answers reads: an admission webhook with a timeoutSeconds above ${Math.floor(writeTimeoutMs / 1000)} does not answer (kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations)`;
  }

  const found = async (call: Call): Promise<unknown> => {
    const { code, body } = await send(call);
    if (code !== 404) return body;
    const { message, reason } = statusSchema.parse(body);
    const hint = reason === undefined ? ' (the cluster does not serve this kind of object: is its CRD installed?)' : '';
    throw new ClusterRefusedError(`${call.method} ${call.path}: the cluster answered 404: ${message}${hint}`);
  };
  return {
    get: async (path, query = {}) => {
      const { code, body } = await send({ method: HttpMethod.GET, path, query });
      return code === 404 ? undefined : body;
    },
    apply: (path, body, { manager, force }) =>
      found({
        method: HttpMethod.PATCH,
        path,
        body,
        query: { fieldManager: manager, force: String(force) },
        contentType: PatchStrategy.ServerSideApply,
      }),
    mergePatch: (path, body, { manager }) =>
      found({
        method: HttpMethod.PATCH,
        path,
        body,
        query: { fieldManager: manager },
        contentType: PatchStrategy.MergePatch,
      }),
    remove: async (path, { uid, resourceVersion }) => {
      const preconditions = { uid, resourceVersion };
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions };
      await send({ method: HttpMethod.DELETE, path, body, contentType: 'application/json' });
    },
    close: () => transports.close(),
  };
}

/** No answer, overload, the server's own errors, a token that may have ended, a write that raced with another. */
function mayHelpToRetry(answer: Answer, call: Call): boolean {
  if (answer.kind === 'noAnswer') return true;
  const { code, text } = answer;
  if (code === 500 && text.includes(NOT_OF_ITS_TYPE)) return false;
  return code >= 500 || code === 429 || code === 401 || (isWriteConflict(answer) && !isConditional(call));
}

const isTimeout = (cause: unknown): boolean => cause instanceof Error && cause.name === 'TimeoutError';

const isWriteConflict = (answer: Answer): boolean =>
  answer.kind === 'answer' && answer.code === 409 && !answer.text.includes('FieldManagerConflict');

const isConditional = ({ body }: Call): boolean =>
  body?.metadata?.resourceVersion !== undefined || body?.preconditions !== undefined;

function statusOf(text: string): z.infer<typeof statusSchema> {
  try {
    return statusSchema.parse(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    return { message: text.trim().slice(0, 300) };
  }
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // a proxy's page, say: it is not the API server that answered
    throw new ClusterUnreachableError(`${what}: the answer is not JSON: ${text.slice(0, 200)}`, { cause });
  }
}

/** `Retry-After` in seconds, as API Priority and Fairness gives it; a date is left to the tries' own pauses. */
function retryAfterOf(headers: Record<string, string>): number {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1] ?? '';
  return /^\d+$/.test(found) ? Number(found) * 1000 : 0;
}

/** undici says "fetch failed" and keeps the reason as its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** `conflict with "kubectl" using apps/v1` and `.spec.replicas` -> who owns what. */
function ownersOf(path: string, causes: { message?: string | undefined; field?: string | undefined }[]): string {
  const fields = causes.map(({ message = '', field = '' }) => {
    const manager = /"((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
    return `${field} is owned by the field manager "${manager}"`;
  });
  const shown = fields.slice(0, 5).join('; ');
  return `${path}: ${shown}${fields.length > 5 ? `; and ${fields.length - 5} more` : ''}`;
}
