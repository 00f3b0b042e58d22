import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SLOT_LABEL, WORKLOAD_LABEL } from '../../domain/slot/slot-labels.ts';
import { type LabClockSpec, labEpochMs } from '../clock.ts';
import type { LabKubernetes, LabPod } from '../kubernetes/kubernetes.ts';
import { exposedInLab } from './exposition.ts';
import { openPrometheus, type RealPrometheus } from './real-prometheus.ts';

/** As most are configured, on the lab's clock; but a computer has other work too. */
const SCRAPE_EVERY = { labSeconds: 15, leastWallSeconds: 0.25 };
/** A pod that does not answer by then is down for this scrape, and keeps the others waiting no longer. */
const POD_TIMEOUT_MS = 200;

/**
 * A real Prometheus in which the pods of a lab are, with the labels namespace, workload, slot, pod and instance. Its samples have
 * the times of the lab's clock, which runs ahead of the wall: it scrapes one page, on which the lab puts those of all pods.
 * @throws Error it does not become ready
 */
export async function openLabPrometheus(options: {
  /** prometheusProgram() */
  program: string;
  clock: LabClockSpec;
  kubernetes: Pick<LabKubernetes, 'pods'>;
  /** Where programs expose their metrics. */
  metricsPath: string;
}): Promise<RealPrometheus> {
  const { program, clock, kubernetes, metricsPath } = options;
  const server = createServer((_, response) => {
    // one that fails is down, which its own `up` says: never the whole page
    void Promise.all(kubernetes.pods().map(pod => pageOf(pod, clock, metricsPath))).then(pages => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(pages.join(''));
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const closeServer = async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  };
  try {
    const prometheus = await openPrometheus({
      program,
      scrapeSeconds: Math.max(SCRAPE_EVERY.leastWallSeconds, SCRAPE_EVERY.labSeconds / clock.compress),
      targets: [{ address: `127.0.0.1:${(server.address() as AddressInfo).port}`, labels: {} }],
      ownTimes: true,
    });
    return {
      url: prometheus.url,
      close: async () => {
        await prometheus.close();
        await closeServer();
      },
    };
  } catch (error) {
    await closeServer();
    throw error;
  }
}

async function pageOf(pod: LabPod, clock: LabClockSpec, metricsPath: string): Promise<string> {
  const slot = pod.labels[SLOT_LABEL];
  if (pod.port === undefined || slot === undefined) return '';
  const instance = `${pod.host}:${pod.port}`;
  const labels = {
    namespace: pod.namespace,
    workload: pod.labels[WORKLOAD_LABEL] ?? '',
    slot,
    pod: pod.name,
    instance,
    job: 'lab',
  };
  const page = await pageAt(`http://${instance}${metricsPath}`);
  const whole = `up ${page === undefined ? 0 : 1}\n${page ?? ''}`;
  return exposedInLab(whole, {
    labels,
    atLabEpochMs: labEpochMs(clock, Date.now()),
    labEpochMs: wallEpochMs => labEpochMs(clock, wallEpochMs),
  });
}

/** Undefined where it does not answer with a page. */
async function pageAt(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(POD_TIMEOUT_MS), redirect: 'manual' });
    const page = await answer.text();
    return answer.ok ? page : undefined;
  } catch {
    return undefined; // refused, late, broken off: `up` is 0, as Prometheus has it
  }
}
