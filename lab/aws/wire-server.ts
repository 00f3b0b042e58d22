import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from './aws-error.ts';
import type { Endpoint, Operation, RawEndpoint, RawRequest, RawResponse, SchemaEndpoint } from './endpoint.ts';
import { type Faults, openFaults } from './faults.ts';
import { protocolOf, type WireProtocol } from './protocols.ts';

export { AwsError } from './aws-error.ts';
export type * from './endpoint.ts';
export type { Faults } from './faults.ts';

export interface WireServer {
  /** `http://127.0.0.1:<port>`: what an SDK client's `endpoint` or AWS_ENDPOINT_URL is set to. */
  readonly url: string;
  readonly faults: Faults;
  /** How many requests for this operation have arrived, faults and retries included. */
  calls(operation: string): number;
  close(): Promise<void>;
}

/** Longer than any lab runs: a client never finds that a kept-alive connection was closed under it. */
const IDLE_TIMEOUT_MS = 3_600_000;
const MAX_BODY_BYTES = 8 * 1024 * 1024; // above Lambda's 6 MB, the largest body any of the services takes

/**
 * Answers the real AWS SDK v3 clients on one port: a request is routed by the service's name in its signature and by its
 * operation, read and answered in the protocol that it came in (awsQuery, awsJson1_0, awsJson1_1, or raw).
 * @param options.onFault told of every throw of a handler that is not an AwsError; the client gets InternalFailure, 500
 */
export async function openWireServer(options: {
  endpoints: Endpoint[];
  onFault?: (fault: unknown) => void;
}): Promise<WireServer> {
  const endpoints = new Map(options.endpoints.map(endpoint => [endpoint.signingName, endpoint]));
  const faults = openFaults();
  const calls = new Map<string, number>();
  const closing = new AbortController();

  async function answer(request: RawRequest): Promise<RawResponse | 'drop'> {
    const protocol = protocolOf(request);
    try {
      const endpoint = endpointOf(endpoints, request);
      const operation = 'operations' in endpoint ? (protocol?.operation ?? '') : endpoint.operationOf(request);
      calls.set(operation, (calls.get(operation) ?? 0) + 1);
      const { delayMs, instead } = faults.take(operation);
      if (delayMs > 0) await sleep(delayMs, undefined, { signal: closing.signal });
      if (instead?.kind === 'drop') return 'drop';
      if (instead?.kind === 'throttle') {
        throw protocol === undefined
          ? new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)
          : new AwsError(protocol.throttlingCode, 'Rate exceeded', 400);
      }
      if (instead?.kind === 'fail') {
        throw new AwsError('InternalFailure', `the lab was asked to fail ${operation}`, instead.statusCode);
      }
      const response =
        'operations' in endpoint ? await runOperation(endpoint, operation, protocol) : await endpoint.answer(request);
      return instead?.kind === 'loseAnswer' ? 'drop' : response;
    } catch (error) {
      if (closing.signal.aborted) return 'drop';
      if (!(error instanceof AwsError)) options.onFault?.(error);
      const refusal = error instanceof AwsError ? error : new AwsError('InternalFailure', describe(error), 500);
      return protocol?.writeError(refusal) ?? restError(refusal);
    }
  }

  const server = createServer((request, response) => {
    readRequest(request)
      .then(async raw => (raw === 'tooLarge' ? restError(tooLarge()) : await answer(raw)))
      .then(
        result => (result === 'drop' ? request.socket.destroy() : send(response, result)),
        () => request.socket.destroy(), // the client went away while it was sending
      );
  });
  server.keepAliveTimeout = IDLE_TIMEOUT_MS;
  server.headersTimeout = IDLE_TIMEOUT_MS + 1000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    calls: operation => calls.get(operation) ?? 0,
    close: () =>
      new Promise(resolve => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a client of the lab is opened with: its one region, and credentials that only have to be there. */
export const labClientConfig = (url: string) => ({
  endpoint: url,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
});

function endpointOf(endpoints: Map<string, Endpoint>, request: RawRequest): SchemaEndpoint | RawEndpoint {
  // AWS4-HMAC-SHA256 Credential=lab/20260101/eu-west-1/monitoring/aws4_request, SignedHeaders=...
  const scope = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(String(request.headers.authorization));
  const signingName = scope?.[1];
  if (signingName === undefined) {
    throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  }
  const endpoint = endpoints.get(signingName);
  if (endpoint !== undefined) return endpoint;
  const known = [...endpoints.keys()].join(', ');
  throw new AwsError('UnknownOperationException', `the lab has no service ${signingName}, only ${known}`, 404);
}

async function runOperation(
  endpoint: SchemaEndpoint,
  name: string,
  protocol: WireProtocol | undefined,
): Promise<RawResponse> {
  const operation = Object.hasOwn(endpoint.operations, name) ? endpoint.operations[name] : undefined;
  if (operation === undefined || protocol === undefined) {
    throw new AwsError('UnknownOperationException', `the lab's ${endpoint.signingName} has no operation '${name}'`);
  }
  const input = await protocol.readInput(operation.schema);
  requireMembers(operation, input as Record<string, unknown>);
  return protocol.writeOutput(operation.schema, await operation.handle(input));
}

/** The schema lists required members first and says how many there are. */
function requireMembers(operation: Operation, input: Record<string, unknown>): void {
  const schema = NormalizedSchema.of(operation.schema[4]).getSchema();
  if (!Array.isArray(schema)) return;
  const members = schema[4] as string[];
  const missing = members.slice(0, (schema[6] as number | undefined) ?? 0).find(name => input[name] === undefined);
  if (missing === undefined) return;
  throw new AwsError('ValidationError', `Value null at '${missing}' failed to satisfy constraint: must not be null`);
}

async function readRequest(request: IncomingMessage): Promise<RawRequest | 'tooLarge'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk); // the rest is read and dropped, so that the refusal arrives
  }
  if (bytes > MAX_BODY_BYTES) return 'tooLarge';
  const { method = 'GET', url = '/', headers } = request;
  return { method, path: url, headers, body: Buffer.concat(chunks) };
}

function send(response: ServerResponse, { statusCode, headers, body }: RawResponse): void {
  response.writeHead(statusCode, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const restError = (error: AwsError): RawResponse => ({
  statusCode: error.statusCode,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
  body: JSON.stringify({ ...error.extra, message: error.message }),
});

const tooLarge = () => new AwsError('RequestEntityTooLargeException', `a body is at most ${MAX_BODY_BYTES} bytes`, 413);

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
