import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CONTROL_PLANE_NAME } from '../domain/tags/owner-tags.ts';

/**
 * What everything of a control plane is called. ARNs are made from names, not from references, for two reasons: a function
 * that starts a machine would otherwise wait for the machine, which waits for the function; and a team's own CDK app, in its
 * own repository, reaches the control plane of its account and region by name alone.
 *
 *     new CfnOutput(stack, 'Start', { value: controlPlane.names.functionName('start') }); // sluice-start
 */
export interface ControlPlaneNames {
  /** Its own name; with a workload's it is the owner in the tags of rules and target groups. */
  readonly controlPlane: string;
  readonly table: string;
  readonly tableArn: string;
  /** The clusters that it serves. */
  readonly clusterNames: readonly string[];
  readonly clusterArns: string[];
  /** Access entries of its own roles in those clusters. */
  readonly accessEntryArns: string[];
  /** Its own roles. */
  readonly roleArns: string;
  /** Every listener, every rule and every target group of an Application Load Balancer here: whose they are, tags say. */
  readonly listenerArns: string;
  readonly ruleArns: string;
  readonly targetGroupArns: string;
  /** Every repository of this account, in any region. */
  readonly repositoryArns: string;
  /** The same of another account. */
  repositoryArnsOf(account: string): string;
  readonly topicArns: string;
  readonly secretArns: string;
  readonly userPoolArns: string;
  /** Every resource of a type, in any region: what metrics are asked of may be in another one. */
  arnsOf(type: { service: string; resource: string }): string;
  readonly noticesTopicArn: string;
  machineArn(machine: Machine): string;
  /** Every execution of a machine. */
  executionArns(machine: Machine): string;
  functionName(name: string): string;
  functionArn(name: string): string;
  /** IAM is global: the region is in the name, so that two regions can have a control plane each. */
  roleName(name: string): string;
}

export type Machine = 'release' | 'roll-back';

/**
 * @param name of the control plane, `sluice` unless an account has several in one region
 * @param clusterNames those that it serves; a workload, which only reaches it by name, need not know them
 */
export function controlPlaneNames(
  scope: Construct,
  name: string,
  clusterNames: readonly string[] = [],
): ControlPlaneNames {
  if (!CONTROL_PLANE_NAME.test(name)) {
    throw new Error(`the control plane's name is ${JSON.stringify(name)}, it must match ${CONTROL_PLANE_NAME}`);
  }
  const stack = Stack.of(scope);
  const arn = (service: string, resource: string, resourceName: string, arnFormat: ArnFormat) =>
    Arn.format({ service, resource, resourceName, arnFormat }, stack);
  const repositoriesOf = (account: string) =>
    Arn.format(
      { service: 'ecr', region: '*', account, resource: 'repository/*', arnFormat: ArnFormat.NO_RESOURCE_NAME },
      stack,
    );
  const machineName = (machine: Machine) => `${name}-${machine}`;
  // `custom-resources/listener-rule` is a function of its own folder; a name has no slash
  const flat = (functionName: string) => functionName.split('/').at(-1) ?? functionName;
  const functionName = (file: string) => `${name}-${flat(file)}`;
  return {
    controlPlane: name,
    table: name,
    clusterNames,
    clusterArns: clusterNames.map(cluster => arn('eks', 'cluster', cluster, ArnFormat.SLASH_RESOURCE_NAME)),
    // access-entry/CLUSTER/role/ACCOUNT/ROLE/UUID
    accessEntryArns: clusterNames.map(cluster =>
      arn('eks', 'access-entry', `${cluster}/role/${stack.account}/${name}-*`, ArnFormat.SLASH_RESOURCE_NAME),
    ),
    roleArns: Arn.format(
      {
        service: 'iam',
        region: '',
        resource: 'role',
        resourceName: `${name}-*`,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      },
      stack,
    ),
    tableArn: arn('dynamodb', 'table', name, ArnFormat.SLASH_RESOURCE_NAME),
    listenerArns: arn('elasticloadbalancing', 'listener', 'app/*', ArnFormat.SLASH_RESOURCE_NAME),
    ruleArns: arn('elasticloadbalancing', 'listener-rule', 'app/*', ArnFormat.SLASH_RESOURCE_NAME),
    targetGroupArns: arn('elasticloadbalancing', 'targetgroup', '*', ArnFormat.SLASH_RESOURCE_NAME),
    repositoryArns: repositoriesOf(stack.account),
    repositoryArnsOf: repositoriesOf,
    topicArns: Arn.format({ service: 'sns', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME }, stack),
    secretArns: arn('secretsmanager', 'secret', '*', ArnFormat.COLON_RESOURCE_NAME),
    userPoolArns: arn('cognito-idp', 'userpool', '*', ArnFormat.SLASH_RESOURCE_NAME),
    arnsOf: type =>
      Arn.format({ ...type, region: '*', resourceName: '*', arnFormat: ArnFormat.SLASH_RESOURCE_NAME }, stack),
    noticesTopicArn: Arn.format(
      { service: 'sns', resource: `${name}-notices`, arnFormat: ArnFormat.NO_RESOURCE_NAME },
      stack,
    ),
    machineArn: machine => arn('states', 'stateMachine', machineName(machine), ArnFormat.COLON_RESOURCE_NAME),
    executionArns: machine => arn('states', 'execution', `${machineName(machine)}:*`, ArnFormat.COLON_RESOURCE_NAME),
    functionName,
    functionArn: file => arn('lambda', 'function', functionName(file), ArnFormat.COLON_RESOURCE_NAME),
    roleName: file => `${functionName(file)}-${stack.region}`,
  };
}
