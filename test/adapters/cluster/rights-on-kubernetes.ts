import { expect, it } from 'vitest';
import { kubernetesApi } from '../../../adapters/cluster/kubernetes-api.ts';
import { openKubernetesCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import { podEvent } from '../../../adapters/cluster/pod-events.ts';
import { makeCertificates } from '../../../lab/kubernetes/certificates.ts';
import { type JsonBody, MERGE_PATCH } from '../../support/kubernetes-ask.ts';
import type { RealKubernetes } from '../../support/kubernetes-server.ts';
import { checkout } from './cluster.contract.ts';
import { corePath, deploymentPath, shop, withRealCluster } from './real-cluster.ts';

/** What Kubernetes refuses: by RBAC, by validation, by TLS. */
export function rightsOnKubernetes(real: () => RealKubernetes): void {
  const { under, cluster, opened, contentOf } = withRealCluster(real);

  it('is refused a slot that is no valid Deployment, and says which field of it', async () => {
    // Prepare
    const content = await contentOf('r1');
    const podTemplate = structuredClone(content.template.podTemplate) as JsonBody;
    podTemplate.spec.containers[0].volumeMounts = [{ name: 'nowhere', mountPath: '/data' }];

    // Act, Assess
    await expect(
      cluster().writeSlot(checkout, 'green', { ...content, template: { ...content.template, podTemplate } }, 1),
    ).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringMatching(/422.*volumeMounts\[0\]\.name: Not found: "nowhere"/),
    });
  });

  it('says that the cluster does not serve a kind of object', async () => {
    // Prepare
    const { CLUSTER_ENDPOINT: endpoint, CLUSTER_CA: caData, CLUSTER_TOKEN } = real().env;
    const api = await kubernetesApi({ endpoint, caData, token: async () => CLUSTER_TOKEN });
    opened.push(api);
    const path = `/apis/elbv2.k8s.aws/v9/namespaces/${shop.namespace}/targetgroupbindings/checkout-green`;

    // Act, Assess
    await expect(api.apply(path, {}, { manager: 'sluice', force: false })).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringMatching(/404 page not found .*is its CRD installed\?/),
    });
  });

  it('may do nothing outside of its namespace', async () => {
    // Prepare
    const away = { ...checkout, cluster: { ...checkout.cluster, namespace: 'elsewhere' } };
    const refusal = { name: 'ClusterRefusedError', message: expect.stringMatching(/403.*"sluice-functions" cannot/) };

    // Act, Assess
    await expect(cluster().readTemplate(away)).rejects.toMatchObject(refusal);
    await expect(cluster().readSlot(away, 'green')).rejects.toMatchObject(refusal);
    await expect(cluster().writeSlot(away, 'green', await contentOf('r1'), 1)).rejects.toMatchObject(refusal);
  });

  it.each([
    ['GET', corePath('secrets')],
    ['GET', corePath('pods/any/log')],
    ['POST', corePath('pods')],
    ['POST', corePath('pods/any/exec?command=sh')],
    ['DELETE', corePath('configmaps/settings')],
    ['POST', corePath('serviceaccounts/default/token')],
    ['DELETE', deploymentPath('checkout')],
    ['GET', `/apis/rbac.authorization.k8s.io/v1/namespaces/${shop.namespace}/roles`],
    ['GET', '/api/v1/namespaces'],
    ['GET', '/api/v1/nodes'],
  ])('has no right to %s %s', async (method, path) => {
    expect(await real().sluice.ask(method, path)).toMatchObject({
      code: 403,
      body: { reason: 'Forbidden' },
    });
  });

  it('as a reader reads the template and the slots, and may write nothing', async () => {
    // Prepare: a slot that is there, so that what is refused is a change of something
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    await under().putAutoscaler('green', 2);
    const reader = await openKubernetesCluster(real().readersEnv);
    opened.push(reader);
    const named = { ...checkout, service: 'checkout' };
    await under().putService();
    const content = await contentOf('r2');

    // Act, Assess
    expect(await reader.readTemplate(named)).toMatchObject({ containers: ['app'] });
    expect(await reader.readSlot(checkout, 'green')).toMatchObject({ revision: 'r1', autoscalerMinimum: 2 });
    const refusal = { name: 'ClusterRefusedError', message: expect.stringMatching(/403.*"sluice-reading" cannot/) };
    await expect(reader.writeSlot(checkout, 'green', content, 2)).rejects.toMatchObject(refusal);
    await expect(reader.scaleSlot(checkout, 'green', 3, 2)).rejects.toMatchObject(refusal);
    await expect(reader.setAutoscalerMinimum(checkout, 'green', 3, 2)).rejects.toMatchObject(refusal);
    await expect(reader.restoreAutoscalerMinimum(checkout, 'green', 3, 2)).rejects.toMatchObject(refusal);
    await expect(reader.pointService(named, 'green', 2)).rejects.toMatchObject(refusal);
    expect(await cluster().readSlot(checkout, 'green')).toMatchObject({ revision: 'r1', desired: 0 });
  });

  it.each([
    ['PATCH', deploymentPath('checkout-green')],
    ['POST', deploymentPath('')],
    ['PATCH', `${deploymentPath('checkout-green')}/scale`],
    ['PATCH', corePath('services/checkout')],
    ['PATCH', corePath('configmaps/settings')],
    ['POST', corePath('configmaps')],
    ['PATCH', `/apis/elbv2.k8s.aws/v1beta1/namespaces/${shop.namespace}/targetgroupbindings/checkout-green`],
    ['DELETE', `/apis/elbv2.k8s.aws/v1beta1/namespaces/${shop.namespace}/targetgroupbindings/checkout-green`],
    ['PATCH', `/apis/autoscaling/v2/namespaces/${shop.namespace}/horizontalpodautoscalers/scale-green`],
    ['GET', corePath('secrets')],
    ['POST', corePath('pods/any/exec?command=sh')],
  ])('as a reader has no right to %s %s', async (method, path) => {
    const options = method === 'PATCH' ? { body: {}, type: MERGE_PATCH } : {};
    expect(await real().readers.ask(method, path, options)).toMatchObject({ code: 403, body: { reason: 'Forbidden' } });
  });

  it('as a reader hears from events why a pod is not made, and nothing that a container printed', async () => {
    // Prepare
    const told = (name: string, reason: string, type: string, lastTimestamp: string) =>
      real().admin.must('POST', corePath('events'), {
        body: {
          ...{ metadata: { name, ...shop }, reason, type, lastTimestamp, message: `says ${name}` },
          involvedObject: { kind: 'Pod', name: 'stuck', ...shop },
        },
      });
    await told('pull', 'Pulling', 'Normal', '2026-11-29T12:00:03Z');
    await told('mount-1', 'FailedMount', 'Warning', '2026-11-29T12:00:01Z');
    await told('mount-2', 'FailedMount', 'Warning', '2026-11-29T12:00:02Z');
    await told('probe', 'Unhealthy', 'Warning', '2026-11-29T12:00:04Z');
    const { CLUSTER_ENDPOINT: endpoint, CLUSTER_CA: caData, CLUSTER_TOKEN } = real().readersEnv;
    const api = await kubernetesApi({ endpoint, caData, token: async () => CLUSTER_TOKEN });
    opened.push(api);

    // Act, Assess
    expect(await podEvent(api, corePath('events'), 'stuck')).toBe('FailedMount: says mount-2');
    expect(await podEvent(api, corePath('events'), 'another')).toBeUndefined();
    const away = corePath('events').replace(shop.namespace, 'elsewhere');
    expect(await podEvent(api, away, 'stuck')).toMatch(/Sluice may not read them/);
  });

  it('does not talk to it where another authority signed its certificate, and is refused with a wrong token', async () => {
    // Prepare
    const { env } = real();
    const other = Buffer.from((await makeCertificates()).ca).toString('base64');
    const untrusting = await openKubernetesCluster({ ...env, CLUSTER_CA: other });
    const unknown = await openKubernetesCluster({ ...env, CLUSTER_TOKEN: 'wrong' });
    opened.push(untrusting, unknown);

    // Act, Assess
    await expect(untrusting.readSlot(checkout, 'green')).rejects.toMatchObject({
      name: 'ClusterUnreachableError',
      message: expect.stringMatching(/certificate/),
    });
    await expect(unknown.readSlot(checkout, 'green')).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringContaining('401'),
    });
  });
}
