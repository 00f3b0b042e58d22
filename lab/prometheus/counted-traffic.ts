import { setTimeout as pause } from 'node:timers/promises';
import { prometheusApi } from '../../adapters/metrics/prometheus/prometheus-api.ts';
import { openPrometheusSource } from '../../adapters/metrics/prometheus/prometheus-source.ts';
import type { Metric } from '../../domain/plan/plan.ts';
import type { Counts } from '../../domain/windows/reading.ts';
import type { Window } from '../../domain/windows/windows.ts';
import type { Workload } from '../../domain/workload.ts';
import { findFreePort } from '../kubernetes/ports.ts';
import { openPrometheus } from './real-prometheus.ts';
import { type OwnCounts, type ScrapedServer, scrapedServer } from './scraped-server.ts';
import { until } from './until.ts';

/** What the source said of the windows, summed, beside what the servers counted. */
export interface CountedTraffic {
  canary: { source: OwnCounts; servers: OwnCounts };
  stable: { source: OwnCounts; servers: OwnCounts };
  /** The canary's requests by its histogram. */
  canaryByHistogram: number;
  windows: number;
  /** From a window's end to the read that froze it, the longest, in ms. */
  latestFreezeMs: number;
}

const slot = 'slot="${slot}"';
const metricOf = (name: string, measure: Extract<Metric['source'], { kind: 'prometheus' }>['measure']): Metric => ({
  name,
  source: { kind: 'prometheus', measure },
  judge: { kind: 'relative', max: 2, failureLimit: 0, minRequests: 10 },
});
const METRICS = [
  metricOf('errors', {
    kind: 'counters',
    requests: `http_requests_total{${slot}}`,
    bad: `http_requests_total{${slot},code=~"5.."}`,
  }),
  metricOf('slow', {
    kind: 'histogram',
    buckets: `http_request_duration_seconds_bucket{${slot}}`,
    thresholdsSeconds: [0.1],
  }),
];

/**
 * A real Prometheus scrapes the lab's real servers under traffic, and the source reads each window as a release does: once it
 * is frozen, it counts. One stable server; of the canary's, one is restarted, one goes for good and one comes in the middle.
 * @param options.windows at least 4
 */
export async function countTraffic(options: {
  program: string;
  scrapeSeconds: number;
  windowSeconds: number;
  windows: number;
  requestsPerSecond: number;
  /**
   * When the server that comes gets its first request. At once: its first scrape has to be in the window that it was started
   * in, as windows of a few seconds on a busy computer cannot promise; what it had counted before belongs to no window.
   */
  comesWithTraffic: 'at once' | 'once scraped';
}): Promise<CountedTraffic> {
  const { scrapeSeconds, windowSeconds, requestsPerSecond } = options;
  const windowMs = windowSeconds * 1000;
  const closers: (() => Promise<void>)[] = [];
  try {
    const server = async (...settings: string[]) => {
      const one = scrapedServer(await findFreePort(), settings);
      closers.push(async () => {
        await one.quiet();
        await one.stop();
      });
      return one;
    };
    const stable = await server('ERROR_SHARE=0.01');
    const restarted = await server('ERROR_SHARE=0.1', 'EXTRA_LATENCY_MS=120', 'EXTRA_LATENCY_SHARE=0.05');
    const leaving = await server('ERROR_SHARE=0.1');
    const coming = await server('ERROR_SHARE=0.1');
    const canaries = [restarted, leaving, coming];
    const prometheus = await openPrometheus({
      program: options.program,
      scrapeSeconds,
      targets: [
        { address: stable.address, labels: { slot: 'blue' } },
        ...canaries.map(({ address }) => ({ address, labels: { slot: 'green' } })),
      ],
    });
    closers.push(prometheus.close);
    const api = prometheusApi({ url: prometheus.url, sigv4: false }, {}, { loopback: true });
    const scrapedOf = async (
      { address }: ScrapedServer,
      counter = 'http_requests_total',
    ): Promise<number | undefined> => {
      const answer = await api.query(`sum(${counter}{instance="${address}"})`, Date.now());
      return answer.kind === 'vector' ? answer.series[0]?.value : undefined;
    };
    /** What a process counts after its last scrape dies with it: it is killed when all is scraped. */
    const stop = async (one: ScrapedServer) => {
      await one.quiet();
      await until('all is scraped', async () => {
        const { requests } = await one.now();
        // a request is counted before its time is: a scrape between the two has the one without the other
        const timed = await scrapedOf(one, 'http_request_duration_seconds_count');
        return (await scrapedOf(one)) === requests && timed === requests;
      });
      await one.stop();
    };
    const before = [stable, restarted, leaving];
    await Promise.all(before.map(one => one.start()));
    await until('all are scraped', async () =>
      (await Promise.all(before.map(one => scrapedOf(one)))).every(count => count === 0),
    );

    const firstStartEpochMs = Math.ceil((Date.now() + scrapeSeconds * 1000) / windowMs) * windowMs;
    const windows = Array.from({ length: options.windows }, (_, index): Window => {
      const startEpochMs = firstStartEpochMs + index * windowMs;
      return { startEpochMs, endEpochMs: startEpochMs + windowMs };
    });
    const at = (windowsPassed: number) => pauseUntil(firstStartEpochMs + windowsPassed * windowMs);
    const frozen = freeze(prometheus.url, windows);
    frozen.catch(() => {}); // awaited when the traffic is over: until then its failure is nobody's
    const third = Math.floor(options.windows / 3);
    // the first and the last scrapes around the windows see no traffic that is not in them
    await pauseUntil(firstStartEpochMs + scrapeSeconds * 1500);
    for (const one of before) one.ask(requestsPerSecond);
    await at(third - 0.5);
    await stop(restarted);
    await restarted.start();
    restarted.ask(requestsPerSecond);
    await at(third + 0.5);
    await coming.start();
    if (options.comesWithTraffic === 'once scraped')
      await until('the one that comes is scraped', async () => (await scrapedOf(coming)) === 0);
    coming.ask(requestsPerSecond);
    await at(2 * third + 0.3);
    await stop(leaving);
    await pauseUntil((windows.at(-1)?.endEpochMs ?? 0) - scrapeSeconds * 2000);
    await Promise.all([stable, ...canaries].map(one => one.quiet()));

    const { errors, slow, latestFreezeMs } = await frozen;
    return {
      canary: { source: sum(errors.map(({ canary }) => canary)), servers: await totalOf(canaries) },
      stable: { source: sum(errors.map(({ stable: counts }) => counts)), servers: await totalOf([stable]) },
      canaryByHistogram: sum(slow.map(({ canary }) => canary)).requests,
      windows: windows.length,
      latestFreezeMs,
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

type Versions = { canary: Counts | null; stable: Counts | null };

/** Reads what is not frozen yet every so often, as looks do, and keeps the first reading that cannot change any more. */
async function freeze(url: string, windows: readonly Window[]) {
  const source = openPrometheusSource({}, { loopback: true });
  const request = { workload: workloadAt(url), canary: 'green', revisions: { blue: 'old', green: 'new' } } as const;
  const kept = new Map<string, Versions>();
  let latestFreezeMs = 0;
  const keyOf = (metric: string, startEpochMs: number) => `${metric} ${startEpochMs}`;
  for (;;) {
    const due = windows.filter(
      ({ startEpochMs, endEpochMs }) =>
        endEpochMs <= Date.now() && METRICS.some(({ name }) => !kept.has(keyOf(name, startEpochMs))),
    );
    const readings = await source.read({ ...request, metrics: METRICS, windows: due });
    for (const { metric, startEpochMs, endEpochMs, reading, settled } of readings) {
      if (reading.kind === 'noData') throw new Error(reading.reason);
      if (reading.kind !== 'counts' || settled?.canary !== true || !settled.stable) continue;
      if (kept.has(keyOf(metric, startEpochMs))) continue;
      kept.set(keyOf(metric, startEpochMs), reading);
      latestFreezeMs = Math.max(latestFreezeMs, Date.now() - endEpochMs);
    }
    const of = (name: string) => windows.flatMap(({ startEpochMs }) => kept.get(keyOf(name, startEpochMs)) ?? []);
    if (kept.size === windows.length * METRICS.length)
      return { errors: of('errors'), slow: of('slow'), latestFreezeMs };
    const last = windows.at(-1);
    if (last !== undefined && Date.now() > last.endEpochMs + 60_000) throw new Error('a window never froze');
    await pause(200);
  }
}

const sum = (counts: readonly (Counts | null)[]): OwnCounts => ({
  requests: counts.reduce((all, one) => all + (one?.requests ?? 0), 0),
  bad: counts.reduce((all, one) => all + (one?.bad[0] ?? 0), 0),
});

async function totalOf(servers: readonly ScrapedServer[]): Promise<OwnCounts> {
  const totals = await Promise.all(servers.map(server => server.total()));
  return {
    requests: totals.reduce((all, one) => all + one.requests, 0),
    bad: totals.reduce((all, one) => all + one.bad, 0),
  };
}

const pauseUntil = (epochMs: number): Promise<void> => pause(Math.max(0, epochMs - Date.now()));

const workloadAt = (url: string): Workload => ({
  name: 'lab',
  cluster: { name: 'lab', namespace: 'lab' },
  deployment: 'lab',
  container: 'app',
  repositories: [],
  router: { kind: 'alb', rules: [], targetGroups: { blue: '', green: '' } },
  sources: { prometheus: { url, sigv4: false } },
  backgroundWork: 'none',
  connections: 'cut',
  maxDrainSeconds: 0,
});
