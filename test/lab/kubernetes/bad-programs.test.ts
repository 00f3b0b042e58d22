import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findFreePort } from '../../../lab/kubernetes/ports.ts';
import { deployment, programs } from './cluster-in-lab.ts';
import { eventually, IMAGE, isRunning, open, ready, status, waiting } from './pods-in-lab.ts';

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

  it('never listens in a Deployment that was complete before it was scaled up: that is no roll-out, and has no deadline', async () => {
    // Prepare
    const lab = await open(programs.neverListens);
    lab.kubernetes.apply(deployment(IMAGE, 0));
    const complete = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' };
    await eventually(() => status(lab)).toMatchObject({ conditions: [complete, { status: 'True' }] });

    // Act
    lab.kubernetes.apply(deployment(IMAGE, 1));

    // Assess
    await eventually(() => status(lab)).toMatchObject({
      observedGeneration: 2,
      replicas: 1,
      conditions: [complete, { type: 'Available', status: 'False' }],
    });
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
    onTestFinished(() => new Promise<void>(resolve => void squatter.close(() => resolve())));
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
