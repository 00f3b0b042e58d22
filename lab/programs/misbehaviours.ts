import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isOneOf } from './share.ts';

/** How a program differs from one that answers 200 to everything. */
export interface Misbehaviour {
  /** It listens only so long after its start, wall clock. */
  listensAfterMs?: number;
  /** Listens somewhere else than it was told to. */
  ignoresPort?: true;
  /** When it is about to listen. */
  starts?(server: Server, replica: Replica): void;
  /** @returns false to answer 200, as ever */
  answers?(request: IncomingMessage, response: ServerResponse, at: Moment): boolean;
}

interface Moment {
  /** Of its requests, from 1 on; those of a readiness probe are not counted. */
  nth: number;
  /** Wall clock, since it began to listen. */
  aliveMs: number;
  isProbe: boolean;
}

/** One pod. `STATE` is a folder in which it remembers what it was before it ended; HOSTNAME is its name through restarts. */
export interface Replica {
  hostname: string;
  stateFolder: string;
}

/** The kinds that people report: what each is expected to come to is in catalogue.ts. Times are of the wall. */
export const MISBEHAVIOURS: Record<string, Misbehaviour> = {
  healthy: {},
  'starts-slowly': { listensAfterMs: 3_000 },
  flaps: { starts: () => exitAfter(1_500 + Math.random() * 1_500, 1) },
  'ends-with-0': { starts: () => exitAfter(2_000, 0) },
  'second-replica-flaps': {
    starts: (_, replica) => {
      if (!isFirst(replica)) exitAfter(1_500 + Math.random() * 1_500, 1);
    },
  },
  'second-replica-fails': {
    starts: (_, replica) => {
      isGood = isFirst(replica);
    },
    answers: (_, response) => !isGood && status(response, 500),
  },
  'dies-for-good': {
    starts: (_, replica) => {
      if (wasHere(replica)) process.exit(1);
      exitAfter(6_000, 1);
    },
  },
  'leaks-memory': {
    answers: () => {
      leaked.push(Buffer.alloc(LEAK_BYTES, 1));
      if (leaked.length * LEAK_BYTES > LEAKED_MOST_BYTES) process.exit(137); // as the kernel's OOM killer leaves it
      return false;
    },
  },
  'stops-listening': {
    starts: server =>
      void setTimeout(() => {
        server.close();
        server.closeAllConnections();
      }, 5_000),
  },
  hangs: { answers: () => true },
  'hangs-later': { answers: (_, __, { aliveMs }) => aliveMs > 8_000 },
  'resets-connections': {
    answers: (request, _, { nth }) => isOneOf(0.2, nth) && request.socket.resetAndDestroy() !== undefined,
  },
  'breaks-off': {
    answers: (request, response, { nth }) => {
      if (!isOneOf(0.2, nth)) return false;
      response.writeHead(200, { 'content-length': 10_000 });
      response.write('only the beginning', () => request.socket.destroy());
      return true;
    },
  },
  'breaks-off-chunked': {
    answers: (request, response, { nth }) => {
      if (!isOneOf(0.2, nth)) return false;
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write('only the beginning', () => request.socket.destroy());
      return true;
    },
  },
  'stalls-in-the-body': {
    answers: (_, response, { nth }) => {
      if (!isOneOf(0.2, nth)) return false;
      response.writeHead(200, { 'content-length': 10_000 });
      response.write('only the beginning');
      return true;
    },
  },
  'grows-slower': {
    answers: (_, response, { aliveMs, isProbe }) => !isProbe && later(response, aliveMs / 100),
  },
  'stalls-now-and-then': { starts: () => void setInterval(() => blockFor(700), 3_000) },
  'is-never-ready': { answers: (_, response, { isProbe }) => isProbe && status(response, 503) },
  'is-ready-no-more': {
    answers: (_, response, { isProbe, aliveMs }) => isProbe && aliveMs > 6_000 && status(response, 503),
  },
  'ignores-port': { ignoresPort: true },
  'refuses-some-503': {
    answers: (_, response, { nth, isProbe }) =>
      !isProbe && isOneOf(0.2, nth) && status(response, 503, { 'retry-after': '30' }),
  },
  'refuses-some-429': {
    answers: (_, response, { nth, isProbe }) =>
      !isProbe && isOneOf(0.2, nth) && status(response, 429, { 'retry-after': '30' }),
  },
  'fails-under-full-load': { answers: (_, response, at) => hasFullLoad(at) && status(response, 500) },
  'refuses-under-full-load': { answers: (_, response, at) => hasFullLoad(at) && status(response, 401) },
  'is-slow-under-full-load': { answers: (_, response, at) => hasFullLoad(at) && later(response, 600) },
  'redirects-to-itself': {
    answers: (request, response) => status(response, 302, { location: request.url ?? '/' }),
  },
  'answers-nothing': { answers: (_, response) => status(response, 204) },
  'drips-its-answer': {
    answers: (_, response, { isProbe }) => {
      if (isProbe) return false;
      response.writeHead(200, { 'content-length': 10_000 });
      response.write('.');
      const timer = setInterval(() => response.write('.'), 1_000);
      response.once('close', () => clearInterval(timer));
      return true;
    },
  },
  'says-two-lengths': {
    answers: request => raw(request, 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 5\r\n\r\nhello'),
  },
  'speaks-no-http': { answers: request => raw(request, 'hello\n') },
  'closes-connections': {
    answers: request =>
      raw(request, 'HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nuntil the end of the connection'),
  },
};

/** Small beside what a computer has, and large beside what a request needs. */
const LEAK_BYTES = 2 ** 19;
const LEAKED_MOST_BYTES = 64 * 2 ** 20;
const leaked: Buffer[] = [];
let isGood = true;

/** Of the replica that is there from the first weight on, 10 %: at 25 % it has 2.5 times that, so at 50 % with a second one. */
const FULL_LOAD_TIMES = 3.75;
const FIRST_MS = 5_000;
const RECENT_MS = 3_000;
const arrivals: number[] = [];
let fullLoad = false;

/** From when on it has been sent so much more than in its first seconds as only 100 % of the requests are. */
function hasFullLoad({ aliveMs, isProbe }: Moment): boolean {
  if (isProbe || fullLoad) return fullLoad && !isProbe;
  arrivals.push(aliveMs);
  const [begun = aliveMs] = arrivals;
  if (aliveMs < begun + FIRST_MS + RECENT_MS) return false;
  const first = arrivals.findIndex(ms => ms > begun + FIRST_MS);
  const recent = arrivals.length - arrivals.findLastIndex(ms => ms < aliveMs - RECENT_MS) - 1;
  fullLoad = recent / RECENT_MS > (FULL_LOAD_TIMES * first) / FIRST_MS;
  return fullLoad;
}

const exitAfter = (ms: number, code: number): void => void setTimeout(() => process.exit(code), ms);

function status(response: ServerResponse, code: number, headers: Record<string, string> = {}): true {
  response.writeHead(code, { ...headers, 'content-length': 0 }).end();
  return true;
}

function later(response: ServerResponse, ms: number): true {
  setTimeout(() => status(response, 200), ms);
  return true;
}

function raw(request: IncomingMessage, text: string): true {
  request.socket.end(text);
  return true;
}

function blockFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Whether it is the replica that asked first, through its restarts. */
function isFirst(replica: Replica): boolean {
  return claim(replica, 'first') === replica.hostname;
}

/** Whether this replica has run before. */
function wasHere(replica: Replica): boolean {
  const mine = `${process.pid}`;
  return claim({ ...replica, hostname: mine }, replica.hostname) !== mine;
}

/** @returns who has it: its first claimant */
function claim({ hostname, stateFolder }: Replica, what: string): string {
  mkdirSync(stateFolder, { recursive: true });
  const path = join(stateFolder, what);
  try {
    const file = openSync(path, 'wx');
    writeSync(file, hostname);
    closeSync(file);
    return hostname;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(path, 'utf8');
  }
}
