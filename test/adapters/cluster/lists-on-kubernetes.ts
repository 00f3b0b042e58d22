import { expect, it } from 'vitest';
import { kubernetesApi } from '../../../adapters/cluster/kubernetes-api.ts';
import { CONTAINER_LIST_KEYS, POD_LIST_KEYS } from '../../../domain/slot/merged-lists.ts';
import type { JsonBody } from '../../support/kubernetes-ask.ts';
import type { RealKubernetes } from '../../support/kubernetes-server.ts';
import { checkout } from './cluster.contract.ts';
import { deploymentPath, shop, withRealCluster } from './real-cluster.ts';

/** Lists that server-side apply takes as maps, and what Kubernetes stores in them all the same. */
export function listsOnKubernetes(real: () => RealKubernetes): void {
  const { cluster, admin, contentOf, green, opened } = withRealCluster(real);

  /** `kubectl apply` without --server-side and Helm make such Deployments. */
  const helm = async (pod: JsonBody, container: JsonBody): Promise<void> => {
    const manifest = await admin().must('GET', deploymentPath('checkout'));
    Object.assign(manifest.spec.template.spec, pod);
    Object.assign(manifest.spec.template.spec.containers[0], container);
    await admin().must('PUT', `${deploymentPath('checkout')}?fieldManager=helm`, {
      body: { ...manifest, metadata: { name: 'checkout', ...shop } },
    });
  };

  it('knows the keys of each as the server does', async () => {
    // Prepare
    const { components } = await admin().must('GET', '/openapi/v3/apis/apps/v1');
    const keysOf = (kind: string): Record<string, string[]> => {
      const { properties } = components.schemas[`io.k8s.api.core.v1.${kind}`];
      const found = Object.entries(properties as Record<string, JsonBody>).flatMap(([field, schema]) =>
        schema['x-kubernetes-list-type'] === 'map' ? [[field, schema['x-kubernetes-list-map-keys']]] : [],
      );
      return Object.fromEntries(found);
    };
    const claims = Object.entries(keysOf('ResourceRequirements')).map(([field, keys]) => [`resources.${field}`, keys]);

    // Assess
    expect({ ...keysOf('PodSpec'), ...Object.fromEntries(claims) }).toEqual(POD_LIST_KEYS);
    expect({ ...keysOf('Container'), ...Object.fromEntries(claims) }).toEqual(CONTAINER_LIST_KEYS);
  });

  it('writes a slot from a template that has a key twice wherever Kubernetes stores one', async () => {
    // Prepare
    const port = (name: string, protocol = 'TCP') => ({ name, containerPort: 8080, protocol });
    const aliases = [
      { ip: '10.0.0.1', hostnames: ['a'] },
      { ip: '10.0.0.1', hostnames: ['b'] },
    ];
    const secrets = [{ name: 'pull' }, { name: 'pull' }];
    await helm(
      { hostAliases: aliases, imagePullSecrets: secrets },
      {
        ports: [port('http'), port('management'), port('quic', 'UDP')],
        env: ['first', 'second'].map(value => ({ name: 'MODE', value })),
        livenessProbe: { httpGet: { path: '/', port: 'management' } },
      },
    );

    // Act
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);

    // Assess
    const { spec } = (await green()).spec.template;
    expect(spec).toMatchObject({
      hostAliases: [{ ip: '10.0.0.1', hostnames: ['a', 'b'] }],
      imagePullSecrets: [{ name: 'pull' }],
    });
    expect(spec.containers[0]).toMatchObject({
      ports: [port('http'), port('quic', 'UDP')],
      env: [{ name: 'MODE', value: 'second' }],
      livenessProbe: { httpGet: { port: 8080 } },
    });
  });

  it('takes out of a slot what such a list no longer has', async () => {
    // Prepare
    const ports = [
      { name: 'http', containerPort: 8080, protocol: 'TCP' },
      { name: 'quic', containerPort: 8080, protocol: 'UDP' },
    ];
    await helm(
      { hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }], imagePullSecrets: [{ name: 'pull' }] },
      { ports },
    );
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);

    // Act
    await helm({ hostAliases: undefined, imagePullSecrets: undefined }, { ports: ports.slice(0, 1) });
    await cluster().writeSlot(checkout, 'green', await contentOf('r2'), 1);

    // Assess
    const { spec } = (await green()).spec.template;
    expect(spec).not.toHaveProperty('hostAliases');
    expect(spec).not.toHaveProperty('imagePullSecrets');
    expect(spec.containers[0].ports).toEqual(ports.slice(0, 1));
  });

  it('is refused for good where a key is there twice: 500 is how the server says so', async () => {
    // Prepare
    const { CLUSTER_ENDPOINT: endpoint, CLUSTER_CA: caData, CLUSTER_TOKEN } = real().env;
    const api = await kubernetesApi({ endpoint, caData, token: async () => CLUSTER_TOKEN });
    opened.push(api);
    const ports = Array(2).fill({ containerPort: 8080, protocol: 'TCP' });
    const spec = { template: { spec: { containers: [{ name: 'app', ports }] } } };
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout-green', ...shop }, spec };

    // Act, Assess: asking again does not help
    await expect(
      api.apply(deploymentPath('checkout-green'), object, { manager: 'sluice', force: false }),
    ).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringMatching(/containers\[name="app"\]\.ports: duplicate entries for key/),
    });
  });
}
