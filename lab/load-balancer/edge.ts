import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { lazy } from '../../domain/lazy.ts';
import type { Publishing } from '../aws/cloudwatch-publishing.ts';
import type { SeriesFaults } from '../aws/cloudwatch-series-faults.ts';
import type { TargetGroupAttributes } from '../aws/elbv2-targets.ts';
import type { Faults } from '../aws/wire-server.ts';
import type { LabClockSpec } from '../clock.ts';
import { callsTo, type Remote, remote, WorkerEndedError } from '../worker-calls.ts';
import type { LoadBalancer } from './model.ts';

/** Plain data: it travels to the worker. */
export interface EdgeOptions {
  clock: LabClockSpec;
  /** Of the load balancer, wall clock; 60 s as an ALB's. */
  idleTimeoutMs?: number;
  /** Of the load balancer; 0, the default, takes a free one. */
  port?: number;
  name?: string;
  /** How late metrics are, lab's clock. Default: seen after 60 s, whole 30 s later, from a share of 0.5 on. */
  publishing?: Publishing;
  /** Refuse calls beyond ELB's request limits (wall clock). */
  limited?: boolean;
  /** Target group attributes that the model does not hold. */
  attributes?: TargetGroupAttributes;
}

const CONTROLS = [
  'putTargetGroup',
  'targetGroups',
  'putRule',
  'removeRule',
  'rules',
  'register',
  'deregister',
  'health',
  'changes',
] as const satisfies (keyof LoadBalancer)[];
const FAULTS = ['throttle', 'fail', 'drop', 'loseAnswer', 'delay', 'clear'] as const satisfies (keyof Faults)[];
const SERIES_FAULTS = ['missing', 'nan', 'freeze', 'status', 'clear'] as const satisfies (keyof SeriesFaults)[];

/** The load balancer and the AWS endpoints that speak about it (ELBv2, CloudWatch), in a thread of their own. */
export interface Edge extends Remote<Pick<LoadBalancer, (typeof CONTROLS)[number]>> {
  /** Where clients send their requests. */
  readonly url: string;
  /** AWS_ENDPOINT_URL of ELBv2 and CloudWatch. */
  readonly wireUrl: string;
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
  /** Faults of the wire, by operation (`ModifyRule`, `GetMetricData`). */
  readonly faults: Remote<Faults>;
  /** Faults of single metric series. */
  readonly series: Remote<SeriesFaults>;
  /** How many requests for an operation have arrived at the wire endpoint. */
  wireCalls(operation: string): Promise<number>;
  /** The next `count` requests (1) lose their connection without an answer. */
  dropNextConnection(count?: number): Promise<void>;
  /** Ends the thread, whatever it is doing. Safe to repeat. */
  close(): Promise<void>;
}

/** What the worker answers once it is open. */
export type EdgeAddresses = Pick<Edge, 'url' | 'wireUrl' | 'loadBalancerArn' | 'listenerArn'>;

/** How long the worker may take to close in good order before it is ended. */
const CLOSE_WITHIN_MS = 2_000;

/** @throws Error the port is in use, or the worker failed: its thread has ended then */
export async function openEdge(options: EdgeOptions): Promise<Edge> {
  const worker = new Worker(new URL(`./edge-worker${extname(import.meta.url)}`, import.meta.url));
  const calls = callsTo(worker);
  const addresses = await (calls.call('open', options) as Promise<EdgeAddresses>).catch(async error => {
    await worker.terminate();
    throw error;
  });
  const close = lazy(async () => {
    const timer = setTimeout(() => void worker.terminate(), CLOSE_WITHIN_MS);
    try {
      await calls.call('close');
    } catch (error) {
      // it failed before, or was ended by the timer: closed is closed
      if (!(error instanceof WorkerEndedError)) throw error;
    } finally {
      clearTimeout(timer);
      await worker.terminate();
    }
  });
  return {
    ...addresses,
    ...remote<Pick<LoadBalancer, (typeof CONTROLS)[number]>>(calls, 'loadBalancer', CONTROLS),
    faults: remote<Faults>(calls, 'faults', FAULTS),
    series: remote<SeriesFaults>(calls, 'series', SERIES_FAULTS),
    wireCalls: operation => calls.call('wire.calls', operation) as Promise<number>,
    dropNextConnection: async count => {
      await calls.call('loadBalancer.dropNext', count);
    },
    close,
  };
}
