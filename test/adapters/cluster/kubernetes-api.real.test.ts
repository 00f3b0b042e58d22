import { afterAll, describe } from 'vitest';
import { answersAsKubernetes } from '../../lab/kubernetes/same-as-kubernetes.ts';
import { startKubelet } from '../../support/kubelet.ts';
import { startKubernetes } from '../../support/kubernetes-server.ts';
import { chartsOnKubernetes } from './charts-on-kubernetes.ts';
import { BROKEN_IMAGE, keepsClusterContract } from './cluster.contract.ts';
import { keepsLateWritesOut } from './late-writes.contract.ts';
import { listsOnKubernetes } from './lists-on-kubernetes.ts';
import { openRealCluster, shop } from './real-cluster.ts';
import { rightsOnKubernetes } from './rights-on-kubernetes.ts';
import { selectorsOnKubernetes } from './selectors-on-kubernetes.ts';
import { sizesOnKubernetes } from './sizes-on-kubernetes.ts';
import { slotsOnKubernetes } from './slots-on-kubernetes.ts';
import { webhooksOnKubernetes } from './webhooks-on-kubernetes.ts';

/*
 * The adapter, with the rights of examples/cluster-access.yaml and no others, on Kubernetes' own API server, RBAC,
 * admission and controllers. Pods are ready because a stand-in for the kubelet says so; nothing runs in them.
 */
const kubernetes = await startKubernetes([shop.namespace, 'elsewhere']);
const isThere = kubernetes.kind === 'there';
const kubelet = isThere ? await startKubelet(kubernetes.admin, new Map([[BROKEN_IMAGE, 3]])) : undefined;
afterAll(async () => {
  try {
    await kubelet?.close();
  } finally {
    if (isThere) await kubernetes.close();
  }
});
const real = () => {
  if (!isThere) throw new Error(kubernetes.because);
  return kubernetes;
};

const where = isThere ? 'on a real Kubernetes' : `skipped: ${kubernetes.because}`;
describe.skipIf(!isThere)(`the Kubernetes adapter ${where}`, () => {
  describe('as every cluster', () => keepsClusterContract(() => openRealCluster(real())));
  describe('keeps out', () =>
    keepsLateWritesOut(async () => ({ ...(await openRealCluster(real())), env: real().env })));
  describe('slots', () => slotsOnKubernetes(real));
  describe('lists', () => listsOnKubernetes(real));
  describe('selectors', () => selectorsOnKubernetes(real));
  describe('charts', () => chartsOnKubernetes(real));
  describe('sizes', () => sizesOnKubernetes(real));
  describe('webhooks', () => webhooksOnKubernetes(real));
  describe('rights', () => rightsOnKubernetes(real));
});
describe.skipIf(!isThere)(`the lab’s Kubernetes, compared ${where}`, () => {
  answersAsKubernetes(() => real().admin, shop.namespace);
});
