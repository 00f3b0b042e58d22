import { describe, expect, it } from 'vitest';
import {
  configMapNames,
  isTeamKey,
  type PodTemplate,
  podTemplateSchema,
  withConfigMapNames,
  withImages,
  withoutTracking,
} from '../../../domain/slot/pod-template.ts';

const app = { name: 'app', image: 'checkout:v1' };
const pods = (more: object = {}): PodTemplate => podTemplateSchema.parse({ spec: { containers: [app], ...more } });

describe('a label or annotation', () => {
  // as the tools write them
  it.each([
    'argocd.argoproj.io/instance',
    'argoproj.io/x',
    'kustomize.toolkit.fluxcd.io/name',
    'helm.sh/chart',
    'meta.helm.sh/release-name',
    'kapp.k14s.io/app',
    'objectset.rio.cattle.io/hash',
    'internal.kpt.dev/upstream-identifier',
    'config.k8s.io/owning-inventory',
    'cli-utils.sigs.k8s.io/inventory-id',
    'configsync.gke.io/declared-version',
    'configmanagement.gke.io/managed',
    'applyset.kubernetes.io/part-of',
    'deployment.kubernetes.io/revision',
    'sluice.dev/workload',
    'pod-template-hash',
    'controller-revision-hash',
    'kubectl.kubernetes.io/last-applied-configuration',
    'app.kubernetes.io/instance',
    'app.kubernetes.io/managed-by',
  ])('%s is one by which a tool knows what is its own', key => {
    expect(isTeamKey(key)).toBe(false);
  });

  it.each([
    'version',
    'app.kubernetes.io/name',
    'app.kubernetes.io/version',
    'app.kubernetes.io/component',
    'app.kubernetes.io/part-of',
    'sidecar.istio.io/inject',
    'kubectl.kubernetes.io/restartedAt',
    // only look like a tool's
    'notargoproj.io/x',
    'helm.sh.example.com/x',
    'helm.shx',
    'helm.sh',
  ])("%s is the team's own", key => {
    expect(isTeamKey(key)).toBe(true);
  });
});

describe('a template without metadata', () => {
  it('is one without labels', () => {
    expect(withoutTracking(pods())).toStrictEqual({ metadata: { labels: {} }, spec: { containers: [app] } });
  });
});

describe('init containers', () => {
  it('get their image and their copies of ConfigMaps as the others do', () => {
    const init = { name: 'migrate', image: 'checkout:v1', envFrom: [{ configMapRef: { name: 'db' } }] };
    const template = pods({ initContainers: [init] });
    expect(configMapNames(template)).toEqual(['db']);
    const written = withConfigMapNames(withImages(template, { migrate: 'checkout:v2' }), name => `${name}-1`);
    expect(written).toStrictEqual(
      pods({ initContainers: [{ ...init, image: 'checkout:v2', envFrom: [{ configMapRef: { name: 'db-1' } }] }] }),
    );
  });
});

it('a reference to a ConfigMap that names none stays as it is', () => {
  const template = pods({ containers: [{ name: 'app', envFrom: [{ configMapRef: { optional: true } }] }] });
  expect(configMapNames(template)).toEqual([]);
  expect(withConfigMapNames(template, name => `${name}-1`)).toStrictEqual(template);
});

describe('a template that is none is refused at its field', () => {
  const container = (more: object) => ({ spec: { containers: [{ name: 'app', ...more }] } });
  const volume = (more: object) => ({ spec: { containers: [], volumes: [{ name: 'v', ...more }] } });
  it.each<[string, unknown]>([
    ['spec', {}],
    ['spec.containers', { spec: {} }],
    ['spec.containers.0.name', { spec: { containers: [{}] } }],
    ['spec.initContainers.0.name', { spec: { containers: [], initContainers: [{}] } }],
    ['spec.containers.0.image', container({ image: 7 })],
    ['spec.containers.0.env.0.name', container({ env: [{}] })],
    ['spec.containers.0.env.0.value', container({ env: [{ name: 'A', value: 7 }] })],
    [
      'spec.containers.0.env.0.valueFrom.configMapKeyRef',
      container({ env: [{ name: 'A', valueFrom: { configMapKeyRef: 'x' } }] }),
    ],
    ['spec.containers.0.envFrom.0.configMapRef', container({ envFrom: [{ configMapRef: 'x' }] })],
    ['spec.containers.0.envFrom.0.configMapRef.name', container({ envFrom: [{ configMapRef: { name: 7 } }] })],
    ['spec.containers.0.ports.0.containerPort', container({ ports: [{ containerPort: 'http' }] })],
    ['spec.containers.0.ports.0.name', container({ ports: [{ containerPort: 80, name: 7 }] })],
    ['spec.volumes.0.name', { spec: { containers: [], volumes: [{}] } }],
    ['spec.volumes.0.configMap', volume({ configMap: 'x' })],
    ['spec.volumes.0.projected.sources', volume({ projected: { sources: 'x' } })],
    ['spec.volumes.0.projected.sources.0.configMap', volume({ projected: { sources: [{ configMap: 'x' }] } })],
    ['metadata.labels.a', { metadata: { labels: { a: 7 } }, spec: { containers: [] } }],
    ['metadata.annotations.a', { metadata: { annotations: { a: 7 } }, spec: { containers: [] } }],
  ])('%s', (path, template) => {
    const { error } = podTemplateSchema.safeParse(template);
    expect(error?.issues.map(issue => issue.path.join('.'))).toEqual([path]);
  });
});
