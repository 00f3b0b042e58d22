/** The groups of Kubernetes that RBAC binds in the namespaces of workloads: examples/cluster-access.yaml. */
export const KUBERNETES_GROUPS = { readCluster: 'sluice-readers', writeCluster: 'sluice' } as const;
