import { request } from 'node:http';
import type { LabClock } from '../clock.ts';
import { accepts } from './ports.ts';
import { at } from './resources.ts';
import type { Json } from './schema.ts';

/** A container's readiness probe, with Kubernetes' defaults. */
export interface Probe {
  check(port: number): Promise<boolean>;
  /** e.g. `GET /healthz` */
  shown: string;
  /** Wall milliseconds between two checks. */
  periodMs: number;
  initialDelayMs: number;
  failureThreshold: number;
  successThreshold: number;
}

/** Below this, checking a process would take more of it than its work. */
const MIN_PERIOD_MS = 100;

/**
 * httpGet and tcpSocket as Kubernetes has them; periods run on the lab's clock (not below 100 ms of wall time), the
 * time-out is real. Every probed port is the process's own: in the lab a container has one. Without a probe, and with
 * one of another kind (exec, grpc), a process is ready as soon as its port accepts connections; Kubernetes would not
 * wait for that.
 */
export function readinessProbeOf(container: Json, clock: LabClock): Probe {
  const spec = at(container, 'readinessProbe');
  const seconds = (name: string, otherwise: number) => Number(at(spec, name) ?? otherwise);
  const wallMs = (labSeconds: number) => clock.wallMs(labSeconds * 1000);
  const timeoutMs = seconds('timeoutSeconds', 1) * 1000;
  const timing = {
    periodMs: Math.max(MIN_PERIOD_MS, wallMs(seconds('periodSeconds', 10))),
    initialDelayMs: wallMs(seconds('initialDelaySeconds', 0)),
    failureThreshold: seconds('failureThreshold', 3),
    successThreshold: seconds('successThreshold', 1),
  };
  const path = at(spec, 'httpGet', 'path');
  if (at(spec, 'httpGet') !== undefined) {
    const get = String(path ?? '/');
    return { ...timing, shown: `GET ${get}`, check: port => answersWell(port, get, timeoutMs) };
  }
  const tcp = { shown: 'connecting to its port', check: (port: number) => accepts(port, timeoutMs) };
  return at(spec, 'tcpSocket') !== undefined
    ? { ...timing, ...tcp }
    : { ...tcp, periodMs: MIN_PERIOD_MS, initialDelayMs: 0, failureThreshold: 3, successThreshold: 1 };
}

/** An answer from 200 to 399, as the kubelet counts. */
const answersWell = (port: number, path: string, timeoutMs: number): Promise<boolean> =>
  new Promise(resolve => {
    const headers = { 'user-agent': 'kube-probe/1.34', connection: 'close' };
    const probe = request({ host: '127.0.0.1', port, path, agent: false, headers, timeout: timeoutMs }, response => {
      response.resume();
      const code = response.statusCode ?? 0;
      resolve(code >= 200 && code < 400);
    });
    probe.once('timeout', () => probe.destroy());
    probe.once('error', () => resolve(false));
    probe.once('close', () => resolve(false));
    probe.end();
  });
