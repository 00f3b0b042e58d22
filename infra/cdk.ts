/** `sluice/cdk`: what a team's own CDK app needs, in TypeScript or JavaScript. README.md, "In your own CDK app". */
export {
  type ClusterNetwork,
  type PrivateNetwork,
  type PrivateWithoutNatNetwork,
  type PublicAllowListNetwork,
  type PublicNetwork,
  type VpcEndpoint,
  vpcEndpoints,
} from './cluster-network.ts';
export type { ClusterProps } from './clusters.ts';
export { SluiceControlPlane, type SluiceControlPlaneProps } from './control-plane.ts';
export type { CodeOf } from './functions/code.ts';
export type { NetworkProps, SluiceFunction } from './functions/sluice-function.ts';
export { SluiceLedger, type SluiceLedgerProps } from './ledger.ts';
export type { ControlPlaneNames } from './names.ts';
export type { AlbRouterProps, HealthCheckProps, TargetGroupProps } from './progressive-workload/alb/props.ts';
export type { CognitoProps, OidcProps, RuleConditions } from './progressive-workload/alb/rule-props.ts';
export type { PlanProps, WorkloadProps } from './progressive-workload/file-props.ts';
export { ProgressiveWorkload } from './progressive-workload/progressive-workload.ts';
export type { ProgressiveWorkloadProps } from './progressive-workload/props.ts';
export type { RouterProps } from './progressive-workload/router-props.ts';
export type { SelectorRouterProps } from './progressive-workload/selector/props.ts';
export { RegistryAccount, type RegistryAccountProps } from './registry-account.ts';
