import type { CustomResource } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Plan } from '../../domain/plan/plan.ts';
import type { ControlPlaneNames } from '../names.ts';
import type { WorkloadProps } from './file-props.ts';

/** What a construct of a router is made in, and for whom. */
export interface RouterScope {
  scope: Construct;
  names: ControlPlaneNames;
  workload: WorkloadProps;
  plan: Plan;
}

/** What there is of it, for the workload's file and for the construct. */
export interface MadeRouter<Attributes extends object = object> {
  /** `router` of the workload's file. */
  router: object;
  /** Calls functions of the control plane when it is made and when it is removed. */
  called: CustomResource[];
  /** What others may need of it. */
  attributes: Attributes;
}

/** One kind of router in a team's CDK app. */
export interface RouterConstruct<Props extends { kind: string }, Attributes extends object = object> {
  readonly kind: Props['kind'];
  /** `router` of the workload's file at synthesis, with stand-ins for what is known later: everything else is checked. */
  knownLater(props: Props): object;
  /** What else it says of the workload, where its file does not. */
  workloadOf(props: Props): { port?: number };
  /** What cannot be seen in the file. @throws Error names the property */
  check(props: Props, plan: Plan): void;
  make(props: Props, given: RouterScope): MadeRouter<Attributes>;
}
