/**
 * The demo's server: one replica of a slot. Plain node:http and nothing else, so that it starts at once.
 * Settings come from the environment or as KEY=VALUE arguments (arguments win):
 *   PORT                 to listen on, 127.0.0.1; 0 (the default) takes a free one
 *   VERSION              put into every answer
 *   LATENCY_MS           every answer takes at least this long
 *   ERROR_SHARE          0 to 1 of the answers are 500
 *   EXTRA_LATENCY_MS     added to EXTRA_LATENCY_SHARE (0 to 1, default 1) of the answers
 *   CRASH_AFTER          the process exits with 1 at this request, without answering it
 *   BAD_AFTER_MS         the three faults above begin only so long after the start
 *   NEVER_READY          GET /ready answers 503 for ever
 *   NEVER_LISTENS        the process lives and does not listen
 *   EXIT_AT_ONCE         the process exits with 1 before it listens
 *   IGNORE_SIGTERM       SIGTERM does nothing: only SIGKILL ends it
 * GET /ready: 200 or 503. GET /counters: {"requests", "bad"} of all requests but these; bad = answered with 500.
 * GET /metrics: the same in Prometheus' text format, http_requests_total by code, and http_request_duration_seconds.
 * SIGTERM: no new connections, requests in flight are finished, exit 0.
 */
import { createServer } from 'node:http';
import { isOneOf } from './share.ts';

const given = Object.fromEntries(
  process.argv.slice(2).map(argument => {
    const at = argument.indexOf('=');
    return at < 0 ? [argument, '1'] : [argument.slice(0, at), argument.slice(at + 1)];
  }),
);
const setting = (name: string): string | undefined => given[name] ?? process.env[name];
const isOn = (name: string): boolean => !['', '0', 'false', undefined].includes(setting(name));

/** @throws RangeError a setting that is not a number from 0 on: a typing mistake must not make a healthy server */
function numberOf(name: string, otherwise: number): number {
  const text = setting(name);
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!(value >= 0)) throw new RangeError(`${name} must be a number from 0 on, got "${text}"`);
  return value;
}

const version = setting('VERSION') ?? 'unnamed';
const port = numberOf('PORT', 0);
const latencyMs = numberOf('LATENCY_MS', 0);
const errorShare = numberOf('ERROR_SHARE', 0);
const extraLatencyMs = numberOf('EXTRA_LATENCY_MS', 0);
const extraLatencyShare = numberOf('EXTRA_LATENCY_SHARE', 1);
const crashAfter = numberOf('CRASH_AFTER', Number.POSITIVE_INFINITY);
const badFromEpochMs = Date.now() + numberOf('BAD_AFTER_MS', 0);
const neverReady = isOn('NEVER_READY');

const startedEpochSeconds = Date.now() / 1000 - process.uptime();
let requests = 0;
let bad = 0;
/** Requests since the fault began. */
let sinceFault = 0;

/** Upper bounds in seconds, as Prometheus' clients have them by default. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const answeredWithin = BOUNDS.map(() => 0);
let answered = 0;
let answeredSeconds = 0;

function observe(seconds: number): void {
  answered += 1;
  answeredSeconds += seconds;
  for (const [index, bound] of BOUNDS.entries())
    if (seconds <= bound) answeredWithin[index] = (answeredWithin[index] ?? 0) + 1;
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/ Every code is there from the start, at 0. */
const metricsPage = (): string =>
  [
    '# TYPE process_start_time_seconds gauge',
    `process_start_time_seconds ${startedEpochSeconds}`,
    '# TYPE http_requests_total counter',
    `http_requests_total{code="200"} ${requests - bad}`,
    `http_requests_total{code="500"} ${bad}`,
    '# TYPE http_request_duration_seconds histogram',
    ...BOUNDS.map((bound, index) => `http_request_duration_seconds_bucket{le="${bound}"} ${answeredWithin[index]}`),
    `http_request_duration_seconds_bucket{le="+Inf"} ${answered}`,
    `http_request_duration_seconds_sum ${answeredSeconds}`,
    `http_request_duration_seconds_count ${answered}`,
    '',
  ].join('\n');

const server = createServer((request, response) => {
  const json = (status: number, body: object) => {
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };
  if (request.url === '/ready') return json(neverReady ? 503 : 200, { ready: !neverReady });
  if (request.url === '/counters') return json(200, { requests, bad });

  if (request.url === '/metrics') {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    return response.end(metricsPage());
  }

  requests += 1;
  const arrivedMs = performance.now();
  let status = 200;
  let waitMs = latencyMs;
  if (Date.now() >= badFromEpochMs) {
    sinceFault += 1;
    if (sinceFault >= crashAfter) process.exit(1);
    if (isOneOf(errorShare, sinceFault)) status = 500;
    if (extraLatencyMs > 0 && isOneOf(extraLatencyShare, sinceFault)) waitMs += extraLatencyMs;
  }
  if (status === 500) bad += 1;
  const answer = () => {
    observe((performance.now() - arrivedMs) / 1000);
    return json(status, { version, status });
  };
  // the body is read to its end: answering in the middle of an upload would cut it
  request.resume();
  request.on('end', () => (waitMs > 0 ? setTimeout(answer, waitMs) : answer()));
});

process.on('SIGTERM', () => {
  if (isOn('IGNORE_SIGTERM')) return;
  server.close(() => process.exit(0));
  // a server that never listened calls back with an error, at once: the same exit
});

if (isOn('EXIT_AT_ONCE')) {
  console.error('exits at once, as told by EXIT_AT_ONCE');
  process.exit(1);
}
if (isOn('NEVER_LISTENS')) {
  console.log(`${version} does not listen, as told by NEVER_LISTENS`);
  setInterval(() => {}, 60_000);
} else {
  // a burst after a stall must wait in the queue, not be dropped by the kernel: node's default is 511
  server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
    const address = server.address();
    if (address !== null && typeof address === 'object')
      console.log(`${version} listens on http://127.0.0.1:${address.port}`);
  });
}
