import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SluiceControlPlane, type SluiceControlPlaneProps } from './control-plane.ts';

type OfStack = Pick<SluiceControlPlaneProps, 'clusters' | 'network'>;

export interface ControlPlaneStackProps extends StackProps, Omit<SluiceControlPlaneProps, keyof OfStack> {
  /** A function of the stack, whose parameters and imports they may come from. */
  readonly reaches: (stack: Stack) => OfStack;
}

/** The control plane of the repository's own app (cdk.json), in a stack of its own. */
export class ControlPlaneStack extends Stack {
  readonly controlPlane: SluiceControlPlane;

  constructor(scope: Construct, id: string, { reaches, ...props }: ControlPlaneStackProps) {
    super(scope, id, props);
    // CDK leaves the id `Default` out of logical ids: they are those of the version that had no construct of its own
    this.controlPlane = new SluiceControlPlane(this, 'Default', { ...props, ...reaches(this) });
  }
}
