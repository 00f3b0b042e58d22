import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

export interface OwnCounts {
  requests: number;
  bad: number;
}

/** One address at which a server runs, or none, or one after another; with what all of them have counted themselves. */
export interface ScrapedServer {
  readonly address: string;
  start(): Promise<void>;
  /** Requests at a constant rate, until `quiet`. */
  ask(requestsPerSecond: number): void;
  /** No more requests; resolves when the last is answered. */
  quiet(): Promise<void>;
  /** Kills it, with what it has counted kept. Quiet only. */
  stop(): Promise<void>;
  /** Of the server that runs now, as it says itself. */
  now(): Promise<OwnCounts>;
  /** Of all that ran at this address. */
  total(): Promise<OwnCounts>;
}

const PROGRAM = fileURLToPath(new URL('../programs/server.ts', import.meta.url));

/** @param settings of lab/programs/server.ts */
export function scrapedServer(port: number, settings: readonly string[]): ScrapedServer {
  const address = `127.0.0.1:${port}`;
  const gone: OwnCounts = { requests: 0, bad: 0 };
  const inFlight = new Set<Promise<unknown>>();
  let child: ChildProcess | undefined;
  let asking: Promise<void> | undefined;
  let isAsking = false;
  const counters = async () => (await (await fetch(`http://${address}/counters`)).json()) as OwnCounts;

  const server: ScrapedServer = {
    address,
    async start() {
      child = spawn(process.execPath, [PROGRAM, `PORT=${port}`, ...settings], { stdio: 'ignore' });
      await until(`a server at ${address}`, async () => (await counters().catch(() => undefined)) !== undefined);
    },
    ask(requestsPerSecond) {
      isAsking = true;
      asking = (async () => {
        let dueMs = performance.now();
        while (isAsking) {
          const request = fetch(`http://${address}/`).then(response => response.arrayBuffer());
          const settled = request.catch(error => console.error(`the server at ${address}:`, error));
          inFlight.add(settled);
          void settled.finally(() => inFlight.delete(settled));
          dueMs += 1000 / requestsPerSecond;
          await pause(Math.max(0, dueMs - performance.now()));
        }
      })();
    },
    async quiet() {
      isAsking = false;
      await asking;
      await Promise.all(inFlight);
    },
    async stop() {
      if (child === undefined) return;
      const counted = await counters();
      gone.requests += counted.requests;
      gone.bad += counted.bad;
      const ending = child;
      child = undefined;
      const ended = once(ending, 'exit');
      ending.kill('SIGKILL');
      await ended;
    },
    now: counters,
    async total() {
      const running = child === undefined ? { requests: 0, bad: 0 } : await counters();
      return { requests: gone.requests + running.requests, bad: gone.bad + running.bad };
    },
  };
  return server;
}
