import { expect, it } from 'vitest';
import { ClusterRefusedError, ClusterUnreachableError } from '../../../adapters/cluster/errors.ts';
import { servedVersion } from '../../../adapters/cluster/served-version.ts';

const route = {
  object: { apiVersion: 'elbv2.k8s.aws/v1beta1', kind: 'TargetGroupBinding', metadata: { name: 'a', namespace: 'b' } },
  plural: 'targetgroupbindings',
  of: 'the AWS Load Balancer Controller',
  otherVersions: [{ apiVersion: 'eks.amazonaws.com/v1', of: 'EKS Auto Mode' }],
};
/** Discovery of a cluster that serves these resources, by API version. */
const serving = (served: Record<string, string[]>) => ({
  async get(path: string) {
    const resources = served[path.replace('/apis/', '')];
    return resources && { kind: 'APIResourceList', resources: resources.map(name => ({ name })) };
  },
});
const bindings = ['targetgroupbindings', 'targetgroupbindings/status'];

it.each<[string, Record<string, string[]>, string]>([
  ["the controller's", { 'elbv2.k8s.aws/v1beta1': bindings }, 'elbv2.k8s.aws/v1beta1'],
  ["EKS Auto Mode's", { 'eks.amazonaws.com/v1': bindings }, 'eks.amazonaws.com/v1'],
  [
    "the controller's where both are",
    { 'eks.amazonaws.com/v1': bindings, 'elbv2.k8s.aws/v1beta1': bindings },
    'elbv2.k8s.aws/v1beta1',
  ],
  [
    "Auto Mode's where the other group has other resources",
    { 'elbv2.k8s.aws/v1beta1': ['ingressclassparams'], 'eks.amazonaws.com/v1': bindings },
    'eks.amazonaws.com/v1',
  ],
])('a binding is %s', async (_, served, expected) => {
  expect(await servedVersion(serving(served), route)).toBe(expected);
});

it('a cluster that serves neither is refused, and what brings them is named', async () => {
  const refused = servedVersion(serving({ 'eks.amazonaws.com/v1': ['nodeclasses'] }), route);
  await expect(refused).rejects.toThrow(ClusterRefusedError);
  await expect(refused).rejects.toThrow(
    /elbv2\.k8s\.aws\/v1beta1 of the AWS Load Balancer Controller or eks\.amazonaws\.com\/v1 of EKS Auto Mode/,
  );
});

it('a cluster that does not answer is not one that serves none', async () => {
  const away = { get: () => Promise.reject(new ClusterUnreachableError('no answer')) };
  await expect(servedVersion(away, route)).rejects.toThrow(ClusterUnreachableError);
});
