import { describe, expect, it } from 'vitest';
import {
  deploymentSchema,
  podSchema,
  type SlotDeployment,
  type SlotPod,
} from '../../../adapters/cluster/slot-shapes.ts';
import { problemOf as problemIn, restartsOf, slotStatusOf } from '../../../adapters/cluster/slot-status.ts';

const NOW = '2026-11-21T12:10:00Z';
const problemOf = (of: SlotDeployment, pods: SlotPod[], events?: Map<string, string>) =>
  problemIn(of, pods, { nowEpochMs: Date.parse(NOW), ...(events && { events }) });

const deployment = (status: object, more: object = {}) =>
  deploymentSchema.parse({
    metadata: { generation: 2, annotations: { 'sluice.dev/revision': 'r1' } },
    spec: {
      replicas: 2,
      template: {
        spec: { containers: [{ name: 'app', readinessProbe: { httpGet: { path: '/healthz', port: 80 } } }] },
      },
      ...more,
    },
    status,
  });
const full = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const pod = (container: object, conditions: object[] = [], metadata: object = {}) =>
  podSchema.parse({
    metadata: { name: 'p', ...metadata },
    status: { conditions, containerStatuses: [{ name: 'app', ready: false, ...container }] },
  });
const crashing = pod({
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
  lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', message: 'password=hunter2' } },
});
const unready = pod({ state: { running: {} } }, [
  { type: 'Ready', status: 'False', message: 'containers with unready status: [app]' },
]);

describe('the restarts of a slot', () => {
  it('are counted by pod, with the end of the container that had most; pods that go away do not count', () => {
    const restarted = (restartCount: number, metadata: object = {}) =>
      pod(
        { restartCount, state: { running: {} }, lastState: { terminated: { exitCode: 7, reason: 'Error' } } },
        [],
        metadata,
      );
    const leaving = restarted(9, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(restartsOf([pod({}), restarted(1), restarted(3), leaving])).toEqual({
      restarts: [1, 3],
      lastExit: 'container app ended with exit code 7',
    });
    expect(restartsOf([pod({ ...crashing.status.containerStatuses[0], restartCount: 5 })])).toEqual({
      restarts: [5],
      lastExit: 'container app ended with exit code 137 (OOMKilled)',
    });
    expect(restartsOf([pod({}), leaving])).toEqual({});
  });
});

describe('the status of a slot', () => {
  it.each<[string, object, boolean]>([
    ['rolled out', full, true],
    ['the controller has not seen the newest generation', { ...full, observedGeneration: 1 }, false],
    ['old pods are still there', { ...full, replicas: 3 }, false],
    ['not all pods are of the newest template', { ...full, updatedReplicas: 1 }, false],
    ['not all pods are available', { ...full, availableReplicas: 1 }, false],
    ['nothing was reported yet', {}, false],
  ])('%s', (_, status, ready) => {
    expect(slotStatusOf(deployment(status))).toMatchObject({ desired: 2, revision: 'r1', ready });
  });

  it('at zero replicas is ready when none is left', () => {
    expect(slotStatusOf(deployment({ observedGeneration: 2 }, { replicas: 0 }))).toMatchObject({
      desired: 0,
      ready: true,
    });
    expect(slotStatusOf(deployment({ observedGeneration: 2, replicas: 1 }, { replicas: 0 }))).toMatchObject({
      ready: false,
    });
  });
});

describe('the problem of a slot', () => {
  it('is a crash loop with its exit code before a failing probe, and nothing that the container printed', () => {
    expect(problemOf(deployment({}), [unready, crashing])).toBe(
      'container app: CrashLoopBackOff, last exit code 137: back-off 40s restarting failed container (1 of 2 pods); container app runs but is not ready, readiness probe GET /healthz: containers with unready status: [app] (1 of 2 pods)',
    );
  });

  it('is the readiness probe that fails', () => {
    expect(problemOf(deployment({}), [unready])).toBe(
      'container app runs but is not ready, readiness probe GET /healthz: containers with unready status: [app] (1 of 1 pods)',
    );
  });

  it('is the progress deadline, with or without a pod to blame', () => {
    const stuck = deployment({
      conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
    });

    expect(problemOf(stuck, [])).toBe('the Deployment exceeded its progress deadline');
    expect(problemOf(stuck, [crashing])).toMatch(/CrashLoopBackOff.*; the Deployment exceeded its progress deadline$/);
  });

  it('is what keeps pods from being created or scheduled', () => {
    const quota = deployment({
      conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: shop' }],
    });
    const unscheduled = podSchema.parse({
      metadata: { name: 'p' },
      status: { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }] },
    });

    expect(problemOf(quota, [])).toBe('pods cannot be created: exceeded quota: shop');
    expect(problemOf(deployment({}), [unscheduled])).toMatch(/^not scheduled: 0\/3 nodes are available/);
  });

  it('is absent while pods just start or end, and where all is well', () => {
    const creationTimestamp = '2026-11-21T12:09:50Z';
    const starting = pod({ state: { waiting: { reason: 'ContainerCreating' } } }, [], { creationTimestamp });
    const ending = pod({ state: { terminated: { exitCode: 1 } } }, [], { deletionTimestamp: '2026-11-21T00:00:00Z' });

    expect(problemOf(deployment({}), [starting, ending])).toBeUndefined();
    expect(problemOf(deployment(full), [])).toBeUndefined();
  });

  const SINCE = '2026-11-21T12:00:00Z';
  const old = { creationTimestamp: SINCE };
  const making = (name: string, more: object = {}) =>
    pod({ state: { waiting: { reason: 'ContainerCreating' } } }, [], { name, ...old, ...more });
  /** With its own init containers, gates and conditions. */
  const anyPod = (status: object, spec: object = {}, metadata: object = {}) =>
    podSchema.parse({ metadata: { name: 'p', ...old, ...metadata }, spec, status });
  const ready = { name: 'app', ready: true, state: { running: {} } };
  const withInit = (init: object) =>
    deployment({}, { template: { spec: { containers: [{ name: 'app' }], initContainers: [init] } } });

  it('is an init container that does not end, and since when', () => {
    const init = { name: 'migrate', ready: false, state: { running: { startedAt: SINCE } } };
    const waits = { name: 'app', ready: false, state: { waiting: { reason: 'PodInitializing' } } };
    const stuck = anyPod({ initContainerStatuses: [init], containerStatuses: [waits] });
    expect(problemOf(withInit({ name: 'migrate' }), [stuck])).toBe(
      `init container migrate runs since ${SINCE} and has not ended (1 of 1 pods)`,
    );
  });

  it('is a sidecar that is not ready or not started, and no sidecar that just runs on', () => {
    const sidecar = { name: 'proxy', restartPolicy: 'Always', readinessProbe: { tcpSocket: { port: 1 } } };
    const of = (status: object) =>
      problemOf(withInit(sidecar), [
        anyPod({
          initContainerStatuses: [{ name: 'proxy', state: { running: { startedAt: SINCE } }, ...status }],
          containerStatuses: [ready],
          conditions: [{ type: 'Ready', status: 'True' }],
        }),
      ]);
    expect(of({ ready: false, started: true })).toBe(
      `sidecar proxy runs since ${SINCE} but is not ready, readiness probe tcpSocket (1 of 1 pods)`,
    );
    expect(of({ ready: true, started: true })).toBeUndefined();
  });

  it('is a second container of the pods, named', () => {
    const two = anyPod({ containerStatuses: [ready, { name: 'proxy', ready: false, state: { running: {} } }] });
    expect(problemOf(deployment({}), [two])).toBe('container proxy runs but is not ready (1 of 1 pods)');
  });

  it('is a container that is not made for long, with what an event says of it', () => {
    expect(problemOf(deployment({}), [making('a'), making('b')], new Map([['a', 'FailedMount: no such volume']]))).toBe(
      `container app is not made yet, since ${SINCE}: FailedMount: no such volume (2 of 2 pods)`,
    );
  });

  it('is a readiness gate that somebody answered with no, or that nobody has answered', () => {
    const conditionType = 'target-health.elbv2.k8s.aws/checkout-green';
    const of = (conditions: object[]) =>
      problemOf(deployment({}), [
        anyPod({ containerStatuses: [ready], conditions }, { readinessGates: [{ conditionType }] }),
      ]);
    const answered = { type: conditionType, reason: 'Target.Timeout', message: 'Request timed out' };
    expect(of([{ ...answered, status: 'False' }])).toBe(
      `readiness gate ${conditionType} is False: Target.Timeout: Request timed out (1 of 1 pods)`,
    );
    expect(of([])).toBe(`readiness gate ${conditionType} was not answered by anybody yet (1 of 1 pods)`);
    expect(of([{ ...answered, status: 'True' }])).toBeUndefined();
  });

  it('is the time that a pod has to be ready, and a Deployment that is paused', () => {
    const since = { type: 'Ready', status: 'True', lastTransitionTime: SINCE };
    const fresh = anyPod({ containerStatuses: [ready], conditions: [since] });
    expect(problemOf(deployment({}, { minReadySeconds: 600 }), [fresh])).toBe(
      `ready since ${SINCE}, and has to be for 600 s (minReadySeconds) (1 of 1 pods)`,
    );
    expect(problemOf(deployment({ observedGeneration: 2 }, { paused: true }), [])).toMatch(/^the Deployment is paused/);
  });

  it('is first what most pods have, and of many causes three', () => {
    const gated = (name: string) =>
      anyPod({ containerStatuses: [ready] }, { readinessGates: [{ conditionType: 'g' }] }, { name });
    const text = problemOf(deployment({}), [gated('a'), gated('b'), crashing]) ?? '';
    expect(text).toMatch(/^readiness gate g .*\(2 of 3 pods\); container app: CrashLoopBackOff.*\(1 of 3 pods\)$/);
    const named = (name: string) => anyPod({ containerStatuses: [{ name, ready: false, state: { running: {} } }] });
    expect(problemOf(deployment({}), ['a', 'b', 'c', 'd', 'e'].map(named))).toMatch(/; and 2 more causes$/);
    const long = pod({ state: { waiting: { reason: 'ErrImagePull', message: 'x'.repeat(5000) } } });
    expect(problemOf(deployment({}), [long])?.length).toBeLessThan(400);
  });

  it('is never what pods of an older ReplicaSet have', () => {
    const of = (hash: string, createdAt: string) => ({
      labels: { 'pod-template-hash': hash },
      creationTimestamp: createdAt,
    });
    const leftover = pod(crashing.status.containerStatuses[0] ?? {}, [], of('old', SINCE));
    const current = pod({ state: { running: {} } }, [], of('new', '2026-11-21T12:05:00Z'));
    const says = (message: string) =>
      deployment({ conditions: [{ type: 'Progressing', status: 'True', message }] }, { replicas: 2 });
    const named = { ...says('ReplicaSet "checkout-green-new" is progressing.') };
    named.metadata = { ...named.metadata, name: 'checkout-green' };
    expect(problemOf(named, [leftover, current])).toMatch(/^container app runs but is not ready.*\(1 of 1 pods\)$/);
    // no condition names one: the pod that was made last is of the newest
    expect(problemOf(deployment({}), [leftover, current])).toMatch(/^container app runs but is not ready/);
    expect(problemOf(named, [leftover])).toMatch(/^the cluster has not taken up the Deployment yet$/);
  });
});
