import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came to an address of CloudFormation. */
export interface Put {
  path: string;
  body: Buffer;
  contentType: string | undefined;
  /** What it was answered; 0: the connection was closed. */
  status: number;
}

/**
 * The bucket in which CloudFormation waits for answers: it takes a PUT at an address that it signed, for an empty content type.
 * @param makeServer of TLS, where who answers asks for it
 */
export async function openAnswerBucket(makeServer: (listener: RequestListener) => Server = createServer) {
  const puts: Put[] = [];
  const faults: number[] = [];
  const server = makeServer((request, response) => {
    void bodyOf(request).then(body => {
      const { 'content-type': contentType } = request.headers;
      const isSigned = request.method === 'PUT' && /[?&]X-Amz-Signature=/.test(request.url ?? '');
      const status = faults.shift() ?? (isSigned && (contentType ?? '') === '' ? 200 : 403);
      puts.push({ path: request.url ?? '', body, contentType, status });
      if (status === 0) return request.socket.destroy();
      return response.writeHead(status).end(status === 200 ? '' : '<Error><Code>Refused</Code></Error>');
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    /** All that came, oldest first. */
    puts,
    /** The next ones meet these, one after the other: a status, or 0 for a connection that is closed. */
    fail: (...statuses: number[]) => faults.push(...statuses),
    /** Of what was taken at this path the first. */
    takenAt: (path: string): Put | undefined => puts.find(put => put.path === path && put.status === 200),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Handlers = Readonly<Record<string, (event: unknown) => Promise<unknown>>>;

/** Handlers in this process, called by their functions' names, and the bucket that they answer to. */
export async function openCaller(handlers: Handlers) {
  const bucket = await openAnswerBucket();
  return {
    bucket,
    addressOf: (path: string) => `http://127.0.0.1:${bucket.port}${path}`,
    invoke: async (functionArn: string, event: unknown) => {
      const handler = handlers[functionArn.split(':').at(-1) ?? ''];
      if (handler === undefined) throw new Error(`the stack calls ${functionArn}, which is not here`);
      return handler(event);
    },
    close: bucket.close,
  };
}

export type AnswerBucket = Awaited<ReturnType<typeof openAnswerBucket>>;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
