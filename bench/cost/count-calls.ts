import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** What the handlers of this process asked AWS for, taken from the requests that their SDK clients made. */
export interface CalledAws {
  /** By operation: `PutItem`, `ModifyRule`, `GetMetricData`, ... */
  calls: Map<string, number>;
  writeRequestUnits: number;
  readRequestUnits: number;
  /** Metrics asked for, not expressions over them. */
  metricsRead: number;
}

/** Bytes of a table's item that are one unit. The JSON on the wire is a little larger than what DynamoDB counts. */
const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/** Counts from now until `stop`: every request of Node's HTTP client in this thread that is signed for AWS. */
export function countCalls(): { stop(): CalledAws } {
  const counted: CalledAws = { calls: new Map(), writeRequestUnits: 0, readRequestUnits: 0, metricsRead: 0 };
  const bodies = new WeakMap<ClientRequest, Buffer[]>();
  const hearBody = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    const chunks: Buffer[] = [];
    bodies.set(request, chunks);
    for (const method of ['write', 'end'] as const) {
      const original = request[method].bind(request) as (...given: unknown[]) => never;
      request[method] = ((...given: unknown[]) => {
        const [chunk] = given;
        if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
        return original(...given);
      }) as never;
    }
  };
  const hearEnd = (message: unknown) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    if (!String(request.getHeader('authorization')).startsWith('AWS4-')) return;
    const body = Buffer.concat(bodies.get(request) ?? []).toString('utf8');
    const target = request.getHeader('x-amz-target');
    const operation =
      typeof target === 'string' ? target.replace(/^.*\./, '') : (new URLSearchParams(body).get('Action') ?? 'other');
    counted.calls.set(operation, (counted.calls.get(operation) ?? 0) + 1);
    if (operation === 'PutItem') counted.writeRequestUnits += Math.ceil(body.length / WRITE_UNIT_BYTES);
    if (operation === 'GetItem' || operation === 'Query') {
      const bytes = Number(response.headers['content-length'] ?? 0);
      counted.readRequestUnits += Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
    }
    if (operation === 'GetMetricData') {
      const { MetricDataQueries = [] } = JSON.parse(body) as { MetricDataQueries?: { MetricStat?: unknown }[] };
      counted.metricsRead += MetricDataQueries.filter(query => query.MetricStat !== undefined).length;
    }
  };
  subscribe('http.client.request.created', hearBody);
  subscribe('http.client.response.finish', hearEnd);
  return {
    stop() {
      unsubscribe('http.client.request.created', hearBody);
      unsubscribe('http.client.response.finish', hearEnd);
      return counted;
    },
  };
}
