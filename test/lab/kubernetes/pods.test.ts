import { describe, expect, it } from 'vitest';
import { deployment, programs } from './cluster-in-lab.ts';
import { eventually, IMAGE, isRunning, NEXT, open, ready, status } from './pods-in-lab.ts';

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
    const openIt = () => fetch(`http://127.0.0.1:${lab.kubernetes.pods()[0]?.port}/open`);
    await eventually(() => openIt().catch(() => undefined)).toMatchObject({ status: 200 }); // it may not listen yet

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
