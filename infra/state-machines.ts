import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AnyFunctionName } from './functions/catalogue.ts';
import { WILDCARDS } from './functions/permissions.ts';
import type { SluiceFunction } from './functions/sluice-function.ts';
import { suppress } from './nag.ts';
import type { Machine } from './names.ts';
import { STATE_MACHINES } from './places.ts';

export interface SluiceMachineProps {
  readonly machine: Machine;
  readonly stateMachineName: string;
  readonly functions: ReadonlyMap<AnyFunctionName, SluiceFunction>;
  readonly logRetention: logs.RetentionDays;
}

/** A machine of state-machines/, its placeholders filled with the function versions that this deployment publishes. */
export class SluiceMachine extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: SluiceMachineProps) {
    super(scope, id);
    const definition = readFileSync(join(STATE_MACHINES, `${props.machine}.asl.json`), 'utf8');
    const used = placeholdersOf(definition).map(placeholder => ({
      placeholder,
      ...functionOf(placeholder, props),
    }));
    const role = new iam.Role(this, 'Role', {
      description: `Sluice: state-machines/${props.machine}.asl.json`,
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        // by name, not by version: see WILDCARDS
        resources: used.map(({ deployed }) => `${deployed.function.functionArn}:*`),
      }),
    );
    this.stateMachine = new sfn.StateMachine(this, 'Machine', {
      stateMachineName: props.stateMachineName,
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromString(definition),
      definitionSubstitutions: {
        ...Object.fromEntries(used.map(({ placeholder, deployed }) => [placeholder, deployed.versionArn])),
        // a service integration's ARN is another one in China and in GovCloud
        ...(definition.includes('${Partition}') && { Partition: Stack.of(this).partition }),
      },
      role,
      tracingEnabled: true,
      logs: {
        level: sfn.LogLevel.ALL,
        // the data of an execution holds task tokens, with which anybody could approve
        includeExecutionData: false,
        destination: new logs.LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${props.stateMachineName}`,
          retention: props.logRetention,
          removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        }),
      },
    });
    const reasons = [WILDCARDS['lambda versions'], WILDCARDS['logs delivery'], WILDCARDS['xray:Put*']];
    suppress(role, 'AwsSolutions-IAM5', reasons.join('; '));
  }
}

/** The texts of both machines' definitions. */
export const machineDefinitions = (): string[] =>
  (['release', 'roll-back'] satisfies Machine[]).map(machine =>
    readFileSync(join(STATE_MACHINES, `${machine}.asl.json`), 'utf8'),
  );

/** `${AdmitFunction}`: all different ones. */
export function placeholdersOf(definition: string): string[] {
  return [...new Set([...definition.matchAll(/\$\{(\w+Function)\}/g)].map(([, name]) => name ?? ''))].sort();
}

/** `StartRollBackFunction` is functions/start-roll-back.ts. */
export const fileOf = (placeholder: string): string =>
  placeholder
    .replace(/Function$/, '')
    .replaceAll(/(?<=.)([A-Z])/g, '-$1')
    .toLowerCase();

function functionOf(placeholder: string, { machine, functions }: SluiceMachineProps): { deployed: SluiceFunction } {
  const deployed = functions.get(fileOf(placeholder) as AnyFunctionName);
  if (deployed === undefined) {
    throw new Error(`${machine}.asl.json names ${placeholder}, and there is no function ${fileOf(placeholder)}`);
  }
  return { deployed };
}
