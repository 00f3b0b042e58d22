import { describe, expect, it } from 'vitest';
import {
  deploymentSchema,
  podSchema,
  problemOf,
  restartsOf,
  slotStatusOf,
} from '../../../adapters/cluster/slot-status.ts';

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
      'container app: CrashLoopBackOff, last exit code 137: back-off 40s restarting failed container (2 of 2 pods not ready)',
    );
  });

  it('is the readiness probe that fails', () => {
    expect(problemOf(deployment({}), [unready])).toBe(
      'container app runs but is not ready, readiness probe GET /healthz: containers with unready status: [app] (1 of 1 pods not ready)',
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
    const starting = pod({ state: { waiting: { reason: 'ContainerCreating' } } });
    const ending = pod({ state: { terminated: { exitCode: 1 } } }, [], { deletionTimestamp: '2026-11-21T00:00:00Z' });

    expect(problemOf(deployment({}), [starting, ending])).toBeUndefined();
    expect(problemOf(deployment(full), [])).toBeUndefined();
  });
});
