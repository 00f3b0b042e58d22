import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SlotSource } from '../../../domain/slot/slot-objects.ts';
import { slotObjects } from '../../../domain/slot/slot-objects.ts';
import type { Workload } from '../../../domain/workload.ts';

const workload: Workload = {
  name: 'checkout',
  cluster: { name: 'prod', namespace: 'shop' },
  deployment: 'checkout',
  container: 'app',
  repositories: [{ name: 'checkout', tags: 'v*' }],
  router: { kind: 'alb', rules: ['rule'], targetGroups: { blue: 'tg-blue', green: 'tg-green' } },
  backgroundWork: 'none',
  connections: 'cut',
  maxDrainSeconds: 900,
};
const IMAGE = `registry.example/checkout@sha256:${'a'.repeat(64)}`;
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

function write(podTemplate: object, more: Partial<SlotSource['template']> = {}, images = { app: IMAGE }) {
  const template = { podTemplate, configMaps: {}, minReadySeconds: 0, ...more };
  return slotObjects({
    workload,
    slot: 'green',
    content: { revision: 'abc123', images, template },
    hash,
  });
}
const container = (more: object = {}) => ({
  name: 'app',
  image: 'checkout:v1',
  ports: [{ containerPort: 8080 }],
  ...more,
});
const pods = (more: object = {}, metadata: object = {}) => ({ metadata, spec: { containers: [container()], ...more } });
const template = (objects: ReturnType<typeof write>) =>
  (objects.deployment as unknown as { spec: { template: { metadata: object; spec: Record<string, unknown> } } }).spec
    .template;

describe('the objects of a slot', () => {
  it('are a Deployment without replicas, a Service and a binding, all of the slot’s name and labels', () => {
    // Act
    const { deployment, service, routing } = write(pods(), {
      minReadySeconds: 5,
      progressDeadlineSeconds: 300,
    });

    // Assess
    const labels = { 'sluice.dev/workload': 'checkout', 'sluice.dev/slot': 'green' };
    const metadata = { name: 'checkout-green', namespace: 'shop', labels };
    expect(deployment).toStrictEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, annotations: { 'sluice.dev/revision': 'abc123' } },
      spec: {
        minReadySeconds: 5,
        progressDeadlineSeconds: 300,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container({ image: IMAGE })] } },
      },
    });
    expect(service).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'ClusterIP',
        selector: labels,
        ports: [{ name: 'http', protocol: 'TCP', port: 8080, targetPort: 8080 }],
      },
    });
    expect(routing.map(({ object }) => object)).toEqual([
      {
        apiVersion: 'elbv2.k8s.aws/v1beta1',
        kind: 'TargetGroupBinding',
        metadata,
        spec: { serviceRef: { name: 'checkout-green', port: 8080 }, targetGroupARN: 'tg-green', targetType: 'ip' },
      },
    ]);
  });

  it('keep the team’s labels and annotations and none by which another tool would know its own', () => {
    // Act
    const objects = write(
      pods(
        {},
        {
          name: 'x',
          ownerReferences: [{ uid: '1' }],
          finalizers: ['f'],
          labels: {
            app: 'checkout',
            'app.kubernetes.io/name': 'checkout',
            'app.kubernetes.io/instance': 'shop-checkout',
            'app.kubernetes.io/managed-by': 'Helm',
            'argocd.argoproj.io/instance': 'shop',
            'kustomize.toolkit.fluxcd.io/name': 'shop',
            'helm.sh/chart': 'checkout-1.0',
            'pod-template-hash': '5d4f',
            'sidecar.istio.io/inject': 'true',
          },
          annotations: {
            'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/checkout',
            'meta.helm.sh/release-name': 'checkout',
            'kubectl.kubernetes.io/last-applied-configuration': '{}',
            'kubectl.kubernetes.io/restartedAt': '2026-11-21',
            'prometheus.io/scrape': 'true',
          },
        },
      ),
    );

    // Assess
    expect(template(objects).metadata).toEqual({
      labels: {
        app: 'checkout',
        'app.kubernetes.io/name': 'checkout',
        'sidecar.istio.io/inject': 'true',
        'sluice.dev/workload': 'checkout',
        'sluice.dev/slot': 'green',
      },
      annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-21', 'prometheus.io/scrape': 'true' },
    });
  });

  it.each([
    { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } } },
    { revisionHistoryLimit: 0 },
  ])('carry of the Deployment itself %j', more => {
    expect(write(pods(), more).deployment.spec).toMatchObject(more);
  });

  it('carry fields of the pod spec that Sluice has never heard of, and Secrets by reference', () => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'k' } } }];

    const objects = write(pods({ futureField: { deep: [1] }, containers: [container({ env, futureProbe: 1 })] }));

    expect(template(objects).spec).toMatchObject({ futureField: { deep: [1] }, containers: [{ env, futureProbe: 1 }] });
  });

  it('set images by digest for the pushed containers only', () => {
    const sidecar = { name: 'sidecar', image: 'sidecar:v2' };

    const objects = write(
      pods({ containers: [container(), sidecar], initContainers: [{ name: 'init', image: 'init:v1' }] }),
    );

    expect(template(objects).spec).toMatchObject({
      containers: [{ image: IMAGE }, sidecar],
      initContainers: [{ image: 'init:v1' }],
    });
  });

  it('have a variable that is given twice once, as it holds', () => {
    const env = [
      { name: 'PORT', value: '80' },
      { name: 'MODE', value: 'a' },
      { name: 'PATH', value: '/bin' },
      { name: 'PORT', value: '81' },
      { name: 'PATH', value: '$(PATH):/opt/bin' },
      { name: 'PORT', value: '82' },
    ];

    const written = template(write(pods({ containers: [container({ env })] })));

    expect(written.spec.containers).toMatchObject([
      {
        env: [
          { name: 'MODE', value: 'a' },
          { name: 'PATH', value: '/bin:/opt/bin' },
          { name: 'PORT', value: '82' },
        ],
      },
    ]);
  });

  it('refer to copies of ConfigMaps that are named by their content, wherever they are referred to', () => {
    // Prepare
    const podTemplate = pods({
      containers: [
        container({
          env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }],
          envFrom: [{ configMapRef: { name: 'flags' } }, { secretRef: { name: 'settings' } }],
        }),
      ],
      volumes: [
        { name: 'v1', configMap: { name: 'settings', items: [{ key: 'a', path: 'a' }] } },
        { name: 'v2', projected: { sources: [{ configMap: { name: 'flags' } }, { secret: { name: 'flags' } }] } },
        { name: 'v3', configMap: { name: 'absent', optional: true } },
      ],
    });

    // Act
    const objects = write(podTemplate, { configMaps: { settings: { a: '1' }, flags: { f: 'on' }, unused: { u: '' } } });

    // Assess
    const settings = `settings-${hash('{"data":{"a":"1"},"workload":"checkout"}').slice(0, 10)}`;
    const flags = `flags-${hash('{"data":{"f":"on"},"workload":"checkout"}').slice(0, 10)}`;
    expect(template(objects).spec).toMatchObject({
      containers: [
        {
          env: [{ valueFrom: { configMapKeyRef: { name: settings, key: 'a' } } }],
          envFrom: [{ configMapRef: { name: flags } }, { secretRef: { name: 'settings' } }],
        },
      ],
      volumes: [
        { configMap: { name: settings, items: [{ key: 'a', path: 'a' }] } },
        { projected: { sources: [{ configMap: { name: flags } }, { secret: { name: 'flags' } }] } },
        { configMap: { name: 'absent', optional: true } },
      ],
    });
    expect(objects.configMaps).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: settings,
          namespace: 'shop',
          labels: { 'sluice.dev/workload': 'checkout' },
          annotations: { 'sluice.dev/copy-of': 'settings' },
        },
        immutable: true,
        data: { a: '1' },
      },
      expect.objectContaining({ metadata: expect.objectContaining({ name: flags }), data: { f: 'on' } }),
    ]);
  });

  it.each([
    ['of 242 characters, whole', 'a'.repeat(242), 'a'.repeat(242)],
    ['of 250, cut', 'b'.repeat(250), 'b'.repeat(231)],
    ['of 253, cut at a dot', `${'c'.repeat(229)}.-${'d'.repeat(22)}`.replace('.-', '.d'), `${'c'.repeat(229)}.d`],
    ['of 253, cut behind a dot', `${'e'.repeat(230)}.${'f'.repeat(22)}`, 'e'.repeat(230)],
  ])('name the copy of a ConfigMap with at most 253 characters: %s', (_, name, kept) => {
    const podTemplate = pods({ volumes: [{ name: 'v', configMap: { name } }] });
    const nameOf = (data: object) => write(podTemplate, { configMaps: { [name]: data as Record<string, string> } });

    const objects = nameOf({ a: '1' });

    const copy = objects.configMaps[0]?.metadata.name ?? '';
    expect(copy.length).toBeLessThanOrEqual(253);
    expect(copy).toMatch(new RegExp(`^${kept}(?:-[0-9a-f]{10}){1,2}$`));
    expect(template(objects).spec.volumes).toEqual([{ name: 'v', configMap: { name: copy } }]);
    expect(nameOf({ a: '2' }).configMaps[0]?.metadata.name).not.toBe(copy);
  });

  it('have a copy for each of two ConfigMaps whose long names begin alike', () => {
    const names = ['x', 'y'].map(end => `${'a'.repeat(249)}${end}`);
    const podTemplate = pods({ volumes: names.map(name => ({ name: name.slice(-1), configMap: { name } })) });
    const { configMaps } = write(podTemplate, { configMaps: Object.fromEntries(names.map(name => [name, {}])) });
    expect(new Set(configMaps.map(({ metadata }) => metadata.name)).size).toBe(2);
  });

  it('carry binary data of a ConfigMap into its copy', () => {
    const podTemplate = pods({ volumes: [{ name: 'v', configMap: { name: 'keys' } }] });

    const objects = write(podTemplate, { configMaps: { keys: {} }, configMapBinaryData: { keys: { k: 'AAE=' } } });

    expect(objects.configMaps).toEqual([expect.objectContaining({ data: {}, binaryData: { k: 'AAE=' } })]);
  });

  it('spread over nodes by the workload where the template spread by a label that a slot drops', () => {
    const spread = (labelSelector: object) => ({
      topologySpreadConstraints: [{ maxSkew: 1, labelSelector }],
    });
    const podTemplate = pods(spread({ matchLabels: { app: 'checkout' } }), { labels: { app: 'checkout' } });
    const objects = write(podTemplate, { selector: { matchLabels: { app: 'checkout' } } });
    expect(template(objects).spec).toMatchObject(spread({ matchLabels: { 'sluice.dev/workload': 'checkout' } }));
  });

  it('have the labels that the workload declares, every one of them, and select by none of these', () => {
    // Prepare
    const labels = { 'app.kubernetes.io/name': 'shop', team: 'payments' };
    const podTemplate = pods({ volumes: [{ name: 'v', configMap: { name: 'c' } }] }, { labels: { team: 'other' } });
    const content = { revision: 'r', images: {}, template: { podTemplate, configMaps: { c: {} }, minReadySeconds: 0 } };

    // Act
    const objects = slotObjects({
      workload: { ...workload, labels },
      slot: 'green',
      content,
      hash,
    });

    // Assess
    const { deployment, service, routing, configMaps } = objects;
    for (const { metadata } of [deployment, service, ...routing.map(({ object }) => object), ...configMaps]) {
      expect(metadata.labels).toMatchObject(labels);
    }
    expect(template(objects).metadata).toMatchObject({ labels });
    const selected = { 'sluice.dev/workload': 'checkout', 'sluice.dev/slot': 'green' };
    expect(deployment.spec).toMatchObject({ selector: { matchLabels: selected } });
    expect(service.spec).toMatchObject({ selector: selected });
  });

  it('are of one workload each: a ConfigMap that two use has a copy for each, which goes with it', () => {
    const podTemplate = pods({ volumes: [{ name: 'v', configMap: { name: 'c' } }] });
    const content = {
      revision: 'r',
      images: {},
      template: { podTemplate, configMaps: { c: { a: '1' } }, minReadySeconds: 0 },
    };
    const copyOf = (name: string) =>
      slotObjects({ workload: { ...workload, name }, slot: 'blue', content, hash }).configMaps[0]?.metadata;
    expect(copyOf('a')?.name).not.toBe(copyOf('b')?.name);
    expect(copyOf('a')?.labels).toEqual({ 'sluice.dev/workload': 'a' });
  });

  it('say nothing of what the template says nothing of', () => {
    const objects = write(
      { spec: { containers: [container()], volumes: [{ name: 'v', configMap: { name: 'c' } }] } },
      {
        configMaps: { c: {} },
      },
    );
    expect(template(objects).metadata).toStrictEqual({
      labels: { 'sluice.dev/workload': 'checkout', 'sluice.dev/slot': 'green' },
    });
    for (const field of ['progressDeadlineSeconds', 'revisionHistoryLimit', 'strategy']) {
      expect(objects.deployment.spec).not.toHaveProperty(field);
    }
    expect(objects.configMaps[0]).not.toHaveProperty('binaryData');
  });
});
