/** The load generator's own thread: it sends on time whatever the rest of the lab is busy with. */
import { Agent, request as openRequest } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { BY_HEADER, BY_LOAD_BALANCER, GROUP_HEADER } from '../load-balancer/headers.ts';
import { answerCalls } from '../worker-calls.ts';
import type { LoadSpec } from './load.ts';
import { openPace } from './pace.ts';
import { Recorder } from './recorder.ts';

if (parentPort === null) throw new Error('runs as a worker thread only');
const spec = workerData as Required<LoadSpec>;

/** Far below the load balancer's hour: this side always closes first, so that no request meets a closing connection. */
const CONNECTION_IDLE_MS = 5_000;
const TICK_MS = 1;

const agent = new Agent({ keepAlive: true, timeout: CONNECTION_IDLE_MS, maxSockets: spec.connections });
const url = new URL(spec.path, spec.url);
const options = {
  agent,
  host: url.hostname,
  port: url.port,
  path: `${url.pathname}${url.search}`,
  method: spec.method,
  headers: {
    ...spec.headers,
    ...(spec.host === '' ? {} : { host: spec.host }),
    ...(spec.body === '' ? {} : { 'content-length': String(Buffer.byteLength(spec.body)) }),
  },
};

const startMs = performance.now();
const recorder = new Recorder(Date.now(), spec.slowMs);
const pace = openPace(spec.requestsPerSecond, startMs);
let allEnded: (() => void) | undefined;

function send(): void {
  const sentAtMs = performance.now();
  let groupName: string | undefined;
  let isOver = false;
  const over = (outcome: Parameters<Recorder['ended']>[0]) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    recorder.ended(outcome, Date.now());
    if (recorder.inFlight() === 0) allEnded?.();
  };
  const request = openRequest(options);
  const timer = setTimeout(() => request.destroy(new Error('no whole answer in time')), spec.timeoutMs);
  request.once('response', response => {
    const header = response.headers[GROUP_HEADER];
    groupName = typeof header === 'string' ? header : undefined;
    const byLoadBalancer = response.headers[BY_HEADER] === BY_LOAD_BALANCER;
    response.resume();
    response.once('end', () =>
      over({
        kind: 'answer',
        status: response.statusCode ?? 0,
        byLoadBalancer,
        groupName,
        latencyMs: performance.now() - sentAtMs,
      }),
    );
    response.once('error', () => over({ kind: 'noAnswer', groupName }));
    response.once('close', () => over({ kind: 'noAnswer', groupName }));
  });
  request.once('error', () => over({ kind: 'noAnswer', groupName }));
  request.end(spec.body === '' ? undefined : spec.body);
}

const ticks = setInterval(() => {
  const { count, lateMs } = pace.due(performance.now());
  if (count === 0) return;
  recorder.sent(count, lateMs);
  for (let nth = 0; nth < count; nth += 1) send();
}, TICK_MS);

answerCalls(
  parentPort,
  {},
  {
    snapshot: () => recorder.report(),
    /** Sends no more, waits for what is in flight, and tells. */
    async stop() {
      clearInterval(ticks);
      if (recorder.inFlight() > 0) await new Promise<void>(resolve => (allEnded = resolve));
      agent.destroy();
      return recorder.report(Date.now());
    },
  },
);
