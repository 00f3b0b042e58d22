import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openKubernetesApi } from '../../../adapters/cluster/kubernetes-api.ts';
import { makeKubernetesCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import type { RealKubernetes } from '../../support/kubernetes-server.ts';
import { checkout } from './cluster.contract.ts';
import { shop, withRealCluster } from './real-cluster.ts';

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
/** The API server hears of a configuration by a watch. */
const HEARD_LIMIT_MS = 10_000;

/** What the API server says where a webhook of the cluster does not answer. */
export function webhooksOnKubernetes(real: () => RealKubernetes): void {
  const { admin, cluster, contentOf, opened } = withRealCluster(real);

  /** A webhook that is asked about Deployments of the shop and takes the connection only. */
  async function withSilentWebhook(timeoutSeconds: number, act: () => Promise<void>): Promise<void> {
    const sockets = new Set<Socket>();
    const server = createServer(socket => void sockets.add(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['deployments'] };
    const webhook = {
      ...{ name: 'silent.policy.example', clientConfig: { url }, rules: [rule], timeoutSeconds },
      ...{ admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail' },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': shop.namespace } },
    };
    await admin().must('POST', WEBHOOKS, { body: { metadata: { name: 'silent' }, webhooks: [webhook] } });
    try {
      await act();
    } finally {
      await admin().must('DELETE', `${WEBHOOKS}/silent`);
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  }

  /** What a write throws, once the server has heard of the webhook: until then it lets the write through. */
  async function refusalOf(write: () => Promise<void>): Promise<unknown> {
    for (const until = Date.now() + HEARD_LIMIT_MS; Date.now() < until; await pause(100)) {
      const thrown = await write().then(
        () => undefined,
        error => error,
      );
      if (thrown !== undefined) return thrown;
    }
    return undefined;
  }

  it('names a webhook that does not answer, within one try', async () => {
    const content = await contentOf('r1');
    await withSilentWebhook(1, async () => {
      expect(await refusalOf(() => cluster().writeSlot(checkout, 'green', content, 1))).toMatchObject({
        name: 'ClusterUnreachableError',
        message: expect.stringMatching(
          /^the cluster's admission webhook "silent\.policy\.example" does not work: PATCH .*deadline exceeded/,
        ),
      });
    });
  });

  it('says that it is a webhook where one may take longer than a try', async () => {
    // Prepare: as with 12 s and a webhook that has 30
    const { CLUSTER_ENDPOINT: endpoint, CLUSTER_CA: caData, CLUSTER_TOKEN } = real().env;
    const api = await openKubernetesApi({
      endpoint,
      caData,
      token: async () => CLUSTER_TOKEN,
      writeTimeoutMs: 1_500,
      attempts: 1,
    });
    opened.push(api);
    const impatient = makeKubernetesCluster(api);
    await impatient.writeSlot(checkout, 'green', await contentOf('r1'), 1);

    await withSilentWebhook(30, async () => {
      expect(await refusalOf(() => impatient.scaleSlot(checkout, 'green', 0, 1))).toMatchObject({
        name: 'ClusterUnreachableError',
        message: expect.stringMatching(/no answer from the cluster .*answers reads: an admission webhook/),
      });
    });
  });
}
