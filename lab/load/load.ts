import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { callsTo } from '../worker-calls.ts';
import type { LoadReport } from './report.ts';

export interface LoadSpec {
  /** Of the load balancer. */
  url: string;
  requestsPerSecond: number;
  /** With the query. */
  path?: string;
  method?: string;
  /** Host header; '' (the default) is the URL's. */
  host?: string;
  headers?: Record<string, string>;
  body?: string;
  /**
   * Wall clock until a request without a whole answer counts as one without an answer. Keep it above the load balancer's
   * idle time-out: its 504 names the target group, a client's time-out cannot.
   */
  timeoutMs?: number;
  /** An answer that takes longer is bad; Infinity by default. */
  slowMs?: number;
  /** Connections at most; Infinity by default: with a limit a hanging target makes all others wait, and the loop closes. */
  connections?: number;
}

/** Requests at a constant rate, whatever the answers do. */
export interface Load {
  /** What has happened so far. */
  snapshot(): Promise<LoadReport>;
  /** Sends no more, waits for what is in flight, ends the thread. The same report every time. */
  stop(): Promise<LoadReport>;
}

/**
 * Resolves when the first requests are due, sent by a thread of its own.
 * @throws RangeError a rate that is not above 0   @throws WorkerEndedError its thread failed
 */
export async function startLoad(spec: LoadSpec): Promise<Load> {
  if (!(spec.requestsPerSecond > 0))
    throw new RangeError(`requestsPerSecond must be above 0, got ${spec.requestsPerSecond}`);
  const complete: Required<LoadSpec> = {
    path: '/',
    method: 'GET',
    host: '',
    headers: {},
    body: '',
    timeoutMs: 65_000,
    slowMs: Number.POSITIVE_INFINITY,
    connections: Number.POSITIVE_INFINITY,
    ...spec,
  };
  const worker = new Worker(new URL(`./load-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: complete,
  });
  const calls = callsTo(worker);
  await calls.call('snapshot');
  let stopped: Promise<LoadReport> | undefined;
  const stop = async () => {
    try {
      return (await calls.call('stop')) as LoadReport;
    } finally {
      await worker.terminate();
    }
  };
  return {
    snapshot: () => stopped ?? (calls.call('snapshot') as Promise<LoadReport>),
    stop: () => (stopped ??= stop()),
  };
}
