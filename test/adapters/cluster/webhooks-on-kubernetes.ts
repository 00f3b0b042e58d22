import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { kubernetesApi } from '../../../adapters/cluster/kubernetes-api.ts';
import { kubernetesCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import type { Workload } from '../../../domain/workload.ts';
import { makeCertificates } from '../../../lab/kubernetes/certificates.ts';
import { type JsonBody, MERGE_PATCH } from '../../support/kubernetes-ask.ts';
import type { RealKubernetes } from '../../support/kubernetes-server.ts';
import { checkout } from './cluster.contract.ts';
import { shop, withRealCluster } from './real-cluster.ts';

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
/** The API server hears of a configuration by a watch. */
const HEARD_LIMIT_MS = 10_000;

/** What the API server says where a webhook of the cluster does not answer, or refuses. */
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

  /** As the webhook of the AWS Load Balancer Controller: nobody changes the target group of a binding that is there. */
  async function withFixedBindings(act: () => Promise<void>): Promise<void> {
    const certificates = await makeCertificates();
    let asked = 0;
    const server = createHttpsServer(certificates, async (request, response) => {
      asked += 1;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { request: review } = JSON.parse(Buffer.concat(chunks).toString());
      const arn = 'targetGroupARN';
      const allowed = review.operation !== 'UPDATE' || review.object.spec[arn] === review.oldObject.spec[arn];
      const message = `TargetGroupBinding update may not change these immutable fields: spec.${arn}`;
      const status = allowed ? {} : { status: { code: 403, message } };
      response.setHeader('content-type', 'application/json');
      const answer = { uid: review.uid, allowed, ...status };
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const caBundle = Buffer.from(certificates.ca).toString('base64');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const operations = ['CREATE', 'UPDATE'];
    const rule = {
      apiGroups: ['elbv2.k8s.aws'],
      apiVersions: ['v1beta1'],
      operations,
      resources: ['targetgroupbindings'],
    };
    const webhook = {
      ...{ name: 'vtargetgroupbinding.elbv2.k8s.aws', clientConfig: { url, caBundle }, rules: [rule] },
      ...{ admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail' },
    };
    await admin().must('POST', WEBHOOKS, { body: { metadata: { name: 'fixed' }, webhooks: [webhook] } });
    try {
      const patch = () =>
        admin().ask('PATCH', `${bindings}/checkout-green`, {
          body: { spec: { targetGroupARN: 'x' } },
          type: MERGE_PATCH,
        });
      const restore = () =>
        admin().ask('PATCH', `${bindings}/checkout-green`, {
          body: { spec: { targetGroupARN: 'tg-green' } },
          type: MERGE_PATCH,
        });
      for (const until = Date.now() + HEARD_LIMIT_MS; asked === 0 && Date.now() < until; await pause(100)) {
        if ((await patch()).code < 300) await restore(); // not heard of yet
      }
      expect(await patch()).toMatchObject({ code: 403, body: { message: expect.stringMatching(/immutable fields/) } });
      await act();
    } finally {
      await admin().must('DELETE', `${WEBHOOKS}/fixed`);
      server.closeAllConnections();
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
    const api = await kubernetesApi({
      endpoint,
      caData,
      token: async () => CLUSTER_TOKEN,
      writeTimeoutMs: 1_500,
      attempts: 1,
    });
    opened.push(api);
    const impatient = kubernetesCluster(api);
    await impatient.writeSlot(checkout, 'green', await contentOf('r1'), 1);

    await withSilentWebhook(30, async () => {
      expect(await refusalOf(() => impatient.scaleSlot(checkout, 'green', 0, 1))).toMatchObject({
        name: 'ClusterUnreachableError',
        message: expect.stringMatching(/no answer from the cluster .*answers reads: an admission webhook/),
      });
    });
  });

  const elsewhere: Workload = {
    ...checkout,
    router: { ...checkout.router, targetGroups: { blue: 'tg-blue', green: 'tg-green-2' } },
  };
  const bindings = `/apis/elbv2.k8s.aws/v1beta1/namespaces/${shop.namespace}/targetgroupbindings`;
  const binding = () => admin().must('GET', `${bindings}/checkout-green`);

  it('deletes the binding of a target group that was replaced, and writes it anew, while the slot has no pods', async () => {
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    const before = (await binding()).metadata.uid;
    await withFixedBindings(async () => {
      // Act
      await cluster().writeSlot(elsewhere, 'green', await contentOf('r2'), 2);
      await cluster().writeSlot(elsewhere, 'green', await contentOf('r2'), 2);
    });

    // Assess
    const { metadata, spec } = await binding();
    expect(spec.targetGroupARN).toBe('tg-green-2');
    expect(metadata.uid).not.toBe(before);
    expect(metadata.annotations['sluice.dev/position']).toBe('2');
  });

  it('leaves that binding as it is while the slot asks for pods, and says the command', async () => {
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    await cluster().scaleSlot(checkout, 'green', 2, 1);
    await expect(cluster().writeSlot(elsewhere, 'green', await contentOf('r2'), 2)).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringMatching(
        /targetGroupARN tg-green, and the workload has tg-green-2.*asks for 2 pods.*kubectl delete -n shop targetgroupbinding checkout-green$/,
      ),
    });
    expect((await binding()).spec.targetGroupARN).toBe('tg-green');
  });

  it('waits for a binding that the controller has not let go yet, and writes none over it', async () => {
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    const finalizers = (names: string[]) =>
      admin().must('PATCH', `${bindings}/checkout-green`, {
        body: { metadata: { finalizers: names } },
        type: MERGE_PATCH,
      });
    await finalizers(['elbv2.k8s.aws/resources']);
    try {
      const leaving = { name: 'ClusterUnreachableError', message: expect.stringMatching(/not gone yet/) };
      await expect(cluster().writeSlot(elsewhere, 'green', await contentOf('r2'), 2)).rejects.toMatchObject(leaving);
      await expect(cluster().writeSlot(elsewhere, 'green', await contentOf('r2'), 2)).rejects.toMatchObject(leaving);
    } finally {
      await finalizers([]);
    }
    await cluster().writeSlot(elsewhere, 'green', await contentOf('r2'), 2);
    expect((await binding()).spec.targetGroupARN).toBe('tg-green-2');
  });

  it('says the command where it may not delete', async () => {
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${shop.namespace}/roles/sluice`;
    const { rules } = await admin().must('GET', role);
    const without = rules.map((rule: JsonBody) => ({
      ...rule,
      verbs: rule.verbs.filter((v: string) => v !== 'delete'),
    }));
    const give = (body: JsonBody) => admin().must('PATCH', role, { body: { rules: body }, type: MERGE_PATCH });
    await give(without);
    try {
      await expect(cluster().writeSlot(elsewhere, 'green', await contentOf('r2'), 2)).rejects.toMatchObject({
        name: 'ClusterRefusedError',
        message: expect.stringMatching(/may not be deleted .*403.*kubectl delete -n shop targetgroupbinding/),
      });
    } finally {
      await give(rules);
    }
  });
}
