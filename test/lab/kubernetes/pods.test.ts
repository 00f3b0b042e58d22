import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Program } from '../../../lab/kubernetes/pod.ts';
import { findFreePort } from '../../../lab/kubernetes/ports.ts';
import type { LabInTest } from './cluster-in-lab.ts';
import { binding, deployment, openLab, programs } from './cluster-in-lab.ts';

const IMAGE = `registry.example/app@sha256:${'1'.repeat(64)}`;
const NEXT = `registry.example/app@sha256:${'2'.repeat(64)}`;
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(one => one.close()));
});

async function open(program: Program, options: Parameters<typeof openLab>[1] & { next?: Program } = {}) {
  const lab = await openLab({ [IMAGE]: program, ...(options.next ? { [NEXT]: options.next } : {}) }, options);
  opened.push(lab.kubernetes);
  for (const object of binding) lab.kubernetes.apply(object);
  return lab;
}

const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 15_000, interval: 30 });
const ready = ({ kubernetes }: LabInTest) => kubernetes.pods().filter(pod => pod.ready && !pod.terminating);
const waiting = ({ kubernetes }: LabInTest) => {
  const [pod] = kubernetes.list('Pod', 'shop');
  const status = pod?.status as
    | { containerStatuses: { state: { waiting?: object }; restartCount: number }[] }
    | undefined;
  return { ...status?.containerStatuses[0]?.state.waiting, restarts: status?.containerStatuses[0]?.restartCount };
};
const status = ({ kubernetes }: LabInTest) => kubernetes.list('Deployment', 'shop')[0]?.status;
const isRunning = (pid: number | undefined): boolean => {
  try {
    process.kill(pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a program that behaves', () => {
  it('becomes ready and is registered; scaled to nothing it is deregistered and its processes are gone', async () => {
    // Prepare
    const lab = await open(programs.good);

    // Act
    lab.kubernetes.apply(deployment(IMAGE, 2));

    // Assess
    await eventually(() => lab.registrar.targets.get('tg')?.length).toBe(2);
    await eventually(() => status(lab)).toMatchObject({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 });
    const pids = ready(lab).map(pod => pod.pid);

    // Act
    lab.kubernetes.apply(deployment(IMAGE, 0));

    // Assess
    await eventually(() => lab.kubernetes.pods().length).toBe(0);
    expect(lab.registrar.targets.get('tg')).toEqual([]);
    expect(pids.map(isRunning)).toEqual([false, false]);
    expect(status(lab)).not.toHaveProperty('replicas');
  });

  it('is replaced one by one when the template changes, with never fewer available than wanted', async () => {
    // Prepare
    const lab = await open(programs.good, { next: programs.good });
    lab.kubernetes.apply(deployment(IMAGE, 2));
    await eventually(() => ready(lab).length).toBe(2);
    let least = 2;
    let most = 2;
    const watch = setInterval(() => {
      least = Math.min(least, ready(lab).length);
      most = Math.max(most, lab.kubernetes.pods().filter(pod => !pod.terminating).length);
    }, 5);

    // Act
    lab.kubernetes.apply(deployment(NEXT, 2));
    await eventually(() => ready(lab).map(pod => pod.image)).toEqual([NEXT, NEXT]);
    await eventually(() => lab.kubernetes.pods().length).toBe(2);
    clearInterval(watch);

    // Assess
    expect({ least, most }).toEqual({ least: 2, most: 3 });
  });

  it('finishes a request that is in flight when its pod is scaled away', async () => {
    // Prepare
    const lab = await open(programs.slowAndPolite);
    lab.kubernetes.apply(deployment(IMAGE, 1));
    await eventually(() => ready(lab).length).toBe(1);
    const [pod] = ready(lab);

    // Act
    const answer = fetch(`http://127.0.0.1:${pod?.port}/`).then(response => response.text());
    await new Promise(resolve => setTimeout(resolve, 150)); // the request has to be in flight, and takes 700 ms
    lab.kubernetes.apply(deployment(IMAGE, 0));

    // Assess
    expect(await answer).toBe('late');
    await eventually(() => lab.kubernetes.pods().length).toBe(0);
  });

  it('is deregistered before it is told to end, and its preStop runs in between', async () => {
    // Prepare: 60 s of preStop on the lab's clock are 1 s of wall time
    const lab = await open(programs.good);
    const preStop = { lifecycle: { preStop: { sleep: { seconds: 60 } } } };
    lab.kubernetes.apply(deployment(IMAGE, 1, preStop));
    await eventually(() => lab.registrar.targets.get('tg')?.length).toBe(1);
    const [pod] = ready(lab);

    // Act
    lab.kubernetes.apply(deployment(IMAGE, 0, preStop));
    await eventually(() => lab.registrar.targets.get('tg')).toEqual([]);

    // Assess
    expect(isRunning(pod?.pid)).toBe(true);
    await eventually(() => isRunning(pod?.pid)).toBe(false);
  });

  it('is told to end only after the load balancer has answered that it is deregistered', async () => {
    // Prepare: a load balancer that takes 300 ms to answer
    const lab = await open(programs.good);
    lab.kubernetes.apply(deployment(IMAGE, 1));
    await eventually(() => lab.registrar.targets.get('tg')?.length).toBe(1);
    const [pod] = ready(lab);
    const { deregister } = lab.registrar;
    let ranWhenAnswered: boolean | undefined;
    lab.registrar.deregister = async (arn, target) => {
      await new Promise(resolve => setTimeout(resolve, 300));
      ranWhenAnswered = isRunning(pod?.pid);
      await deregister(arn, target);
    };

    // Act
    lab.kubernetes.apply(deployment(IMAGE, 0));
    await eventually(() => lab.kubernetes.pods().length).toBe(0);

    // Assess
    expect(ranWhenAnswered).toBe(true);
  });

  it('is registered and deregistered although the load balancer’s API fails at first', async () => {
    // Prepare
    const lab = await open(programs.good);
    const { register, deregister } = lab.registrar;
    let failures = 2;
    const failing =
      (call: typeof register): typeof register =>
      async (arn, target) => {
        if (failures-- > 0) throw new Error('throttled');
        await call(arn, target);
      };
    lab.registrar.register = failing(register);
    lab.registrar.deregister = failing(deregister);

    // Act, Assess
    lab.kubernetes.apply(deployment(IMAGE, 1));
    await eventually(() => lab.registrar.targets.get('tg')?.length).toBe(1);
    failures = 2;
    lab.kubernetes.apply(deployment(IMAGE, 0));
    await eventually(() => lab.registrar.targets.get('tg')).toEqual([]);
  });

  it('is ready only when its readiness probe succeeds', async () => {
    // Prepare: 404 until the file of its own making is there
    const lab = await open({
      command: [
        process.execPath,
        '-e',
        "let ok=false;require('http').createServer((q,s)=>{if(q.url==='/open')ok=true;s.statusCode=ok?200:503;s.end()})" +
          ".listen(process.env.PORT,'127.0.0.1')",
      ],
    });
    lab.kubernetes.apply(
      deployment(IMAGE, 1, { readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 6 } }),
    );
    await eventually(() => lab.kubernetes.list('Pod', 'shop')[0]?.status).toMatchObject({
      conditions: [{ type: 'Ready', status: 'False', message: expect.stringContaining('GET /healthz') }, {}],
    });

    // Act
    await fetch(`http://127.0.0.1:${lab.kubernetes.pods()[0]?.port}/open`);

    // Assess
    await eventually(() => ready(lab).length).toBe(1);
  });

  it('counts as available only when it has been ready for minReadySeconds', async () => {
    // Prepare: 90 s on the lab's clock are 1.5 s of wall time
    const lab = await open(programs.good);
    const object = deployment(IMAGE, 1);
    lab.kubernetes.apply({ ...object, spec: { ...object.spec, minReadySeconds: 90 } });

    // Act
    await eventually(() => ready(lab).length).toBe(1);

    // Assess
    expect(status(lab)).not.toHaveProperty('availableReplicas');
    await eventually(() => status(lab)).toMatchObject({ availableReplicas: 1 });
  });
});

describe('a program that does not behave', () => {
  it('does not start: crash loop with exit code 127 and the name of the program', async () => {
    const lab = await open(programs.doesNotStart);

    lab.kubernetes.apply(deployment(IMAGE, 1));

    await eventually(() => waiting(lab)).toMatchObject({
      reason: 'CrashLoopBackOff',
      message: expect.stringContaining('no-such-program'),
    });
    expect(ready(lab)).toEqual([]);
  });

  it('exits at once: is started again and again, with back-off, and is never registered', async () => {
    const lab = await open(programs.exitsAtOnce);

    lab.kubernetes.apply(deployment(IMAGE, 1));

    await eventually(() => waiting(lab).restarts).toBeGreaterThan(1);
    expect(lab.registrar.calls).toEqual([]);
  });

  it('never listens: never ready, and the Deployment exceeds its progress deadline', async () => {
    // Prepare: 60 s on the lab's clock are 1 s of wall time
    const lab = await open(programs.neverListens);
    const object = deployment(IMAGE, 1);

    // Act
    lab.kubernetes.apply({ ...object, spec: { ...object.spec, progressDeadlineSeconds: 60 } });

    // Assess
    await eventually(() => status(lab)).toMatchObject({
      conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }, { status: 'False' }],
    });
    expect(lab.registrar.calls).toEqual([]);
  });

  it('ignores SIGTERM: is killed when its grace period is over', async () => {
    // Prepare
    const lab = await open(programs.ignoresSigterm);
    const object = deployment(IMAGE, 1);
    object.spec.template.spec = { ...object.spec.template.spec, terminationGracePeriodSeconds: 1 } as never;
    lab.kubernetes.apply(object);
    await eventually(() => ready(lab).length).toBe(1);
    const [pod] = ready(lab);

    // Act
    const startedAt = Date.now();
    lab.kubernetes.remove('Deployment', 'shop', 'app');
    await eventually(() => lab.kubernetes.pods().length).toBe(0);

    // Assess
    expect(isRunning(pod?.pid)).toBe(false);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(950);
  });

  it('finds its port in use: the pod says so and gets another port', async () => {
    // Prepare: the first port offered is taken by somebody else
    const squatter = createServer((_, response) => response.end('not yours')).listen(0, '127.0.0.1');
    opened.push({ close: () => new Promise(resolve => squatter.close(resolve)) });
    await new Promise(resolve => squatter.once('listening', resolve));
    const taken = (squatter.address() as AddressInfo).port;
    let asked = 0;
    const lab = await open(programs.good, {
      findPort: async () => (asked++ === 0 ? taken : findFreePort()),
    });

    // Act
    lab.kubernetes.apply(deployment(IMAGE, 1));

    // Assess
    await eventually(() => lab.kubernetes.list('Pod', 'shop')[0]?.status).toMatchObject({
      containerStatuses: [
        { lastState: { terminated: { exitCode: 1, message: `port ${taken} was in use, trying another` } } },
      ],
    });
    await eventually(() => lab.registrar.targets.get('tg')).toHaveLength(1);
    expect(lab.registrar.targets.get('tg')).not.toContain(`127.0.0.1:${taken}`);
  });

  it('is killed from outside: deregistered, started again and registered with its new port', async () => {
    // Prepare
    const lab = await open(programs.good);
    lab.kubernetes.apply(deployment(IMAGE, 1));
    await eventually(() => lab.registrar.targets.get('tg')?.length).toBe(1);
    const [before] = ready(lab);

    // Act
    process.kill(before?.pid ?? 0, 'SIGKILL');

    // Assess
    await eventually(() => ready(lab)[0]?.pid !== undefined && ready(lab)[0]?.pid !== before?.pid).toBe(true);
    await eventually(() => lab.registrar.targets.get('tg')).toEqual([`127.0.0.1:${ready(lab)[0]?.port}`]);
    expect(lab.registrar.calls[1]).toBe(`deregister tg 127.0.0.1:${before?.port}`);
  });

  it('has an image that nobody knows: ImagePullBackOff', async () => {
    const lab = await open(programs.good);

    lab.kubernetes.apply(deployment('registry.example/app:unknown', 1));

    await eventually(() => waiting(lab)).toMatchObject({ reason: 'ImagePullBackOff' });
  });

  it('needs a ConfigMap that is not there: says which', async () => {
    const lab = await open(programs.good);

    lab.kubernetes.apply(deployment(IMAGE, 1, { envFrom: [{ configMapRef: { name: 'settings' } }] }));

    await eventually(() => waiting(lab)).toMatchObject({
      reason: 'CreateContainerConfigError',
      message: 'configmap "settings" not found',
    });
  });
});
