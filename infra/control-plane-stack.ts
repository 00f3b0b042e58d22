import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type ClusterProps, SluiceControlPlane, type SluiceControlPlaneProps } from './control-plane.ts';

export interface ControlPlaneStackProps extends StackProps, Omit<SluiceControlPlaneProps, 'cluster'> {
  /** A function of the stack, whose parameters it may come from. */
  readonly cluster: (stack: Stack) => ClusterProps;
}

/** The control plane of the repository's own app (cdk.json), in a stack of its own. */
export class ControlPlaneStack extends Stack {
  readonly controlPlane: SluiceControlPlane;

  constructor(scope: Construct, id: string, { cluster, ...props }: ControlPlaneStackProps) {
    super(scope, id, props);
    // CDK leaves the id `Default` out of logical ids: they are those of the version that had no construct of its own
    this.controlPlane = new SluiceControlPlane(this, 'Default', { ...props, cluster: cluster(this) });
  }
}
