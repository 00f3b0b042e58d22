import { APPLY_PATCH, MERGE_PATCH, STRATEGIC_PATCH } from '../../support/kubernetes-ask.ts';

export interface Step {
  method: string;
  path: string;
  body?: unknown;
  type?: string;
}
export interface RequestSequence {
  name: string;
  steps: Step[];
}

type Fields = Record<string, unknown>;

/** What people, other tools and Sluice do to the objects of a slot, step by step. */
export function requestSequencesIn(namespace: string): RequestSequence[] {
  const APP = `/apis/apps/v1/namespaces/${namespace}/deployments/app`;
  const CREATE = `/apis/apps/v1/namespaces/${namespace}/deployments?fieldManager=creator`;
  const core = (plural: string, name: string) => `/api/v1/namespaces/${namespace}/${plural}/${name}`;
  const labels = { app: 'app' };
  const deployment = (spec: Fields, ...containers: Fields[]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, ...spec },
  });
  const app = (more: Fields = {}) => ({ name: 'app', image: 'registry.example/app:1', ...more });
  const of = (kind: string, fields: Fields) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'app', namespace },
    ...fields,
  });
  const part = (spec: Fields) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'app' }, spec });

  const apply = (manager: string, path: string, body: unknown, force = false): Step => ({
    method: 'PATCH',
    path: `${path}?fieldManager=${manager}&force=${force}`,
    body,
    type: APPLY_PATCH,
  });
  const merge = (manager: string, path: string, body: unknown, type = MERGE_PATCH): Step => ({
    method: 'PATCH',
    path: `${path}?fieldManager=${manager}`,
    body,
    type,
  });
  const size = (replicas: number) => part({ replicas });
  const onVersion = (resourceVersion: string, object: { metadata: Fields }) => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion },
  });
  const image = (to: string) => ({ template: { spec: { containers: [{ name: 'app', image: to }] } } });

  return [
    {
      name: 'writes that hold for one version of an object, or for none',
      steps: [
        apply('a', APP, onVersion('1', deployment({ replicas: 0 }, app()))),
        apply('a', APP, onVersion('1', deployment({ replicas: 1 }, app()))),
        apply('b', APP, onVersion('1', size(2)), true),
        // who owns a field is said before the version is looked at
        apply('b', APP, onVersion('1', size(2))),
        merge('b', APP, onVersion('1', size(2))),
        apply('a', APP, deployment({ replicas: 1 }, app())),
      ],
    },
    {
      name: 'a size that two appliers share, and that the last one lets go',
      steps: [
        apply('a', APP, deployment({ replicas: 2 }, app())),
        apply('b', APP, deployment({ replicas: 2 }, app())),
        apply('a', APP, deployment({}, app())),
        apply('b', APP, deployment({}, app())),
      ],
    },
    {
      name: 'the size of a slot, from hand to hand',
      steps: [
        apply('sluice', APP, deployment({ replicas: 0 }, app())),
        apply('sluice-size', APP, size(0), true),
        apply('sluice', APP, deployment({}, app())),
        merge('kubectl', `${APP}/scale`, { spec: { replicas: 2 } }),
        { method: 'GET', path: APP },
        apply('sluice', APP, deployment({}, app({ image: 'registry.example/app:2' }))),
        apply('sluice', APP, deployment({ replicas: 5 }, app())),
        apply('sluice-size', APP, size(1), true),
        apply('sluice', APP, deployment({ replicas: 5 }, app())),
        apply('sluice-size', APP, size(1), true),
      ],
    },
    {
      name: 'fields that an edit, an apply and a patch took, and that come back by force',
      steps: [
        apply('sluice', APP, deployment({ replicas: 0, minReadySeconds: 1 }, app())),
        merge('kubectl-set', APP, { spec: image('registry.example/app:3') }, STRATEGIC_PATCH),
        apply('argocd-controller', APP, part({ minReadySeconds: 7 }), true),
        apply('sluice', APP, deployment({ replicas: 0, minReadySeconds: 1 }, app())),
        merge('kubectl-edit', APP, { spec: { minReadySeconds: 9 } }),
        apply('sluice', APP, deployment({ replicas: 0, minReadySeconds: 1 }, app())),
        apply('sluice', APP, deployment({ replicas: 0, minReadySeconds: 1 }, app()), true),
        merge('kubectl-label', APP, { metadata: { labels: { team: 'shop' } } }),
        merge('kubectl-label', APP, { metadata: { labels: { team: null } } }),
      ],
    },
    {
      name: 'containers, variables, ports and arguments that come and go',
      steps: [
        apply(
          'a',
          APP,
          deployment(
            { replicas: 0 },
            app({ env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }], args: ['x', 'y'] }),
          ),
        ),
        apply('b', APP, part({ template: { spec: { containers: [app({ env: [{ name: 'B', value: '2' }] })] } } })),
        apply(
          'a',
          APP,
          deployment({ replicas: 0 }, app({ args: ['z'], ports: [{ containerPort: 81 }] }), {
            name: 'sidecar',
            image: 'registry.example/sidecar:1',
          }),
        ),
        apply('a', APP, deployment({ replicas: 0 }, app())),
        apply(
          'b',
          APP,
          part({ template: { spec: { containers: [{ name: 'app', env: [{ name: 'A', value: '3' }] }] } } }),
        ),
        apply('a', APP, deployment({ replicas: 0 }, app({ env: [{ name: 'A', value: '4' }] }))),
      ],
    },
    {
      name: 'labels and selectors',
      steps: [
        apply('a', APP, {
          ...deployment({ replicas: 0 }, app()),
          metadata: { name: 'app', namespace, labels: { one: '1' } },
        }),
        apply('a', APP, deployment({ replicas: 0 }, app())),
        apply('b', APP, deployment({ replicas: 0, selector: { matchLabels: { app: 'other' } } }, app())),
        apply('b', APP, part({ template: { metadata: { labels: { app: 'other' } } } }), true),
      ],
    },
    {
      name: 'a Service of the team’s that is pointed elsewhere, and applied by the team again',
      steps: [
        apply(
          'team',
          core('services', 'app'),
          of('Service', { spec: { selector: { app: 'app' }, ports: [{ port: 80 }] } }),
        ),
        merge('sluice', core('services', 'app'), { spec: { selector: { app: null, slot: 'green', of: 'app' } } }),
        merge('sluice', core('services', 'app'), { spec: { selector: { slot: 'blue', of: 'app' } } }),
        apply(
          'team',
          core('services', 'app'),
          of('Service', { spec: { selector: { app: 'app' }, ports: [{ port: 80 }] } }),
        ),
        apply(
          'team',
          core('services', 'app'),
          of('Service', { spec: { selector: { app: 'app' }, ports: [{ port: 80 }] } }),
          true,
        ),
      ],
    },
    {
      name: 'a ConfigMap that cannot change',
      steps: [
        apply(
          'sluice',
          core('configmaps', 'app'),
          of('ConfigMap', { immutable: true, data: { a: '1' }, binaryData: { b: 'AP8H' } }),
        ),
        apply(
          'sluice',
          core('configmaps', 'app'),
          of('ConfigMap', { immutable: true, data: { a: '1' }, binaryData: { b: 'AP8H' } }),
        ),
        apply(
          'sluice',
          core('configmaps', 'app'),
          of('ConfigMap', { immutable: true, data: { a: '2' }, binaryData: { b: 'AP8H' } }),
        ),
        apply(
          'sluice',
          core('configmaps', 'app'),
          of('ConfigMap', { immutable: true, data: { a: '1' }, binaryData: { b: 'AAAA' } }),
        ),
        merge('kubectl', core('configmaps', 'app'), { immutable: false }),
      ],
    },
    {
      name: 'an autoscaler’s minimum',
      steps: [
        apply('team', HPA(namespace), {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'app', namespace },
          spec: {
            minReplicas: 2,
            maxReplicas: 4,
            scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
          },
        }),
        merge('sluice-size', HPA(namespace), { spec: { minReplicas: 3 } }),
        merge('sluice-size', HPA(namespace), { spec: { minReplicas: 5 } }),
        merge('sluice-size', HPA(namespace), { spec: { minReplicas: -1 } }),
      ],
    },
    {
      name: 'requests that it refuses',
      steps: [
        { method: 'GET', path: APP },
        { method: 'GET', path: '/apis/nowhere/v1/things' },
        merge('sluice', APP, { spec: { replicas: 1 } }),
        { method: 'DELETE', path: APP },
        { method: 'PATCH', path: APP, body: deployment({ replicas: 0 }, app()), type: APPLY_PATCH },
        apply('a', APP, deployment({ replicas: 0, selector: { matchLabels: { app: 'other' } } }, app())),
        apply('a', APP, deployment({ replicas: 0 })),
        apply('a', APP, deployment({ replicas: -1 }, app())),
        { method: 'POST', path: CREATE, body: deployment({ replicas: 0 }, app()) },
        { method: 'POST', path: CREATE, body: deployment({ replicas: 0 }, app()) },
        {
          method: 'PUT',
          path: APP,
          body: {
            ...deployment({ replicas: 0 }, app({ image: 'x' })),
            metadata: { name: 'app', namespace, resourceVersion: '1' },
          },
        },
        merge('sluice', APP, { spec: { replicas: 1 } }, 'application/unknown'),
      ],
    },
  ];
}

const HPA = (namespace: string) => `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/app`;
