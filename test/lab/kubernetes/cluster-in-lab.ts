import { openLabClock } from '../../../lab/clock.ts';
import type { TargetRegistrar } from '../../../lab/kubernetes/binding-controller.ts';
import type { LabKubernetes } from '../../../lab/kubernetes/kubernetes.ts';
import { openKubernetes } from '../../../lab/kubernetes/kubernetes.ts';
import type { Program } from '../../../lab/kubernetes/pod.ts';

/** One-line server programs: enough for the kubelet to have something to start and stop. */
export const programs = {
  good: node(
    "require('http').createServer((q,s)=>s.end(process.env.GREETING||'hi')).listen(process.env.PORT,'127.0.0.1')",
  ),
  /** Exit code 3 at once. */
  exitsAtOnce: node('process.exit(3)'),
  neverListens: node('setInterval(()=>{},1000)'),
  ignoresSigterm: node(
    "process.on('SIGTERM',()=>{});require('http').createServer((q,s)=>s.end('hi')).listen(process.env.PORT,'127.0.0.1')",
  ),
  /** Answers after 700 ms; on SIGTERM it stops listening and ends when the last request has its answer. */
  slowAndPolite: node(
    "const h=require('http').createServer((q,s)=>setTimeout(()=>{s.setHeader('connection','close');s.end('late')},700))" +
      ".listen(process.env.PORT,'127.0.0.1');process.on('SIGTERM',()=>h.close(()=>process.exit(0)))",
  ),
  doesNotStart: { command: ['/nowhere/no-such-program'] } satisfies Program,
};

function node(script: string): Program {
  return { command: [process.execPath, '-e', script] };
}

/** Remembers who is registered where; every call is told in order. */
export function openRegistrar(): TargetRegistrar & { targets: Map<string, string[]>; calls: string[] } {
  const targets = new Map<string, string[]>();
  const calls: string[] = [];
  return {
    targets,
    calls,
    register: async (arn, { host, port }) => {
      calls.push(`register ${arn} ${host}:${port}`);
      targets.set(arn, [...(targets.get(arn) ?? []), `${host}:${port}`]);
    },
    deregister: async (arn, { host, port }) => {
      calls.push(`deregister ${arn} ${host}:${port}`);
      targets.set(
        arn,
        (targets.get(arn) ?? []).filter(target => target !== `${host}:${port}`),
      );
    },
  };
}

export interface LabInTest {
  kubernetes: LabKubernetes;
  registrar: ReturnType<typeof openRegistrar>;
}

/** The lab's Kubernetes, 60 times faster than the wall, with `images` as programs. */
export async function openLab(
  images: Record<string, Program>,
  options: { findPort?: () => Promise<number>; compress?: number } = {},
): Promise<LabInTest> {
  const registrar = openRegistrar();
  const kubernetes = await openKubernetes({
    clock: openLabClock({ startEpochMs: Date.now(), compress: options.compress ?? 60 }),
    programs: new Map(Object.entries(images)),
    registrar,
    ...(options.findPort !== undefined ? { findPort: options.findPort } : {}),
  });
  return { kubernetes, registrar };
}

/** A Deployment `app` in namespace `shop` with one container, complete for apply. */
export function deployment(image: string, replicas: number, more: Record<string, never> | object = {}) {
  const labels = { app: 'app' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image, ports: [{ containerPort: 8080 }], ...more }] },
      },
    },
  };
}

/** Service and TargetGroupBinding for that Deployment's pods. */
export const binding = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'app', namespace: 'shop' },
    spec: { selector: { app: 'app' }, ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] },
  },
  {
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    metadata: { name: 'app', namespace: 'shop' },
    spec: { serviceRef: { name: 'app', port: 80 }, targetGroupARN: 'tg', targetType: 'ip' },
  },
];
