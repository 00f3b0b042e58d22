import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

/*
 * Lambda's side of the runtime API, for one environment: its runtime asks for an invocation, answers it, and asks again.
 * docs: "Using the Lambda runtime API for custom runtimes"
 */

const PREFIX = '/2018-06-01/runtime';

/** What a runtime says of an error: `errorType` is what `ErrorEquals` of a state machine is compared with. */
const runtimeErrorSchema = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()),
});
export type RuntimeError = z.infer<typeof runtimeErrorSchema>;

/** What the runtime says, as it says it. */
export type Said =
  /** It is initialised, and waits for an invocation. */
  | { kind: 'ready' }
  | { kind: 'answered'; requestId: string; value: unknown }
  | { kind: 'failed'; requestId: string; error: RuntimeError }
  | { kind: 'initFailed'; error: RuntimeError }
  /** Something that the API does not have, or not in this form: nothing that AWS' own runtime should say. */
  | { kind: 'nonsense'; because: string };

export interface Invocation {
  requestId: string;
  event: unknown;
  deadlineEpochMs: number;
  functionArn: string;
  /** `Root=1-...;Parent=...;Sampled=1` */
  traceId: string;
}

export interface RuntimeApi {
  /** `127.0.0.1:<port>`: AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Hands this to the runtime that waits. @throws Error where none does */
  hand(invocation: Invocation): void;
  close(): Promise<void>;
}

/** Opens it on a free port of this computer. @param hear is told what the runtime says */
export async function openRuntimeApi(hear: (said: Said) => void): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (request.method === 'GET' && path === `${PREFIX}/invocation/next`) {
      waiting = response;
      response.once('close', () => {
        if (waiting === response) waiting = undefined; // its process ended
      });
      hear({ kind: 'ready' });
      return;
    }
    const said = saidBy(request.method, path, await bodyOf(request));
    // before the runtime goes on: it asks for the next invocation as soon as this is taken
    hear(said);
    response.writeHead(said.kind === 'nonsense' ? 400 : 202, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: said.kind === 'nonsense' ? said.because : 'OK' }));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(error => {
      hear({ kind: 'nonsense', because: String(error) });
      response.destroy();
    });
  });
  server.requestTimeout = 0; // a runtime waits for its next invocation as long as nobody has one
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hand({ requestId, event, deadlineEpochMs, functionArn, traceId }) {
      if (waiting === undefined) throw new Error('no runtime waits for an invocation');
      const response = waiting;
      waiting = undefined;
      response.writeHead(200, {
        'content-type': 'application/json',
        'Lambda-Runtime-Aws-Request-Id': requestId,
        'Lambda-Runtime-Deadline-Ms': String(deadlineEpochMs),
        'Lambda-Runtime-Invoked-Function-Arn': functionArn,
        'Lambda-Runtime-Trace-Id': traceId,
      });
      response.end(JSON.stringify(event));
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function saidBy(method: string | undefined, path: string, body: string): Said {
  try {
    if (method !== 'POST') throw new Error('the API has no such request');
    const value: unknown = JSON.parse(body);
    if (path === `${PREFIX}/init/error`) return { kind: 'initFailed', error: runtimeErrorSchema.parse(value) };
    const [, requestId = '', what] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path.slice(PREFIX.length)) ?? [];
    if (what === 'response') return { kind: 'answered', requestId, value };
    if (what === 'error') return { kind: 'failed', requestId, error: runtimeErrorSchema.parse(value) };
    throw new Error('the API has no such request');
  } catch (error) {
    return { kind: 'nonsense', because: `${method} ${path} ${body.slice(0, 500)}: ${String(error)}` };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
