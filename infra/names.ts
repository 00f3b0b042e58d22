import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

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
  /** Every rule of every Application Load Balancer. */
  readonly ruleArns: string;
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

/** Leaves 64 characters for the longest role: `<name>-start-roll-back-ap-southeast-2`. */
const NAME = /^[a-z][a-z0-9-]{0,23}$/;

/** @param name of the control plane, `sluice` unless an account has several in one region */
export function controlPlaneNames(scope: Construct, name: string): ControlPlaneNames {
  if (!NAME.test(name)) throw new Error(`the control plane's name is ${JSON.stringify(name)}, it must match ${NAME}`);
  const stack = Stack.of(scope);
  const arn = (service: string, resource: string, resourceName: string, arnFormat: ArnFormat) =>
    Arn.format({ service, resource, resourceName, arnFormat }, stack);
  const machineName = (machine: Machine) => `${name}-${machine}`;
  // `custom-resources/listener-rule` is a function of its own folder; a name has no slash
  const flat = (functionName: string) => functionName.split('/').at(-1) ?? functionName;
  const functionName = (file: string) => `${name}-${flat(file)}`;
  return {
    controlPlane: name,
    table: name,
    tableArn: arn('dynamodb', 'table', name, ArnFormat.SLASH_RESOURCE_NAME),
    ruleArns: arn('elasticloadbalancing', 'listener-rule', 'app/*', ArnFormat.SLASH_RESOURCE_NAME),
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
