import { Arn, ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Permission } from '../../domain/sources/source-plan-kind.ts';
import type { SluiceControlPlane } from '../control-plane.ts';
import { type AnyFunctionName, functionsThat } from '../functions/catalogue.ts';
import { WILDCARDS } from '../functions/permissions.ts';
import { suppress } from '../nag.ts';
import type { ControlPlaneNames } from '../names.ts';

export interface WorkloadGrantsProps {
  readonly names: ControlPlaneNames;
  /** Where it is in the same app: its roles are there before they are given a policy. */
  readonly controlPlane: SluiceControlPlane | undefined;
  readonly listenerArn: string;
}

/**
 * What the control plane's functions may do with one workload's resources, as policies on their roles, so that it comes and
 * goes with the workload. A role has room for 10,240 characters of such policies: about 25 workloads with a preview to a
 * control plane, as many as that in a second one.
 */
export class WorkloadGrants extends Construct {
  /** For the listener's rules, before any is there. */
  readonly makingRules: iam.Policy;
  private readonly names: ControlPlaneNames;
  private readonly controlPlane: SluiceControlPlane | undefined;

  constructor(scope: Construct, id: string, { names, controlPlane, listenerArn }: WorkloadGrantsProps) {
    super(scope, id);
    this.names = names;
    this.controlPlane = controlPlane;
    const rules = Fn.join(':listener-rule/', Fn.split(':listener/', listenerArn, 2));
    this.makingRules = this.policy(
      'MakeRules',
      ['custom-resources/listener-rule'],
      [
        new iam.PolicyStatement({ actions: ['elasticloadbalancing:CreateRule'], resources: [listenerArn] }),
        new iam.PolicyStatement({
          actions: [
            'elasticloadbalancing:ModifyRule',
            'elasticloadbalancing:SetRulePriorities',
            'elasticloadbalancing:DeleteRule',
          ],
          resources: [`${rules}/*`],
        }),
      ],
    );
    suppress(this.makingRules, 'AwsSolutions-IAM5', WILDCARDS['listener rules']);
  }

  /** @returns what must be there before a release can start */
  forReleases(of: {
    rules: string[];
    targetGroups: string[];
    repositories: string[];
    topics: string[];
    metrics: readonly Permission[];
  }): iam.Policy[] {
    const { rules, targetGroups, repositories, topics } = of;
    const repositoryArns = repositories.map(resourceName =>
      Arn.format(
        { service: 'ecr', resource: 'repository', resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME },
        Stack.of(this),
      ),
    );
    return [
      this.policy('TurnDial', functionsThat('turnDial'), [
        new iam.PolicyStatement({ actions: ['elasticloadbalancing:ModifyRule'], resources: rules }),
      ]),
      this.policy('CutConnections', functionsThat('cutConnections'), [
        new iam.PolicyStatement({ actions: ['elasticloadbalancing:DeregisterTargets'], resources: targetGroups }),
      ]),
      this.policy('ReadImages', functionsThat('readImages'), [
        new iam.PolicyStatement({
          actions: ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:DescribeRepositories'],
          resources: repositoryArns,
        }),
      ]),
      ...this.metrics(of.metrics),
      ...(topics.length === 0
        ? []
        : [
            this.policy('Tell', functionsThat('tell'), [
              new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [...new Set(topics)] }),
            ]),
          ]),
    ];
  }

  /** What its metrics need besides the load balancer's own, which every workload has. */
  private metrics(permissions: readonly Permission[]): iam.Policy[] {
    if (permissions.length === 0) return [];
    const statements = permissions.map(({ actions, on }) => {
      const resources = ['all' in on ? '*' : Arn.format(on, Stack.of(this))];
      return new iam.PolicyStatement({ actions: [...actions], resources });
    });
    const policy = this.policy('ReadMetrics', functionsThat('readMetrics'), statements);
    for (const { on } of permissions) if ('all' in on) suppress(policy, 'AwsSolutions-IAM5', on.all);
    return [policy];
  }

  private policy(id: string, functions: AnyFunctionName[], statements: iam.PolicyStatement[]): iam.Policy {
    const roles = functions.map(name => {
      const roleId = `${id}-${name.replaceAll('/', '-')}`;
      return iam.Role.fromRoleName(this, roleId, this.names.roleName(name));
    });
    const policy = new iam.Policy(this, id, { roles, statements });
    // roles are named, not referred to: so nothing is exported from one stack to another, and the order has to be said
    const deployed = functions.flatMap(name => this.controlPlane?.functions.get(name)?.role ?? []);
    policy.node.addDependency(...deployed);
    return policy;
  }
}
