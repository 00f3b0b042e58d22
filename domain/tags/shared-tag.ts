/**
 * On what several workloads of a control plane use and none of them owns: repositories, workspaces of Amazon Managed
 * Prometheus, topics. Its value is the control plane's name; whoever owns the resource writes it. Rules and target groups
 * are one workload's and say so in their own tag (domain/routers/alb/ownership.ts).
 */
export const SHARED_TAG = 'sluice:control-plane';
